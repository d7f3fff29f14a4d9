"""Mail (.eml, and pages saved as .mht): subject and body; attachments are files of their own."""

from email import message_from_bytes, policy
from email.message import EmailMessage, Message

from tasks.domain.documents import Document
from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.parse.content import FileKind
from tasks.parse.damage import damage_told
from tasks.parse.html import html_document
from tasks.parse.text import decode_text, document_from_text

__all__ = ["parse_mail"]


def parse_mail(data: bytes, file_name: str) -> Document:
    """Return the Document of a mail: the subject as first line, then the body; plain text wins over HTML.

    Attachments are not read here: `county collect` stores each as a file of its own.

    Raises:
        SourceMalformed: `damaged_file`, `empty_file` without a body, or what reading the body raises.
    """
    with damage_told(file_name, "邮件 mail"):
        message = message_from_bytes(data, policy=policy.default)
        body = message.get_body(("plain", "html")) if isinstance(message, EmailMessage) else None
        subject = _subject(message)
        content = body.get_payload(decode=True) if body is not None else None
        is_html = body is not None and body.get_content_type() == "text/html"
    if not isinstance(content, bytes) or not content.strip():
        raise SourceMalformed(
            "empty_file", Place(file_name),
            Text("邮件没有正文", "the mail has no body"),
            Text("请乡镇重新报送", "ask the township to send it again"),
        )  # fmt: skip
    # The stated charset is often wrong (GBK called gb2312, or none); the bytes tell.
    text, encoding = decode_text(content, file_name)
    if is_html:
        page = html_document(text, file_name, encoding)
        return document_from_text(f"{subject}\n{page.text}" if subject else page.text, encoding=encoding)
    document = document_from_text(f"{subject}\n{text}" if subject else text, encoding=encoding)
    return Document(
        document.text, document.blocks, FileKind.MAIL.value, "email", encoding=encoding, quality=document.quality
    )


def _subject(message: Message) -> str:
    """Return the subject; where a program wrote it in GBK as it is, which no standard allows, from its bytes."""
    raw = next((value for name, value in message.raw_items() if name.lower() == "subject"), "")
    try:
        raw.encode("utf-8")  # the library keeps bytes that are no ASCII as half surrogates
    except UnicodeEncodeError:
        return " ".join(raw.encode("ascii", "surrogateescape").decode("gb18030", "replace").split())
    return str(message.get("subject") or "").strip()

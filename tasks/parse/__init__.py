"""Bytes to a Document: text in any encoding, Word, born-digital PDF; chosen by content, not by name."""

from tasks.domain.documents import Document
from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.parse.content import FileKind, recognise
from tasks.parse.pdf import parse_pdf
from tasks.parse.text import decode_text, document_from_text
from tasks.parse.word import parse_docx

__all__ = ["PARSER_VERSION", "document_from_text", "parse_report", "read_head"]

PARSER_VERSION = "3"

_SEND_AGAIN = Text(
    "请乡镇重新报送文字版（txt、docx 或 pdf）", "ask the township to send the text again (txt, docx or pdf)"
)


def parse_report(data: bytes, file_name: str) -> Document:
    """Return the Document in `data`; the kind of file is told by its content.

    Raises:
        SourceMalformed: the file is empty, truncated, not what its name says, encrypted, or holds no text.
    """
    kind = recognise(data, file_name)
    if kind is FileKind.PDF:
        document = parse_pdf(data, file_name)
    elif kind is FileKind.DOCX:
        document = parse_docx(data, file_name)
    else:
        text, encoding = decode_text(data, file_name)
        document = document_from_text(text, encoding=encoding)
    if not document.text.strip():
        code, zh, en = (
            ("no_text", "文件中没有文字，可能是扫描件", "the file holds no text; it may be a scan")
            if kind is FileKind.PDF
            else ("empty_file", "文件中没有文字", "the file holds no text")
        )
        raise SourceMalformed(code, Place(file_name), Text(zh, en), _SEND_AGAIN)
    return document


def read_head(document: Document, characters: int = 600) -> str:
    """Return the title and first lines: whole blocks from the top, up to about `characters`."""
    lines: list[str] = []
    length = 0
    for block in document.blocks:
        lines.append(document.block_text(block))
        length += block.end - block.start
        if length >= characters:
            break
    return "\n".join(lines)[: characters * 2]

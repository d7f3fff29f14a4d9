"""Bytes to a Document: text in any encoding, Word, spreadsheets, PDF and more; chosen by content, not by name.

`parse_report` is called in a worker process (`tasks.parse.workers`) wherever a file comes from outside.
"""

from collections.abc import Sequence

from tasks.domain.documents import Document
from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.domain.limits import ParseLimits
from tasks.parse.content import FileKind, recognise
from tasks.parse.csv_text import csv_document, csv_mark
from tasks.parse.html import html_document
from tasks.parse.mail import parse_mail
from tasks.parse.odf import parse_ods, parse_odt
from tasks.parse.ofd import parse_ofd
from tasks.parse.office import to_docx, unlocked
from tasks.parse.pdf import parse_pdf
from tasks.parse.rtf import parse_rtf
from tasks.parse.sheets import parse_xls, parse_xlsx
from tasks.parse.text import decode_text, document_from_text
from tasks.parse.word import parse_docx

__all__ = ["PARSER_VERSION", "FileKind", "document_from_text", "parse_report", "read_head", "recognise"]

PARSER_VERSION = "4"

_SEND_AGAIN = Text(
    "请乡镇重新报送文字版（txt、docx 或 pdf）", "ask the township to send the text again (txt, docx or pdf)"
)
_LOCKABLE = {FileKind.LOCKED_OFFICE, FileKind.OLD_OFFICE, FileKind.XLS}
_WITH_PAGES = {FileKind.PDF, FileKind.OFD}


def parse_report(
    data: bytes, file_name: str, limits: ParseLimits | None = None, passwords: Sequence[str] = ()
) -> Document:
    """Return the Document in `data`; the kind of file is told by its content.

    `passwords` are tried on files that have one. Without `limits` the default ones hold.

    Raises:
        SourceMalformed: the file is empty, truncated, not what its name says, locked, too large, or holds no text.
    """
    limits = limits or ParseLimits()
    kind = recognise(data, file_name, limits)
    if kind in _LOCKABLE:
        data = unlocked(data, file_name, passwords)
        kind = recognise(data, file_name, limits)
    document = _read(kind, data, file_name, limits, passwords)
    if not document.text.strip():
        code, zh, en = (
            ("no_text", "文件中没有文字，可能是扫描件", "the file holds no text; it may be a scan")
            if kind in _WITH_PAGES
            else ("empty_file", "文件中没有文字", "the file holds no text")
        )
        raise SourceMalformed(code, Place(file_name), Text(zh, en), _SEND_AGAIN)
    return document


def _read(kind: FileKind, data: bytes, file_name: str, limits: ParseLimits, passwords: Sequence[str]) -> Document:
    match kind:
        case FileKind.PDF:
            return _pdf(data, file_name, limits, passwords)
        case FileKind.DOCX:
            return parse_docx(data, file_name)
        case FileKind.OLD_OFFICE:
            return parse_docx(to_docx(data, file_name, limits), file_name, parser="libreoffice+python-docx")
        case FileKind.XLSX:
            return parse_xlsx(data, file_name)
        case FileKind.XLS:
            return parse_xls(data, file_name)
        case FileKind.ODT:
            return parse_odt(data, file_name)
        case FileKind.ODS:
            return parse_ods(data, file_name)
        case FileKind.OFD:
            return parse_ofd(data, file_name, limits)
        case FileKind.RTF:
            return parse_rtf(data, file_name)
        case FileKind.MAIL:
            return parse_mail(data, file_name)
        case FileKind.HTML:
            text, encoding = decode_text(data, file_name)
            return html_document(text, file_name, encoding)
        case FileKind.TEXT:
            text, encoding = decode_text(data, file_name)
            mark = csv_mark(text, file_name)
            return csv_document(text, mark, encoding) if mark else document_from_text(text, encoding=encoding)
        case FileKind.IMAGE:
            raise _no_reader(file_name, "图片", "an image")
        case FileKind.ARCHIVE | FileKind.LOCKED_OFFICE:
            raise _no_reader(file_name, "压缩包，其中的文件须逐个读取", "an archive; its files are read one by one")


def _pdf(data: bytes, file_name: str, limits: ParseLimits, passwords: Sequence[str]) -> Document:
    return parse_pdf(data, file_name)


def _no_reader(file_name: str, zh: str, en: str) -> SourceMalformed:
    return SourceMalformed(
        "unsupported_type", Place(file_name), Text(f"暂不支持：{zh}", f"no reader for: {en}"), _SEND_AGAIN
    )


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

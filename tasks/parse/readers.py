"""Which reader reads which kind of file. Importing this loads every reader, which takes most of a second.

Only worker processes need to: their server process loads it once, before they are forked from it.
"""

from collections.abc import Sequence

from tasks.domain.documents import Document
from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.domain.limits import ParseLimits
from tasks.parse.content import FileKind
from tasks.parse.csv_text import csv_document, csv_mark
from tasks.parse.html import html_document
from tasks.parse.images import parse_image
from tasks.parse.mail import parse_mail
from tasks.parse.odf import parse_ods, parse_odt
from tasks.parse.ofd import parse_ofd
from tasks.parse.office import to_docx
from tasks.parse.pdf import parse_pdf
from tasks.parse.rtf import parse_rtf
from tasks.parse.sheets import parse_xls, parse_xlsx
from tasks.parse.text import decode_text, document_from_text
from tasks.parse.word import parse_docx

__all__ = ["read_kind"]

_SEND_AGAIN = Text("请乡镇另存为 docx 或 pdf 后报送", "ask the township to save it as docx or pdf")


def read_kind(kind: FileKind, data: bytes, file_name: str, limits: ParseLimits, passwords: Sequence[str]) -> Document:
    """Return the Document in `data`, which is of `kind`.

    Raises:
        SourceMalformed: what the reader of that kind raises, `unsupported_type` where there is none.
    """
    match kind:
        case FileKind.PDF:
            return parse_pdf(data, file_name, limits, passwords)
        case FileKind.DOCX:
            return parse_docx(data, file_name, limits)
        case FileKind.OLD_OFFICE:
            return parse_docx(to_docx(data, file_name, limits), file_name, limits, parser="libreoffice+python-docx")
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
            return parse_image(data, file_name, limits)
        case FileKind.ARCHIVE | FileKind.LOCKED_OFFICE:
            raise _no_reader(file_name, "压缩包，其中的文件须逐个读取", "an archive; its files are read one by one")


def _no_reader(file_name: str, zh: str, en: str) -> SourceMalformed:
    return SourceMalformed(
        "unsupported_type", Place(file_name), Text(f"暂不支持：{zh}", f"no reader for: {en}"), _SEND_AGAIN
    )

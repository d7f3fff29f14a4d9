"""What a file really is, told by its first bytes; a name that says otherwise is reported."""

import io
import zipfile
import zlib
from enum import Enum

from tasks.domain.errors import Place, SourceMalformed, Text

__all__ = ["FileKind", "recognise"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"GIF8", b"BM")
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_RICH_TEXT = (b"{\\rtf",)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # MS-OFFCRYPTO: the stream of a locked Office file
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HTML = (b"<!doctype html", b"<html")


class FileKind(Enum):
    """The kinds of file that can be read."""

    TEXT = "text/plain"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    PDF = "application/pdf"


def _refuse(code: str, file_name: str, zh: str, en: str, next_zh: str, next_en: str) -> SourceMalformed:
    return SourceMalformed(code, Place(file_name), Text(zh, en), Text(next_zh, next_en))


def recognise(data: bytes, file_name: str) -> FileKind:
    """Return the kind of file that `data` is.

    Raises:
        SourceMalformed: `empty_file`, `truncated_file`, `wrong_type` (the name promises another kind) or
            `unsupported_type`.
    """
    suffix = file_name.rsplit(".", 1)[-1].lower() if "." in file_name else ""
    # After a mark, bytes that look blank may be halves of characters (0x09 in ）); the decoded text tells.
    mark = next((one for one in _MARKS if data.startswith(one)), b"")
    if not (data[len(mark) :] if mark else data.strip(b"\x00\r\n\t ")):
        raise _refuse(
            "empty_file", file_name, f"文件为空（{len(data)} 字节）", f"the file is empty ({len(data)} bytes)",
            "请乡镇重新报送", "ask the township to send it again",
        )  # fmt: skip
    if data[:1024].lstrip().startswith(b"%PDF"):
        return FileKind.PDF
    if data[:2] == b"PK":
        return _zip_kind(data, file_name)
    if data[:8] == _OLE and _ENCRYPTED in data:
        raise _refuse(
            "password_protected", file_name, "Office 文档有密码", "the Office document is locked by a password",
            "请乡镇去掉密码后重新报送", "ask the township to send it again without a password",
        )  # fmt: skip
    if suffix in {"pdf", "docx"}:
        seen = "HTML" if data[:200].lstrip().lower().startswith(_HTML) else ("OLE" if data[:8] == _OLE else "?")
        raise _refuse(
            "wrong_type", file_name,
            f"扩展名是 .{suffix}，内容不是（开头为 {data[:16]!r}，类型 {seen}）",
            f"the name says .{suffix}, the content is not (it begins with {data[:16]!r}, type {seen})",
            "请乡镇打开原文件确认后重新报送", "ask the township to open the original and send it again",
        )  # fmt: skip
    if data.startswith((_OLE, *_IMAGES, *_ARCHIVES, *_RICH_TEXT)) or data[:200].lstrip().lower().startswith(_HTML):
        raise _refuse(
            "unsupported_type", file_name,
            f"暂不支持此类文件（开头为 {data[:8]!r}）", f"no reader for this kind of file (begins with {data[:8]!r})",
            "请乡镇另存为 txt、docx 或 pdf 后报送", "ask the township to save it as txt, docx or pdf",
        )  # fmt: skip
    return FileKind.TEXT


def _zip_kind(data: bytes, file_name: str) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            damaged = archive.testzip() if "word/document.xml" in names else None
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, zlib.error) as error:
        raise _truncated(data, file_name) from error
    if damaged:
        raise _truncated(data, file_name)
    if "word/document.xml" in names:
        return FileKind.DOCX
    raise _refuse(
        "unsupported_type", file_name, "是压缩包，但不是 Word 文档", "an archive, but no Word document",
        "请乡镇直接报送 txt、docx 或 pdf", "ask the township to send the txt, docx or pdf itself",
    )  # fmt: skip


def _truncated(data: bytes, file_name: str) -> SourceMalformed:
    return _refuse(
        "truncated_file", file_name, f"文件不完整（只有 {len(data)} 字节，结尾缺失或损坏）",
        f"the file is not whole ({len(data)} bytes, its end is missing or damaged)",
        "请乡镇重新报送", "ask the township to send it again",
    )  # fmt: skip

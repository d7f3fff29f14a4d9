"""What a file really is, told by its bytes; a name that says otherwise is reported, not believed."""

import io
import re
import zipfile
import zlib
from enum import Enum
from typing import NamedTuple

import olefile
import puremagic

from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.domain.limits import ParseLimits

__all__ = ["FileKind", "recognise"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"GIF8", b"BM")
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_RICH_TEXT = b"{\\rtf"
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<(?:head|body|table|div|p)[\s>][^\x00]*</", re.IGNORECASE)
_OFFICE_XML = b"<?mso-application"  # Word and Excel 2003 saved as XML
_HEADER = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]{1,40}:[ \t][^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n){2}")
_MAIL_HEADERS = re.compile(rb"^(?:mime-version|from|subject|message-id|received|content-type):", re.I | re.M)
# Names that promise one of these and hold nothing of the kind are told so; any name may hold plain text.
_PROMISES = {"pdf", "docx", "xlsx", "ofd", "odt", "ods", "zip", "7z", "rar", "jpg", "jpeg", "png", "tif", "tiff"}


class _Unread(NamedTuple):
    """A kind of file that townships send and there is no reader for: its name, and what the township can send."""

    zh: str
    en: str
    instead_zh: str = "请乡镇另存为 docx、xlsx、pdf 或 txt 后报送"
    instead_en: str = "ask the township to save it as docx, xlsx, pdf or txt"


_SLIDES = _Unread(
    "PowerPoint 演示文稿", "PowerPoint slides",
    "请乡镇另存为 pdf 后报送", "ask the township to save them as pdf",
)  # fmt: skip
_OUTLOOK = _Unread(
    "Outlook 邮件 .msg", "an Outlook mail, .msg",
    "请乡镇把附件单独报送，正文另存为 txt 或 html 后报送",
    "ask the township to send its attachments as files, and its text saved as txt or html",
)  # fmt: skip
_PHONE = _Unread(
    "HEIC 照片", "a HEIC photograph",
    "请乡镇转存为 jpg 后报送（苹果手机：设置 › 相机 › 格式 › 兼容性最佳）",
    "ask the township to save it as jpg (iPhone: Settings › Camera › Formats › Most Compatible)",
)  # fmt: skip
_PHONE_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}


class FileKind(Enum):
    """The kinds of file that there are readers for."""

    TEXT = "text/plain"
    HTML = "text/html"
    RTF = "application/rtf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    OLD_OFFICE = "application/msword"  # Word 97 to 2003, WPS, Word saved as XML: through LibreOffice
    ODT = "application/vnd.oasis.opendocument.text"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    XLS = "application/vnd.ms-excel"
    ODS = "application/vnd.oasis.opendocument.spreadsheet"
    PDF = "application/pdf"
    IMAGE = "image/*"
    OFD = "application/ofd"
    MAIL = "message/rfc822"
    ARCHIVE = "application/zip"  # zip, 7z, rar: holds files instead of text
    LOCKED_OFFICE = "application/encrypted-office"  # Word or Excel behind a password


def recognise(data: bytes, file_name: str, limits: ParseLimits | None = None) -> FileKind:
    """Return the kind of file that `data` is.

    Raises:
        SourceMalformed: `empty_file`, `truncated_file`, `wrong_type` (the name promises another kind),
            `unpacked_too_large` or `unsupported_type`.
    """
    # After a mark, bytes that look blank may be halves of characters (0x09 in ）); the decoded text tells.
    mark = next((one for one in _MARKS if data.startswith(one)), b"")
    if not (data[len(mark) :] if mark else data.strip(b"\x00\r\n\t ")):
        raise _refuse(
            "empty_file", file_name, f"文件为空（{len(data)} 字节）", f"the file is empty ({len(data)} bytes)",
            "请乡镇重新报送", "ask the township to send it again",
        )  # fmt: skip
    head = data[:2048]
    if head[:1024].lstrip().startswith(b"%PDF") or (b"%PDF-" in head[:1024] and b" obj" in data):
        return FileKind.PDF
    if head.startswith(b"PK"):
        return _zip_kind(data, file_name, limits or ParseLimits())
    if head.startswith(_OLE):
        return _ole_kind(data, file_name)
    if head.startswith(_IMAGES) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return FileKind.IMAGE
    if head.startswith(_ARCHIVES):
        return FileKind.ARCHIVE
    return _text_kind(data, file_name)


def _text_kind(data: bytes, file_name: str) -> FileKind:
    """Return which kind of text `data` is: everything that is told by words, not by signature bytes."""
    head = data[:2048].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    if head.startswith(_RICH_TEXT):
        return FileKind.RTF
    if head.startswith(b"<?xml") and _OFFICE_XML in head:
        return FileKind.OLD_OFFICE
    suffix = _suffix(file_name)
    if head[:1] == b"<" and _HTML.search(head):
        if suffix == "pdf":
            raise _wrong_type(data, file_name, "HTML")  # the error page of a download
        return FileKind.HTML
    if _HEADER.match(head) and len(set(_MAIL_HEADERS.findall(head.lower()))) >= 2:
        return FileKind.MAIL
    if data[4:8] == b"ftyp" and data[8:12] in _PHONE_BRANDS:
        raise _unsupported(file_name, _PHONE)
    named = _foreign(data)
    if named:
        raise _unsupported(file_name, _Unread(named, named))
    if suffix in _PROMISES and b"\x00" in data[:512]:
        raise _wrong_type(data, file_name, "?")
    return FileKind.TEXT


def _foreign(data: bytes) -> str:
    """Return the name of a kind that there is no reader for, such as audio or a program, or ''."""
    if b"\x00" not in data[:512] or data.startswith(_MARKS):
        return ""  # may be text in some encoding
    try:
        guesses = puremagic.magic_string(data[:4096])
    except (puremagic.PureError, ValueError):
        return ""
    best = max(guesses, key=lambda one: one.confidence)
    return str(best.name) if best.confidence >= 0.8 and len(best.byte_match or b"") >= 4 else ""


def _suffix(file_name: str) -> str:
    return file_name.rsplit(".", 1)[-1].lower() if "." in file_name else ""


def _zip_kind(data: bytes, file_name: str, limits: ParseLimits) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {one.filename: one for one in archive.infolist()}
            kind = _package_kind(archive, set(members))
            if kind is FileKind.ARCHIVE:
                return kind  # its members are opened one by one, within limits, when it is expanded
            unpacked = sum(one.file_size for one in members.values())
            if unpacked > limits.decompressed_bytes:
                raise _too_large(file_name, unpacked, limits)
            damaged = archive.testzip()
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, zlib.error) as error:
        raise _truncated(data, file_name) from error
    if damaged:
        raise _truncated(data, file_name)
    if kind is None:
        is_slides = any(name.startswith("ppt/") for name in members)
        raise _unsupported(
            file_name, _SLIDES if is_slides else _Unread("其他 Office 文件", "another kind of Office file")
        )
    return kind


def _package_kind(archive: zipfile.ZipFile, names: set[str]) -> FileKind | None:
    """Return the kind of document that an archive with these members is; None for one that has no reader."""
    if "OFD.xml" in names:
        return FileKind.OFD
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
        media_type = archive.read("mimetype").decode("ascii", errors="replace").strip().removesuffix("-template")
        return next((kind for kind in (FileKind.ODT, FileKind.ODS) if kind.value == media_type), None)
    if "[Content_Types].xml" in names or "word/document.xml" in names or "xl/workbook.xml" in names:
        if any(name.startswith("word/") for name in names):
            return FileKind.DOCX
        return FileKind.XLSX if "xl/workbook.xml" in names else None
    return FileKind.ARCHIVE


def _ole_kind(data: bytes, file_name: str) -> FileKind:
    try:
        with olefile.OleFileIO(data) as ole:
            streams = {"/".join(parts).lower() for parts in ole.listdir()}
    except (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise _truncated(data, file_name) from error
    if "encryptedpackage" in streams:
        return FileKind.LOCKED_OFFICE
    if "worddocument" in streams or "wpsworddocument" in streams:
        return FileKind.OLD_OFFICE
    if streams & {"workbook", "book"}:
        return FileKind.XLS
    if not streams:
        raise _truncated(data, file_name)
    if "powerpoint document" in streams:
        raise _unsupported(file_name, _SLIDES)
    raise _unsupported(file_name, _OUTLOOK if "__properties_version1.0" in streams else _Unread("OLE", "OLE"))


def _refuse(code: str, file_name: str, zh: str, en: str, next_zh: str, next_en: str) -> SourceMalformed:
    return SourceMalformed(code, Place(file_name), Text(zh, en), Text(next_zh, next_en))


def _unsupported(file_name: str, what: _Unread) -> SourceMalformed:
    return _refuse(
        "unsupported_type", file_name,
        f"没有读取此类文件的程序：{what.zh}", f"no reader for this kind of file: {what.en}",
        what.instead_zh, what.instead_en,
    )  # fmt: skip


def _wrong_type(data: bytes, file_name: str, seen: str) -> SourceMalformed:
    head = "".join(one if one.isprintable() else "·" for one in data[:16].decode("ascii", "replace")).strip("·")
    return _refuse(
        "wrong_type", file_name,
        f"扩展名是 .{_suffix(file_name)}，内容不是（开头为“{head}”，类型 {seen}）",
        f"the name says .{_suffix(file_name)}, the content is not (it begins with {head!r}, type {seen})",
        "请乡镇打开原文件确认后重新报送", "ask the township to open the original and send it again",
    )  # fmt: skip


def _truncated(data: bytes, file_name: str) -> SourceMalformed:
    return _refuse(
        "truncated_file", file_name, f"文件不完整（只有 {len(data)} 字节，结尾缺失或损坏）",
        f"the file is not whole ({len(data)} bytes, its end is missing or damaged)",
        "请乡镇重新报送", "ask the township to send it again",
    )  # fmt: skip


def _too_large(file_name: str, unpacked: int, limits: ParseLimits) -> SourceMalformed:
    allowed = limits.decompressed_bytes // 2**20
    return _refuse(
        "unpacked_too_large", file_name,
        f"解压后有 {unpacked // 2**20} MiB，超过上限 {allowed} MiB",
        f"unpacked it has {unpacked // 2**20} MiB, more than the {allowed} MiB allowed",
        "请乡镇核对文件；确实需要时在 county.toml 的 [limits] 中放宽",
        "ask the township to check the file; if it is sound, raise [limits] in county.toml",
    )  # fmt: skip

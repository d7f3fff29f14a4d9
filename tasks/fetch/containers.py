"""Files inside files: the members of zip, 7z and rar archives and the attachments of mails, in memory only.

Nothing is unpacked to a disk, so a member's name can lead nowhere; a name that tries to (`../`, an absolute path) and
links are refused with words. Names of zip members without the UTF-8 flag are decoded as Windows in China writes them.
"""

import io
import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from typing import Any

from tasks.domain.errors import Place, SourceMalformed, Text, password_needed
from tasks.domain.limits import ParseLimits

__all__ = ["Budget", "Member", "archive_members", "mail_members"]

_CHUNK = 1 << 20
_ENCRYPTED_FLAG, _UTF8_FLAG = 0x1, 0x800  # general purpose bits of a zip member (APPNOTE 4.4.4)
_OUTSIDE = re.compile(r"^(?:/|[A-Za-z]:)|(?:^|/)\.\.(?:/|$)")
_NOT_FILES = re.compile(r"(?:^|/)(?:__MACOSX/|\.(?!\.?(?:/|$))|~\$|thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_RAR_5 = b"Rar!\x1a\x07\x01\x00"
# What the archive libraries and the decompressors under them raise on bytes that nobody meant.
_DAMAGE = (zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError, LookupError, TypeError, AttributeError,
           AssertionError, zlib.error, lzma.LZMAError, struct.error)  # fmt: skip
_RAW_NAME = re.compile(r'name="?([^";]+)')
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SEND_FILES = Text("请乡镇直接报送其中的文件", "ask the township to send the files themselves")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a container: its path there (`附件/表.xlsx`), and its bytes or why they are refused.

    `media_type` is what its content is, where that was asked for.
    """

    path: str
    data: bytes
    refused: SourceMalformed | None = None
    media_type: str = ""


class Budget:
    """What one file and everything in it may unpack to, over all levels of nesting.

    Raises from its methods:
        SourceMalformed: `unpacked_too_large` or `too_many_members`.
    """

    def __init__(self, limits: ParseLimits, file_name: str) -> None:
        """Begin with the whole of `limits`; `file_name` is the outermost file."""
        self._limits = limits
        self._file_name = file_name
        self._bytes = self._members = 0

    def take_bytes(self, number: int) -> None:
        """Count unpacked bytes."""
        self._bytes += number
        if self._bytes > self._limits.decompressed_bytes:
            allowed = self._limits.decompressed_bytes // 2**20
            raise _refused(
                "unpacked_too_large",
                self._file_name,
                f"解压后超过 {allowed} MiB",
                f"unpacks to more than {allowed} MiB",
            )

    def take_member(self) -> None:
        """Count a member."""
        self._members += 1
        if self._members > self._limits.members:
            allowed = self._limits.members
            raise _refused(
                "too_many_members", self._file_name, f"其中的文件超过 {allowed} 个", f"holds more than {allowed} files"
            )


def archive_members(data: bytes, file_name: str, budget: Budget, passwords: Sequence[str]) -> Iterator[Member]:
    """Yield the files of a zip, 7z or rar archive; folders, system files and hidden ones are passed over.

    Raises:
        SourceMalformed: `truncated_file`, `password_protected`, `unpacked_too_large`, `too_many_members`, or
            `rar_missing` without the system's libarchive.
    """
    if data.startswith(b"7z"):
        yield from _seven_zip(data, file_name, budget, passwords)
    elif data.startswith(b"Rar!"):
        yield from _rar(data, file_name, budget)
    else:
        yield from _zip(data, file_name, budget, passwords)


def _zip(data: bytes, file_name: str, budget: Budget, passwords: Sequence[str]) -> Iterator[Member]:
    import pyzipper  # zipfile with AES, which archives with a password mostly use

    try:
        with pyzipper.AESZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                path = _zip_name(entry)
                if entry.is_dir() or _NOT_FILES.search(path):
                    continue
                budget.take_member()
                is_link = stat.S_ISLNK(entry.external_attr >> 16)
                refused = _unsafe(path, is_link)
                yield refused or Member(path, _zip_bytes(archive, entry, file_name, budget, passwords))
    except (pyzipper.BadZipFile, *_DAMAGE) as error:
        raise _damaged(file_name, error) from error


def _zip_name(entry: Any) -> str:
    """Return the name of a member; without the UTF-8 flag it was read as code page 437, which keeps all bytes."""
    name = str(entry.filename)
    if not entry.flag_bits & _UTF8_FLAG:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            raw = b""
        for encoding in ("utf-8", "gb18030", "cp950") if raw else ():
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return _plain(name)


def _zip_bytes(archive: Any, entry: Any, file_name: str, budget: Budget, passwords: Sequence[str]) -> bytes:
    if not entry.flag_bits & _ENCRYPTED_FLAG:
        return _read(archive, entry, None, budget)
    import pyzipper

    for password in passwords:
        for raw in dict.fromkeys((password.encode(), password.encode("gb18030"))):
            try:
                return _read(archive, entry, raw, budget)
            except NotImplementedError:
                raise  # a compression that there is no library for: not the password's fault
            except (RuntimeError, pyzipper.BadZipFile, zlib.error, EOFError):
                continue  # wrong; ZipCrypto takes one in 256 for right, and the checksum tells
    raise _locked(file_name)


def _read(archive: Any, entry: Any, password: bytes | None, budget: Budget) -> bytes:
    parts = []
    with archive.open(entry, pwd=password) as file:
        while chunk := file.read(_CHUNK):
            budget.take_bytes(len(chunk))
            parts.append(chunk)
    return b"".join(parts)


def _seven_zip(data: bytes, file_name: str, budget: Budget, passwords: Sequence[str]) -> Iterator[Member]:
    import py7zr
    from py7zr.io import BytesIOFactory

    wrong: Exception | None = None
    refusals: list[Member] = []
    wanted: list[str] = []
    is_counted = False  # once, however many passwords are tried
    for password in (None, *passwords):
        try:
            with py7zr.SevenZipFile(io.BytesIO(data), password=password) as archive:
                entries = {one.filename: one for one in archive.list() if not one.is_directory}
                if not is_counted:
                    wanted, refusals = _choose(entries, budget)
                    is_counted = True
                if archive.needs_password() and password is None:
                    continue
                factory = BytesIOFactory(sum(int(entries[name].uncompressed) for name in wanted) + 1)
                archive.extract(targets=wanted, factory=factory)
                yield from refusals
                for name in wanted:
                    content = factory.products[name]
                    content.seek(0)
                    yield Member(_plain(name), content.read())
                return
        except py7zr.exceptions.PasswordRequired as error:
            wrong = error
        except (py7zr.exceptions.ArchiveError, *_DAMAGE) as error:
            # A wrong password shows as damage; with none tried, it is damage.
            if password is None:
                raise _damaged(file_name, error) from error
            wrong = error
    raise _locked(file_name) from wrong


def _choose(entries: Mapping[str, Any], budget: Budget) -> tuple[list[str], list[Member]]:
    """Return the names of the members of a 7z archive to be unpacked, and those that are refused; counts them all."""
    wanted: list[str] = []
    refusals: list[Member] = []
    for name, entry in entries.items():
        path = _plain(name)
        if _NOT_FILES.search(path):
            continue
        budget.take_member()
        refused = _unsafe(path, bool(getattr(entry, "is_symlink", False)))
        if refused:
            refusals.append(refused)
        else:
            budget.take_bytes(int(entry.uncompressed))
            wanted.append(name)
    return wanted, refusals


def _rar(data: bytes, file_name: str, budget: Budget) -> Iterator[Member]:
    try:
        import libarchive

        # Left to itself, libarchive takes a Word file that lies in the archive uncompressed for the archive.
        kind = "rar5" if data.startswith(_RAR_5) else "rar"
        libarchive.ffi.get_read_format_function(kind)
    except (ImportError, OSError, AttributeError, ValueError) as error:  # ValueError: it is too old for this kind
        raise SourceMalformed(
            "rar_missing", Place(file_name),
            Text("读取 .rar 需要 libarchive，本机没有", "reading .rar needs libarchive, which is not here"),
            Text("请运行 make office 安装后重新收集，或请乡镇改用 zip",
                 "run `make office` and collect again, or ask the township to use zip"),
        ) from error  # fmt: skip
    try:
        with libarchive.memory_reader(data, kind, "none") as archive:
            for entry in archive:
                path = _plain(entry.pathname or "")
                if entry.isdir or _NOT_FILES.search(path):
                    continue
                budget.take_member()
                refused = _unsafe(path, bool(entry.issym or entry.islnk))
                if refused:
                    yield refused
                    continue
                parts = []
                for block in entry.get_blocks():
                    budget.take_bytes(len(block))
                    parts.append(bytes(block))
                yield Member(path, b"".join(parts))
    except libarchive.ArchiveError as error:
        # libarchive decrypts no rar of any age. Where only the contents are locked it sees them as damaged.
        is_locked = "ncrypt" in str(error)
        raise _rar_locked(file_name) if is_locked else _damaged(file_name, error, perhaps_locked=True) from error


def mail_members(data: bytes, file_name: str, budget: Budget) -> Iterator[Member]:
    """Yield the attachments of a mail; pictures that only decorate its body are none.

    Raises:
        SourceMalformed: `unpacked_too_large` or `too_many_members`.
    """
    message = message_from_bytes(data, policy=policy.compat32)
    for part in _parts(message):
        name = _attachment_name(part)
        if part.get_content_type() == "message/rfc822" and part is not message:
            inner = part.get_payload(0) if part.is_multipart() else None
            content = inner.as_bytes() if isinstance(inner, Message) else b""
            name = name or "mail.eml"
        else:
            payload = part.get_payload(decode=True) if name else None
            content = payload if isinstance(payload, bytes) else b""
        decorates = part.get_content_maintype() == "image" and part.get("content-id")
        if name and content and not decorates:
            budget.take_member()
            budget.take_bytes(len(content))
            path = _plain(name)
            yield _unsafe(path, False) or Member(path, content)


def _parts(message: Message) -> Iterator[Message]:
    """Yield the parts of a mail as `walk` does, but not those of a mail attached to it: that is opened by itself."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        yield part
        if part.is_multipart() and (part is message or part.get_content_type() != "message/rfc822"):
            waiting += reversed([one for one in part.get_payload() if isinstance(one, Message)])


def _attachment_name(part: Message) -> str:
    """Return the file name of an attachment, whichever of the ways in use it is written in; '' when it is none."""
    from email.header import decode_header, make_header

    raw = part.get_filename()
    if raw is None or part.is_multipart():
        return ""
    try:
        name = str(make_header(decode_header(raw)))
    except (LookupError, ValueError):
        name = raw
    if "\ufffd" not in name:
        return name
    # Bytes outside ASCII without any declaration: as Windows in China writes them.
    for header, value in part.raw_items():
        found = _RAW_NAME.search(str(value)) if header.lower() in {"content-disposition", "content-type"} else None
        if found:
            return found[1].encode("ascii", errors="surrogateescape").decode("gb18030", errors="replace")
    return name


def _plain(name: str) -> str:
    return _CONTROL.sub("", name.replace("\\", "/")).strip()


def _unsafe(path: str, is_link: bool) -> Member | None:
    """Return the refused member when `path` leads out of the archive, or is a link; else None."""
    name = path.rsplit("/", 1)[-1] or "?"
    if is_link:
        error = _refused("unsafe_link", path, "是链接，不是文件", "it is a link and no file")
        return Member(name, b"", error)
    if _OUTSIDE.search(path):
        error = _refused(
            "unsafe_path", path, f"文件名指向压缩包之外：{path}", f"its name leads out of the archive: {path}"
        )
        return Member(name, b"", error)
    return None


def _refused(code: str, file_name: str, zh: str, en: str) -> SourceMalformed:
    return SourceMalformed(code, Place(file_name), Text(zh, en), _SEND_FILES)


def _locked(file_name: str) -> SourceMalformed:
    return password_needed(file_name, Text("压缩包有密码", "the archive is locked by a password"))


def _rar_locked(file_name: str) -> SourceMalformed:
    return SourceMalformed(
        "password_protected", Place(file_name),
        Text("压缩包有密码，有密码的 .rar 无法在此打开",
             "the archive is locked; a .rar with a password cannot be opened here"),
        Text("请乡镇去掉密码后重新报送，或改用 zip、7z",
             "ask the township for a copy without a password, or as zip or 7z"),
    )  # fmt: skip


def _damaged(file_name: str, error: Exception, *, perhaps_locked: bool = False) -> SourceMalformed:
    return SourceMalformed(
        "truncated_file", Place(file_name),
        Text(f"压缩包不完整或已损坏{'，或有密码' if perhaps_locked else ''}：{error}",
             f"the archive is truncated or damaged{', or locked' if perhaps_locked else ''}: {error}"),
        Text("请乡镇重新报送", "ask the township to send it again"),
    )  # fmt: skip

"""Archives as townships send them and as nobody should, made on the spot."""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterable

import py7zr
import pyzipper


def zip_of(members: Iterable[tuple[str, bytes]], encoding: str = "utf-8", password: str = "") -> bytes:
    """A zip with names in `encoding`: in GB18030, as Windows in China writes them, without the UTF-8 flag."""
    out = io.BytesIO()
    if password:
        with pyzipper.AESZipFile(out, "w", encryption=pyzipper.WZ_AES) as locked:
            locked.setpassword(password.encode())
            for name, data in members:
                locked.writestr(name, data)
        return out.getvalue()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            if encoding != "utf-8":
                entry = _named(name.encode(encoding))
            archive.writestr(entry, data)
    return out.getvalue()


class _Named(zipfile.ZipInfo):
    """A member whose name is written as given, whatever it means."""

    raw = b""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        return self.raw, self.flag_bits & ~0x800


def _named(raw: bytes) -> zipfile.ZipInfo:
    entry = _Named(raw.decode("cp437"))
    entry.raw = raw
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def zip_with_link(name: str, target: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, target)
        archive.writestr("正文.txt", "示例镇2023年工作总结")
    return out.getvalue()


def seven_zip_of(members: Iterable[tuple[str, bytes]], password: str | None = None) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password=password) as archive:
        for name, data in members:
            archive.writestr(data, name)
    return out.getvalue()


def _vint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _block(body: bytes) -> bytes:
    sized = _vint(len(body)) + body
    return zlib.crc32(sized).to_bytes(4, "little") + sized


def rar_of(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A RAR 5 archive whose members are stored as they are (the format's technical note, 2013)."""
    out = b"Rar!\x1a\x07\x01\x00" + _block(_vint(1) + _vint(0) + _vint(0))
    for name, data in members:
        raw = name.encode()
        # Header type 2 with a data area; file flags: has a CRC; attributes 0; method 0 (stored); system Unix.
        body = (
            _vint(2) + _vint(2) + _vint(len(data)) + _vint(4) + _vint(len(data)) + _vint(0o100644)
            + zlib.crc32(data).to_bytes(4, "little") + _vint(0) + _vint(1) + _vint(len(raw)) + raw
        )  # fmt: skip
        out += _block(body) + data
    return out + _block(_vint(5) + _vint(0) + _vint(0))


def locked_rar(members: Iterable[tuple[str, bytes]], *, names: bool) -> bytes:
    """A RAR 5 archive with a password: its headers encrypted (`names`), or as damaged as encrypted contents look."""
    if not names:
        content = next(iter(members))[1]
        return rar_of(members).replace(content, bytes(255 - one for one in content))
    # Header type 4, archive encryption: version 0, flags 0, 2**15 rounds, a salt; what follows is encrypted.
    crypt = _block(_vint(4) + _vint(0) + _vint(0) + _vint(0) + bytes([15]) + bytes(16))
    return b"Rar!\x1a\x07\x01\x00" + crypt + bytes(64)

"""Old Office files: passwords taken off by msoffcrypto, Word 97 to 2003 and WPS turned into .docx by LibreOffice.

LibreOffice is Debian's, installed by `make office`; without it such a file is refused with that command. It runs
headless with a profile of its own, macros off, and inherits the worker's limits (no network, memory, written bytes).
"""

import contextlib
import io
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tasks.domain.errors import Place, SourceMalformed, Text, password_needed
from tasks.domain.limits import ParseLimits
from tasks.parse.damage import damage_told

__all__ = ["to_docx", "unlocked"]

_PROGRAMS = ("soffice", "libreoffice")
# Ends before the worker's own limit does: a worker that is killed could not end its children.
_SHARE_OF_TIME = 0.8


def unlocked(data: bytes, file_name: str, passwords: Sequence[str]) -> bytes:
    """Return an Office file of any age without its password; one that has none comes back as it is.

    Raises:
        SourceMalformed: `password_protected` when none of `passwords` opens it, `damaged_file`.
    """
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

    with damage_told(file_name, "Office"):
        try:
            office = msoffcrypto.OfficeFile(io.BytesIO(data))
            if not office.is_encrypted():
                return data
        except FileFormatError:
            return data  # its reader says what is wrong with it
        for password in passwords:
            out = io.BytesIO()
            # A wrong password shows as either; an old one is only noticed while decrypting.
            with contextlib.suppress(InvalidKeyError, DecryptionError):
                _load_key(office, password)
                office.decrypt(out)
                return out.getvalue()
    raise password_needed(file_name, Text("Office 文档有密码", "the Office document is locked by a password"))


def _load_key(office: Any, password: str) -> None:
    if office.format == "ooxml":
        # Only asked for does it check the password; without, a wrong one gives noise.
        office.load_key(password=password, verify_password=True)
    else:
        office.load_key(password=password)


def to_docx(data: bytes, file_name: str, limits: ParseLimits) -> bytes:
    """Return the .docx that LibreOffice makes of a Word 97 to 2003, WPS or Word XML file.

    Raises:
        SourceMalformed: `office_missing` without LibreOffice, `time_limit`, or `damaged_file` when it gives nothing.
    """
    program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise SourceMalformed(
            "office_missing", Place(file_name),
            Text("读取 .doc、.wps 需要 LibreOffice，本机没有",
                 "reading .doc and .wps needs LibreOffice, which is not here"),
            Text("请运行 make office 安装后重新收集，或请乡镇另存为 docx",
                 "run `make office` and collect again, or ask the township to save it as docx"),
        )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="xianbao-") as folder:
        source = Path(folder) / "report.doc"
        source.write_bytes(data)
        command = [
            program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore", "--nolockcheck",
            "--convert-to", "docx:MS Word 2007 XML", "--outdir", f"{folder}/out", str(source),
        ]  # fmt: skip
        said = _run(command, folder, file_name, limits.seconds * _SHARE_OF_TIME)
        made = Path(folder) / "out" / "report.docx"
        if not made.exists():
            raise SourceMalformed(
                "damaged_file", Place(file_name),
                Text(f"LibreOffice 打不开：{said}", f"LibreOffice cannot open it: {said}"),
                Text("请乡镇打开原文件另存为 docx 后报送", "ask the township to open it and save it as docx"),
            )  # fmt: skip
        return made.read_bytes()


def _run(command: Sequence[str], folder: str, file_name: str, seconds: float) -> str:
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True, text=True, errors="replace",
    )  # fmt: skip
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        # The launcher starts the office program as a child of its own: the whole session has to end.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise SourceMalformed(
            "time_limit", Place(file_name),
            Text(f"LibreOffice 在 {seconds:g} 秒内未能转换",
                 f"LibreOffice did not convert it within {seconds:g} seconds"),
            Text("请乡镇另存为 docx 后报送", "ask the township to save it as docx"),
        ) from error  # fmt: skip
    return said.strip()[-200:]

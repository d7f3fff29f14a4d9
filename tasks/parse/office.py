"""Old Office files: passwords taken off by msoffcrypto, Word 97 to 2003 and WPS turned into .docx by LibreOffice.

LibreOffice is Debian's, installed by `make office`; without it such a file is refused with that command. It runs
headless with a profile of its own, macros off, and inherits the worker's limits (no network, memory, written bytes).
It ends with the worker, however that ends.
"""

import contextlib
import io
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tasks.domain.errors import Place, SourceMalformed, Text, password_needed
from tasks.domain.limits import ParseLimits
from tasks.parse.confinement import end_with
from tasks.parse.damage import damage_told

__all__ = ["to_docx", "unlocked"]

_PROGRAMS = ("soffice", "libreoffice")
# Ends before the worker's own limit does, so that the worker lives to read the next file.
_SHARE_OF_TIME = 0.8
# What the program itself says after it has made a new profile; its launcher then starts it once more.
_START_AGAIN = 81


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
    program = _program()
    if program is None:
        raise SourceMalformed(
            "office_missing", Place(file_name),
            Text("读取 .doc、.wps 需要 LibreOffice Writer，本机没有",
                 "reading .doc and .wps needs LibreOffice Writer, which is not here"),
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
                Text("LibreOffice 打不开此文件，可能已损坏", f"LibreOffice cannot open it: {said}"),
                Text("请乡镇打开原文件另存为 docx 后报送", "ask the township to open it and save it as docx"),
            )  # fmt: skip
        return made.read_bytes()


def _program() -> str | None:
    """Return the path of LibreOffice, None where it or its Writer is missing.

    Where the program itself lies beside its launcher it is called directly: it is one process then, which ends with
    ours. The launcher has a child of its own, which would go on alone.
    """
    launcher = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    if launcher is None:
        return None
    folder = Path(launcher).resolve().parent
    program = folder / "soffice.bin"
    if not program.exists():
        return launcher
    # Debian has Calc, or the core alone, as packages of their own.
    return str(program) if any(folder.glob("libswlo.*")) else None


def _run(command: Sequence[str], folder: str, file_name: str, seconds: float) -> str:
    """Return the end of what LibreOffice says.

    Raises:
        SourceMalformed: `time_limit`.
    """
    ends_at = time.monotonic() + seconds
    try:
        code, said = _run_once(command, folder, seconds)
        if code == _START_AGAIN:
            _, said = _run_once(command, folder, ends_at - time.monotonic())
    except subprocess.TimeoutExpired as error:
        raise SourceMalformed(
            "time_limit", Place(file_name),
            Text(f"LibreOffice 在 {seconds:g} 秒内未能转换",
                 f"LibreOffice did not convert it within {seconds:g} seconds"),
            Text("请乡镇另存为 docx 后报送", "ask the township to save it as docx"),
        ) from error  # fmt: skip
    return said.strip()[-200:]


def _run_once(command: Sequence[str], folder: str, seconds: float) -> tuple[int, str]:
    """Return the exit code of `command` and what it said.

    Raises:
        TimeoutExpired: it did not end in time; now it has.
    """
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True, text=True, errors="replace",
        preexec_fn=partial(end_with, os.getpid()),  # noqa: PLW1509 - two system calls, no lock of Python's
    )  # fmt: skip
    try:
        said, _ = process.communicate(timeout=seconds)
    except BaseException:
        # A launcher has the program as a child of its own: the whole session has to end.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    return process.returncode, said

"""Errors as an operator reads them: one plain message in both languages, never a traceback."""

import errno

from rich.console import Console
from rich.markup import escape

from tasks.domain.errors import Place, Text, WarehouseError, XianbaoError

__all__ = ["disk_error", "print_error"]

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def disk_error(error: OSError) -> XianbaoError | None:
    """Return what an error of the file system means where the operator can mend it; None for any other one."""
    place = Place(str(error.filename or "磁盘 disk"))
    if error.errno in _FULL:
        return WarehouseError(
            "disk_full",
            place,
            Text(f"磁盘已满（{error.strerror}）", f"the disk is full ({error.strerror})"),
            Text("腾出空间后再运行一次，已写入的不会重复", "free some space and run again; nothing is written twice"),
        )
    if error.errno in _FORBIDDEN:
        return WarehouseError(
            "not_writable",
            place,
            Text(f"没有读写权限（{error.strerror}）", f"no permission to read or write ({error.strerror})"),
            Text(
                "请给运行的用户读写权限，或换到可写的磁盘",
                "give the user who runs this permission, or use a disk that can be written",
            ),
        )
    return None


def print_error(console: Console, error: XianbaoError) -> None:
    """Print what went wrong, where, and what to do next."""
    console.print(
        f"[red]✗[/] {escape(error.message('zh'))}\n  {escape(error.message('en'))}", highlight=False, soft_wrap=True
    )

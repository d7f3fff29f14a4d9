"""Errors as an operator reads them: one plain message in both languages, never a traceback."""

import errno

from rich.console import Console
from rich.markup import escape

from tasks.domain.errors import Place, Text, WarehouseError, XianbaoError

__all__ = ["disk_error", "print_error"]

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_PATHS: tuple[tuple[type[OSError] | tuple[type[OSError], ...], str, str, str, str, str], ...] = (
    (FileNotFoundError, "no_such_path", "没有这个文件或文件夹", "there is no such file or folder",
     "请核对写法；要写入的文件夹须先建好", "check how it is written; a folder to write into must exist"),
    (FileExistsError, "path_exists", "已有此文件或文件夹", "it exists already", "请另起名称", "choose another name"),
    ((NotADirectoryError, IsADirectoryError), "wrong_kind_of_path", "应为文件夹处是文件，或应为文件处是文件夹",
     "a file stands where a folder should, or the other way round", "请核对路径", "check the path"),
)  # fmt: skip


def disk_error(error: OSError) -> XianbaoError:
    """Return what an error of the file system or the network means, in the operator's words."""
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
    for kinds, code, zh, en, next_zh, next_en in _PATHS:
        if isinstance(error, kinds):
            return WarehouseError(code, place, Text(zh, en), Text(next_zh, next_en))
    said = error.strerror or str(error)
    return WarehouseError(
        "system_error", place, Text(f"系统报错：{said}", f"the system says: {said}"),
        Text("请检查磁盘和网络后再运行一次，已写入的不会重复", "check disk and network, then run again: nothing is "
             "written twice"),
    )  # fmt: skip


def print_error(console: Console, error: XianbaoError) -> None:
    """Print what went wrong, where, and what to do next."""
    console.print(
        f"[red]✗[/] {escape(error.message('zh'))}\n  {escape(error.message('en'))}", highlight=False, soft_wrap=True
    )

"""The errors of backup and restore."""

from tasks.domain.errors import Place, Text, XianbaoError

__all__ = ["BackupError", "restore_error"]


class BackupError(XianbaoError):
    """Raised when a backup cannot be written or a backup file cannot be restored; nothing half done stays."""


def restore_error(code: str, place: object, zh: str, en: str) -> BackupError:
    """Return the error for a backup file that cannot be restored."""
    return BackupError(
        code,
        Place(str(place)),
        Text(zh, en),
        Text("请换用另一份备份；原有文件未改动", "use another backup; nothing that existed was changed"),
    )

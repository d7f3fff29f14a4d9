"""Backup and restore of everything a county owns: settings, raw store, warehouse, the server's database."""

from tasks.backup.archive import BackupReport, RestoreReport, back_up, prune_backups, restore
from tasks.backup.database import POSTGRES_VARIABLES, dump_database, restore_postgres

__all__ = [
    "POSTGRES_VARIABLES",
    "BackupReport",
    "RestoreReport",
    "back_up",
    "dump_database",
    "prune_backups",
    "restore",
    "restore_postgres",
]

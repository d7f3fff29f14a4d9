"""The Prefect server's database: SQLite copied while it is in use, PostgreSQL dumped by its own tool."""

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from tasks.backup.errors import BackupError
from tasks.domain.errors import Place, Text

__all__ = ["POSTGRES_VARIABLES", "dump_database", "restore_postgres"]

POSTGRES_VARIABLES = ("PREFECT_SERVER_DATABASE_CONNECTION_URL", "PREFECT_API_DATABASE_CONNECTION_URL")
SQLITE_NAME, POSTGRES_NAME = "prefect.db", "prefect.pgdump"


def dump_database(prefect_home: Path, into: Path) -> Path | None:
    """Write the server's database into the folder `into`; return the file, or None where there is no database yet.

    With PREFECT_SERVER_DATABASE_CONNECTION_URL set it is that PostgreSQL, otherwise the SQLite file of `prefect_home`.

    Raises:
        BackupError: pg_dump is not installed or fails, or the SQLite file cannot be read.
    """
    url = _postgres_url()
    if url is not None:
        target = into / POSTGRES_NAME
        _run_tool("pg_dump", ["--format=custom", "--no-owner", f"--file={target}"], url)
        return target
    source = prefect_home / SQLITE_NAME
    if not source.exists():
        return None
    target = into / SQLITE_NAME
    try:
        with (
            sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True) as held,
            sqlite3.connect(target) as copy,
        ):
            held.backup(copy)
        held.close()
        copy.close()
    except sqlite3.Error as error:
        raise BackupError(
            "database", Place(str(source)),
            Text(f"任务服务的数据库无法读取（{error}）", f"the server's database cannot be read ({error})"),
            Text("请停止 county up 后再备份", "stop `county up`, then back up again"),
        ) from error  # fmt: skip
    return target


def restore_postgres(dump: Path) -> None:
    """Load `dump` into the PostgreSQL that the environment names; what it held before is replaced.

    Raises:
        BackupError: no PostgreSQL is named, pg_restore is not installed, or it fails.
    """
    url = _postgres_url()
    if url is None:
        raise BackupError(
            "no_database", Place(str(dump)),
            Text("其中是 PostgreSQL 数据库，但没有指明恢复到哪里", "it holds a PostgreSQL database; none is named"),
            Text(f"请设置环境变量 {POSTGRES_VARIABLES[0]}（数据库须已建好）后再恢复",
                 f"set {POSTGRES_VARIABLES[0]} (the database must exist), then restore again"),
        )  # fmt: skip
    _run_tool("pg_restore", ["--clean", "--if-exists", "--no-owner", "--single-transaction", str(dump)], url)


def _postgres_url() -> URL | None:
    words = next((os.environ[name] for name in POSTGRES_VARIABLES if os.environ.get(name)), "")
    if not words:
        return None
    try:
        url = make_url(words)
    except ArgumentError as error:
        raise BackupError(
            "database_address", Place(POSTGRES_VARIABLES[0]),
            Text("数据库地址写法有误", "the address of the database is malformed"),
            Text("写成 postgresql+asyncpg://用户:密码@主机/库名",
                 "write postgresql+asyncpg://user:password@host/database"),
        ) from error  # fmt: skip
    return url if url.get_backend_name() == "postgresql" else None


def _run_tool(tool: str, words: list[str], url: URL) -> None:
    """Run a tool of PostgreSQL on the database `url`; the password goes by environment, where `ps` does not show it."""
    path = shutil.which(tool)
    shown = url.render_as_string(hide_password=True)
    if path is None:
        raise BackupError(
            "no_tool", Place(shown),
            Text(f"没有安装 {tool}", f"{tool} is not installed"),
            Text("请安装 postgresql-client（版本不低于服务器）后再试",
                 "install postgresql-client (not older than the server), then try again"),
        )  # fmt: skip
    plain = url.set(drivername="postgresql", password=None)
    command = [path, f"--dbname={plain.render_as_string(hide_password=False)}", *words]
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupError(
            "database", Place(shown),
            Text(f"{tool} 未成功：{done.stderr.strip()}", f"{tool} failed: {done.stderr.strip()}"),
            Text("请核对数据库地址、权限和工具版本", "check the address, the rights and the tool's version"),
        )  # fmt: skip

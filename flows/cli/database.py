"""The database of a county's first server, copied from an empty one that is made once for this installation.

A new server builds its tables by running years of Prefect's migrations, 6 of the 9 seconds that its first start takes.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from tasks.domain.county import County

__all__ = ["give_database"]

_NAME = "prefect.db"
_URLS = ("PREFECT_SERVER_DATABASE_CONNECTION_URL", "PREFECT_API_DATABASE_CONNECTION_URL")
_MAKING_SECONDS = 120


def give_database(county: County, kept: Path | None = None) -> bool:
    """Put an empty, migrated database where the county has none yet; return whether that was done.

    It is kept under `kept`, by default beside the installed packages, by the version of Prefect. Where it cannot be
    made or kept there, or the server uses a database of its own, nothing is done: the server makes its tables itself.
    """
    database = county.prefect_home / _NAME
    if database.exists() or any(os.environ.get(name) for name in _URLS):
        return False
    template = (kept or Path(sys.prefix) / "share" / "xianbao") / f"prefect-{version('prefect')}.db"
    try:
        if not template.exists():
            _make(template)
        with tempfile.NamedTemporaryFile(dir=county.prefect_home, delete=False) as file:
            copy = Path(file.name)
        shutil.copyfile(template, copy)
        copy.replace(database)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _make(template: Path) -> None:
    """Run Prefect's migrations on an empty database; others never see it half made."""
    template.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=template.parent) as home:
        held = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        subprocess.run(
            [sys.executable, "-m", "prefect", "server", "database", "upgrade", "-y"],
            env={**held, "PREFECT_HOME": home, "DO_NOT_TRACK": "1"},
            check=True, capture_output=True, timeout=_MAKING_SECONDS,
        )  # fmt: skip
        (Path(home) / _NAME).replace(template)

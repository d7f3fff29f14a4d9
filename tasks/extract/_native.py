"""The engine compiled by mypyc, where it was built from exactly these sources; otherwise the sources themselves.

Compiled modules lie in the virtual environment, in a folder named by the hash of all sources they may have drawn on, of
the lock and of mypy. An edited source has another hash, so that a stale build is never found; nothing compiled lies
beside the sources. `make setup` builds where there is a C compiler (docs/decisions.md).
"""

import hashlib
import os
import sys
from pathlib import Path

__all__ = ["GROUP", "INTERPRETED", "LEFT_OUT", "fingerprint", "folder", "is_compiled", "prefer_compiled"]

INTERPRETED = "XIANBAO_INTERPRETED"  # set to 1: read with the sources though a build is there
GROUP = "xianbao_engine"
LEFT_OUT = frozenset({"__init__", "_native", "explain"})  # loads the build, or is seldom asked
_ROOT = Path(__file__).resolve().parents[2]
# What the engine imports counts too: constants of other modules are drawn into compiled code.
_SOURCES = ("tasks/extract", "tasks/lexicon", "tasks/domain", "expectations")
_FORM = "1"  # of the build itself; another number makes every build anew


def fingerprint() -> str:
    """Return the hash of what a build depends on: sources, lock, compiler."""
    digest = hashlib.sha256(_FORM.encode())
    for name in _SOURCES:
        for path in sorted((_ROOT / name).glob("*.py")):
            digest.update(f"\x00{name}/{path.name}\x00".encode())
            digest.update(path.read_bytes())
    site = Path(sys.prefix, "lib", f"python3.{sys.version_info.minor}", "site-packages")
    for path in (_ROOT / "requirements.lock", site / "mypy" / "version.py"):
        digest.update(path.read_bytes() if path.is_file() else b"\x00none\x00")
    return digest.hexdigest()[:16]


def folder() -> Path:
    """Return where the build of these sources lies, or would lie, for this Python."""
    return Path(sys.prefix) / "native" / f"{sys.implementation.cache_tag}-{fingerprint()}"


def is_compiled() -> bool:
    """Return whether the engine that is loaded is the compiled one."""
    engine = sys.modules.get("tasks.extract.engine")
    return engine is not None and not str(engine.__file__).endswith(".py")


def prefer_compiled(package: list[str]) -> None:
    """Put the build in front of the sources on the path of the `package`, unless there is none or none is wanted."""
    if os.environ.get(INTERPRETED) == "1":
        return
    built = folder()
    if built.is_dir():
        sys.path.append(str(built))  # where the modules look for the library they share
        package.insert(0, str(built / "tasks" / "extract"))


if __name__ == "__main__":  # for deploy/native.sh
    sys.stdout.write(f"{folder()}\n")

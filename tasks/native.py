"""Code compiled by mypyc, where it was built from exactly these sources; otherwise the sources themselves.

Compiled modules lie in the virtual environment, in a folder named by the hash of all sources they may have drawn on, of
the lock and of mypy. An edited source has another hash, so that a stale build is never found; nothing compiled lies
beside the sources. `make setup` builds where there is a C compiler (docs/decisions.md).
"""

import hashlib
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["BUILDS", "ENGINE", "INTERPRETED", "PAGES", "Build", "fingerprint", "folder", "hash_of",
           "is_compiled", "prefer_compiled"]  # fmt: skip

INTERPRETED = "XIANBAO_INTERPRETED"  # set to 1: run the sources though a build is there
_ROOT = Path(__file__).resolve().parents[1]
_FORM = "2"  # of the builds themselves; another number makes every build anew


@dataclass(frozen=True)
class Build:
    """Modules of one package that are compiled together.

    `sources` are the folders whose constants and types may be drawn into the compiled code; `group` names the library
    that the modules share; `written_in_c` are modules of the package that have no source in Python. `others` are
    modules of other packages whose classes the modules look into all the time: compiled with them, an attribute is a
    place in a record and no look-up.
    """

    package: str
    modules: tuple[str, ...]
    sources: tuple[str, ...]
    group: str
    written_in_c: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def paths(self) -> list[str]:
        """The files to compile, from the root of the project."""
        names = [*(f"{self.package}.{name}" for name in self.modules), *self.others]
        return [f"{name.replace('.', '/')}.py" for name in names]


def _all_of(package: str, *left_out: str) -> tuple[str, ...]:
    names = {path.stem for path in (_ROOT / package).glob("*.py")}
    return tuple(sorted(names - {"__init__", *left_out}))


ENGINE = Build(
    "tasks.extract",
    _all_of("tasks/extract", "explain"),  # seldom asked
    ("tasks/extract", "tasks/lexicon", "tasks/domain", "expectations"),
    "xianbao_engine",
    others=("tasks.lexicon.loading", "tasks.lexicon.weights"),
)
# What a page of text goes through; readers of other files spend their time in libraries.
PAGES = Build(
    "tasks.parse",
    (
        "edges", "grids", "headings", "layout", "lines", "pdf", "pdf_frame", "pdf_objects", "pdf_pages", "pdf_tables",
        "pdf_exact", "pdf_suspects", "pdf_text", "quality", "text",
    ),
    ("tasks/parse", "tasks/domain"),
    "xianbao_pages",
    ("pdfium_loops", "line_loops", "cell_loops", "rule_loops", "text_loops"),
)  # fmt: skip
BUILDS = (ENGINE, PAGES)


def fingerprint(build: Build) -> str:
    """Return the hash of what `build` depends on: sources, lock, compiler."""
    digest = hashlib.sha256(f"{_FORM} {build.group} {build.modules} {build.others} {hash_of(build.sources)}".encode())
    site = Path(sys.prefix, "lib", f"python3.{sys.version_info.minor}", "site-packages")
    for path in (_ROOT / "requirements.lock", site / "mypy" / "version.py"):
        digest.update(path.read_bytes() if path.is_file() else b"\x00none\x00")
    return digest.hexdigest()[:16]


def hash_of(folders: Iterable[str]) -> str:
    """Return the hash of the sources (Python, C) in `folders`, which are named from the root of the project."""
    digest = hashlib.sha256()
    for name in folders:
        for path in sorted((_ROOT / name).glob("*.py")) + sorted((_ROOT / name).glob("*.c")):
            digest.update(f"\x00{name}/{path.name}\x00".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def folder(build: Build) -> Path:
    """Return where `build` of these sources lies, or would lie, for this Python."""
    return Path(sys.prefix) / "native" / f"{sys.implementation.cache_tag}-{fingerprint(build)}"


def is_compiled(build: Build) -> bool:
    """Return whether the modules of `build` that are loaded are the compiled ones."""
    loaded = [sys.modules.get(f"{build.package}.{name}") for name in build.modules]
    files = [str(one.__file__) for one in loaded if one is not None]
    return bool(files) and not any(one.endswith(".py") for one in files)


def prefer_compiled(build: Build, package: list[str], name: str = "") -> None:
    """Put `build` in front of the sources on the path of its `package`, unless there is none or none is wanted.

    `name` is that of the package, where it is another one than that of most modules.
    """
    if os.environ.get(INTERPRETED) == "1":
        return
    built = folder(build)
    if built.is_dir():
        if str(built) not in sys.path:
            sys.path.append(str(built))  # where the modules look for the library they share
        package.insert(0, str(built / (name or build.package).replace(".", "/")))


if __name__ == "__main__":  # for deploy/native.sh
    sys.stdout.writelines(f"{folder(build)}\n" for build in BUILDS)

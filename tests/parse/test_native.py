"""Pages are read by compiled code as they are from its sources: the same words, blocks, places and qualities."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tasks import native

pytestmark = pytest.mark.skipif(
    not native.folder(native.PAGES).is_dir(),
    reason="the readers of pages are not compiled from these sources (make native compiles them)",
)

_READ = """
import sys
from pathlib import Path
from tasks import native
from tasks.domain.errors import SourceMalformed
from tasks.parse import parse_report
for path in map(Path, sys.argv[1:]):
    try:
        document = parse_report(path.read_bytes(), path.name)
    except SourceMalformed as error:
        print(path.name, error.code)
        continue
    print(path.name, document.parser, document.text, document.blocks, document.quality, document.anchors)
print(native.is_compiled(native.PAGES))
"""


def _read(files: list[Path], interpreted: str, root: Path) -> list[str]:
    environment = {**os.environ, "XIANBAO_INTERPRETED": interpreted, "PYTHONPATH": str(root), "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        [sys.executable, "-c", _READ, *map(str, files)], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_both_read_the_same(repository: Path, sample_county_source: Path) -> None:
    files = sorted(one for one in (sample_county_source / "inbox").rglob("*") if one.is_file())
    written = [one for one in files if one.suffix in {".pdf", ".txt", ".docx", ".html"} and "扫描" not in one.name]
    *found, compiled = _read(written, "0", repository)
    *expected, interpreted = _read(written, "1", repository)
    assert (compiled, interpreted) == ("True", "False")
    assert found == expected
    assert sum("pypdfium2" in line for line in found) >= 5

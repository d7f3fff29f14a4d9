"""The engine compiled finds what it finds from its sources, and its results cross between processes."""

import multiprocessing
import os
import pickle
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from expectations.catalogue import load_catalogue
from tasks import native
from tasks.domain.documents import Document
from tasks.domain.facts import Extraction
from tasks.domain.periods import ReportPeriod
from tasks.extract import Reader, build_reader, extract_document
from tasks.lexicon import load_lexicon
from tasks.parse import parse_report

pytestmark = pytest.mark.skipif(
    not native.folder(native.ENGINE).is_dir(),
    reason="the engine is not compiled from these sources (make native compiles it)",
)

_READ = """
import sys
from pathlib import Path
from expectations.catalogue import load_catalogue
from tasks.domain.periods import ReportPeriod
from tasks import native
from tasks.extract import build_reader, extract_document
from tasks.lexicon import load_lexicon
from tasks.parse import parse_report
reader = build_reader(load_catalogue(), load_lexicon())
print(native.is_compiled(native.ENGINE))
for path in map(Path, sys.argv[1:]):
    document = parse_report(path.read_bytes(), path.name)
    for period in (None, ReportPeriod.parse("2023")):
        found = extract_document(document, period, reader)
        print(path.name, period, len(found.facts), found.facts, found.mentions, found.rejects)
"""


def _table(path: Path) -> Path:
    book = openpyxl.Workbook()
    for line in (
        ("指标", "单位", "2022年", "2023年", "增长（%）"),
        ("粮食播种面积", "亩", 31200, 32000, 2.6),
        ("粮食产量", "吨", 11800, 12150, 3.0),
        ("生猪出栏", "头", 8600, 9020, 4.9),
        ("农村居民人均可支配收入", "元", 14320, 15480, 8.1),
    ):
        book.active.append(line)
    book.save(path)
    return path


def _read(files: list[Path], interpreted: str, root: Path) -> tuple[str, str]:
    environment = {**os.environ, "XIANBAO_INTERPRETED": interpreted, "PYTHONPATH": str(root), "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        [sys.executable, "-c", _READ, *map(str, files)], env=environment, capture_output=True, text=True, check=True
    )
    compiled, _, found = done.stdout.partition("\n")
    return compiled, found


def test_both_find_the_same(tmp_path: Path, repository: Path, sample_county_source: Path) -> None:
    files = [*sorted((sample_county_source / "sources").glob("*.txt"))[:14], _table(tmp_path / "台账.xlsx")]
    compiled, found = _read(files, "0", repository)
    interpreted, expected = _read(files, "1", repository)
    assert (compiled, interpreted) == ("True", "False")
    assert found.splitlines() == expected.splitlines()
    counts = [int(line.split(" ")[2]) for line in found.splitlines()]
    assert len(counts) == 2 * len(files)
    assert all(counts)


_READER: list[Reader] = []


def _in_a_child(document: Document) -> Extraction:
    return extract_document(document, ReportPeriod.parse("2023"), _READER[0])


def test_results_cross_between_processes(sample_county_source: Path) -> None:
    if not native.is_compiled(native.ENGINE):
        pytest.skip("XIANBAO_INTERPRETED is set")
    path = sample_county_source / "sources" / "云岫镇-2023.txt"
    document = parse_report(path.read_bytes(), path.name)
    _READER.append(build_reader(load_catalogue(), load_lexicon()))
    here = _in_a_child(document)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        there = pool.apply(_in_a_child, (document,))
    assert there == here == pickle.loads(pickle.dumps(here))
    assert here.facts

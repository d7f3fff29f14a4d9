"""The sample county itself: its gold, its formats, its register, its build, and that its years fit together."""

import csv
import importlib.util
import re
import unicodedata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COUNTY = ROOT / "deploy" / "sample_county"
SOURCES = COUNTY / "sources"
CATALOGUE = ROOT / "expectations" / "indicators.csv"
GOLD = sorted(SOURCES.glob("*.facts.csv"))
MAGNITUDES = {"万": 1e4, "亿": 1e8, "": 1.0}
# How many of the catalogue's unit one written unit is; the others are one for one (counted in words of their own).
FACTORS = {"公顷": 15, "平方公里": 1500, "斤": 0.0005, "公斤": 0.001, "米": 0.001}
SMALL = {word: number for number, word in enumerate("零一二三四五六七八九十")} | {"两": 2}
COLUMNS = ["code", "measure", "value", "value_high", "unit", "bound", "item", "evidence", "start", "end"]


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def text_of(gold):
    return gold.with_name(gold.name.replace(".facts.csv", ".txt")).read_text(encoding="utf-8")


def written_value(surface, unit):
    """The number a surface states; a table cell has no unit, so its magnitude is not known (None)."""
    plain = unicodedata.normalize("NFKC", surface)
    match = re.match(r"(-?[\d.,]+|[一两二三四五六七八九十])", plain)
    if match is None:
        return None
    number = float(SMALL[match[1]] if match[1] in SMALL else match[1].replace(",", ""))
    rest = re.sub(r"^[余多]|^[—\-~至][\d.,]+", "", plain[match.end() :])
    rest = re.sub(r"[余多]", "", rest)
    if not rest:
        return None
    magnitude = rest[0] if rest[0] in "万亿" else ""
    factor = FACTORS.get(rest.removeprefix(magnitude), 1) if unit != "公斤/亩" else 1
    return number * MAGNITUDES[magnitude] * factor


@pytest.mark.parametrize("gold", GOLD, ids=lambda path: path.name.removesuffix(".facts.csv"))
def test_gold_says_what_the_text_says(gold):
    catalogue = {row["code"]: row for row in rows_of(CATALOGUE)}
    text, rows = text_of(gold), rows_of(gold)
    assert list(rows[0]) == COLUMNS
    assert len(rows) >= 30
    for row in rows:
        surface = text[int(row["start"]) : int(row["end"])]
        indicator = catalogue[row["code"]]
        assert row["evidence"] in text
        assert surface, row
        assert surface in row["evidence"], row
        allowed = {indicator["unit"]}
        if row["measure"] in {"growth_pct", "share_pct", "completion_pct"}:
            allowed = {"%"}
        elif row["measure"] == "plan":
            allowed |= {"%"}
        elif row["measure"] == "growth_abs" and indicator["unit"] == "%":
            allowed |= {"百分点"}
        assert row["unit"] in allowed, row
        assert (row["value"] == "") == (row["bound"] in {"masked", "corrupt"}), row
        stated = written_value(surface, row["unit"])
        if row["value"] not in {"", "0"} and stated is not None:  # a zero statement is a phrase
            assert abs(float(row["value"])) == pytest.approx(abs(stated)), row


def test_every_unit_of_the_gold_reports_is_in_the_list_of_units():
    names = {row["name"] for row in rows_of(COUNTY / "units.csv")}
    assert {gold.name.split("-")[0] for gold in GOLD} <= names


def test_every_file_in_the_inbox_is_in_the_register_and_the_other_way_round():
    inbox = COUNTY / "inbox"
    there = {path.relative_to(inbox).as_posix() for path in inbox.rglob("*") if path.is_file()}
    registered = [row["file"] for row in rows_of(inbox / "收文登记.csv")]
    assert len(registered) == len(set(registered))
    assert there - {"收文登记.csv"} == set(registered)


def test_every_format_and_encoding_is_present():
    formats = [row["format"] for row in rows_of(SOURCES / "files.csv")]
    for needed in ("utf-8", "utf-8-bom", "gb18030", "utf-16", "docx", "pdf", "empty", "html", "docx-truncated",
                   "xlsx", "rtf", "zip-gbk", "eml-docx"):  # fmt: skip
        assert needed in formats


def test_the_inbox_stays_small():
    assert sum(path.stat().st_size for path in (COUNTY / "inbox").rglob("*") if path.is_file()) < 2_000_000


def test_every_edit_belongs_to_a_file():
    files = {row["file"] for row in rows_of(SOURCES / "files.csv")}
    assert {row["file"] for row in rows_of(SOURCES / "edits.csv")} <= files


@pytest.mark.parametrize("gold", [path for path in GOLD if "-2023" in path.name], ids=lambda path: path.name[:-15])
def test_stated_growth_agrees_with_the_two_years(gold):
    before = gold.with_name(gold.name.replace("2023", "2022"))
    if not before.exists():
        pytest.skip("no gold for 2022")
    levels = {year: {} for year in (2022, 2023)}
    for year, path in ((2022, before), (2023, gold)):
        for row in rows_of(path):
            if row["measure"] in {"level", "forecast"} and row["bound"] == "exact":
                levels[year].setdefault((row["code"], row["item"]), float(row["value"]))
    for row in rows_of(gold):
        key = (row["code"], row["item"])
        if row["bound"] != "exact" or key not in levels[2023] or not levels[2022].get(key):
            continue
        old, new = levels[2022][key], levels[2023][key]
        decimals = len(row["value"].partition(".")[2])
        if row["measure"] == "growth_pct":
            assert (new / old - 1) * 100 == pytest.approx(float(row["value"]), abs=0.5 * 10**-decimals + 0.05), row
        elif row["measure"] == "growth_abs":
            assert new - old == pytest.approx(float(row["value"]), abs=abs(float(row["value"])) * 0.02), row


@pytest.mark.slow
def test_the_inbox_is_rebuilt_byte_for_byte(tmp_path):
    spec = importlib.util.spec_from_file_location("build_inbox", COUNTY / "build_inbox.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not module.FONT.exists():
        pytest.skip("the font wqy-zenhei is not installed (Debian: fonts-wqy-zenhei)")
    for name in [*module.build(tmp_path, module.FONT), module.REGISTER]:
        assert (tmp_path / name).read_bytes() == (COUNTY / "inbox" / name).read_bytes(), name

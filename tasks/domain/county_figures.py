"""The county's published figures (`county_figures.csv` in the county's folder), which the townships must add up to.

The file is optional. Columns: period, indicator (code or Chinese name), item (may be empty), value, unit (that of the
catalogue, with 万 or 亿 before it if so published), source (where it was published).
"""

import csv
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from expectations.catalogue import Catalogue, Indicator, adds_up
from tasks.domain.csv_text import csv_text
from tasks.domain.errors import ConfigurationError, Place, Text
from tasks.domain.periods import ReportPeriod

__all__ = ["COUNTY_FIGURES_FILE", "COUNTY_FIGURES_SCHEMA", "read_county_figures"]

COUNTY_FIGURES_FILE = "county_figures.csv"
COLUMNS = ("period", "indicator", "item", "value", "unit", "source")
COUNTY_FIGURES_SCHEMA: Mapping[str, pl.DataType] = {
    "period": pl.String(), "indicator": pl.String(), "indicator_name": pl.String(), "item": pl.String(),
    "published": pl.Float64(), "unit": pl.String(), "source": pl.String(),
}  # fmt: skip
_MULTIPLES = {"": 1.0, "万": 1e4, "亿": 1e8, "千": 1e3, "百万": 1e6}


def read_county_figures(folder: Path, catalogue: Catalogue) -> pl.DataFrame:
    """Return the published figures of the county in `folder`, in the catalogue's units; no rows without the file.

    Raises:
        ConfigurationError: the file is no CSV with these columns, or a row is wrong; names file, line and remedy.
    """
    path = folder / COUNTY_FIGURES_FILE
    if not path.exists():
        return pl.DataFrame(schema=dict(COUNTY_FIGURES_SCHEMA))
    try:
        reader = csv.DictReader(csv_text(path.read_bytes()).splitlines())
    except UnicodeDecodeError as error:
        raise _wrong("1", "文件不是 UTF-8 或 GB18030 编码", "the file is neither UTF-8 nor GB18030") from error
    if tuple(reader.fieldnames or ()) != COLUMNS:
        heads = "、".join(COLUMNS)
        raise _wrong("1", f"列名应为 {heads}", f"columns must be {', '.join(COLUMNS)}")
    rows = list(_rows(reader, catalogue))
    frame = pl.DataFrame(rows, schema=dict(COUNTY_FIGURES_SCHEMA), orient="row")
    twice = frame.filter(frame.select("period", "indicator", "item").is_duplicated())
    if not twice.is_empty():
        name = f"{twice['period'][0]} {twice['indicator_name'][0]}{twice['item'][0]}"
        raise _wrong("", f"{name} 出现两次", f"{name} occurs twice")
    return frame


def _rows(reader: "csv.DictReader[str]", catalogue: Catalogue) -> Iterator[tuple[str, str, str, str, float, str, str]]:
    names = {one.name: one for one in catalogue}
    for row in reader:
        line = str(reader.line_num)
        if None in row or None in row.values():
            raise _wrong(line, f"应有 {len(COLUMNS)} 列", f"{len(COLUMNS)} cells expected")
        cells = {name: row[name].strip() for name in COLUMNS}
        try:
            period = ReportPeriod.parse(cells["period"]).code
        except ValueError as error:
            raise _wrong(line, f"报告期 {cells['period']!r} 不存在", str(error)) from error
        code = cells["indicator"]
        one = catalogue[code] if code in catalogue else names.get(code)
        if one is None:
            raise _wrong(line, f"没有指标 {code!r}（指标见 indicators 表）", f"there is no indicator {code!r}")
        if not adds_up(one.kind, one.name, one.unit):
            raise _wrong(line, f"{one.name} 是比率或平均数，各乡镇之和没有意义",
                         f"{one.code} is a rate or an average: it does not add up")  # fmt: skip
        value, factor = _number(cells["value"], line), _factor(cells["unit"], one, line)
        yield period, one.code, one.name, cells["item"], value * factor, one.unit, cells["source"]


def _number(text: str, line: str) -> float:
    try:
        number = float(text.replace(",", ""))
    except ValueError as error:
        raise _wrong(line, f"{text!r} 不是数字", f"{text!r} is no number") from error
    if not math.isfinite(number):
        raise _wrong(line, f"{text!r} 不是数字", f"{text!r} is no number")
    return number


def _factor(unit: str, one: Indicator, line: str) -> float:
    if unit.endswith(one.unit) and unit.removesuffix(one.unit) in _MULTIPLES:
        return _MULTIPLES[unit.removesuffix(one.unit)]
    raise _wrong(
        line, f"{one.name} 的单位应为 {one.unit}（或 万{one.unit}、亿{one.unit}），不是 {unit!r}",
        f"the unit of {one.code} is {one.unit} (or 万{one.unit}, 亿{one.unit}), not {unit!r}",
    )  # fmt: skip


def _wrong(line: str, zh: str, en: str) -> ConfigurationError:
    place = f"{COUNTY_FIGURES_FILE}:{line}" if line else COUNTY_FIGURES_FILE
    return ConfigurationError(
        "county_figures", Place(place), Text(zh, en),
        Text("请改正后重试；删除该文件则不作此项核对", "correct it and run again, or remove the file"),
    )  # fmt: skip

"""Reporting units (报送单位) of a county and the names by which reports call them.

Owns `units.csv`: `unit_code,name,former_names,valid_from,valid_to`; former names are separated by `;` (or ；、，).
A unit is found by its full name (青山镇), a former name, or the short name without 乡/镇/街道 where only one has it.
"""

import csv
import datetime as dt
import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from tasks.domain.csv_text import csv_text
from tasks.domain.errors import ConfigurationError, Place, Text

__all__ = ["Gazetteer", "ReportingUnit", "read_gazetteer", "short_name"]

COLUMNS = ("unit_code", "name", "former_names", "valid_from", "valid_to")
SUFFIXES = ("街道办事处", "街道", "办事处", "苏木", "镇", "乡")
_CODE = re.compile(r"[0-9]{12}")
# 乡 of one or several peoples (民族乡) leave their names out in everyday use. A place of one character is never alone.
_PEOPLES = (
    "阿昌|白|保安|布朗|布依|朝鲜|达斡尔|傣|德昂|东乡|侗|独龙|俄罗斯|鄂伦春|鄂温克|高山|仡佬|哈尼|哈萨克|赫哲|回|基诺|京|景颇"
    "|柯尔克孜|拉祜|黎|傈僳|珞巴|满|毛南|门巴|蒙古|苗|仫佬|纳西|怒|普米|羌|撒拉|畲|水|塔吉克|塔塔尔|土|土家|佤|维吾尔|乌孜别克"
    "|锡伯|瑶|彝|裕固|藏|壮|民|各"
)
_OF_PEOPLES = re.compile(rf"(?P<place>.{{2,}}?)(?:(?:{_PEOPLES})族)+")
_BETWEEN_NAMES = re.compile(r"[;；、,，]")
_NEAREST = 5


@cache
def short_name(name: str) -> str:
    """Return `name` without its last part 乡, 镇, 街道, …, and without 民族 of an ethnic township.

    >>> short_name("望江街道办事处"), short_name("青山镇"), short_name("石门布依族苗族乡")
    ('望江', '青山', '石门')
    """
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            name = name.removesuffix(suffix)
            break
    of_peoples = _OF_PEOPLES.fullmatch(name)
    return of_peoples["place"] if of_peoples else name


@dataclass(frozen=True, slots=True)
class ReportingUnit:
    """A township (乡/镇/街道) with its 12-digit statistical division code; dates are inclusive, None is open."""

    unit_code: str
    name: str
    former_names: tuple[str, ...] = ()
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None

    @property
    def full_names(self) -> tuple[str, ...]:
        """The present name and the former ones."""
        return (self.name, *self.former_names)

    def exists_in(self, start: dt.date, end: dt.date) -> bool:
        """Return whether the unit existed at some time between `start` and `end`."""
        return (self.valid_from is None or self.valid_from <= end) and (self.valid_to is None or self.valid_to >= start)


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The reporting units of one county by code."""

    units: Mapping[str, ReportingUnit]

    def __getitem__(self, unit_code: str) -> ReportingUnit:
        return self.units[unit_code]

    def __contains__(self, unit_code: object) -> bool:
        return unit_code in self.units

    def __iter__(self) -> Iterator[ReportingUnit]:
        return iter(self.units.values())

    def __len__(self) -> int:
        return len(self.units)

    def find(self, words: str) -> ReportingUnit | None:
        """Return the unit with this code, name, former name or short name; None when nothing or two units match."""
        words = words.strip()
        if words in self.units:
            return self.units[words]
        for names_of in (_full_names, _short_names):
            found = [unit for unit in self if words in names_of(unit)]
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def named(self, words: str) -> ReportingUnit:
        """Return the unit that `words` find, where somebody asks for one.

        Raises:
            ConfigurationError: none, or more than one; the nearest names are told.
        """
        found = self.find(words)
        if found is not None:
            return found
        names = sorted(unit.name for unit in self)
        near = "、".join(difflib.get_close_matches(words, names, n=_NEAREST, cutoff=0.0)) or "—"
        raise ConfigurationError(
            "unit_unknown", Place("units.csv"),
            Text(f"没有“{words}”，或对应多个单位；相近的：{near}", f"it has no {words!r}, or several; nearest: {near}"),
            Text("请写名册中的全称或 12 位代码", "write the full name or the 12-digit code that stands there"),
        )  # fmt: skip


def _full_names(unit: ReportingUnit) -> tuple[str, ...]:
    return unit.full_names


def _short_names(unit: ReportingUnit) -> tuple[str, ...]:
    return tuple(short_name(name) for name in unit.full_names)


def _wrong(path: Path, line: int, zh: str, en: str) -> ConfigurationError:
    return ConfigurationError(
        "units_csv",
        Place(f"{path.name}:{line}"),
        Text(zh, en),
        Text(f"请改正 {path} 第 {line} 行后重试", f"correct line {line} of {path} and run again"),
    )


def _date(path: Path, line: int, text: str | None) -> dt.date | None:
    if not (text or "").strip():
        return None
    try:
        return dt.date.fromisoformat((text or "").strip())
    except ValueError as error:
        raise _wrong(
            path, line, f"日期 {text!r} 应写作 2023-01-31", f"date {text!r} must be written 2023-01-31"
        ) from error


def read_gazetteer(path: Path) -> Gazetteer:
    """Return the reporting units listed in `path` (CSV in UTF-8, with or without a byte order mark, or GB18030).

    Raises:
        ConfigurationError: the file or a column is missing, a code is not 12 digits or occurs twice, a name is
            missing, or a date cannot be read; the place is file and line.
    """
    try:
        lines = csv_text(path.read_bytes()).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(path, 1, f"名册无法读取：{error}", f"the list of units cannot be read: {error}") from error
    reader = csv.DictReader(lines)
    missing = [name for name in ("unit_code", "name") if name not in (reader.fieldnames or [])]
    if missing:
        raise _wrong(path, 1, f"缺少列：{'、'.join(missing)}", f"columns missing: {', '.join(missing)}")
    units: dict[str, ReportingUnit] = {}
    for row in reader:
        line = reader.line_num
        code, name = (row["unit_code"] or "").strip(), (row["name"] or "").strip()
        if _CODE.fullmatch(code) is None:
            raise _wrong(path, line, f"区划代码 {code!r} 应为 12 位半角数字",
                         f"unit_code {code!r} must have 12 digits (0 to 9)")  # fmt: skip
        if code in units:
            raise _wrong(path, line, f"区划代码 {code} 重复", f"unit_code {code} occurs twice")
        if not name:
            raise _wrong(path, line, "名称为空", "the name is empty")
        former = tuple(part.strip() for part in _BETWEEN_NAMES.split(row.get("former_names") or "") if part.strip())
        units[code] = ReportingUnit(
            code, name, former, _date(path, line, row.get("valid_from")), _date(path, line, row.get("valid_to"))
        )
    return Gazetteer(MappingProxyType(units))

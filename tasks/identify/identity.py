"""Weighing what says whose a report is: the register, the folders, the file name, the title.

Each may be silent; those that speak must agree. Disagreement or silence is no guess: the file is quarantined with
what was seen and the command that assigns it by hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from tasks.domain.county import County
from tasks.domain.errors import IdentityUnclear, Place, Text
from tasks.domain.periods import ReportPeriod
from tasks.domain.submissions import BY_HAND, Identity, SourceFile
from tasks.identify.names import (
    Periods,
    find_periods,
    find_units,
    names_a_report,
    normalise,
    title_of,
    unknown_township,
)

__all__ = ["guess_identity", "identify_report", "identity_by_decision"]

_ZH = {"register": "收文登记", "folder": "文件夹", "file name": "文件名", "title": "标题", "first lines": "正文开头"}


@dataclass(frozen=True, slots=True)
class _Witness:
    """One place that can say whose a file is, and what it says."""

    where: str
    words: str
    units: tuple[str, ...]
    said: Periods

    @property
    def periods(self) -> tuple[str, ...]:
        return self.said.codes


def identify_report(file: SourceFile, head: str, county: County, sha256: str) -> Identity:
    """Return whose report for which period `file` is.

    Raises:
        IdentityUnclear: `unit_not_found`, `unit_unknown` (a township the county does not have), `unit_ambiguous`,
            `unit_disagrees`, `period_not_found`, `period_disagrees` or `period_not_owed`.
    """
    witnesses = _with_years([*_name_witnesses(file, county), *_text_witnesses(head, county)])
    unit_code = _settle_unit(file, witnesses, county, sha256)
    period = _settle_period(file, witnesses, county, sha256)
    form = county.form_for(period)
    if form is None:
        owed = "、".join(code for one in county.settings.forms for code in one.periods)
        raise _unclear(
            "period_not_owed", file, sha256, witnesses,
            f"报告期 {period} 不在应报范围（应报：{owed}）", f"nothing is owed for {period} (owed: {owed})",
        )  # fmt: skip
    return Identity(unit_code, county.gazetteer[unit_code].name, form.code, period, _seen(witnesses, "en"))


def identity_by_decision(unit: str, period: str, county: County, file_name: str) -> Identity:
    """Return the identity that an operator has assigned by hand.

    Raises:
        IdentityUnclear: the unit is not in units.csv, or nothing is owed for the period.
    """
    found = county.gazetteer.find(unit)
    if found is None:
        raise IdentityUnclear(
            "unit_unknown", Place(file_name),
            Text(f"名册中没有“{unit}”", f"units.csv has no {unit!r}"),
            Text("请核对名称，或先把它加入 units.csv", "check the name, or add it to units.csv first"),
        )  # fmt: skip
    try:
        code = ReportPeriod.parse(period).code
    except ValueError:
        code = ""
    form = county.form_for(code)
    if form is None:
        raise IdentityUnclear(
            "period_not_owed", Place(file_name),
            Text(f"报告期“{period}”不在应报范围", f"nothing is owed for {period!r}"),
            Text("请核对报告期，或在 county.toml 的 forms 中加入", "check the period, or add it to county.toml"),
        )  # fmt: skip
    return Identity(found.unit_code, found.name, form.code, code, (f"{BY_HAND}{found.name} {code}",))


def guess_identity(file: SourceFile, county: County) -> Identity:
    """Return whose the file probably is by its names alone, parts empty where they do not say; never raises.

    Used to name a task before the file is read and to say in the roster whose file lies in quarantine.
    """
    witnesses = _with_years(_name_witnesses(file, county))
    units = {one.units for one in witnesses if one.units}
    periods = set() if any(_in_doubt(one) for one in witnesses) else {one.periods for one in witnesses if one.periods}
    code = next(iter(units))[0] if len(units) == 1 and len(next(iter(units))) == 1 else ""
    period = next(iter(periods))[0] if len(periods) == 1 and len(next(iter(periods))) == 1 else ""
    form = county.form_for(period)
    return Identity(
        code,
        county.gazetteer[code].name if code else "",
        form.code if form else "",
        period if form else "",
        _seen(witnesses, "en"),
    )


def _name_witnesses(file: SourceFile, county: County) -> list[_Witness]:
    path = PurePosixPath(normalise(file.path))
    folders = " ".join(path.parts[:-1])
    sources = [
        ("register", f"{file.registered_unit} {file.registered_period}".strip()),
        ("folder", folders),
        ("file name", path.stem),
    ]
    return [
        _Witness(
            where,
            words,
            find_units(words, county.gazetteer, allow_short=True),
            _registered_periods(file.registered_period, county) if where == "register" else find_periods(words, county),
        )
        for where, words in sources
        if words
    ]


def _registered_periods(period: str, county: County) -> Periods:
    """Return the period that the register gives, as a code (2023Q3) or in words (2023年第三季度)."""
    try:
        return Periods((ReportPeriod.parse(period).code,))
    except ValueError:
        return find_periods(period, county)


def _text_witnesses(head: str, county: County) -> list[_Witness]:
    title = normalise(title_of(head))
    if not title:
        return []
    units = find_units(title, county.gazetteer, allow_short=False)
    witnesses = [_Witness("title", title, units, _title_periods(title, county))]
    if not units and not unknown_township(title, county.gazetteer):
        body = normalise(head)
        witnesses.append(
            _Witness("first lines", body[:120], find_units(body, county.gazetteer, allow_short=False), Periods())
        )
    return witnesses


def _title_periods(title: str, county: County) -> Periods:
    """Return what the first line says that says something; the lines after it may also be a date or a sentence."""
    first, *others = title.split("\n")
    for line in (first, *filter(names_a_report, others)):
        said = find_periods(line, county)
        if said.codes or names_a_report(line):
            return said
    return Periods()


def _with_years(witnesses: Sequence[_Witness]) -> list[_Witness]:
    """Return `witnesses`, parts without a year (三季度总结) completed by the one year that the others say."""
    years = {code[:4] for one in witnesses for code in one.periods}
    if len(years) != 1:
        return list(witnesses)
    year = int(years.pop())
    return [
        replace(one, said=replace(one.said, codes=tuple(dict.fromkeys(part.of(year) for part in one.said.parts))))
        if one.said.parts
        else one
        for one in witnesses
    ]


def _in_doubt(witness: _Witness) -> bool:
    """Return whether one speaks of part of a year in words that are not understood; folders hold all sorts of files."""
    return bool(witness.said.unread) and witness.where != "folder"


def _settle_unit(file: SourceFile, witnesses: Sequence[_Witness], county: County, sha256: str) -> str:
    stranger = next(
        (name for one in witnesses if one.where != "first lines" and not one.units
         and (name := unknown_township(one.words, county.gazetteer))),
        "",
    )  # fmt: skip
    said = [one for one in witnesses if one.units and not (one.where == "first lines" and len(one.units) > 1)]
    if stranger:
        raise _unclear(
            "unit_unknown", file, sha256, witnesses,
            f"“{stranger}”不在本县名册 units.csv 中", f"{stranger!r} is not among this county's units (units.csv)",
        )  # fmt: skip
    if not said:
        raise _unclear("unit_not_found", file, sha256, witnesses, "看不出是哪个乡镇的报告", "no township is named")
    for one in said:
        if len(one.units) > 1:
            names = "、".join(county.gazetteer[code].name for code in one.units)
            raise _unclear(
                "unit_ambiguous", file, sha256, witnesses,
                f"{_ZH[one.where]}中有两个乡镇：{names}", f"the {one.where} names two townships: {names}",
            )  # fmt: skip
    if len({one.units[0] for one in said}) > 1:
        zh = "，".join(f"{_ZH[one.where]}为{county.gazetteer[one.units[0]].name}" for one in said)
        en = ", ".join(f"the {one.where} says {county.gazetteer[one.units[0]].name}" for one in said)
        raise _unclear("unit_disagrees", file, sha256, witnesses, f"乡镇不一致：{zh}", f"townships disagree: {en}")
    return said[0].units[0]


def _settle_period(file: SourceFile, witnesses: Sequence[_Witness], county: County, sha256: str) -> str:
    said = [one for one in witnesses if one.periods]
    for one in filter(_in_doubt, witnesses):
        raise _unclear(
            "period_not_found", file, sha256, witnesses,
            f"{_ZH[one.where]}中的“{one.said.unread}”看不懂是一年中的哪一段",
            f"the {one.where} speaks of part of a year, and {one.said.unread!r} is not understood",
        )  # fmt: skip
    if not said:
        raise _unclear("period_not_found", file, sha256, witnesses, "看不出是哪个报告期", "no period is named")
    # A folder names a year and holds all its reports; what stands on or in the file itself is more exact.
    folders = [one for one in said if one.where == "folder"]
    exact = [one for one in said if one.where != "folder"] or folders
    common = set(exact[0].periods).intersection(*(one.periods for one in exact))
    for folder in folders:
        common &= {code for code in common if code in folder.periods or code[:4] in folder.periods}
    if len(common) != 1:
        zh = "，".join(f"{_ZH[one.where]}为{'/'.join(one.periods)}" for one in said)
        en = ", ".join(f"the {one.where} says {'/'.join(one.periods)}" for one in said)
        raise _unclear("period_disagrees", file, sha256, witnesses, f"报告期不一致：{zh}", f"periods disagree: {en}")
    return common.pop()


def _seen(witnesses: Sequence[_Witness], language: str) -> tuple[str, ...]:
    return tuple(
        f"{_ZH[one.where] if language == 'zh' else one.where}: {one.words.replace(chr(10), ' ')[:60]}"
        for one in witnesses
    )


def _unclear(
    code: str, file: SourceFile, sha256: str, witnesses: Sequence[_Witness], zh: str, en: str
) -> IdentityUnclear:
    command = f"county assign {sha256[:12]} --unit 乡镇名 --period 报告期"
    return IdentityUnclear(
        code,
        Place(file.path),
        Text(f"{zh}（所见：{'；'.join(_seen(witnesses, 'zh'))}）", f"{en} (seen: {'; '.join(_seen(witnesses, 'en'))})"),
        Text(f"确认后运行 {command}", f"when you know whose it is, run: {command}"),
    )

"""Finding reporting units and periods in names and titles."""

import re
import unicodedata
from dataclasses import dataclass, replace

from tasks.domain.county import County
from tasks.domain.gazetteer import Gazetteer, short_name
from tasks.domain.years_in_words import years_in_digits
from tasks.identify.parts import Part, PartsOfYear, find_parts, in_digits

__all__ = ["Periods", "find_periods", "find_units", "names_a_report", "normalise", "title_of", "unknown_township"]

_PERIOD = re.compile(r"(?:(?<!\d)(?P<full>(?:19|20)\d\d)(?!\d)|(?<!\d)(?P<short>\d\d)(?=年))\s*(?:年度|年)?")
# 工作打算, 计划, 思路 after a year: that year is the plan's, not the reported one.
_PLAN_AFTER = re.compile(r"^.{0,4}?(?:工作)?(?:打算|计划|思路|安排|要点|谋划|目标)")
_TOWNSHIP = re.compile(r"(?P<name>[\u4e00-\u9fff]{2,6}?(?:乡|镇|街道))(?!镇|乡村|村|长|党员)")
_KINDS_OF_TOWNS = frozenset(("小城镇", "新型城镇", "特色小镇", "小集镇", "中心镇", "重点镇", "示范镇", "小乡镇"))
_LEVELS = ("街道", "乡", "镇")
_OFFICES = ("党委", "政府", "办事处")
_BEFORE_NAMES = "县市区省州旗"
_CLAIMED = "\x00"
# A whole date in a name (2024年1月10日) is when it was delivered, not what it reports on.
_DATE = re.compile(r"(?:19|20)\d\d年\d{1,2}月\d{1,2}日")
# 2023.9 may be a month or the day it was written; only in December does one write about the whole year before its end.
_DOTTED_MONTH = re.compile(r"\.(?:0?[1-9]|1[01])(?![.\d])")
_UP_TO = re.compile(r"(?:截至|截止|截止到|截至到)\s*$")
_REPORTS = re.compile(r"总结|小结|工作情况|情况汇报|工作汇报|述职|工作报告|简报")
_CLAUSE_ENDS = ",。;!?\n"
_NOT_NAMES = re.compile(r"^(?:各|全|我|本|该|党委|政府|年|度|关于|中共|[一-鿿]*(?:县|市|区|省))")


def normalise(words: str) -> str:
    """Return `words` in NFKC with Chinese years in digits (二〇二三年 is 2023年)."""
    return years_in_digits(unicodedata.normalize("NFKC", words))


def find_units(words: str, gazetteer: Gazetteer, *, allow_short: bool) -> tuple[str, ...]:
    """Return the codes of the units named in `words`, longest names first claiming their characters.

    A short name (青石 of 青石镇) counts anywhere with `allow_short`, otherwise only before 党委, 政府, 办事处 or a
    level word (河口乡 for 河口彝族乡). Before a level word it must begin the name: 大青石乡 is another township.
    """
    names: list[tuple[str, bool, str]] = []
    for unit in gazetteer:
        for name in unit.full_names:
            if name in words:
                names.append((name, False, unit.unit_code))
            short = short_name(name)
            if len(short) >= 2 and short in words:
                names.append((short, True, unit.unit_code))
    found: list[str] = []
    rest = words
    for name, is_short, code in sorted(names, key=lambda one: -len(one[0])):
        before = rest
        rest = _without_short(rest, name, alone=allow_short) if is_short else rest.replace(name, _CLAIMED)
        if rest != before and code not in found:
            found.append(code)
    return tuple(found)


def _without_short(words: str, short: str, *, alone: bool) -> str:
    """Return `words` with each place of a short name that counts claimed, its level word too.

    Looked for by hand: a pattern for every name, with all Chinese characters in it, took 2 ms to compile.
    """
    kept: list[str] = []
    copied = 0
    at = words.find(short)
    while at >= 0:
        end = at + len(short)
        level = next((one for one in _LEVELS if words.startswith(one, end)), "")
        if level:
            counts = at == 0 or words[at - 1] in _BEFORE_NAMES or not "\u4e00" <= words[at - 1] <= "\u9fff"
            end += len(level)
        else:
            counts = alone or words.startswith(_OFFICES, end)
        if counts:
            kept += words[copied:at], _CLAIMED
            copied = end
        at = words.find(short, end if counts else at + 1)
    return "".join(kept) + words[copied:]


def unknown_township(words: str, gazetteer: Gazetteer) -> str:
    """Return a name in `words` that looks like a township's and is in no gazetteer entry, or ''."""
    for match in _TOWNSHIP.finditer(words):
        name = _NOT_NAMES.sub("", match["name"])
        if len(name) >= 3 and name not in _KINDS_OF_TOWNS and gazetteer.find(name) is None:
            return name
    return ""


@dataclass(frozen=True, slots=True)
class Periods:
    """What words say of the reported period: codes, or parts of a year that they do not name (三季度总结).

    `unread` is a word that speaks of part of a year and is not understood: then nothing else may be taken for granted.
    """

    codes: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    unread: str = ""

    def __bool__(self) -> bool:
        return bool(self.codes or self.parts or self.unread)


def names_a_report(words: str) -> bool:
    """Return whether `words` name a report (总结, 述职, …), as a title does and a sentence mostly does not."""
    return _REPORTS.search(words) is not None


def find_periods(words: str, county: County) -> Periods:
    """Return the periods that `words` name as the reported ones; the year of a plan is left out."""
    plain = _DATE.sub(" ", in_digits(normalise(words)))
    report = _REPORTS.search(plain)
    years = list(_PERIOD.finditer(plain))
    if not years:
        alone = find_parts(plain, report)
        return Periods(parts=alone.parts, unread=alone.unread)
    kept = [one for one in years if report and one.end() <= report.start()] or years
    codes: list[str] = []
    unread = ""
    for match in kept:
        if _PLAN_AFTER.match(plain[match.end() :]) and codes:
            continue
        said = _parts_of(plain, match, years, report)
        year = int(match["full"] or "20" + match["short"])
        dotted = _DOTTED_MONTH.match(plain, match.end()) if not said.parts else None
        unread = unread or said.unread or (match.group() + dotted.group() if dotted else "")
        codes += [one.of(year) for one in said.parts] or [f"{year}"]
    found = tuple(dict.fromkeys(codes))
    owed = tuple(code for code in found if county.form_for(code) is not None)
    return Periods(owed or found, unread=unread)


def _parts_of(plain: str, year: re.Match[str], years: list[re.Match[str]], report: re.Match[str] | None) -> PartsOfYear:
    """Return the parts that belong to `year`: in its clause up to the next year, and before it where it is the only."""
    begin = year.end() if len(years) > 1 else 1 + max(plain.rfind(end, 0, year.start()) for end in _CLAUSE_ENDS)
    ends = [place for end in _CLAUSE_ENDS if (place := plain.find(end, year.end())) >= 0]
    ends += [one.start() for one in years if one.start() > year.start()]
    # Blanked and not cut, so that places stay those of `report`; the year itself is no part (23 of 23年3月).
    end, digits_end = min(ends, default=len(plain)), year.end("full" if year["full"] else "short")
    clause = "".join(
        letter if begin <= place < end and not year.start() <= place < digits_end else " "
        for place, letter in enumerate(plain)
    )
    said = find_parts(clause, report)
    if _UP_TO.search(plain[: year.start()]):
        return PartsOfYear(tuple(replace(one, first_month=1) for one in said.parts), said.unread)
    return said


def title_of(head: str) -> str:
    """Return the title: the first lines that are not blank, up to the first that is a sentence; three at most."""
    lines: list[str] = []
    for line in (one.strip() for one in head.splitlines()):
        if not line:
            continue
        if lines and (len(line) > 45 or line[-1] in "。：:；"):
            break
        lines.append(line[:80])
        if len(lines) == 3:
            break
    return "\n".join(lines)

"""Finding reporting units and periods in names and titles."""

import re
import unicodedata

from tasks.domain.county import County
from tasks.domain.gazetteer import Gazetteer, short_name
from tasks.domain.periods import ReportPeriod

__all__ = ["find_periods", "find_units", "title_of", "unknown_township"]

_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_NUMBER = re.compile(r"\d+")
_CHINESE_YEAR = re.compile(r"[二一][〇零○一二三四五六七八九]{3}(?=年)")
_YEAR = r"(?:(?<!\d)(?P<full>(?:19|20)\d\d)(?!\d)|(?<!\d)(?P<short>\d\d)(?=年))"
_PART = (
    r"(?P<half>上半年|下半年|H[12])|(?P<quarter>第?[一二三四1-4]季度|Q[1-4])"
    r"|(?P<months>1\s*[-—–~至到]\s*\d{1,2}\s*月)|(?P<month>\d{1,2}月(?:份)?(?!\d{1,2}日))"
)
_PERIOD = re.compile(_YEAR + r"\s*(?:年度|年)?\s*(?:" + _PART + r")?")
# 工作打算, 计划, 思路 after a year: that year is the plan's, not the reported one.
_PLAN_AFTER = re.compile(r"^.{0,4}?(?:工作)?(?:打算|计划|思路|安排|要点|谋划|目标)")
_TOWNSHIP = re.compile(r"(?P<name>[\u4e00-\u9fff]{2,6}?(?:乡|镇|街道))(?!镇|乡村|村|长|党员)")
_LEVEL = "(?:街道|乡|镇)"
_OFFICE = "(?:党委|政府|办事处)"
# A whole date in a name (2024年1月10日) is when it was delivered, not what it reports on.
_DATE = re.compile(r"(?:19|20)\d\d年\d{1,2}月\d{1,2}日")
_PART_ALONE = re.compile(_PART)
_REPORTS = re.compile(r"总结|工作情况|述职|工作报告")
_NOT_NAMES = re.compile(r"^(?:各|全|我|本|该|党委|政府|年|度|关于|中共|[一-鿿]*(?:县|市|区|省))")


def normalise(words: str) -> str:
    """Return `words` in NFKC with Chinese years in digits (二〇二三年 is 2023年)."""
    plain = unicodedata.normalize("NFKC", words)
    return _CHINESE_YEAR.sub(
        lambda match: match.group().replace("二", "2").replace("一", "1").translate(_DIGITS), plain
    )


def find_units(words: str, gazetteer: Gazetteer, *, allow_short: bool) -> tuple[str, ...]:
    """Return the codes of the units named in `words`, longest names first claiming their characters.

    A short name (青石 of 青石镇) counts anywhere with `allow_short`, otherwise only before 党委, 政府, 办事处 or a
    level word (河口乡 for 河口彝族乡). Before a level word it must begin the name: 大青石乡 is another township.
    """
    names: list[tuple[str, str, str]] = []
    for unit in gazetteer:
        for name in unit.full_names:
            # Patterns are made for the few names that occur: a county of 1,600 would compile 3,200 for every file.
            if name in words:
                names.append((name, re.escape(name), unit.unit_code))
            short = short_name(name)
            if len(short) >= 2 and short in words:
                plain = rf"{re.escape(short)}(?!{_LEVEL})" if allow_short else rf"{re.escape(short)}(?={_OFFICE})"
                begins = rf"(?:^|(?<=[^\u4e00-\u9fff])|(?<=[县市区省州旗])){re.escape(short)}{_LEVEL}"
                names.append((short, f"{begins}|{plain}", unit.unit_code))
    found: list[str] = []
    rest = words
    for _, pattern, code in sorted(names, key=lambda one: -len(one[0])):
        rest, count = re.subn(pattern, "\x00", rest)
        if count and code not in found:
            found.append(code)
    return tuple(found)


def unknown_township(words: str, gazetteer: Gazetteer) -> str:
    """Return a name in `words` that looks like a township's and is in no gazetteer entry, or ''."""
    for match in _TOWNSHIP.finditer(words):
        name = _NOT_NAMES.sub("", match["name"])
        if len(name) >= 3 and gazetteer.find(name) is None:
            return name
    return ""


def find_periods(words: str, county: County, year: str = "") -> tuple[str, ...]:
    """Return the periods that `words` name as the reported ones; the year of a plan is left out.

    `year` completes a part of a year that stands without one (三季度 in a folder 2023年度).
    """
    plain = _DATE.sub(" ", normalise(words))
    matches = list(_PERIOD.finditer(plain))
    reports = _REPORTS.search(plain)
    matches = [one for one in matches if reports and one.end() <= reports.start()] or matches
    found: list[str] = []
    for match in matches:
        if _PLAN_AFTER.match(plain[match.end() :]) and found:
            continue
        code = _code(int(match["full"] or "20" + match["short"]), match)
        if code and code not in found:
            found.append(code)
    part = _PART_ALONE.search(plain) if year and not matches else None
    if part:
        found = [code] if (code := _code(int(year), part)) else []
    owed = [code for code in found if county.form_for(code) is not None]
    return tuple(owed or found)


def _code(year: int, match: re.Match[str]) -> str:
    text = f"{year}"
    if match["half"]:
        text += "H1" if match["half"] in {"上半年", "H1"} else "H2"
    elif match["quarter"]:
        digit = re.sub(r"[第季度Q]", "", match["quarter"])
        text += f"Q{'一二三四'.index(digit) + 1 if digit in '一二三四' else digit}"
    elif match["months"]:
        text += f"M01-{int(_NUMBER.findall(match['months'])[-1]):02d}"
    elif match["month"]:
        text += f"M{int(_NUMBER.findall(match['month'])[0]):02d}"
    try:
        return ReportPeriod.parse(text).code
    except ValueError:
        return ""


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

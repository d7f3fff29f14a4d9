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
_NOT_NAMES = re.compile(r"^(?:各|全|我|本|该|党委|政府|年|度|关于|中共|[一-鿿]*(?:县|市|区|省))")


def normalise(words: str) -> str:
    """Return `words` in NFKC with Chinese years in digits (二〇二三年 is 2023年)."""
    plain = unicodedata.normalize("NFKC", words)
    return _CHINESE_YEAR.sub(
        lambda match: match.group().replace("二", "2").replace("一", "1").translate(_DIGITS), plain
    )


def find_units(words: str, gazetteer: Gazetteer, *, allow_short: bool) -> tuple[str, ...]:
    """Return the codes of the units named in `words`, longest names first claiming their characters."""
    names: list[tuple[str, str]] = []
    for unit in gazetteer:
        for name in unit.full_names:
            names.append((name, unit.unit_code))
            if allow_short and len(short_name(name)) >= 2:
                names.append((short_name(name), unit.unit_code))
    found: list[str] = []
    rest = words
    for name, code in sorted(names, key=lambda one: -len(one[0])):
        if name in rest:
            rest = rest.replace(name, "\x00")
            if code not in found:
                found.append(code)
    return tuple(found)


def unknown_township(words: str, gazetteer: Gazetteer) -> str:
    """Return a name in `words` that looks like a township's and is in no gazetteer entry, or ''."""
    for match in _TOWNSHIP.finditer(words):
        name = _NOT_NAMES.sub("", match["name"])
        if len(name) >= 3 and gazetteer.find(name) is None:
            return name
    return ""


def find_periods(words: str, county: County) -> tuple[str, ...]:
    """Return the periods that `words` name as the reported ones; the year of a plan is left out."""
    plain = normalise(words)
    found: list[str] = []
    for match in _PERIOD.finditer(plain):
        if _PLAN_AFTER.match(plain[match.end() :]) and found:
            continue
        year = int(match["full"] or "20" + match["short"])
        code = _code(year, match)
        if code and code not in found:
            found.append(code)
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

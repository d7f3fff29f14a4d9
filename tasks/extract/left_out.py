"""Units that do not stand right behind their number: in brackets beside it, or left out where the words tell them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from tasks.extract.bare_numbers import is_per_mille_without_sign, is_rate_without_sign, is_sum_without_unit
from tasks.extract.quantities import STOPS
from tasks.lexicon import UnitWord

__all__ = ["ANY_UNIT", "LeftOut", "unit_left_out"]

# A number that its indicator gives the unit: 人口4.26万，
ANY_UNIT: Final = UnitWord("", "", "any", "", Fraction(1))
# 产值（万元）：14630
_UNIT_BEFORE: Final = re.compile(r"[（(](?P<multiplier>[百千]?[万亿]|)(?P<unit>[^（）()，。；\d]{1,5})?[）)][:：为]?$")
# 奶产量6789（吨）, 存栏3.2万（头/只）
_UNIT_BEHIND: Final = re.compile(r" ?[（(](?P<multiplier>[百千]?[万亿]|)(?P<unit>[^（）()，。；\d]{1,7})[）)]")
_ONE_OF_HERDS: Final = frozenset("头只匹羽口")
_SEPARATORS: Final = re.compile(r"[/／、]")
# 常住人口不足六千: so many of what is counted
_ABOUT_SO_MANY: Final = re.compile(
    r"(?:人口|人数|户数|总数|存栏|出栏|[量额])(?:已经?|还|仅)*(?:不足|不到|近|超过?|约|突破|达到?|仅)$"
)
_PEOPLE: Final = re.compile(r"(?:各族|广大)?(?:干部)?(?:群众|人民|父老)")  # 全镇2.3万群众


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The unit of a number that none follows, where the figure ends, and what its header multiplies it by (万)."""

    unit: UnitWord
    end: int
    multiplier: str = ""


def unit_left_out(text: str, match: re.Match[str], is_bare: bool, units: Mapping[str, UnitWord]) -> LeftOut | None:
    """Return the unit of the number `match`, or None where nothing tells one.

    `is_bare`: the number is one of a list whose unit may come at its end.
    """
    start, end = match.span()
    if match["chinese"]:
        words = match["chinese"]
        is_sum = words[-1] in "万亿" and words[0] not in "百千万亿零" and len(words) >= 2
        is_count = len(words) >= 2 and _ABOUT_SO_MANY.search(text, max(0, start - 10), start)
        return LeftOut(ANY_UNIT, end) if is_sum or is_count else None
    label = _UNIT_BEFORE.search(text, max(0, start - 12), start)
    if label is not None:
        unit = units.get(label["unit"]) if label["unit"] else ANY_UNIT
        return LeftOut(unit, end, label["multiplier"] or "") if unit is not None else None
    if match["digits"] and text[end : end + 1] in {"（", "(", " "}:
        behind = _UNIT_BEHIND.match(text, end)
        unit = _named(behind["unit"], units) if behind is not None else None
        if behind is not None and unit is not None:
            return LeftOut(unit, behind.end(), behind["multiplier"] or "")
    multipliers = (match["mult1"] + match["mult2"]).strip("百千")
    is_last = text[end : end + 1] in STOPS
    if not multipliers and match["digits"] and is_rate_without_sign(text, start, end):
        return LeftOut(units["%"], end)
    if not multipliers and match["digits"] and is_per_mille_without_sign(text, start, end):
        return LeftOut(units["‰"], end)
    if not multipliers or is_bare:
        return None
    if _PEOPLE.match(text, end):
        return LeftOut(units["人"], end)
    if is_last:
        return LeftOut(ANY_UNIT, end)
    return LeftOut(units["元"], end) if is_sum_without_unit(text, start, end) else None


def _named(words: str, units: Mapping[str, UnitWord]) -> UnitWord | None:
    """Return the unit that stands in brackets; 头/只/匹 is a herd of all kinds."""
    parts = _SEPARATORS.split(words)
    if len(parts) > 1:
        return units["头只"] if _ONE_OF_HERDS.issuperset(parts) else None
    return units.get(words)

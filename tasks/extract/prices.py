"""Prices as people say them: 四块二, 一块多钱, 六毛二, 1毛多钱."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from tasks.domain.facts import Bound
from tasks.extract.guards import letters_in
from tasks.extract.numerals import read_chinese_numeral
from tasks.extract.quantities import Quantity
from tasks.lexicon import UnitWord

__all__ = ["spoken_prices"]

_LEFT: Final = 9  # how far a sum reaches to either side of its unit, with what must follow it
_RIGHT: Final = 8
_D: Final = r"\d{1,6}(?:\.\d)?"
_C: Final = "一二两三四五六七八九十百"
_PRICE: Final = re.compile(
    rf"(?<![{_C}\d.第几])(?P<number>{_D}|[{_C}]{{1,5}})(?:(?P<more>[多来])?(?P<unit>块|毛|角)(?P<much>多)?"
    rf"(?:(?P<rest>[一二三四五六七八九\d])毛?钱?(?=[，。；、）)\n])|钱))"
)


def spoken_prices(text: str, units: Mapping[str, UnitWord]) -> list[Quantity]:
    """Return the sums that are said in 块 and 毛: 四块二, 一块多钱, 六毛二, 1毛多钱."""
    found: list[Quantity] = []
    reach = 0
    for place in letters_in(text, "块毛角"):  # few, where numbers are many
        match = _PRICE.search(text, max(reach, place - _LEFT), place + _RIGHT) if place >= reach else None
        if match is None:
            continue
        reach = match.end()
        number = match["number"]
        numeral = (Decimal(number), None, False) if number[0].isdigit() else read_chinese_numeral(number)
        if numeral is None:
            continue
        value, high, _ = numeral
        if match["rest"]:
            rest = match["rest"]
            value += (Decimal(rest) if rest.isdigit() else Decimal("零一二三四五六七八九".index(rest))) / 10
        if match["unit"] != "块":
            value, high = value / 10, None if high is None else high / 10
        start, end = match.span()
        bound: Bound = "approx" if match["more"] == "来" else "at_least" if match["more"] or match["much"] else "exact"
        if high is not None:
            bound = "range"
        step = Decimal(0)
        found.append(Quantity(start, end, start, end, match.group(), value, high, step, units["元"], bound))
    return found

"""What a quantity is: span, value interval, unit and bound; and the arithmetic of fractions and tenths."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tasks.domain.facts import Bound
from tasks.extract.numerals import factor_of, read_chinese_numeral
from tasks.lexicon import UnitWord

__all__ = ["STOPS", "Quantity", "fraction_of", "step_of", "tenths_of"]

STOPS: Final = frozenset("，。；、,;：:）)\n")


@dataclass(slots=True, init=False)  # its own __init__ is compiled: a tenth of the time
class Quantity:
    """A mention before it is resolved: span of number and unit, value interval in the stated unit, bound words' reach.

    Offsets are those of the reading view. `value` is the stated number with 万 and 亿 expanded (None when masked),
    `step` the size of its last printed digit.
    """

    start: int
    end: int
    outer_start: int
    outer_end: int
    stated_value: str
    value: Decimal | None
    value_high: Decimal | None
    step: Decimal
    unit: UnitWord
    bound: Bound
    multiplier: str

    def __init__(
        self, start: int, end: int, outer_start: int, outer_end: int, stated_value: str, value: Decimal | None,
        value_high: Decimal | None, step: Decimal, unit: UnitWord, bound: Bound, multiplier: str = "",
    ) -> None:  # fmt: skip
        self.start = start
        self.end = end
        self.outer_start = outer_start
        self.outer_end = outer_end
        self.stated_value = stated_value
        self.value = value
        self.value_high = value_high
        self.step = step
        self.unit = unit
        self.bound = bound
        self.multiplier = multiplier

    @property
    def low(self) -> Decimal | None:
        """The lower end of the interval, None when open or masked."""
        return None if self.bound in {"masked", "at_most"} else self.value

    @property
    def high(self) -> Decimal | None:
        """The upper end of the interval, None when open or masked."""
        if self.bound in {"masked", "at_least"}:
            return None
        return self.value if self.value_high is None else self.value_high


def tenths_of(text: str, value: Decimal, high: Decimal | None, end: int) -> tuple[Decimal, Decimal | None, int]:
    """Return 成 as percent: 三成 is 30, 四成半 45, 八成三 83; and where it ends."""
    rest = text[end : end + 1]
    value, high = value * 10, None if high is None else high * 10
    if rest == "半":
        return value + 5, high, end + 1
    if rest and rest in "一二三四五六七八九" and text[end + 1 : end + 2] in STOPS:
        return value + "零一二三四五六七八九".index(rest), high, end + 1
    return value, high, end


def fraction_of(parts: str, value: Decimal) -> Decimal | None:
    """Return `value` of `parts` equal parts: as percent (百分之八, 三分之一), or per mille (千分之三, 万分之五)."""
    if parts in {"百", "千"}:
        return value
    if parts == "万":
        return value / 10
    numeral = (Decimal(parts), None, False) if parts.isdigit() else read_chinese_numeral(parts)
    if numeral is None or numeral[0] <= 1 or value >= numeral[0]:
        return None
    return (100 * value / numeral[0]).quantize(Decimal("0.000001"))


def step_of(digits: str, multipliers: str) -> Decimal:
    """Return the size of the last printed digit; whole counts without 万 or 亿 are exact (0)."""
    decimals = len(digits.partition(".")[2])
    if not decimals and not multipliers:
        return Decimal(0)
    return factor_of(multipliers).scaleb(-decimals)

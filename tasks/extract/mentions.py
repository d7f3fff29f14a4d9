"""Every quantity of a text: number, unit, bound, interval. What only looks like one is left out."""

import re
from dataclasses import dataclass
from decimal import Decimal

from tasks.domain.facts import Bound
from tasks.extract.numerals import FULL_WIDTH, parse_chinese_numeral, parse_digits
from tasks.lexicon import Lexicon, UnitWord

__all__ = ["MentionFinder", "Quantity"]

_DIGITS = r"\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,6})?|\d{1,12}(?:\.\d{1,6})?"
_MULT = r"[百千]?万?亿?"
_CHINESE = r"[一二两三四五六七八九十百千万亿零〇壹贰叁肆伍陆柒捌玖拾佰仟]{1,12}"
_MASK = r"[Xx×╳＊*]{1,6}(?:\.[Xx×]{1,3})?"
# A number cut in two by a marker (12##…##345), or by a blank (5 9亿): what stands right before the digits found.
_CUT_BEFORE = re.compile(r"\d\s*(?:[#*]{2}[^#*\n]{0,12}[#*]{2}|\s)\s*[.、]?$")
# Chinese numerals stand in so many words that they count as quantities only before these units.
_CHINESE_UNITS = frozenset(
    re.split(" ", "亩 公顷 公里 千米 平方公里 平方米 元 户 人 名 吨 公斤 斤 头 只 % 人次 个百分点 成")
)
_STOPS = frozenset("，。；、,;")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A mention before it is resolved: span of number and unit, value interval in the stated unit, bound words' reach.

    `value` is the stated number with 万 and 亿 expanded (None when masked), `step` the size of its last printed digit.
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


class MentionFinder:
    """Finds quantities; built once from the lexicon and shared by threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._units = lexicon.units
        bounds = lexicon.words["bounds"]
        self._stops: dict[str, tuple[str, ...]] = {
            unit: tuple(words) for unit, words in lexicon.words["not_units_after"].items()
        }
        surfaces = sorted((re.escape(one.translate(FULL_WIDTH)) for one in lexicon.units), key=len, reverse=True)
        unit = "|".join(surfaces)
        number = rf"(?P<digits>{_DIGITS})|(?P<mask>{_MASK})|(?P<chinese>{_CHINESE})"
        self._pattern = re.compile(
            rf"(?P<percent>百分之|千分之)?(?:{number})"
            rf"(?P<mult1>{_MULT})(?P<more>余|多|来)?(?P<mult2>{_MULT})"
            rf"(?:\s?(?:[-—–~至到]{{1,2}})\s?(?P<digits2>{_DIGITS})(?P<mult3>{_MULT}))?"
            rf"\s?(?P<unit>{unit})?"
        )
        self._before = [
            (re.compile(rf"(?:{'|'.join(sorted(map(re.escape, bounds[key]), key=len, reverse=True))})$"), bound)
            for key, bound in (
                ("before_at_most", "at_most"), ("before_at_least", "at_least"), ("before_approx", "approx"),
            )
        ]  # fmt: skip
        self._after = [
            (re.compile(rf"(?:{'|'.join(map(re.escape, bounds[key]))})"), bound)
            for key, bound in (
                ("after_at_least", "at_least"), ("after_at_most", "at_most"), ("after_approx", "approx"),
            )
        ]  # fmt: skip

    def find(self, text: str) -> list[Quantity]:
        """Return the quantities of `text` in order; offsets are those of `text`."""
        plain = text.translate(FULL_WIDTH)
        found = []
        for match in self._pattern.finditer(plain):
            quantity = self._read(plain, match)
            if quantity is not None:
                found.append(quantity)
        return found

    def bare(self, text: str, start: int, unit: UnitWord) -> Quantity | None:
        """Return the quantity of a table cell that is a bare number stated in `unit` (its header's)."""
        plain = text.translate(FULL_WIDTH).strip().rstrip("%")
        match = re.fullmatch(rf"-?(?:{_DIGITS})", plain)
        if match is None:
            return None
        value = Decimal(plain.replace(",", ""))
        step = Decimal(1).scaleb(int(value.as_tuple().exponent)) if "." in plain else Decimal(0)
        lead = len(text) - len(text.lstrip())
        begin = start + lead
        end = begin + len(plain)
        return Quantity(begin, end, begin, end, plain, value, None, step, unit, "exact")

    def _read(self, plain: str, match: re.Match[str]) -> Quantity | None:
        unit_words = match["unit"]
        percent = match["percent"]
        if unit_words is None and percent is None:
            # 出资出物20万，: a sum whose 元 was left out, told by 万 or 亿 right before the punctuation.
            if (
                not (match["mult1"] + match["mult2"]).strip("百千")
                or plain[match.end() : match.end() + 1] not in _STOPS
            ):
                return None
            unit_words = "元"
        unit = self._units["%"] if percent == "百分之" else self._units["‰"] if percent else self._units.get(unit_words)
        if unit is None:
            return None
        before, after = plain[max(0, match.start() - 20) : match.start()], plain[match.end() : match.end() + 6]
        if self._is_no_quantity(unit_words or "", before, after, match):
            return None
        multipliers = match["mult1"] + match["mult2"]
        value_high: Decimal | None = None
        bound: Bound = "exact"
        digits = match["digits"]
        if match["mask"]:
            value, bound, step = None, "masked", Decimal(0)
        elif match["chinese"]:
            whole = self._chinese(match["chinese"], unit_words or "", percent, after)
            if whole is None:
                return None
            value, step = Decimal(whole), Decimal(0)
        else:
            value = parse_digits(digits, multipliers)
            step = _step(digits, multipliers)
            if match["digits2"]:
                value_high = parse_digits(match["digits2"], match["mult3"])
                if match["mult3"] and not multipliers:
                    value = parse_digits(digits, match["mult3"])
                bound = "range"
        outer_start, outer_end = match.start(), match.end()
        if match["more"] and bound == "exact":
            bound = "at_least"
        if bound == "exact":
            bound, outer_start, outer_end = self._bound(plain, match, before, after)
        if _is_damaged(digits or "", multipliers, before):
            bound = "damaged"
        return Quantity(
            match.start(), match.end(), outer_start, outer_end,
            plain[match.start() : match.end()].removesuffix(match["unit"] or ""), value, value_high, step, unit, bound,
        )  # fmt: skip

    def _is_no_quantity(self, unit: str, before: str, after: str, match: re.Match[str]) -> bool:
        if before.endswith("第") or (before and (before[-1].isascii() and before[-1].isalpha())):
            return True
        if before.endswith((".", "-", "+", "/")) and len(before) > 1 and before[-2].isdigit():
            return True
        return unit in self._stops and after.startswith(self._stops[unit])

    @staticmethod
    def _chinese(words: str, unit: str, percent: str | None, after: str) -> int | None:
        if percent is None and unit not in _CHINESE_UNITS and not (unit in {"个", "条"} and after[:1] in {"村", "社"}):
            return None
        if len(words) == 1 and words in "百千万亿零〇十":
            return None
        # 一人, 一户, 两人: words of speech rather than counts.
        if words in {"一", "两"} and unit in {"户", "人", "名", "头", "只", "个", "元", "成"}:
            return None if not (words == "两" and unit == "个") else 2
        return parse_chinese_numeral(words)

    def _bound(self, plain: str, match: re.Match[str], before: str, after: str) -> tuple[Bound, int, int]:
        for pattern, bound in self._after:
            hit = pattern.match(after)
            if hit:
                return bound, match.start(), match.end() + hit.end()  # type: ignore[return-value]
        hits = [(hit, bound) for pattern, bound in self._before if (hit := pattern.search(before))]
        if hits:
            # 不低于 ends in 低于: the longer words decide.
            hit, bound = max(hits, key=lambda one: len(one[0].group()))
            return bound, match.start() - len(hit.group()), match.end()  # type: ignore[return-value]
        return "exact", match.start(), match.end()


def _step(digits: str, multipliers: str) -> Decimal:
    """Return the size of the last printed digit; whole counts without 万 or 亿 are exact (0)."""
    decimals = len(digits.partition(".")[2])
    if not decimals and not multipliers:
        return Decimal(0)
    return parse_digits("1", multipliers).scaleb(-decimals)


def _is_damaged(digits: str, multipliers: str, before: str) -> bool:
    """Return whether the number carries traces of damage: a marker or a blank inside it, a year run into it."""
    run_in = re.fullmatch(r"(?:19|20)\d{2}\d{1,3}\.\d+", digits) is not None and "万" in multipliers
    return run_in or _CUT_BEFORE.search(before) is not None

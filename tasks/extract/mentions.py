"""Every quantity of a text: number, unit, bound, interval. What only looks like one is left out."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Final

from tasks.domain.facts import Bound
from tasks.extract.bounds import BoundWords
from tasks.extract.counted import AGES_AND_DAYS, CountedWords, counts_groups, is_held, tells_ages_or_days
from tasks.extract.guards import letters_in, matches_at
from tasks.extract.in_words import with_quantities_in_words
from tasks.extract.left_out import unit_left_out
from tasks.extract.numerals import factor_of, parse_digits, read_chinese_numeral
from tasks.extract.prices import spoken_prices
from tasks.extract.quantities import STOPS, Quantity, fraction_of, step_of, tenths_of
from tasks.extract.runs import MASKS, NUMERALS, is_plain, runs_in
from tasks.extract.unit_words import UnitFinder
from tasks.lexicon import Lexicon, UnitWord

__all__ = ["MentionFinder", "Quantity"]

_D: Final = (
    r"\d{1,3}(?:,\d{3}){1,4}(?!\d)(?:\.\d{1,6})?|\d{1,3}(?:，\d{3}){1,3}(?![\d.])(?=[余多]?[万亿]?[元亩吨人户])"
    r"|\d{1,15}(?:\.\d{1,6})?"
)
_MULT: Final = r"(?:百(?!分)|千(?![瓦克米赫焦卡]))?[万亿]{0,2}"
_C: Final = NUMERALS
_K: Final = "千[瓦克米赫焦卡]"  # 千 that belongs to the unit
_X: Final = MASKS
_CUT: Final = (
    r"(?:[#*@]{2,3}[^#*@\n。；，]{0,16}[#*@]{2,3})"  # a marker that someone's page left in the middle of a number
)
_TAIL: Final = r"(?<=[万亿])\d{1,8}(?:\.\d{1,4})?[千百]?万?|(?<=[千百])零?\d{1,3}"
_NUMBER: Final = re.compile(
    rf"(?P<percent>[百千万]分之|[{_C}\d]{{1,3}}分之)?(?:"
    rf"(?P<cut>\d++\.?{_CUT}[\d.]*\d)|(?P<mask>\d*+[{_X}]{{1,6}}[\d{_X}]*(?:\.[\d{_X}]{{1,3}})?)|(?P<digits>{_D})|"
    rf"(?P<chinese>(?:上(?=[十百千万亿])|[数几])?(?:(?!{_K})[{_C}]){{1,16}}(?:点[{_C}]{{1,4}})?几?(?!(?!{_K})[{_C}]))"
    rf"(?(percent)|(?=(?:[余多来][万亿]{{0,2}})?[UNIT_STARTS]|(?<=[一二两三四五六七八九十百千][千百万亿]))))"
    rf"(?P<mult1>{_MULT})(?P<tail>{_TAIL})?"
    rf"(?P<more>[余多来])?(?P<mult2>{_MULT})"
)
_SECOND: Final = re.compile(
    rf"\s?(?P<sep>[-—~]{{1,2}}|至|到)\s?(?:(?P<digits>{_D})(?P<mult>{_MULT})|(?P<chinese>[{_C}]{{1,8}}))(?P<more>[余多])?"
)
# A number that lost a part: 5 9亿, 4、48亿, 3126·5万元, 20232.8万亩 (a year run into the number).
_SPLIT: Final = re.compile(r"(?P<whole>\d{1,4})(?:\s|、|。|·)(?P<part>\d{1,2})(?=[万亿])")
_LOST: Final = re.compile(r"(?<=[\u4e00-\u9fff])(?<!第)(?P<head>\d{1,3})\s$")
_TO_ZERO: Final = re.compile(r"^(?:[^，。；\n]{0,3}，)?[^，。；\n]{0,6}(?:降|减少|下降|归|压减)(?:至|到|为|成)$")
_RATE_TO_ZERO: Final = re.compile(
    r"(?:率|占比|比例|比重)(?:已|由此|全部|均|直接)?(?:下降|减少|降低|降|归|压减)(?:至|到|为|成)$"
)
_YEAR_RUN_IN: Final = re.compile(r"(?:19|20)\d\d(?P<rest>\d{1,3}\.\d+)")
_HAN: Final = re.compile(r"(?![元吨亩户人次个%])[\u4e00-\u9fff]")
_MINUS: Final = re.compile(r"[\u4e00-\u9fff、，：（]-$")  # a sign before a rate: 增长-1.5%
_TO: Final = frozenset("为到至成")
_SPAN_UNITS: Final = frozenset("年月日号时分秒点周天届")
# Digits and nothing that a marker, a mask or 分之 follows: what most numbers are, told in half the time.
_PLAIN: Final = re.compile(
    rf"(?:(?!)(?P<percent>)(?P<cut>)(?P<mask>)|(?P<digits>{_D})|(?!)(?P<chinese>))"
    rf"(?P<mult1>{_MULT})(?P<tail>{_TAIL})?(?P<more>[余多来])?(?P<mult2>{_MULT})"
)
_HEADS: Final = frozenset("上数几×*Xx")
_DATE_UNITS: Final = frozenset("年月日")
_DIGITS: Final = frozenset("0123456789")
_MASKS: Final = frozenset(_X)
_LABEL_ENDS: Final = frozenset("）):：为")
_QUOTED: Final = re.compile(r"[“\"「《][^“”\"「」《》\n]{1,24}[”\"」》]")
_COMPARED: Final = re.compile(r"(?:同比|环比|上年|去年|年初|上期|同期|上月|年末)\+$")
_LAND_PER_HEAD: Final = re.compile(r"(?:人均|每人|户均)[^，。；\d]{0,6}$")
_HOTLINES: Final = frozenset({"12345", "12315", "12348", "12350", "12369", "12388", "12309", "12380", "96333", "110"})
_HOTLINE: Final = re.compile(
    r"[”\"]?(?:热线|工单|平台|便民|政务|市长|市民|投诉|服务|举报|诉求|电话|民生|接警|警情|联动|联勤|交办|来电|受理)"
)
_POINTS_LISTED: Final = re.compile(r"个(?:[、和及](?:\d+(?:\.\d+)?个)){0,4}?[、和及]\d+(?:\.\d+)?个百分点")
_ZERO: Final = Decimal(0)
_BEGINNING: Final = re.compile(
    r"(?<![大过新农])[年月期当周]初$"
)  # 年初2.3亿元 is a sum, 正月初十 and 大年初三 are dates
_NO_RANGE_BEFORE: Final = ("由", "从")


class MentionFinder:
    """Finds quantities; built once from the lexicon and shared by threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._units = dict(lexicon.units)
        words = lexicon.words
        self._finder = UnitFinder(lexicon)
        starts = "".join(sorted(re.escape(one) for one in {"成", "分", *self._finder.lengths}))
        self._number = re.compile(_NUMBER.pattern.replace("UNIT_STARTS", starts))
        self._follows = frozenset({*self._finder.lengths, *"成分点余多来. "})
        self._bounds = BoundWords(lexicon)
        self._counted = CountedWords(lexicon)
        self._label_units = frozenset(words["chinese_numerals"]["never_masked"])

    def find(self, text: str) -> list[Quantity]:
        """Return the quantities of `text` (a reading view) in order."""
        quoted = [match.span() for match in matches_at(_QUOTED, text, letters_in(text, '“"「《'))]
        found: list[Quantity] = []
        bare: list[tuple[re.Match[str], int]] = []
        next_quote = reach = 0
        number = self._number.match
        for begin, stop in runs_in(text):
            start, end = begin, stop
            if text[start] == "伍" and text[start - 1 : start] == "队":
                start += 1  # 网格员队伍65名 is no five
            if text.startswith("零", start) and text[start + 1 : start + 2] in _DIGITS:
                start += 1  # 限上社零7.5亿元
            start = max(start, reach)  # a range or a tail took the begin of these digits
            if start >= end:
                continue
            if not self._may_count(text, start, end):
                bare = []
                continue
            match = _PLAIN.match(text, start) if is_plain(text, start, end) else number(text, start)
            if match is None and text[start] in _HEADS:
                match = number(text, start + 1)
            if match is None:
                nothing = (
                    self._down_to_nothing(text, start, end, found[-1] if found else None)
                    if text[start:end] == "零"
                    else None
                )
                found += [nothing] if nothing else []
                bare = []
                continue
            start, end = match.span()
            reach = end
            while next_quote < len(quoted) and quoted[next_quote][1] <= start:
                next_quote += 1
            in_quotes = next_quote < len(quoted) and quoted[next_quote][0] < start
            is_bare = bool(match["digits"]) and text[end : end + 1] in {"、", "和"}
            quantity = None if in_quotes else self._read(text, match, is_bare)
            if quantity is None and match.group() in {"0", "零"}:
                quantity = self._down_to_nothing(text, start, end, found[-1] if found else None)
            if quantity is not None:
                if bare:
                    found += self._listed(text, bare, quantity)
                    bare = []
                found.append(quantity)
                reach = max(end, quantity.end)
            elif not in_quotes and is_bare:
                if bare and text[bare[-1][1] : start] not in {"、", "和"}:
                    bare = []
                bare.append((match, end))
            else:
                bare = []
        prices = spoken_prices(text, self._units)
        if prices:
            said = {place for price in prices for place in range(price.start, price.end)}
            found = [one for one in found if one.start not in said and one.end - 1 not in said] + prices
        found = with_quantities_in_words(text, found, self._bounds, self._units)
        return sorted(found, key=lambda one: one.start)

    def _may_count(self, text: str, start: int, end: int) -> bool:
        """Return whether a run may be a quantity for what stands beside it; half of them are spared all else by this.

        One Chinese numeral (一是) and a mask (XX镇) count only before a unit, a mask also after one (产值（万元）：XX);
        the digits of a date (2023年) never do.
        """
        if text[start] in _DIGITS:
            return text[end : end + 1] not in _DATE_UNITS or end - start > 4 or not text[start:end].isdigit()
        if text[end : end + 1] in self._follows:
            return True
        if text[start] in _MASKS:
            return text[start - 1 : start] in _LABEL_ENDS or not _MASKS.issuperset(text[start:end])
        return end - start > 1 or text[start] in _HEADS or (text[start] == "零" and text[start - 1 : start] in _TO)

    def bare(self, text: str, start: int, unit: UnitWord) -> Quantity | None:
        """Return the quantity of a table cell that is a bare number stated in `unit` (its header's)."""
        plain = text.strip()
        match = re.fullmatch(rf"([-+]?(?:{_D}))%?", plain)
        if match is None:
            return None
        digits = match[1].replace("，", ",")
        value = Decimal(digits.replace(",", ""))
        step = Decimal(1).scaleb(int(value.as_tuple().exponent)) if "." in digits else Decimal(0)
        begin = start + len(text) - len(text.lstrip())
        end = begin + len(match[1])
        return Quantity(begin, end, begin, end, digits, value, None, step, unit, "exact")

    def _down_to_nothing(self, text: str, start: int, end: int, last: Quantity | None) -> Quantity | None:
        """Read 由14.2%降为0: the unit of what fell to nothing is that of the figure before."""
        if text[end : end + 1] not in STOPS and end < len(text):
            return None
        if _RATE_TO_ZERO.search(text, max(0, start - 14), start):
            percent = self._units["%"]
            return Quantity(start, end, start, end, text[start:end], Decimal(0), None, Decimal(0), percent, "exact")
        if last is None or not _TO_ZERO.match(text[last.outer_end : start]):
            return None
        return Quantity(start, end, start, end, text[start:end], Decimal(0), None, Decimal(0), last.unit, "exact")

    # --- one number ---------------------------------------------------------------------------------------------

    def _read(self, text: str, match: re.Match[str], is_bare: bool) -> Quantity | None:
        start, end = match.span()
        before = text[start - 1] if start else ""
        if (
            before == "第"
            or (before == "初" and not _BEGINNING.search(text, max(0, start - 3), start))
            or (before and before.isascii() and (before.isalpha() or before in ".+"))
        ):
            is_gain = before == "+" and (
                (text[end : end + 1] == "%" and not text[start - 2 : start - 1].isdigit())
                or _COMPARED.search(text, max(0, start - 6), start) is not None
            )
            # 同比+6.3% and 较上年+9个百分点 are ones, 1+3+N is not; GDP115亿元 needs no blank
            if not is_gain and text[max(0, start - 3) : start].upper() != "GDP":
                return None
        if before == "/" and (start < 2 or text[start - 2].isascii()):
            return None
        if before == "-" and start > 1 and text[start - 2].isdigit():
            return None
        if text[end : end + 1] == "分" and _LAND_PER_HEAD.search(text, max(0, start - 10), start):
            return self._quantity(text, match, self._units["分地"], end + 1)  # 人均耕地不足九分
        is_span = text[end : end + 1] in _SPAN_UNITS and text[end : end + 2] not in {"分之"}
        is_told = is_span and (
            (text[end] == "届" and is_held(text, start))
            or (text[end] == "天" and tells_ages_or_days(text, "天", start))
        )
        if is_span and not is_told:
            return None
        if match["digits"] in _HOTLINES and _HOTLINE.match(text, end):
            return None
        percent, digits, mask, chinese, mult1 = match.group("percent", "digits", "mask", "chinese", "mult1")
        if digits and text[end : end + 1] == "个" and _POINTS_LISTED.match(text, end):
            return self._quantity(text, match, self._units["个百分点"], end + 1)  # 分别提高1.2个和0.6个百分点
        spaced = end + 1 if text[end : end + 1] == " " and (digits or mask) else end
        unit = self._finder.at(text, spaced)
        surface = unit.surface if unit else ""
        value_end = end
        end = spaced + len(surface) if unit else end
        if percent:
            unit, end, surface = self._units["‰" if percent[0] in "千万" else "%"], value_end, ""
        second = _SECOND.match(text, end) if unit is None or surface == "%" else None
        if second is not None:
            ranged = self._range(text, match, second, surface)
            if ranged is not None:
                return ranged
            if text[second.end() : second.end() + 1] in _SPAN_UNITS:
                return None
        if unit is None:
            return self._without_unit(text, match, is_bare)
        if chinese and not self._counted.is_counted(text, match, unit, end):
            return None
        if digits and "." in digits and unit.dimension == "count" and not mult1 and not _HAN.match(before):
            return None  # 1.3本: a heading's number
        if self._finder.is_another_word(text, surface, end) and not percent:
            return None
        if surface in AGES_AND_DAYS and not tells_ages_or_days(text, surface, start):
            return None  # 60岁以上, 3天
        if surface == "社" and not counts_groups(text, start):
            return None
        return self._quantity(text, match, unit, end)

    def _without_unit(self, text: str, match: re.Match[str], is_bare: bool) -> Quantity | None:
        """Read a number whose unit stands in brackets, 产值（万元）：14630, or was left out, 人口4.26万，."""
        found = unit_left_out(text, match, is_bare, self._units)
        quantity = None if found is None else self._quantity(text, match, found.unit, found.end)
        if found is None or quantity is None or quantity.value is None or not found.multiplier:
            return quantity
        factor = factor_of(found.multiplier)
        return replace(quantity, value=quantity.value * factor, step=(quantity.step or Decimal(1)) * factor)

    def _quantity(self, text: str, match: re.Match[str], unit: UnitWord, end: int) -> Quantity | None:
        start = match.start()
        percent, cut, mask, digits, chinese, mult1, tail, more, mult2 = match.groups()
        multipliers = mult1 + mult2
        high: Decimal | None = None
        step = _ZERO
        bound: Bound = "exact"
        value: Decimal | None
        if mask:
            if unit.surface in self._label_units and (unit.surface != "支" or text[end : end + 1] in "部队行"):
                return None
            value, bound = None, "masked"
        elif chinese:
            numeral = read_chinese_numeral(chinese)
            if numeral is None:
                return None
            value, high, is_open = numeral
            if multipliers:
                value *= factor_of(multipliers)
            bound = ("approx" if high else "at_least") if is_open else "range" if high is not None else "exact"
        elif cut:
            value, bound = parse_digits(re.sub(rf"{_CUT}", "", cut), multipliers), "damaged"
        else:
            digits = digits.replace("，", ",")
            value, step = parse_digits(digits, multipliers), step_of(digits, multipliers)
            if tail:
                tail = tail.lstrip("零")
                number = tail.rstrip("千百万")
                value = parse_digits(digits, mult1) + parse_digits(number, tail[len(number) :])
                value, step = value * factor_of(mult2), _ZERO
            # 20125.3万元 is a sum like any other, 20232.8万亩 no area
            run_in = _YEAR_RUN_IN.fullmatch(digits) if multipliers and unit.dimension != "money" else None
            if run_in:
                value, bound = parse_digits(run_in["rest"], multipliers), "damaged"
            elif multipliers:
                start, value, bound = self._split(text, match, multipliers, value)
        if percent and value is not None:
            value = fraction_of(percent[:-2], value)
            if value is None:
                return None
        if value is not None and unit.surface == "成":
            value, high, end = tenths_of(text, value, high, end)
            unit = self._units["%"]
        elif value is not None and chinese and text[end : end + 1] == "半":
            value, end = value + parse_digits("0.5", multipliers), end + 1
        outer_start, outer_end = start, end
        if bound not in {"masked", "damaged"}:
            if more and not (more == "多" and chinese is None and value == 0):
                bound = "approx" if more == "来" else "at_least"
            elif bound in {"exact", "range", "approx"}:
                found, outer_start, outer_end = self._bounds.around(text, start, end)
                bound = found if found != "exact" and bound == "exact" else bound
        if (
            digits
            and unit.dimension in {"share", "points", "per mille"}
            and _MINUS.search(text, max(0, start - 2), start)
        ):
            start, outer_start = start - 1, min(outer_start, start - 1)
        stated = text[start : match.end()].rstrip()
        return Quantity(start, end, outer_start, outer_end, stated, value, high, step, unit, bound, multipliers)

    @staticmethod
    def _split(text: str, match: re.Match[str], multipliers: str, value: Decimal) -> tuple[int, Decimal, Bound]:
        """Join a number that lost its point: 5 9亿 and 4、48亿 were 5.9亿 and 4.48亿; but 4.8、5.2亿 is a list."""
        start = match.start()
        if "." in match["digits"]:
            head = _LOST.search(text, max(0, start - 5), start)  # 5 2.6万 was 52.6万
            if head is None:
                return start, value, "exact"
            return head.start("head"), parse_digits(head["head"] + match["digits"], multipliers), "damaged"
        window = text[max(0, start - 6) : match.end()]
        split = _SPLIT.search(window)
        if split is None or window[: split.start()][-1:].isdigit() or window[: split.start()].endswith((".", "、")):
            return start, value, "exact"
        begin = max(0, start - 6) + split.start()
        if begin >= start or split["part"] != match["digits"] or (window[: split.start()][-1:] == "-"):
            return start, value, "exact"
        clause = re.split(r"[，。；\n]", text[max(0, begin - 30) : begin])[-1]
        if "、" in window[split.start() : split.end()] and re.search(r"、|和|及|与|分别|各", clause):
            return start, value, "exact"
        return begin, parse_digits(f"{split['whole']}.{split['part']}", multipliers), "damaged"

    def _range(self, text: str, match: re.Match[str], second: re.Match[str], first_unit: str) -> Quantity | None:
        """Read 3—5万元, 3至5个, 10%-15%; None when the second number has no unit of quantity or starts a new figure."""
        if match["mask"] or match["cut"] or text[max(0, match.start() - 1) : match.start()] in _NO_RANGE_BEFORE:
            return None
        unit = self._finder.at(text, second.end())
        if unit is None or (first_unit and unit.surface != first_unit):
            return None
        end = second.end() + len(unit.surface)
        if self._finder.is_another_word(text, unit.surface, end):
            return None
        low, high = self._value(match), self._value(second)
        if low is None or high is None:
            return None
        multipliers = second["mult"] or ""
        if multipliers and not match["mult1"] and not first_unit:
            low *= factor_of(multipliers)
        if high <= low:
            return None
        stated = text[match.start() : second.end()]
        outer_start, outer_end = match.start(), end
        return Quantity(
            match.start(), end, outer_start, outer_end, stated, low, high, Decimal(0), unit, "range", multipliers
        )

    @staticmethod
    def _value(match: re.Match[str]) -> Decimal | None:
        groups = match.groupdict()
        if groups["digits"]:
            return parse_digits(groups["digits"].replace("，", ","), groups.get("mult1") or groups.get("mult") or "")
        numeral = read_chinese_numeral(groups["chinese"]) if groups["chinese"] else None
        return None if numeral is None or numeral[1] is not None else numeral[0]

    # --- lists and words ----------------------------------------------------------------------------------------

    def _listed(self, text: str, bare: list[tuple[re.Match[str], int]], last: Quantity) -> list[Quantity]:
        """Give numbers that stand before `last` in one list its unit: 分别为12、15、18个."""
        if text[bare[-1][1] : last.start] not in {"、", "和"} or last.bound == "damaged":
            return []
        found = []
        for match, _ in bare:
            quantity = self._quantity(text, match, last.unit, match.end())
            if quantity is None or quantity.value is None:
                return []
            if last.multiplier and not quantity.multiplier:
                factor = factor_of(last.multiplier)
                quantity = replace(
                    quantity, value=quantity.value * factor, step=(quantity.step or Decimal(1)) * factor,
                    multiplier=last.multiplier,
                )  # fmt: skip
            found.append(quantity)
        return found

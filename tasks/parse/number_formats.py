r"""What the number format of a spreadsheet's cell does to the figure that is shown: its scale, its digits, its unit.

Sections, conditions, scaling commas and literals are those of ECMA-376 part 1, 18.8.31; `!` escapes a character as `\`
does in East Asian Excel, where `0!.0,` is the usual way to show ten thousands.
"""

import math
import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

__all__ = ["formatted"]

_TOKEN = re.compile(
    r"\"(?P<quoted>[^\"]*)\"?|[\\!](?P<escaped>.)|\[\$(?P<symbol>[^\]-]*)[^\]]*\]|\[(?P<bracket>[^\]]*)\]"
    r"|(?P<blank>[_*].)|(?P<general>General|G/通用格式|@)|(?P<science>E[+-])|(?P<digit>[0#?])|(?P<mark>[.,%;])|(?P<plain>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(?P<relation><=|>=|<>|<|>|=)(?P<bound>-?\d+(?:\.\d+)?)")
_RELATIONS = {"<=": operator.le, ">=": operator.ge, "<>": operator.ne, "<": operator.lt, ">": operator.gt,
              "=": operator.eq}  # fmt: skip
_SAYS = re.compile(r"[^\W\d_]|[%‰]")  # letters of any script: ( ) - and blanks of accounting formats say nothing
_DATES = re.compile(r"[ymdhs]", re.IGNORECASE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class _Section:
    """One of the sections of a format: when it applies, and what it does to a number.

    The number is multiplied by 100 for each of `percents`, divided by 1000 for each of `commas` and by ten for each of
    `after_point`, the digits after a point that is a literal and only looks like one.
    """

    relation: str = ""
    bound: float = 0.0
    has_number: bool = False
    decimals: int = 0
    percents: int = 0
    commas: int = 0
    after_point: int = 0
    before: str = ""
    after: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.has_number or self.before or self.after)


def formatted(value: float, form: str) -> str:
    """Return `value` as the number format `form` shows it, with every digit that it holds.

    Only what changes the meaning is applied: per cent (with the decimals shown, for its value is mostly computed),
    scaling, and the words around the number, which may be its unit. Other numbers keep their digits: 12345.678 shown
    as 12,346 stays 12345.678.

    >>> formatted(0.046, "0.0%"), formatted(12345.0, "#,##0"), formatted(7906543.0, '0!.0,"万元"')
    ('4.6%', '12345', '790.6543万元')
    >>> formatted(5.6, '0.0"‰"'), formatted(0.1 + 0.2, "General"), formatted(0.0, "0;-0;;@")
    ('5.6‰', '0.3', '')
    """
    if not math.isfinite(value):
        return ""
    sections = _sections(form)
    section, is_negative_one = _chosen(value, sections)
    if section.is_empty:
        return ""  # a section without anything hides the number
    if not section.has_number:
        words = section.before + section.after
        return words.strip() if _CHINESE.search(words) and not _DATES.search(words) else _digits(Decimal(repr(value)))
    before = section.before.strip() if _CHINESE.search(section.before) else ""
    after = section.after.strip() if _SAYS.search(section.after) else ""
    # 下降0.0% for numbers below zero says the sign in words.
    number = Decimal(f"{abs(value) if is_negative_one and before else value:.15g}")
    number = number.scaleb(2 * section.percents - 3 * section.commas - section.after_point)
    return f"{before}{f'{number:.{section.decimals}f}' if section.percents else _digits(number)}{after}"


def _digits(number: Decimal) -> str:
    """Return a number without exponent and without the noise of binary fractions (15 digits, as Excel has)."""
    return f"{Decimal(f'{number:.15g}').normalize():f}"


def _chosen(value: float, sections: Sequence[_Section]) -> tuple[_Section, bool]:
    """Return the section that applies to `value`, and whether it is one for numbers below zero only."""
    if any(one.relation for one in sections):
        for one in sections[:3]:
            if not one.relation or _RELATIONS[one.relation](value, one.bound):
                return one, one.relation in {"<", "<="} and one.bound <= 0
        return _Section(has_number=True), False  # Excel shows ####; the number is there all the same
    if value < 0 and len(sections) > 1:
        return sections[1], True
    if value == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], False


@cache
def _sections(form: str) -> tuple[_Section, ...]:
    """Return the sections of a format; a workbook has few formats and many cells."""
    parts: list[list[re.Match[str]]] = [[]]
    for token in _TOKEN.finditer(form or "General"):
        if token["mark"] == ";":
            parts.append([])
        else:
            parts[-1].append(token)
    return tuple(map(_section, parts))


def _section(tokens: Sequence[re.Match[str]]) -> _Section:
    relation, bound = "", 0.0
    for one in tokens:
        if one["bracket"] is not None and (found := _CONDITION.fullmatch(one["bracket"].replace(" ", ""))):
            relation, bound = found["relation"], float(found["bound"])
    numbers = [place for place, one in enumerate(tokens) if one["digit"] or one["general"] or one["science"]]
    percents = sum(one["mark"] == "%" for one in tokens)
    if not numbers:
        return _Section(relation, bound, before="".join(map(_literal, tokens)))
    first, last = numbers[0], numbers[-1]
    inside = tokens[first : last + 1]
    point = next((place for place, one in enumerate(inside) if one["mark"] == "."), len(inside))
    looks_like_point = next((place for place, one in enumerate(inside[:point]) if _literal(one) == "."), None)
    trailing = tokens[last + 1 :]
    return _Section(
        relation,
        bound,
        has_number=True,
        decimals=sum(bool(one["digit"]) for one in inside[point:]),
        percents=percents,
        commas=_leading_commas(trailing) + _leading_commas(inside[:point][::-1]),
        after_point=0
        if looks_like_point is None
        else sum(bool(one["digit"]) for one in inside[looks_like_point:point]),
        before="".join(map(_literal, tokens[:first])),
        after="".join(map(_literal, trailing)),
    )


def _leading_commas(tokens: Sequence[re.Match[str]]) -> int:
    """Return how many commas `tokens` begin with: there, after the last digit, they scale and do not group."""
    return next((place for place, one in enumerate(tokens) if one["mark"] != ","), len(tokens))


def _literal(token: re.Match[str]) -> str:
    """Return what a token shows as it is: words in quotes, an escaped character, a currency symbol, a per cent sign."""
    if token["mark"] == "%":
        return "%"
    return token["quoted"] or token["escaped"] or token["symbol"] or token["plain"] or ""

"""Quantities that no number states: a half (一半, 半数), a doubling (翻一番), not one (没有一户返贫)."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from tasks.domain.facts import Bound
from tasks.extract.bounds import BoundWords
from tasks.extract.guards import letters_in, matches_at
from tasks.extract.quantities import Quantity
from tasks.lexicon import UnitWord

__all__ = ["with_quantities_in_words"]

_HALF: Final = re.compile(r"(?<!过去了)(?<!过去)(?<!已过)(?:一半|半数)(?![年天月个路径]|以(?!上|下))")
_NO_HALF: Final = frozenset(("另", "这", "那", "前", "后", "每"))
_TIMES: Final = re.compile(r"翻了?(?P<times>[一二两三四\d]|近一)番")
_AND_MORE: Final = re.compile("多(?!的)|有余|以上")
# Not one: 没有一户返贫, 未发生一起事故, 无一人伤亡.
_NOT_ONE: Final = re.compile(
    r"[未没无不](?:(?<=不)(?:发生|出现)"  # one of few letters first: so it is looked for fast
    r"|(?<!不)(?:(?<=没)有)?(?:再|曾)?(?:发生|出现|发现|引发|引起|造成|产生|漏掉|落下|有|伤|让)?)"
    r"一(?!例外|致|样)(?P<unit>起|例|户|人|名|件|笔|宗|处|次|个|家)[^，。；！？\n]{0,14}"
)


def with_quantities_in_words(
    text: str, found: Sequence[Quantity], bounds: BoundWords, units: Mapping[str, UnitWord]
) -> list[Quantity]:
    """Return `found` and, where no number was found, 一半, 半数 (50 %), 翻一番 (a doubling) and 没有一户 (none)."""
    taken = {one.start for one in found}
    more: list[Quantity] = []
    inside: set[int] = set()
    halves = letters_in(text, "半")  # the word begins there or one or two letters before
    for match in matches_at(_HALF, text, sorted({at - back for at in halves for back in (0, 1, 2) if at >= back})):
        start, end = match.span()
        if start not in taken and text[start - 1 : start] not in _NO_HALF:
            bound, outer_start, outer_end = bounds.around(text, start, end)
            half = Decimal(50)
            more.append(Quantity(start, end, outer_start, outer_end, match.group(), half, None, Decimal(0),
                                 units["%"], bound))  # fmt: skip
    for match in matches_at(_NOT_ONE, text, letters_in(text, "未没无不")):
        unit = units[match["unit"]]
        start, end = match.span()
        more.append(Quantity(start, end, start, end, match.group(), Decimal(0), None, Decimal(0), unit, "exact"))
    for match in _TIMES.finditer(text):
        word = match["times"]
        times = 1 if word == "近一" else int(word) if word.isdigit() else "零一二三四".find(word.replace("两", "二"))
        start, end = match.span()
        outer = start - 2 if text[max(0, start - 2) : start] in {"接近", "将近"} else start
        about: Bound = "approx" if word == "近一" or outer < start else "exact"
        beyond = _AND_MORE.match(text, end)
        outer_end, about = (beyond.end(), "at_least") if beyond else (end, about)  # 翻了一番多
        more.append(Quantity(start, end, outer, outer_end, match.group(), Decimal(times), None, Decimal(0),
                             units["番"], about))  # fmt: skip
        inside.update(range(start + 1, end))  # the 一番 of 翻一番 is no figure beside it
    return [*(one for one in found if one.start not in inside), *more] if more else [*found]

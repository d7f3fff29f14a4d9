"""Where a figure's name may stand: between the figure before and itself, or right after it."""

import re
from collections.abc import Sequence
from typing import Final

from tasks.extract.candidates import Zone
from tasks.extract.guards import Words
from tasks.extract.mentions import Quantity
from tasks.extract.scene import Place, Scene

__all__ = ["ASIDE_ENDS", "zones_of"]

ASIDE_ENDS: Final = Words("）)]】")
_CLOSES: Final = re.compile(r"[^（(\[【）)\]】]*[）)\]】]")
_LONGEST_JOIN: Final = 3
_JOIN: Final = re.compile(r"[、，,和及与（( ]?(?:共|计|涉及|共计|合计|总|约|近|达|其中)?")
_OWN_NOUN: Final = re.compile(
    r"[村社组嘎镇乡小中]|[省市县]级|[省市县国]定|深度|建档|贫困|行政|自然"
)  # 新建文化广场3处，8个村…

# …等资金1260万元，176名特困人员做到应养尽养: who is counted has a noun of its own
_COUNTED: Final = frozenset({"people", "households", "count"})
_NOUN: Final = re.compile(r"[\u4e00-\u9fff]{2}")


def zones_of(scene: Scene, quantities: Sequence[Quantity], places: Sequence[Place]) -> list[Zone]:
    """Return where each figure's name may stand; figures that stand together (17条、6.4公里) share it."""
    text = scene.text
    groups: list[list[Quantity]] = []
    for q in quantities:
        last = groups[-1][-1] if groups else None
        if (
            last is not None
            and q.outer_start - last.outer_end <= _LONGEST_JOIN
            and _JOIN.fullmatch(text[last.outer_end : q.outer_start])
            and not (q.unit.canonical == "个" and _OWN_NOUN.match(text, q.outer_end))
            and not (
                last.unit.dimension == "money"
                and q.unit.dimension in _COUNTED
                and text[last.outer_end : q.outer_start] == "，"
                and _NOUN.match(text, q.outer_end) is not None
            )
            and q.unit.dimension not in {"share", "points"}
            and _kind_of(q) not in {_kind_of(one) for one in groups[-1]}
            and last.unit.dimension != "share"
        ):
            groups[-1].append(q)
        else:
            groups.append([q])
    zones: list[Zone] = []
    for position, group in enumerate(groups):
        first, last = group[0], group[-1]
        place, last_place = places[len(zones)], places[len(zones) + len(group) - 1]
        segment = place.segment[0]
        begin = max(segment, _ends(text, groups[position - 1][-1]) if position else 0)
        opened = _aside_before(text, begin, first.outer_start) if position else -1
        if opened >= 0:
            outside = [one[-1].outer_end for one in groups[:position] if one[-1].outer_end <= opened]
            begin = max(segment, outside[-1] if outside else 0)
        stop = groups[position + 1][0].outer_start if position + 1 < len(groups) else place.sentence[1]
        clause_end = last_place.clause[1]
        if clause_end < last.end:
            clause_end = scene.span("clause", last.end)[1]
        zones += [Zone(begin, first.outer_start, last.outer_end, min(stop, clause_end))] * len(group)
    return zones


def _ends(text: str, q: Quantity) -> int:
    """Return where the words of `q` end: 以上 is the begin of a name behind a threshold (50头以上养殖大户27户)."""
    return q.end if text.startswith("以上", q.end) and _NOUN.match(text, q.outer_end) else q.outer_end


def _aside_before(text: str, start: int, end: int) -> int:
    """Return where the bracket opens that closes between `start` and `end` and holds the figure before, or -1."""
    end = min(end, start + 12)
    found = _CLOSES.match(text, start, end) if ASIDE_ENDS.stand_in(text, start, end) else None
    if found is None:
        return -1
    closed = found.end() - 1
    opened = max(text.rfind(sign, max(0, closed - 60), closed) for sign in "（([【")
    return opened if opened >= 0 and "。" not in text[opened:closed] else -1


def _kind_of(q: Quantity) -> str:
    """Return what a figure counts: figures of one kind do not share a name, 17条、6.4公里 do."""
    return q.unit.unit if q.unit.dimension == "count" else q.unit.dimension

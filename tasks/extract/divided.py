"""Parts told after 其中, or in a bracket that opens one: of an indicator without items they are no fact."""

import re
from collections.abc import Sequence
from typing import Final

from expectations.catalogue import Indicator
from tasks.extract.of_which import is_change_of_whole, is_part_of_township
from tasks.extract.readings import Reading
from tasks.extract.scene import Scene

__all__ = ["LIFTED", "refuse_divided"]

_PART_OPENS: Final = re.compile(r"[（(]\s?(?:含|包括|不含|另有)")
_CLOSES: Final = re.compile(r"[）)]")
_TOTAL: Final = re.compile(r"总数|总量|总收入|总额|总面积|累计|共计|合计|总计")  # after 其中…: of the whole again
_OURS: Final = re.compile(r"[，、]?[而但却]?我(?:镇|乡|街道|苏木|办)")
_FIRMS: Final = frozenset({"econ.firms", "econ.large_firms", "econ.high_tech_firms", "agri.leading_firms"})
_OF_RATE: Final = frozenset({"growth", "completion", "share", "points", "list_change"})
LIFTED: Final = frozenset(
    {"poverty.lifted_households", "poverty.lifted_people", "poverty.registered_households", "poverty.registered_people"}
)


def _part_mark(text: str, segment: int, place: int) -> int:
    """Return where 其中 stands, or the bracket that opens a part (含轮作休耕地…), before `place`; else -1."""
    mark = text.rfind("其中", segment, place)
    if mark >= 0 and text.startswith("的", mark + 2) and text[mark - 1 : mark] == "了":
        mark = -1  # 公路186公里，今年硬化了其中的14.5公里: what was done to a part of it
    opened = max(text.rfind("（", segment, place), text.rfind("(", segment, place))
    if opened > mark and _PART_OPENS.match(text, opened) and not _CLOSES.search(text, opened, place):
        return opened
    return mark


def _is_of_others(readings: Sequence[Reading], position: int, part: int, sentence: int) -> bool:
    """Return whether who is divided at `part` is not the poor themselves: 务工6200人，其中脱贫人口1180人."""
    divided = next((before for before in reversed(readings[:position]) if before.quantity.start < part), None)
    return (
        divided is not None
        and divided.quantity.start >= sentence
        and not divided.code.startswith(("poverty.", "pop."))
        and divided.quantity.unit.dimension in {"people", "visits", "households"}
    )


def _is_of_attracted(readings: Sequence[Reading], position: int, part: int, sentence: int) -> bool:
    """Return whether firms told apart at `part` are some of those attracted: 引进企业6家，其中规模以上企业2家."""
    divided = next((before for before in reversed(readings[:position]) if before.quantity.start < part), None)
    return divided is not None and divided.quantity.start >= sentence and divided.code == "econ.attracted_projects"


def _is_part_of_new(
    catalogue: dict[str, Indicator], readings: Sequence[Reading], position: int, part: int, sentence: int
) -> bool:
    """Return whether the figure that is divided at `part` counts what is new, and the part is of a stock."""
    if catalogue[readings[position].code].kind != "stock":
        return False
    before = (one for one in reversed(readings[:position]) if one.quantity.start < part)
    divided = next(before, None)
    return (
        divided is not None
        # 生猪存栏1.9万头，较年初增加6400头，其中能繁母猪2130头: of all there are
        and not (
            divided.rule == "increment"
            and any(
                other.code == divided.code and other.measure == "level" and other.quantity.start >= sentence
                for other in readings[:position]
            )
        )
        and divided.quantity.start >= sentence
        and divided.measure == "growth_abs"
        and divided.quantity.unit.dimension == readings[position].quantity.unit.dimension
        # 净增284户，其中个体工商户1987户: more than the new ones are of all
        and (readings[position].quantity.value or 0) <= (divided.quantity.value or 0)
    )


def _is_ours(text: str, background: Reading, one: Reading) -> bool:
    """Return whether a growth is the township's own, beside that of the county: 全省增长7.6%，我镇增长8.3%."""
    return one.measure == "growth_pct" and _OURS.match(text, background.quantity.outer_end) is not None


def refuse_divided(scene: Scene, readings: Sequence[Reading], catalogue: dict[str, Indicator]) -> None:
    """Refuse parts (其中…) of indicators without items, and what is said about them."""
    text = scene.text
    refused: dict[int, str] = {}  # by place, the indicator that was taken for it
    for position, one in enumerate(readings):
        if not one.code or catalogue[one.code].item:
            continue
        q = one.quantity
        previous = readings[position - 1] if position else None
        is_of_others = previous is not None and previous.reason == "background" and one.rule in _OF_RATE
        if previous is not None and is_of_others and not _is_ours(text, previous, one):
            refused[position - 1] = one.code
        if one.rule in _OF_RATE and refused.get(position - 1) == one.code:
            refused[position] = one.code
            if is_change_of_whole(readings, position, refused):
                continue
            one.refuse("part")
            continue
        if one.measure not in {"level", "forecast", "growth_abs"} or one.rule in {"points", "share", "ours"}:
            continue  # 其中少数民族9874人，占总人口的82.5%: a share of the whole is no part of another share
        if is_part_of_township(text, readings, position):
            refused[position] = one.code
            one.refuse("part")
            continue
        sentence = one.place.sentence[0]
        part = _part_mark(text, one.place.segment[0], q.start)
        if part < 0:
            continue
        if (one.code in LIFTED and _is_of_others(readings, position, part, sentence)) or (
            one.code in _FIRMS and _is_of_attracted(readings, position, part, sentence)
        ):
            refused[position] = one.code
            one.refuse("part")
            continue
        named = one.named is not None and one.named.hit.start >= part
        whole = any(
            other.code == one.code and other.quantity.start < part and other.quantity.start >= sentence
            for other in readings[max(0, position - 12) : position]
        )
        if one.rule == "pair" and position and readings[position - 1].rule == "still_poor":
            continue  # 其中今年脱贫143户352人，余下75户162人: those are left of all
        paired = one.rule == "pair" and position > 0 and position - 1 not in refused and readings[position - 1].code
        before = readings[position - 1] if position else None
        goes_on = before is not None and before.code == one.code and before.quantity.start >= part
        if one.rule in {"villages_lifted", "still_poor"} or (goes_on and position - 1 not in refused):
            continue  # 其中当年脱贫9户，3个贫困村全部退出，贫困发生率由33.4%降为0: of the township again
        is_new = one.rule == "new" or (one.rule == "pair" and position > 0 and readings[position - 1].rule == "new")
        if is_new or _TOTAL.search(text, max(part, q.outer_start - 8), q.outer_start):
            continue
        if one.measure == "level" and not whole and _is_part_of_new(catalogue, readings, position, part, sentence):
            one.measure = "growth_abs"  # 新增市场主体486户，其中企业97户: new ones, not all there are
            continue
        if (named and not whole) or (paired and not whole) or one.rule.startswith("list"):
            continue
        refused[position] = one.code
        one.refuse("part")

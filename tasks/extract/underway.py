"""Figures of what is begun, missed, or of one village only, told in the words of what was done in the township."""

import re
from collections.abc import Sequence
from typing import Final

from tasks.extract.aims import SIZES
from tasks.extract.readings import Reading
from tasks.extract.scene import Scene

__all__ = ["settle_underway"]

# What is counted once it is done: 启动…等4个老旧小区改造 counts none yet.
_COUNTED_WHEN_DONE: Final = frozenset({"infra.old_communities"})
_BEGUN: Final = re.compile(r"(?:启动|推进|谋划|申报)(?!完成)[^，。；\d]{0,30}$")
_DONE_AFTER: Final = re.compile(r"[^，。；\d]{0,16}(?:完成|完工|竣工|收官)|[，、](?:已|均已|全部)(?:完成|完工|竣工)")
# 财政收入未完成800万元的目标: the figure is the target.
_MISSED: Final = re.compile(r"(?:未|没有?|未能|没能)(?:如期|全面)?(?:完成|达到|实现)$")
_DONE_WORDS: Final = ("完成", "达到", "实现")
_TARGET: Final = re.compile(r"的?[^，。；\d]{0,6}(?:目标|任务|计划|指标)")
# 青山村总人口1234人: one village, where the name stands right before what is counted.
_ONE_VILLAGE: Final = re.compile(
    r"(?:^|[，。；：、\n])(?:其中[:：]?)?(?!全|本|各|该|我|行政|建制|自然|每|多|辖|共|农)[\u4e00-\u9fff]{1,3}"
    r"(?<![各全本个政制然农辖下贫困])村(?:现有|共有|有|的)?$"
)


def settle_underway(scene: Scene, readings: Sequence[Reading]) -> None:
    """Settle in place figures of what is only begun, of targets that were missed, and of one village."""
    text = scene.text
    for one in readings:
        if not one.code or one.measure != "level":
            continue
        q, clause = one.quantity, one.place.clause[0]
        if (
            one.code in _COUNTED_WHEN_DONE
            and _BEGUN.search(text, clause, q.outer_start)
            and not _DONE_AFTER.match(text, q.outer_end)
        ):
            one.refuse("begun, not done")
        elif (
            text.endswith(_DONE_WORDS, clause, q.outer_start)
            and _MISSED.search(text, clause, q.outer_start)
            and _TARGET.match(text, q.outer_end)
        ):
            one.measure, one.rule = "plan", "target"
        elif one.code in SIZES and _is_of_one_village(text, one, clause):
            one.refuse("one village")


def _is_of_one_village(text: str, one: Reading, clause: int) -> bool:
    if one.named is None or one.named.hit.end > one.quantity.start:
        return False
    start = one.named.hit.start
    return _ONE_VILLAGE.search(text, max(clause - 1, start - 8, 0), start) is not None

"""What was done of an aim told right before: 目标300人，实际386人; 22公里的任务，年底完成19.3公里."""

import re
from typing import Final

__all__ = ["is_aim", "tells_done"]

# 的年度目标没有实现，: what stands behind the figure of an aim
_TASK_BEHIND: Final = re.compile(
    r"(?:以上|左右)?的?(?:年度|全年|年初|既定)*(?:任务|目标|计划|指标)(?:数|量)?"
    r"(?:(?:没有|没|未能?|尚未|已|已经|全面|超额|如期|圆满|基本|顺利)*(?:实现|完成|达到))?(?=[，、；（])"
)
_AIM: Final = re.compile(
    r"(?<!雨露)计划|任务|下达|目标|指标|分配|原定|预定|年初定|年初安排|要求|要做到|应完成|拟(?![定订制])"
)
_IN_FACT: Final = (
    r"(?:年内|今年|当年|全年|累计|共|一共|最终|最后|结果|实际上?|核实|通报|测评|(?:截[至止])?目前|眼下|现?已经?|现在|如今|年底|年终|年末"
    r"|一数|一算|我们|我[镇乡]|全[镇乡]|截[至止][^，。；\d]{0,4}|到了?(?:今年)?(?=\d|[一二三四]季度|年)|\d{1,2}月(?:\d{1,2}日|中旬|底|末|份)?|[一二三四]季度末?"
    r"|\d{1,2}[-—~至到]\d{1,2}月(?:份)?|(?<=[底末日份])，)"
)
_DONE: Final = re.compile(
    rf"[，、；（](?P<marks>{_IN_FACT}*)"
    r"(?P<verb>[\u4e00-\u9fff]{0,6}?)(?P<had>了|到|好|好了|过|的?有|的|到了)?"
)
_ANY_WORK: Final = frozenset(
    {"完成", "落实", "实现", "达", "达到", "到位", "组织", "开展", "举办", "实施", "兑现", "竣工", "完工", "建成", "办",
     "做", "干", "是", "为", "只", "仅", "只完成", "仅完成", "完成率", "拿到"}
)  # fmt: skip
_SHORT: Final = 2
# Letters that say nothing of which work is meant.
_EVERY: Final = frozenset("全年目标任务计划实际完成的了有和人数公里户个项")


def is_aim(before: str, behind: str) -> bool:
    """Return whether the words `before` a figure, or right `behind` it, say that it is an aim."""
    return _TASK_BEHIND.match(behind) is not None or _AIM.search(before) is not None


def tells_done(own: str, aim: str) -> bool:
    """Return whether `own`, what stands between an aim and a figure, says that the figure was done of it.

    `aim` are the words before the aim: the verb is a general one or takes up a letter of them (签约目标…，签了…).
    """
    behind = _TASK_BEHIND.match(own)
    match = _DONE.fullmatch(own, behind.end() if behind else 0)
    if match is None:
        return False
    verb = match["verb"]
    if not verb:
        return "实际" in match["marks"] or (bool(match["marks"]) and match["had"] is not None)
    if verb in _ANY_WORK:
        return bool(match["marks"]) or verb in {"完成", "落实", "实现"}
    if not match["marks"] and len(verb) > _SHORT:
        return False  # 新党员发展了31名 has a name of its own
    takes_up = not set(verb).isdisjoint(set(aim) - _EVERY)
    return takes_up and bool(match["marks"] or match["had"])

"""What was done of an aim told right before: 目标300人，实际386人; 22公里的任务，年底完成19.3公里."""

import re
from typing import Final

__all__ = ["AIMS", "is_against_aim", "is_aim", "is_short_of", "tells_done"]

# 的年度目标没有实现，: what stands behind the figure of an aim
_TASK_BEHIND: Final = re.compile(
    r"(?:以上|左右)?的?(?:年度|全年|年初|既定)*(?:任务|目标|计划|指标)(?:数|量)?"
    r"(?:(?:没有|没|未能?|尚未|已|已经|全面|超额|如期|圆满|基本|顺利)*(?:实现|完成|达到))?(?=[，、；（。])"
)
_AIM: Final = re.compile(
    r"(?<!雨露)计划|任务|下达|目标|指标|分配|原定|预定|排定|敲定|年初预算|年初定|年初安排|要求|要做到|应完成|(?<![重需主首])要(?:完成|达到|实现|突破)|指望|本想|原想|本打算|拟(?![定订制])"
)
_IN_FACT: Final = (
    r"(?:实(?!际|现|施|行)(?=[\u4e00-\u9fff](?:\d|$))|年内|今年|当年|全年|累计|共|一共|最终|最后|结果|实际上?|核实|通报|测评|(?:截[至止])?目前|眼下|现?已经?|现在|如今|年底|年终|年末"
    r"|一数|一算|算下来|算起来|到头来|我们|我[镇乡]|全[镇乡]|就|却|实(?=[播种栽植造收建改])|截[至止][^，。；\d]{0,4}|到了?(?:今年)?(?=\d|[一二三四]季度|年)|\d{1,2}月(?:\d{1,2}日|中旬|底|末|份)?|[一二三四]季度末?"
    r"|\d{1,2}[-—~至到]\d{1,2}月(?:份)?|(?<=[底末日份算])，)"
)
# 因苗木短缺，只造了1280亩: why it was not all done
_REASON: Final = r"(?:(?:但|不过|可)?(?:因为?|由于|受)[^，。；\d]{2,18}?(?:，|(?=[只仅才实])))?"
_DONE: Final = re.compile(
    rf"[，、；（。]{_REASON}(?P<marks>{_IN_FACT}*)(?P<few>[只仅才])?"
    r"(?P<verb>[\u4e00-\u9fff]{0,6}?)"
    r"(?P<had>了|到|好|好了|过|的?有|的|到了|的?(?P<account>答卷|成绩单|成绩|结果|账单|数字)(?:是|为))?"
)
# The figure that such a word leads to was reached, whatever the verb: 最后落到田里的有7650亩, 年底交出的答卷是21个.
_AFTER_ALL: Final = re.compile(r"实际|最终|最后|结果|到头来|算下来|实(?!施)")
_ANY_WORK: Final = frozenset(
    {"完成", "落实", "实现", "达", "达到", "到位", "组织", "开展", "举办", "实施", "兑现",
     "入库", "组织入库", "到账", "征收", "竣工", "完工", "建成", "办",
     "做", "干", "拿下", "做成", "干成", "是", "为", "只", "仅", "只完成", "仅完成", "完成率", "拿到"}
)  # fmt: skip
# 与年初4亿元的目标尚有差距, 离县里要求的6000元还差一截: what was aimed at
_FROM_TARGET: Final = re.compile(
    r"[，、；]?(?:但|但是|不过|可|还|也|仍|只是)?(?:与|离|距离?|跟|同)(?P<set>[^，。；\d]{0,8}(?:要求|下达|确定|[县市区]定|目标|任务|计划|预算|年初))?的?"
)
# 未达到年初确定的92%, 高于县定1980头的目标: what was to be reached
_NOT_REACHED: Final = re.compile(
    r"[，、；]?(?:但|但是|不过|可)?(?:仍|还|尚|却)?(?:未能?|没有?)(?:达到?|实现|完成|做到|到)了?(?P<set>[^，。；\d]{0,6}(?:要求|下达|确定|[县市区]?定下?|目标|任务|计划|预算|年初|既定|预期)[^，。；\d]{0,4})的?"
)
_SHORT_OF: Final = re.compile(
    r"的?(?:年度|全年|预期|既定|年初|规划|县定|市定)?(?P<set>目标|任务|要求|计划|指标)?(?:值|数)?(?:相比)?(?:还|尚|仍|也|又)?(?:有|存在|存)?"
    r"(?:一定|较大|不小|很大|明显|些许|些|点)?的?(?:差距|距离|缺口|差[一两点得]|一截|一段|近了一|[一两]步之遥)"
)
# 高于12亿元的年度计划, 高出县定1980头的目标, 离4000万元的招商引资任务还有一截: what was reached is set against an aim
_AGAINST_AIM: Final = re.compile(
    r"[，、；（]?(?:已|均|也|都|大大|远远?|大幅|明显|略|稍|仍|还|但|但是|不过|可|只|仅|刚好|正好"
    r"|圆满|提前|如期|顺利|全面|超额|只是)*"
    r"(?:与|离|距离?|跟|同|高于|超过了?|超出了?|多于|高出了?|突破了?|好于|优于|完成了?|达到了?|实现了?|低于|不及|少于|不足|不到"
    r"|(?:没有?|未能?)(?:达到|完成|实现)|比|较|对照)"
    r"(?:[县市区旗省州]里?(?:下达|定|要求|分解|安排)|上级(?:下达|要求|确定)|年初|年度|全年|既定|原定|预定|预期|确定|制定|提出|计划|定下?|的)*"
)
_AIM_BEHIND: Final = re.compile(
    r"(?:以上|左右|以内)?的?(?P<of>[^，。；、\d]{0,8}?)(?:目标|任务|要求|计划|指标|预算)(?!完成率)"
)
_OF_ANY_AIM: Final = re.compile(
    r"年度|全年|今年|当年|年初|既定|原定|预期|预定|[县市区旗省]定|下达|考核|约束性|硬|总|奋斗|工作|的"
)
_TIME: Final = (
    r"(?:到|于|在|用)?(?:明年|来年|后年|今年|下半年|年内|年底|年末|全年|(?:20)?\d\d年|\d{1,2}月[底末份]?|[一两二三四五]年"
    r"|“?十[一二三四五]五”?[末期]?|[一两三五]?年?时间)(?:底|末|之?前|之?内)?"
)
# 比年初增加700头，力争年底突破1万头: what is aimed at beside what was reached
AIMS: Final = re.compile(
    rf"[，、；]?(?:并|且|同时)?(?:{_TIME})?(?:力争|争取|确保|计划|打算|要|将|拟)+(?:{_TIME})*(?:可|能|将|要)?"
    r"(?:完成|达到?|突破|实现|增加到|发展到|扩大到|提高到|稳定在|超过|到|为|有)*"
)
_SHORT: Final = 2
# Letters that say nothing of which work is meant.
_EVERY: Final = frozenset("全年目标任务计划实际完成的了有和人数公里户个项")


def is_aim(before: str, behind: str) -> bool:
    """Return whether the words `before` a figure, or right `behind` it, say that it is an aim."""
    return _TASK_BEHIND.match(behind) is not None or _AIM.search(before) is not None


def is_short_of(text: str, own: str, end: int) -> bool:
    """Return whether `own` before a figure and what follows its `end` say that it was aimed at and not reached."""
    if _NOT_REACHED.fullmatch(own) is not None:
        return True
    led = _FROM_TARGET.fullmatch(own)
    short = _SHORT_OF.match(text, end) if led is not None else None
    return led is not None and short is not None and bool(led["set"] or short["set"])


def is_against_aim(text: str, own: str, end: int, name: str) -> bool:
    """Return whether what is called `name` is set against the figure that ends at `end`, as what was aimed at.

    `own` is all that stands between the two figures, with the words of bound.
    """
    led = _AGAINST_AIM.fullmatch(own)
    behind = _AIM_BEHIND.match(text, end) if led is not None else None
    if behind is None:
        return False
    of = _OF_ANY_AIM.sub("", behind["of"])
    return not of or not set(of).isdisjoint(name)  # 2000亩的造林任务 is no aim of 粮食播种面积


def tells_done(own: str, aim: str) -> bool:
    """Return whether `own`, what stands between an aim and a figure, says that the figure was done of it.

    `aim` are the words before the aim: the verb is a general one or takes up a letter of them (签约目标…，签了…).
    """
    behind = _TASK_BEHIND.match(own)
    match = _DONE.fullmatch(own, behind.end() if behind else 0)
    if match is None:
        return False
    verb = match["verb"]
    if "实际" in match["marks"]:
        return True  # 计划整顿4个，实际摘帽4个
    if not verb:
        return "实际" in match["marks"] or (bool(match["marks"]) and match["had"] is not None)
    if verb in _ANY_WORK or match["account"]:
        return bool(match["marks"] or match["few"]) or verb in {"完成", "落实", "实现"}
    if match["had"] and _AFTER_ALL.search(match["marks"]):
        return True
    if not match["marks"] and len(verb) > _SHORT:
        return False  # 新党员发展了31名 has a name of its own
    takes_up = not set(verb).isdisjoint(set(aim) - _EVERY)
    return takes_up and bool(match["marks"] or match["few"] or match["had"])

"""What a named figure states: a level, an earlier one, an increase, a target; told by the words around it."""

import re
from collections.abc import Sequence
from typing import Final

from expectations.catalogue import Catalogue
from tasks.extract.candidates import Candidate
from tasks.extract.guards import Words
from tasks.extract.measures import MeasureWords
from tasks.extract.mentions import Quantity
from tasks.extract.names import TARGET_AFTER
from tasks.extract.readings import Reading
from tasks.extract.scene import Scene

__all__ = ["MeasureReader"]

_ACHIEVED: Final = re.compile(
    r"[^，。；]{0,8}，(?:(?:实际|现已|目前已|已)[\u4e00-\u9fff]{1,3}\d|(?:实际|现已|目前|已|现|共|全年|全部|均|只|仅)*"
    r"(?:落实|完成|实现|实栽|实种|栽植|栽种|种植|达|兑现|竣工|完工|开工|改造|建成|脱贫|减贫|搬迁|搬入|入住|安置))|(?:已|全部|如期|圆满|均)*(?:完成|竣工|完工|入住|搬入)"
)
_OF_COUNT: Final = re.compile(r"的[\d百]")
_SET: Final = re.compile(r"下达|年初|县定|市定")
_DONE_BY: Final = re.compile(r"完成|按|超")
# 老旧小区改造今年任务6个; 全年粮食播种任务3100亩已落实: set for the year
_TASK_OF_YEAR: Final = re.compile(
    r"(?:今年|全年|年度|当年|本年)(?![^，。；]*(?:完成|实现|按|超|落实))[^，。；\d]{0,8}任务(?:数|面积)?(?:为|是)?$"
)
_CUT_BACK: Final = re.compile(r"(?:压减|调减|缩减|核减)(?:了)?[\u4e00-\u9fff]{1,6}?(?:(?:种植|播种)?面积)?$")
_WAS_DONE: Final = ("完成", "完成了", "已完成", "全面完成", "超额完成")
_FROM: Final = Words("由从有原")  # letters of `moved_from`, looked for first
# 年初全镇还有486户贫困户: what there was then
# 11所学校并成7所, 24个村合并为13个, 15所学校、教学点撤并为12所: what there was before
_MERGED: Final = re.compile(r"[^，。；\d]{0,8}(?:并|合|减|化)(?:成|为|到|至)了?(?:现在的|如今的)?\d")
_AT_FIRST: Final = re.compile(
    r"(?:^|[，。；：])(?:今年)?年初时?[，]?(?:全[镇乡]|全街道|[我本][镇乡]|辖区)?(?:还|尚|共|仅|只|仍)?有$"
)
_NEW_ONES: Final = ("新增", "净增", "新培育", "新纳统", "新入库")
_KIND_OF: Final = 3  # 完成了2000亩的荒山造林任务
_DONE_AS_SET: Final = re.compile(
    r"完成了?(?:省|市|州|县|区|旗|上级)?[里上级]*下达的$"
)  # 完成了县里下达的800亩高标准农田建设任务
_AS_TASK: Final = re.compile(
    r"的(?:年度|全年|年初|既定|预期|硬)?(?:任务|目标|指标)(?=[，。；、]|已|已经|提前|全面|全部|圆满|顺利|如期)"
)
# 未能实现年初确定的1200万元目标
_MISSED: Final = re.compile(r"(?:未能?|没有?|没能)(?:如期|全面|按期)?(?:完成|实现|达到)[^，。；]{0,10}$")
_AIM_BEHIND: Final = re.compile(r"的?(?:年度|全年|年初|既定|预期)?(?:任务|目标|指标|计划|预算)(?!完成率)")
_DONE_OR_COME_TO: Final = re.compile(r"完成|实现|超|达到?|落实|兑现|提前")
_ON_TOP_OF: Final = ("基础上", "的基础上")


class MeasureReader:
    """Sets the measure of figures that a name was found for; holds only data."""

    def __init__(self, catalogue: Catalogue, words: MeasureWords) -> None:
        self._catalogue = dict(catalogue.indicators)
        self._words = words

    @staticmethod
    def _is_set(text: str, q: Quantity, lead: str) -> bool:
        """Return whether words around a figure that `lead` calls a target say that it is one, and not what was done."""
        if _OF_COUNT.match(text, q.outer_end):
            return True
        if _TASK_OF_YEAR.search(lead):
            return True
        is_set = _ACHIEVED.match(text, q.outer_end) or _SET.search(lead) or lead.endswith(("目标", "目标为", "目标是"))
        return bool(is_set) and _DONE_BY.search(lead[:-2]) is None

    def measure_of(
        self, scene: Scene, reading: Reading, own: str, clause: int, found: Candidate | None,
        before: Sequence[Reading] = (),
    ) -> None:  # fmt: skip
        """Set the measure of a named figure: earlier level, increase, or what it is by itself."""
        q, words, text = reading.quantity, self._words, scene.text
        is_stock = self._catalogue[reading.code].kind == "stock"
        lead = text[max(clause, reading.zone.start) : reading.zone.lead]
        tells = words.tells.stand_in(lead)
        if self._was(text, q, lead, tells, is_stock):
            reading.measure, reading.rule = "prior_level", "prior"
            return
        if tells and words.to.search(lead):
            return
        if _names_an_aim(text, reading, lead, found):
            reading.measure, reading.rule = "plan", "target"
            return
        if reading.code.endswith("_area") and self._catalogue[reading.code].unit == "亩" and _CUT_BACK.search(lead):
            reading.measure, reading.negative, reading.rule = "growth_abs", True, "increment"  # 压减玉米种植面积6200亩
            return
        sign = self._change_of(reading, lead, found) if tells else 0
        if sign:
            reading.measure, reading.negative, reading.rule = "growth_abs", sign < 0, "increment"
            return
        around = text[clause : reading.zone.lead] if found is None or found.is_before else text[clause : found.hit.end]
        near = around if around.startswith(_NEW_ONES) else around[-24:]  # 新增甲公司、乙公司2家限上企业
        if tells and words.target.search(lead) and self._is_set(text, q, lead):
            reading.measure, reading.rule = "plan", "target"
            return
        is_new = (is_stock or reading.code == "agri.crop_area") and words.new.search(near) is not None
        if is_new or (before and is_stock and found is not None and _shares_new(text, reading, found, before[-1])):
            reading.measure, reading.rule = "growth_abs", "new"

    def _was(self, text: str, q: Quantity, lead: str, tells: bool, is_stock: bool) -> bool:
        """Return whether `lead` before a figure, or what follows it, says that it is what was before."""
        words = self._words
        if _FROM.stand_in(lead) and words.moved_from.search(lead) and words.moves_to.match(text, q.outer_end):
            return True
        if (is_stock and _MERGED.match(text, q.outer_end)) or text.startswith(_ON_TOP_OF, q.outer_end):
            return True
        prior = tells and words.prior.search(lead)
        if prior and (words.moves_to.match(text, q.outer_end) or not lead.endswith(("年", "末", "底"))):
            return True
        return lead.endswith("有") and "年初" in lead and _AT_FIRST.search(lead) is not None

    def _change_of(self, reading: Reading, lead: str, found: Candidate | None) -> int:
        """Return 1 or -1 where a word of change right before the figure says that it is an increase or a decrease."""
        sign = self._words.sign(lead)
        verb = self._words.change.search(lead) if sign else None
        if verb is None:
            return 0
        is_flow = self._catalogue[reading.code].kind == "flow"
        if verb["word"] == "新增" and is_flow and not self._words.compares.search(lead):
            return 0  # 就业新增320人: new ones are what a flow counts
        begins = reading.zone.lead - len(verb.group())
        is_named_before = found is None or (found.is_before and found.hit.end <= begins)
        # 多收了860吨粮食: the name is part of the verb
        is_in_verb = verb["word"][0] in "多少" and found is not None and found.hit.start > begins
        return sign if is_named_before or is_in_verb else 0


def _names_an_aim(text: str, reading: Reading, lead: str, found: Candidate | None) -> bool:
    """Return whether the name of a figure, or the words right behind it, say that it was aimed at."""
    end = reading.quantity.outer_end
    if (
        found is not None
        and not found.is_before
        and TARGET_AFTER.match(text, found.hit.end)
        and not (lead.endswith(_WAS_DONE) and found.hit.start - reading.zone.tail <= _KIND_OF)
        and _DONE_AS_SET.search(lead) is None
    ):  # 完成800亩高标准农田建设任务 is what was done, 完成全年5000万元的税收任务 names the target
        return True
    if _AS_TASK.match(text, end) and _DONE_OR_COME_TO.search(lead) is None:
        return True  # 年初确定的造林2600亩的任务
    return _AIM_BEHIND.match(text, end) is not None and _MISSED.search(lead) is not None


def _shares_new(text: str, reading: Reading, found: Candidate, last: Reading) -> bool:
    """Return whether a figure shares the verb of the one before it: 新增民营企业27家，个体工商户263户."""
    words = found.hit.words
    return (
        last.rule in {"new", "increment"}
        and last.named is not None
        and last.measure == "growth_abs"
        and not last.negative
        and text[last.quantity.outer_end : found.hit.start] in {"、", "，", "和"}
        and text[found.hit.end : reading.quantity.start] == ""
        and not words.startswith(("目前", "现", "年末", "截至", "现有", "共有", "已有"))
        and not reading.code.startswith("poverty.lifted")  # 新增贫困人口13人，脱贫361户
        and "总" not in words  # 新增茶园50亩，茶园总面积650亩
    )

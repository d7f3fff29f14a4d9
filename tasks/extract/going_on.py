"""Figures that go on about the one before: 4户21人, 比上年增加…, 累计达到…, 1600公顷（2.4万亩）."""

import re
from collections.abc import Mapping
from typing import Final

from expectations.catalogue import Catalogue
from tasks.extract.done_of import WAS, code_of_those_paid, is_added_value, is_done_of_begun, is_told_as_new
from tasks.extract.measures import MeasureWords
from tasks.extract.names import NameFinder
from tasks.extract.own_years import goes_on_in_a_year
from tasks.extract.quantities import STOPS, Quantity
from tasks.extract.rates import RateReader
from tasks.extract.readings import Reading
from tasks.lexicon import Lexicon

__all__ = ["GoingOn"]

_BRACKETED: Final = re.compile(r"[（(](?:折合?|约合?|合|即|约为)?$")
_DONE: Final = re.compile(
    r"(?:实际|目前|已|现已|共)*"
    r"(?:完成|落实|实现|达到?|移栽|栽种|种植|栽植|播种|交售|实栽|有|兑现|入库|参保|脱贫|转正|划定|实施|改造|发放|竣工|完工|开工|建成|投放|硬化|铺设|修通|新建|修建|拆除)(?:了|的?有)?$"
)
_PER_ONE: Final = re.compile(r"户均|人均|亩均|村均")
_REASON: Final = re.compile(r"(?:主要)?(?:是)?(?:由于|因为?(?!地|此|人|势)|受)")
_SURE: Final = re.compile(r"(?:确保|必保|力保|保底|计划|目标为?)(?:完成|达到?|实现)?$")
_AT_BEST: Final = re.compile(r"[，、]?(?:并)?(?:力争|争取|冲刺|奋斗目标为?|挑战)(?:完成|达到?|突破|实现|到|为)*")
_NOW: Final = frozenset({"为", "仅为", "完成", "实现", "仅完成", "共完成"})
_TASK_AFTER: Final = re.compile(r"的?(?:年度|全年)?(?:任务|目标|计划|指标)")
_FORESEEN: Final = re.compile(
    r"[，（、]?(?:到|至)?(?:全年|年底|年末|今年)?(?:预计|有望|可望|预期)(?:到|至)?(?:全年|年底|年末|今年|明年)?(?:全年|可|能|将|可以|能够)*(?:完成|实现|达到?|突破|出栏)"
)
# 新建1.3万亩，累计建成11.2万亩
_IN_ALL_NOW: Final = re.compile(
    r"[，、；（]?(?:全镇|全乡|全街道|目前|现|至今|已)*(?:累计|总数|总量|存量|总面积|总规模|总里程)已?"
    r"(?P<done>建成|完成|流转|发展|改造|新建|实施|种植|安装|办理|实现|培育|治理|修建|硬化)?(?:达到?|有|为|到)?$"
)
# 占全年800户任务的73.3%
_OF_THE_TASK: Final = re.compile(
    r"[，（]?(?:占|为|完成|达到?|是)了?(?:全年|年度|年初|[县市区]下达|上级下达|[县市区]定|目标|计划|任务|总|的)*$"
)
_TASK_WITH_RATE: Final = re.compile(
    r"的?(?:年度|全年|目标|计划|建设|改造)*(?:任务|目标|计划|指标)(?:数|量|总数)?的?[\d百]"
)
_JOINT: Final = re.compile(r"[、，,（(和]?(?:共计?|涉及人口|涉及|人口|计|合计|总人口)?")
_OURS: Final = re.compile(
    r"(?:其中)?(?:我|全|本)(?:镇|乡|街道|苏木|办)(?:共|已|仅|承担|负责|承接|分配|分解|并|的?任务)*(?:完成|实现|为|达到?|占|建成|有|改造)?了?$"
)  # 全县126亿元，我镇完成8.6亿元
_OUR_RATE: Final = re.compile(r"[，、]?我(?:镇|乡|街道|苏木|办)")  # 全省…增速为7.6%，我镇增长8.3%
_OF_OTHERS: Final = re.compile(r"[全我][县市区州省旗国盟]|下达")
# 去年全镇粮食总产量1.92万吨，今年再获丰收，达到1.98万吨
_THEN: Final = re.compile(
    r"(?:19|20)\d\d年|去年|上年|前年|上一年|上届|[几五三十]年前|当初|(?:任期|换届|建档立卡|脱贫|“?十[一二三四]五”?)[^，。；]{0,4}[初末前时]"
)
_NOW_WORD: Final = re.compile(r"[，、（]?(?:[^，]{2,8}，)?(?:到了?)?(?:今年|本年(?!度)|如今|现已|现在|现达|而今|当前)")
_IS_NOW: Final = re.compile(
    r"(?:完成|实现|达到?|增加?[至到]|提高到|上升到|发展到|扩大到|壮大到|有|为|突破|超过|如今|现在|当前)了?$|^[，、；（]?(?:今年|本年)$"
)
_ANEW: Final = re.compile(r"^(?:优化|整合|进一步|科学|重新|统一)+(?=(?:调整|整合|合并|划分|压减|精简)[为到至成])")
_IN_FACT: Final = re.compile(
    r"[，、（]?(?:年内|今年|当年|全年|累计)?(?:实际|(?:截[至止])?目前|现?已|截[至止][^，。；]{0,3}\d{0,2}月?(?:底|末|份|中旬|\d{1,2}日)?，?|\d{1,2}[-—~至]\d{1,2}月|(?:今年|当年|年内)(?=建成|完成|实施))"
)
_ALREADY: Final = re.compile(r"[，、（]?(?:(?:截至)?目前|现?已)")
# 占县上下达任务450座的102.9%
_ISSUED: Final = re.compile(r"(?:[县市区州旗省]|上级)[级上里委]?(?:政府)?(?:下达|分配|安排|交给)的?")
_PLANNED: Final = re.compile(r"规划建设|拟(?![定订制])|计划|任务|下达|目标|指标|分配")
_OF_TARGET: Final = re.compile(r"的(?:[\d百]|(?:年度|全年|年初|县定|市定|既定)?(?:目标|任务|计划))")
# 培育规上企业3家，新增1个省级商标: new ones of something else.
_NOUN_OF_ITS_OWN: Final = re.compile(r"(?!以上|左右|以内|其中|分别|均|都|已|全部|为|达)[\u4e00-\u9fff]{2}")
_SUBJECT_WORDS: Final = {
    "产值": re.compile(r"output_value"),
    "产量": re.compile(r"output$"),
    "面积": re.compile(r"area"),
}
# 图斑整改251个、1036亩: things counted and measured in one breath.
# What was harvested from the area just told: 脐橙8300亩、9600吨.
_OUTPUT_OF: Final = {
    f"agri.{kind}_area": f"agri.{kind}_output" for kind in ("crop", "fruit", "grain", "oil", "vegetable", "aquatic")
}
_MEASURED_BY: Final = {
    "land.outflow_plots": "land.outflow_area",
    "land.illegal_cases": "env.illegal_buildings_area",
    "social.temporary_relief_people": "social.relief_funds",
    "project.count": "project.investment",
    "social.elderly_subsidised": "social.relief_funds",
    "infra.old_communities": "infra.old_communities_households",
}
_PEOPLE_OF: Final = {"pop.households": "pop.total"}
# 固定资产投资上半年5000万元，全年1.2亿元
_PART_OF_YEAR: Final = re.compile(r"[上下]半年|[一二三四]季度|\d{1,2}月")
_ALL_YEAR: Final = re.compile(r"[，、；]?(?:预计)?全年(?:共|累计|为|达到?|完成|实现)*")
_RECRUITED: Final = re.compile(r"^[，、]?(?:当年|今年|年内|全年)?发展$")  # 党员318名，发展7名
_LEVELS: Final = frozenset({"level", "forecast", "prior_level", "growth_abs", "plan"})


class GoingOn:
    """Reads figures by the figure they go on about; holds only data."""

    def __init__(
        self, catalogue: Catalogue, lexicon: Lexicon, names: NameFinder, words: MeasureWords, rates: RateReader
    ) -> None:
        self._catalogue = dict(catalogue.indicators)
        self._newly: Mapping[str, str] = lexicon.words["newly"]
        self._names = names
        self._words = words
        self._rates = rates

    def subject(self, before: list[Reading], q: Quantity, own: str, earlier: Reading | None) -> Reading | None:
        """Return the figure that words like 增长 or 累计达到 go on about: the last one that is not a rate of it."""
        is_rate = q.unit.dimension in {"share", "points", "times"}
        levels = [
            one for one in before
            if one.quantity.unit.dimension not in {"share", "points", "times"} or (one.code and one.measure in _LEVELS)
        ]  # fmt: skip
        head = own.lstrip("，、（")
        wanted = _SUBJECT_WORDS.get(head[:2])
        if wanted is not None:
            return next((one for one in reversed(levels) if wanted.search(one.code)), None)
        if levels and ("前者" in own or "后者" in own):
            pair = levels[-2:]
            return pair[0] if "前者" in own and pair[0].code else pair[-1] if pair[-1].code else None
        last = before[-1] if before else None
        if (
            is_rate
            and last is not None
            and last.code
            and last.measure == "growth_pct"
            and (not levels or levels[-1].code != last.code)
            and (done := self._words.completion.search(head)) is not None
            and done.start() == 0
        ):
            return last  # 粮食总产3万吨，财政收入增长23.8%，完成年度任务的104.2%: of what grew under a name of its own
        other = None if is_rate else self._other_subject(before, levels, q, own)
        if other is not None:
            return other
        for position, one in enumerate(reversed(levels)):
            # 73件118人次，件数下降 and 386户、512人，减少29户 go on about figures that stand together.
            beside = levels[-2 - position] if position + 1 < len(levels) else None
            if not one.code and beside is not None and beside.zone is one.zone:
                continue
            if one.reason == "against another":
                continue  # 我镇高出1200元，达到18800元
            if not one.code and not position and not is_rate and self._is_beside_the_point(one, q, own):
                continue
            if not one.code:
                return None
            if is_rate or self._names.fits(q.unit, one.code):
                return one
            if position >= 1:
                return None
        if is_rate and _OUR_RATE.match(own) and before and before[-1].code and before[-1].measure == "growth_pct":
            return before[-1]
        if levels:
            return None
        rates = [one for one in before if one.code and one.measure in {"growth_pct", "plan"}]
        if rates and self._names.fits(q.unit, rates[-1].code):
            return rates[-1]
        if earlier is not None and earlier.code and self._words.compares.match(own.lstrip("，")):
            return earlier
        return None

    def _other_subject(self, before: list[Reading], levels: list[Reading], q: Quantity, own: str) -> Reading | None:
        """Return a subject that is not the last level: a growth that named one of its own, or what parts were told of.

        旅游收入达1.32亿元，社零总额增长11.4%，达2.07亿元; 完成9300亩，其中新建5800亩，占年度计划9000亩的103.3%.
        """
        last = before[-1] if before else None
        is_growth = last is not None and last.code and last.measure == "growth_pct"
        if last and is_growth and levels and levels[-1].code != last.code and self._names.fits(q.unit, last.code):
            return last
        coded = [one for one in levels[-4:] if one.code]
        is_of_parts = (
            coded
            and not levels[-1].code
            and levels[-1].place.segment == coded[-1].place.segment
            and self._words.target.search(own) is not None
        )
        return coded[-1] if is_of_parts and self._names.fits(q.unit, coded[-1].code) else None

    def _is_beside_the_point(self, one: Reading, q: Quantity, own: str) -> bool:
        """Return whether a figure that names nothing may be passed over: 1286户，从业2900余人，年内净增97户."""
        kind = one.quantity.unit.dimension
        return kind not in {"share", "points", q.unit.dimension} and self._words.sign(own) != 0

    @staticmethod
    def is_reason(text: str, reading: Reading, previous: Reading) -> bool:
        """Return whether `previous` is only counted in a clause of reasons (由于…，) before `reading`."""
        start, end = previous.place.clause
        return not previous.code and end < reading.place.clause[0] + 1 and _REASON.match(text, start) is not None

    @staticmethod
    def is_second_unit(text: str, q: Quantity, previous: Reading) -> bool:
        """Return whether `q` says the figure before it again in another unit: 1600公顷（2.4万亩）."""
        other = previous.quantity
        if q.unit.dimension != other.unit.dimension or q.value is None or other.value is None:
            return False
        if not _BRACKETED.search(text, max(0, q.outer_start - 4), q.outer_start):
            return False
        if text[other.outer_end : q.outer_start].strip("（(折合约即为"):
            return False
        mine, its = (
            q.value * q.unit.factor.numerator / q.unit.factor.denominator,
            (other.value * other.unit.factor.numerator / other.unit.factor.denominator),
        )
        return abs(mine - its) <= its * 2 / 100

    @staticmethod
    def was_before(text: str, subject: Reading, q: Quantity) -> bool:
        """Return whether `q` is told as what is now, and `subject` as what was before: 去年…, 如今…."""
        return (
            subject.measure in {"level", "prior_level"}
            and _NOW_WORD.match(text, subject.quantity.outer_end, q.outer_start) is not None
            and _THEN.search(text, subject.place.segment[0], subject.quantity.start) is not None
        )

    @staticmethod
    def _is_of_others(text: str, subject: Reading, own: str, q: Quantity) -> bool:
        """Return whether `subject` is the county's figure, and what follows ours: 全县196家，我镇21家."""
        if own[-1] in "镇乡道木办" and text[q.outer_end : q.outer_end + 1] not in "，。；、（":
            return False
        return _OF_OTHERS.search(text, subject.place.segment[0], subject.quantity.start) is not None

    @staticmethod
    def _is_planned(text: str, subject: Reading) -> bool:
        return _PLANNED.search(text, subject.place.clause[0], subject.quantity.outer_start) is not None

    def pair(self, text: str, reading: Reading, previous: Reading | None) -> bool:
        """Read the second of 4户21人: the people of the households just counted."""
        q = reading.quantity
        if previous is None or not previous.code:
            return False
        if is_added_value(text, q, previous):
            reading.take("econ.industry_added", previous.measure, "", "pair", previous.confidence)
            return True
        measured = _MEASURED_BY.get(previous.code)
        gap = text[previous.quantity.outer_end : q.outer_start]
        if (
            measured
            and self._names.fits(q.unit, measured)
            and gap in {"、", "，", "、资金", "，资金", "、投资", "", "、总资金", "，发放资金", "，共发放", "，发放"}
        ):
            item = "临时救助" if measured == "social.relief_funds" else ""
            item = "高龄补贴" if previous.code == "social.elderly_subsidised" else item
            if measured == "project.investment":
                item = previous.item
            reading.take(measured, previous.measure, item, "pair", previous.confidence)
            return True
        if q.unit.dimension == "mass" and gap == "、" and previous.code in _OUTPUT_OF:
            reading.take(_OUTPUT_OF[previous.code], previous.measure, previous.item, "pair", previous.confidence)
            return True  # 脐橙8300亩、9600吨
        paid = code_of_those_paid(previous, q, gap)
        if paid:
            reading.take(paid, previous.measure, "", "pair", 0.85)
            return True
        if q.unit.dimension != "people":
            return False
        if previous.quantity.unit.dimension != "households":
            return False
        if not _JOINT.fullmatch(gap):
            return False
        code = _PEOPLE_OF.get(previous.code, previous.code.replace("_households", "_people"))
        if code == previous.code or code not in self._catalogue:
            return False
        reading.take(code, previous.measure, previous.item, "pair", previous.confidence)
        reading.negative = previous.negative
        return True

    @staticmethod
    def noun_behind(subject: Reading) -> str:
        """Return the name of `subject` where it stands right behind its figure, else nothing."""
        hit = subject.named.hit if subject.named is not None else None
        return hit.words if hit is not None and hit.start == subject.quantity.outer_end else ""

    def goes_on(self, text: str, reading: Reading, own: str, subject: Reading) -> bool:
        """Read a figure that goes on about the last one: 由去年的…, 净增…, 减少…, 累计达到…, 目标为…."""
        q, words = reading.quantity, self._words
        if not self._names.fits(q.unit, subject.code):
            return False
        if subject.measure == "growth_pct":
            if words.reached.search(own) is None and not re.search(
                r"[突力首连再将]破|争破|突破|超过|达到?|(?:仅|只)?(?:完成|实现|为|有)$|[降增升减]至",
                own + text[q.outer_start : q.start],
            ):
                return False
            if self._rates.rest(re.sub(r"到(?:20)?\d\d年", "", own)):
                return False
            reading.take(subject.code, "level", subject.item, "reached", 0.85)
            return True
        if subject.measure not in _LEVELS:
            return False
        code, item, confidence = subject.code, subject.item, min(0.93, subject.confidence)
        if self.was_before(text, subject, q) and _IS_NOW.search(own):
            subject.measure, subject.rule = "prior_level", "earlier"  # 2022年…1860万元，今年完成2140万元
            reading.take(code, "level", item, "reached", confidence)
            return True
        if (subject.measure in {"level", "prior_level"} and goes_on_in_a_year(own)) or (
            subject.measure == "level"
            and _ALL_YEAR.fullmatch(own)
            and _PART_OF_YEAR.search(text, subject.place.clause[0], subject.quantity.start)
        ):
            is_sure = text.find("确保", subject.place.clause[0], subject.quantity.start) >= 0
            reading.take(code, "plan" if is_sure else "level", item, "target" if is_sure else "reached", confidence)
            return True  # 2023年达到1.2万元，2024年达到1.35万元
        if own.removeprefix(self.noun_behind(subject)) in WAS and subject.measure == "level":
            reading.take(code, "prior_level", item, "prior", confidence)  # 12个行政村（原21个）
            return True
        if is_done_of_begun(text, subject, own):
            subject.refuse("begun, of which the next were done")
            reading.take(code, "level", item, "reached", confidence)
            return True
        between = _ANEW.sub("", own.removeprefix(self.noun_behind(subject)))  # 将原有79个网格重新调整为86个
        if words.to.search(between) and not self._rates.rest(words.to.without(between)):
            reading.take(code, "level", item, "reached", confidence)
            return True
        if words.prior.search(own):
            if self._rates.rest(words.prior.without(own)):
                return False
            reading.take(code, "prior_level", item, "prior", confidence)
            return True
        own = own.removeprefix("大关")
        if own.lstrip("，").startswith("另"):
            return False  # 发展党员41人，另有38人按期转正
        if _PER_ONE.search(own) and not code.endswith("per_capita"):
            return False  # 产值1.2亿元，户均增收3000元
        if _FORESEEN.fullmatch(own):
            reading.take(code, "forecast", item, "reached", confidence)
            return True
        rest = self._rates.rest(_ISSUED.sub("", own))
        if _OF_THE_TASK.fullmatch(own) and _TASK_WITH_RATE.match(text, q.outer_end):
            reading.take(code, "plan", item, "target", confidence)
            return True
        is_sure = subject.measure == "plan" or (subject.measure == "level" and own.lstrip("，、") == "力争")
        lead = max(0, subject.quantity.outer_start - 6)
        is_sure = is_sure or _SURE.search(text, lead, subject.quantity.outer_start) is not None
        if is_sure and _AT_BEST.fullmatch(own):
            reading.take(code, "plan", item, "target", confidence)  # 确保1200万元，力争1250万元
            return True
        in_all = _IN_ALL_NOW.fullmatch(own) if subject.measure in {"level", "growth_abs"} else None
        if in_all and (in_all["done"] or is_told_as_new(text, subject) or self._catalogue[code].kind == "stock"):
            reading.take(code, "level", item, "reached", confidence)
            return True
        if (
            subject.measure in {"level", "plan"}
            and _OURS.fullmatch(own.lstrip("，"))
            and self._is_of_others(text, subject, own, q)
        ):
            reading.take(code, "level", item, "ours", confidence)
            return True
        if (
            not rest
            and _OUR_RATE.match(text, subject.quantity.outer_end)
            and words.reached.search(own)
            and self._is_of_others(text, subject, own, q)
        ):
            reading.take(code, "level", item, "reached", confidence)  # 全市…17600元，我镇高出1200元，达到18800元
            return True
        of_target = _OF_TARGET.match(text, q.outer_end) is not None
        if of_target and re.search(r"完成了?$", own) and text[q.outer_end + 1] not in "0123456789百":
            reading.take(code, "plan", item, "target", confidence)  # 超额完成2000人的年度目标
            return True
        if (
            _TASK_AFTER.match(text, q.outer_end)
            and re.search(r"(?:完成了?|下达的?|占|相当于)[^，]{0,6}$", own)
            and len(rest) <= 8
        ):
            reading.take(code, "plan", item, "target", confidence)  # 超额完成县下达的1万亩任务
            return True
        if words.target.search(own) and re.search(r"超出|超额|多出|差|低于|高于", own):
            reading.refuse("against a target")
            return True
        if words.target.search(own) and len(rest) <= 3 and (of_target or not re.search(r"完成[^，]*$", own[:-2])):
            reading.take(code, "plan", item, "target", confidence)
            return True
        is_of_stock = self._catalogue[code].kind == "stock" or code == "agri.crop_area"
        new = words.new.search(own) if is_of_stock else None
        if new is None and code == "party.members":
            new = _RECRUITED.search(own)
            own = "" if new else own
        has_noun = q.unit.dimension == "count" and _NOUN_OF_ITS_OWN.match(text, q.outer_end) is not None
        if new is not None and not has_noun and not self._rates.rest(words.new.sub("", own.replace("其中", ""))):
            counted = (
                "" if new.group().startswith("净") else self._newly.get(code, "")
            )  # 党员512名，新发展8名: what is new has an indicator of its own
            reading.take(counted or code, "level" if counted else "growth_abs", item, "new", confidence)
            return True
        achieved = _DONE.search(own)
        counts_the_done = subject.code == "project.count" and achieved is not None and "工" in achieved.group()
        if counts_the_done and _ALREADY.match(own):
            return False  # 计划实施项目33个，现已竣工25个: those have an indicator of their own
        if achieved and subject.measure == "level" and _IN_FACT.match(own) and self._is_planned(text, subject):
            subject.measure, subject.rule = "plan", "target"  # 年度计划投资12.6亿元，实际完成13.1亿元
        if achieved and subject.measure in {"plan", "prior_level"} and not self._rates.rest(own[: achieved.start()]):
            reading.take(code, "level", item, "reached", confidence)
            return True
        if rest:
            return False
        sign = 0 if has_noun and new is not None else words.sign(own)
        if sign and _OUR_RATE.match(own) and self._is_of_others(text, subject, own, q):
            reading.refuse("against another")  # 全市…17600元，我镇高出1200元
            return True
        if sign and (_PLANNED.search(own) or (subject.measure == "plan" and own in {"多出", "超出"})):
            reading.refuse("against a target")  # 比县里下达的计划多出60公顷
            return True
        if sign and (
            words.compares.search(own)
            or re.match(r"[，、（(]?(?:比|较)", own)
            or len(own.strip("，、（")) <= 4
            or subject.measure == "prior_level"
        ):
            reading.negative = sign < 0
            reading.take(code, "growth_abs", item, "increment", confidence)
            return True
        is_said_again = subject.measure == "level" and subject.quantity.bound == "at_least" and "；" not in own
        if is_said_again and words.reached.search(own) and text[q.outer_end : q.outer_end + 1] in STOPS:
            confidence = subject.confidence
            subject.refuse("said again more exactly")  # 突破20亿元大关，达到20.6亿元
            reading.take(code, "level", item, "reached", confidence)
            return True
        # 新增规上企业6家，完成12个老旧小区改造: a figure with a noun of its own goes on about nothing
        is_alone = q.unit.dimension != "count" or text[q.outer_end : q.outer_end + 1] in STOPS
        is_now = words.reached.search(own) or (own.lstrip("，") in _NOW and is_alone)
        if is_now and subject.measure in {"growth_abs", "prior_level", "plan"}:
            reading.take(code, "level", item, "reached", confidence)
            return True
        return False

"""Which measure a figure states: level, earlier level, change, share, completion; told by the words right before it."""

import re
from functools import lru_cache

from tasks.extract.guards import Ending, guard_of, one_of
from tasks.lexicon import Lexicon

__all__ = ["MeasureWords"]


class MeasureWords:
    """The patterns of measures, compiled once from the lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.words["measures"]
        self._up = frozenset([*words["up"], *(f"多{verb}" for verb in words["verbs"])])
        # 比上年多运520吨, but not of 至少运520吨
        changes = (
            rf"(?<![至不许最大])[多少](?:{one_of(words['verbs'])})|(?:(?<=[年期前比])|(?<=年[末底初]))[多少](?![于达数])[\u4e00-\u9fff]{{1,2}}|"
            rf"{one_of(words['up'])}|{one_of(words['down'])}"
        )
        step, times = one_of([*words["step"], "变"]), one_of(words["prior_times"])
        tail = (
            r"(?:幅度|幅|率|速度|速|比例)?"
            r"(?:了|为|完成|实现|达到?|约|近|超过?|逾|突破|保持|稳定|在|都|均|是|：|更|已|也|高)*"
        )
        self.change = re.compile(rf"(?P<word>{changes}){tail}$")
        self.to = Ending(
            rf"(?:{step})(?:到|至|为|成|回)了?(?:(?:现在|目前|今年|如今|当年|年末|年底|眼下|眼前|当下|去年底?|上年末?|前年|(?:19|20)\d\d年)的?)?",
            max(map(len, words["step"])) + 9,
        )
        self.moves_to = re.compile(
            rf"，?[^，。；\d]{{0,4}}?(?:(?:{step})(?:到|至|为|成)|(?<!，)达到?|变为|升格为|[归清]零)"
        )
        # 由6月底的43%提高到97%, 由上年的15件增加到22件: where what moves came from;
        # 将原有的79个网格调整为86个.
        self.moved_from = re.compile(
            r"(?:(?:将|把)(?:全[镇乡]|辖区)?(?:原有|原来|原先|现有)|原有|由|从)(?:[^，。；、\d]{0,8}|\d{1,2}月(?:\d{1,2}日|底|末|份|初)?|(?:19|20)\d\d年[^，。；\d]{0,3}"
            r"|[^，。；、]{0,12}(?:年|年底|年末|年初|前|末|时|上届)[^，。；、\d]{0,8}(?=的$))的?$"
        )
        # 较撤并前少3所, 比合村并组之前多两倍
        self.compares = re.compile(rf"{one_of(words['comparison'])}|[比较][\u4e00-\u9fff“”]{{2,6}}?(?:之|以)?前")
        self.prior = Ending(
            rf"(?:由|从|比|较|与|跟|和|高于|低于|在)?(?<!到)(?<!至)(?:{times}|(?:19|20)\d\d年)(?:同期|同时期|[此这]时候?|这个时候|同一?时候?|末|底|度|初|建档立卡时|建档时|时)?"
            r"[，]?(?:这个数字?|这一数字|这一数据)?(?:则|才|还|尚|只|也|不过)?(?:的|为|是|时的|只有|才有|只是|不过|仅有|仅为|仅|有|高达|多达)?(?:水平)?"
            r"|(?:由|从|比|较)(?:[一二三四]季度|上半年|前三季度|\d{1,2}月份?)的",
            max(5, *map(len, words["prior_times"])) + 18,
        )
        self.completion = Ending(
            r"(?:完成|占|达到?|为|实现|超过?|是|的|相当于|只有|仅有|约合|做到|执行)[^，；]{0,14}?(?:任务|目标|计划|指标|(?<!公共)预算|责任书|名额)"
            r"(?:任务|目标|计划)?(?:数|量|总数|总量|总额)?的?(?:约|近|超过)?"
            r"|完成了?(?:全年|年度)的?(?:约|近|超过)?"
            r"|(?:任务|目标)(?:已|均)?完成(?:了|达|达到)?"
            r"|(?:任务|目标|计划|(?<!公共)预算(?!收入))[^，；]{0,6}(?:完成率|完成比例|完成进度|的)(?:为|达到?|约|已达)?"
            r"|(?:目标|任务|计划|预算)?(?:完成率|完成进度|完成比例|执行率|序时进度|(?<!工程)(?<!形象)(?:执行|支出|收入)?进度)(?:为|达到?|约|只有|仅有)?"
        )
        self.target = Ending(
            r"(?:目标|任务|(?<!雨露)计划|(?<!公共)预算|指标|名额)(?:任务)?(?:数|量|面积|总数|总量)?(?:[是为的]|共)?(?:达到?)?"
            r"|(?:(?:县|市|区|旗|上级)[级上里]?)?下达|(?:县|市|区|旗|上级)[级上里]?分配",
            9,
        )
        # Where none of these stands, a phrase is neither prior nor target, and says nothing of a change.
        self.tells = guard_of([self.change.pattern, self.to.pattern, self.prior.pattern, self.target.pattern])
        self.share = Ending(r"占[^，；]{0,26}(?:的|比|比例|比重|比率)?(?:达到?|为|约|近|超过?|的)*")
        self.share_tail = Ending(r"(?:占比|比重|所占比例|比例)(?:达到?|为|约|近|超过|提高到|上升到|提升至)*")
        # 核桃连同补植达到6300亩: all there are, the new ones with the old
        self.new = re.compile(rf"(?<!连同)(?<!加上)(?<!算上)(?:{one_of(words['new'])})")
        self.reached = Ending(
            r"(?:累计|总数|总量|总计|共|合计|达|达到|现有|已有|总面积|总规模|全镇共?|全乡共?|现|在册|实有|在库|存量|登记在册|到了)+(?:达到?|有|为|保持在|稳定在|维持在)?"
        )
        self.points_gap = re.compile(r"高于|低于|快于|高出|领先|多于")
        self._leads = re.compile(
            rf"[比较][\u4e00-\u9fff“”]{{2,6}}?(?:之|以)?前|[一两三四五六七八九十]年(?:间|来|里|前)?|{one_of(words['leads'])}|{self.compares.pattern}|{changes}"
            r"|(?:19|20)\d\d年(?:末|底|同期)?|[，、（(：:的了又也再]"
        )
        self._adverbs = re.compile(r"^(?:因|受|由于|克服|扣除|剔除|按|若|除|虽|在|面对|经过|随着|得益于)[^，]{0,16}")
        self.lead_rest = lru_cache(maxsize=8192)(self._lead_rest)

    def _lead_rest(self, own: str) -> str:
        """Return what an own phrase says beside words of change and comparison; '' when it only goes on."""
        return self._adverbs.sub("", self._leads.sub("", self._adverbs.sub("", own.lstrip("，、（(")))).strip()

    def sign(self, own: str) -> int:
        """Return 1 when `own` ends in a word of growth, -1 of decline, 0 otherwise."""
        match = self.change.search(own)
        if match is None:
            return 0
        return 1 if match["word"] in self._up or match["word"][0] == "多" else -1

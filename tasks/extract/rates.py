"""What a rate is about: a growth, share or completion belongs to the name right before it or to the last figure."""

import re
from collections.abc import Mapping
from typing import Final

from expectations.catalogue import Catalogue
from tasks.domain.facts import Measure
from tasks.extract.measures import MeasureWords
from tasks.extract.names import NameFinder
from tasks.extract.readings import Reading
from tasks.extract.scene import Scene
from tasks.lexicon import Alias, Lexicon

__all__ = ["RateReader"]

# 全县信访量下降9%: the county's own, refused as background once what governs is looked at; ours may go on about it
_OF_OTHERS: Final = re.compile(r"^全[国省市州县区旗盟]")
_FIGURE: Final = re.compile(r"[\d%]")
_OF_MONEY: Final = re.compile(r"占[^，。；]{0,4}(?:资金|投资)(?:总量|总额|总数|总规模)?的?$")
_REASON: Final = re.compile(
    r"(?:^|，)(?:主要)?(?:是)?(?:由于|因为?|受)[^，；。\d]{2,30}$"
)  # 由于上年基数较高，下降11.5%
# ；规模以上工业产值万元，同比增长20%: a figure that was left out, and what grew is not what was told before it.
_WITHOUT_FIGURE: Final = re.compile(r"(?<![\d.])[百千]?[万亿](?:元|美元|吨|亩)$")
_SO_MANY_FIRMS: Final = re.compile(r"\d[家户](?:的)?$")
_AFFECTED: Final = re.compile(
    r"(?:受|因|由于|面对|在)[^，。；\d]{2,24}(?:影响|冲击|制约|拖累|因素|形势|下|放缓|回落|下滑|低迷)$"
    r"|(?:没有?|未能?|基本|超额|圆满|提前)(?:如期|全面)?完成(?:了)?(?:全年|年度|年初)?(?:任务|预算|目标|计划)(?:任务)?$"
)
# 茶叶减产一成: of what was harvested, and not of the area that the crop's name stands for
_HARVEST: Final = re.compile(r"[增减]产(?:了|达)?$")
_HARVEST_OF: Final = {
    **{f"agri.{kind}_area": (f"agri.{kind}_output", "") for kind in ("grain", "oil", "vegetable", "fruit", "crop")},
    "agri.aquatic_area": ("agri.aquatic_output", ""),
    "agri.tea_area": ("agri.crop_output", "茶叶"),
    "agri.tobacco_area": ("agri.crop_output", "烟叶"),
}
# A clause that speaks of something that has a number itself; 养殖户普遍赚了钱 is but a remark.
_OF_SOMETHING: Final = re.compile(
    r"[数率额量值税产]|收入|投资|面积|价格|资金|人口|支出|消费|出口|进口|贷款|存款|[工农林牧渔]业|项目|企业|人均|人次|人员|户籍|事故|案|访|纠纷|设施"
)
_BEGINS: Final = re.compile(
    r"[：①-⑳—]|全[县市省区州旗国](?!性)|(?:今年|年初|上半年|开年)以来|[一二三四五六七八九十]是要?|第[一二三四五六七八九十][，、]?|首先|其次|(?:^|\n)[（(]?\d{1,2}[.、．）)]|其中|所有|全部|各|确保|围绕|推动|促进|带动|保证|实现|提出|要求|明确"
)


class RateReader:
    """Finds the indicator of a rate; holds only data."""

    def __init__(self, catalogue: Catalogue, lexicon: Lexicon, names: NameFinder, words: MeasureWords) -> None:
        self._catalogue = dict(catalogue.indicators)
        self._shares: Mapping[str, str] = lexicon.words["shares"]
        self._names = names
        self._words = words

    def change_of_rate(
        self, scene: Scene, reading: Reading, own: str, subject: Reading | None, sentence: int
    ) -> Reading:
        """Read a change in percent, points or multiples; `own` are the words before it, `subject` the last figure."""
        q = reading.quantity
        if q.unit.dimension == "points":
            if self._words.points_gap.search(own) and not self._words.compares.search(own):
                return reading.refuse("points against another")
            target = self._target(scene, reading, own, subject, sentence)
            if target is None or self._catalogue[target[0]].unit not in {"%", "‰"}:
                return reading.refuse("points of nothing named")
            return reading.take(target[0], "growth_abs", target[1], "points", 0.9)
        if q.unit.dimension == "times" and q.unit.unit == "倍" and not self._words.sign(own):
            return reading.refuse("multiple")
        return self.rate_of(scene, reading, own, subject, "growth_pct", "growth", sentence)

    def rate_of(
        self, scene: Scene, reading: Reading, own: str, subject: Reading | None, measure: Measure, rule: str,
        sentence: int,
    ) -> Reading:  # fmt: skip
        """Read a percentage as `measure` of what `own` names or, where it names nothing, of `subject`."""
        target = self._target(scene, reading, own, subject, sentence)
        if target is None:
            return reading.refuse(f"{rule} of nothing named")
        before = scene.text[max(0, reading.quantity.outer_start - 12) : reading.quantity.outer_start]
        if rule == "share" and _OF_MONEY.search(before) and self._catalogue[target[0]].unit != "元":
            return reading.refuse("share of money, of what is none")  # 产业类7个，占资金总量的62.5%
        if rule == "share" and target[0] in self._shares:
            return reading.take(self._shares[target[0]], "level", "", rule, target[2])
        if rule == "share" and self._catalogue[target[0]].unit == "%":
            measure = "level"  # 空气质量优良天数占全年的…: the indicator is this share
        if target[0] in _HARVEST_OF and _HARVEST.search(own):
            code, item = _HARVEST_OF[target[0]]
            return reading.take(code, measure, item or target[1], rule, target[2])
        return reading.take(target[0], measure, target[1], rule, target[2])

    def _target(
        self, scene: Scene, reading: Reading, own: str, subject: Reading | None, sentence: int
    ) -> tuple[str, str, float] | None:
        """Return indicator, item and confidence of what a rate is about: named right before it, or the last figure."""
        q = reading.quantity
        start = scene.text.rfind(own, 0, q.outer_start) if own else q.outer_start
        named = self._name_of_rate(scene, max(start, q.outer_start - 40), start + len(own), sentence)
        if named is not None:
            return named
        rest = self.rest(own) if subject is not None else ""
        # 累计出列贫困村8个，出列任务完成100%: a word of the name of what is told
        is_named = rest and subject is not None and subject.named is not None and rest in subject.named.hit.words
        if subject is None:
            return self._affected(scene, start, own, sentence)
        if rest and not is_named:
            return None
        # 整改率98.9%，事故起数和死亡人数双下降，降幅18.2%: a clause of its own has changed the subject.
        last = subject.quantity.outer_end
        if subject.named is not None and not subject.named.is_before:
            last = max(last, subject.named.hit.end)  # 1846人享受农村低保，占农业人口的11.2%
        skipped = scene.text[last:start].rsplit("，", 1)[0].lstrip("，") if start > last else ""
        if _WITHOUT_FIGURE.search(skipped) and self._names_another(scene, subject.code, last, last + len(skipped)):
            return None
        if skipped and not _FIGURE.search(skipped) and self._opens_with_another(scene, subject.code, last + 1):
            return None  # 财政收入860万元，工业产值明显好转，增长8%
        skipped = _REASON.sub("", skipped)
        if not _FIGURE.search(skipped) and len(self.rest(skipped)) >= 5 and _OF_SOMETHING.search(skipped):
            return None
        return subject.code, subject.item, min(0.95, subject.confidence)

    def _affected(self, scene: Scene, start: int, own: str, sentence: int) -> tuple[str, str, float] | None:
        """Return what the clause before names as affected: 税收收入受政策性退税影响，同比下降18.7%.

        Or as done or not: 财政收入没有完成任务，只达到预算的91.5%.
        """
        clause = scene.span("clause", start)[0]
        if clause <= sentence or scene.text[clause - 1] != "，" or self.rest(own):
            return None
        begin = max(sentence, scene.span("clause", clause - 2)[0])
        told = _AFFECTED.search(scene.text, begin, clause - 1)
        if told is not None:
            return self._name_of_rate(scene, begin, told.start(), sentence)
        hits = scene.hits_between(begin, clause - 1)
        # 农民人均纯收入，定的目标是增长6%: the clause before is the name alone
        return self._name_of_rate(scene, begin, clause - 1, sentence) if hits and hits[-1].end == clause - 1 else None

    def _opens_with_another(self, scene: Scene, code: str, start: int) -> bool:
        """Return whether the clause from `start` on opens with the name of what has a sum, mass or area of its own."""
        hits = scene.hits_between(start, scene.span("clause", start)[1])
        if not hits or hits[0].start != start:
            return False
        codes = {one.code for one in hits[0].aliases if one.side != "after" and self._is_measured(one.code)}
        return bool(codes) and code not in codes

    def _is_measured(self, code: str) -> bool:
        return self._catalogue[code].unit in {"元", "吨", "亩", "%"}

    @staticmethod
    def _names_another(scene: Scene, code: str, start: int, end: int) -> bool:
        """Return whether a name of another indicator than `code` stands in `start:end`."""
        hits = scene.hits_between(start, end)
        return any(alias.code != code for hit in hits[-1:] for alias in hit.aliases)

    def _name_of_rate(self, scene: Scene, start: int, end: int, sentence: int) -> tuple[str, str, float] | None:
        for hit in reversed(scene.hits_between(start, end)):
            between = scene.text[hit.end : end].lstrip("园树林") if hit.crop else scene.text[hit.end : end]
            if self.rest(between) or _SO_MANY_FIRMS.search(scene.text, max(0, hit.start - 3), hit.start):
                return None  # 其中27家企业增幅在50%以上
            fitting = []
            for alias in hit.aliases:
                window_end = end
                clause = scene.span("clause", hit.start)[0]
                if alias.side == "after" or any(
                    scene.text.find(one.lstrip("^~"), clause, window_end) >= 0 for one in alias.excludes
                ):
                    continue
                if not all(
                    any(scene.text.find(word, sentence, window_end) >= 0 for word in group) for group in alias.needs
                ):
                    continue
                fitting.append(alias)
            of_households = hit.words.endswith("户")  # 贫困户占全乡总户数的28.4%
            fitting.sort(
                key=lambda one: (
                    bool(one.needs), (self._catalogue[one.code].unit == "户") != of_households,
                    -_last_needed(scene.text, one, sentence, window_end),
                )
            )  # fmt: skip
            if fitting:
                alias = fitting[0]
                if self._is_part(scene, max(start, scene.span("clause", hit.start)[0]), hit.start, alias):
                    return None
                return alias.code, alias.words if alias.item == "=" else alias.item, 0.9
            if hit.crop:
                around = scene.text[hit.end : end]
                code = (
                    "agri.crop_output_value"
                    if "产值" in around
                    else "agri.crop_output"
                    if "产" in around
                    else "agri.crop_area"
                )
                return (code, hit.crop, 0.8) if "面积" in around or "产" in around or "种植" in around else None
        return None

    def _is_part(self, scene: Scene, start: int, end: int, alias: Alias) -> bool:
        """Return whether words before a name narrow it to a part of what it means: 制造业税收占62%."""
        words = _OF_OTHERS.sub("", _BEGINS.split(scene.text[start:end])[-1])
        is_rate = self._catalogue[alias.code].unit == "%"
        for needed in (word for group in alias.needs for word in group if is_rate and word in words):
            words = words.replace(needed, "")  # 矛盾纠纷调解成功率: a word that the name needs narrows nothing
        return bool(words) and bool(self.rest(words).strip("“”·•●■◆▪※ -"))

    def rest(self, own: str) -> str:
        """Return what an own phrase says that neither goes on about the last figure nor leads to this one."""
        return self._names.gaps.residue(self._words.lead_rest(own)).strip("，、（")


def _last_needed(text: str, alias: Alias, start: int, end: int) -> int:
    """Return where in `start:end` the last word stands that the name needs: 养老…参保率98%；医保…，参保率下降."""
    return max((text.rfind(word, start, end) for group in alias.needs for word in group), default=0)

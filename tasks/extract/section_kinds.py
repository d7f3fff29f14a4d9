"""What sections, paragraphs and sentences are about: plans, another period than the report's, or neither."""

import re
from functools import lru_cache
from typing import Final

from tasks.extract.governors import Sight
from tasks.extract.guards import Words, one_of
from tasks.extract.scene import Scene
from tasks.lexicon import Lexicon

__all__ = ["SectionKinds"]

# 主要任务完成情况 tells how what was planned went.
_WENT: Final = re.compile(
    r"(?:任务|目标|计划|要点|安排|部署|工作)[^，。；、和及与暨]{0,6}(?:完成|执行|落实|进展|推进|开展)情况"
)
# 三、2016年工作开展情况: what was done, though the report's year was taken for the one before
_LOOKS_BACK: Final = re.compile(r"(?:工作|开展|完成|进展|推进|落实|执行|发展|运行)情况|工作(?:回顾|总结|小结)")
# 二、计划：, 下篇 部署: a heading that is nothing else; 部署 inside a longer one mostly says who ordered what.
_NOTHING_ELSE: Final = re.compile(r"(?:^|[、．.：）)篇])(?:计划|设想|安排|部署|任务|目标)[：:]?$")
_LABEL: Final = re.compile(r"\s*【(?P<words>[^】\n]{2,20})】")  # 【2021年安排】 opens a paragraph as a heading does
_FIRST_WORDS: Final = re.compile(r"[^，。；：\n]{0,24}")
# 2025年度城乡居民医保参保缴费3.62万人 is collected in the year before.
_COLLECTED: Final = re.compile(
    r"20\d\d年度?的?(?:全镇|全乡)?(?:城乡居民|农村居民|城镇居民|居民)?(?:基本)?(?:医|养老保险|合作医疗|新农合|社会保险)[^，。；]{0,12}?(?:缴费|参保|征缴|收缴|筹资)"
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d(?=年)")
# 到“十二五”末, 到2025年: by the end of a plan or a year that is still to come.
_BY_THEN: Final = re.compile(
    r"(?:力争|确保|预计)?[到至](?:了)?(?:“?十(?P<plan>[一二三四五])五”?(?:规划)?期?末|(?P<year>20\d\d)年(?:年?[底末])?)(?![^，。]{0,4}(?:已|实现了))"
)
_BY_THEN_OPENS: Final = ("到", "至", "力争", "确保", "预计")
_END_OF: Final = {"一": 2010, "二": 2015, "三": 2020, "四": 2025, "五": 2030}
# A document that is nothing but plans: 东城街道2009年工作计划.
_TITLE_OF_PLANS: Final = re.compile(
    r"\s*(?![^\n]{0,60}(?:总结|回顾|情况|汇报|报告|述职|小结|[和及与暨、]))[^\n，。；]{0,30}工作(?:计划|安排|要点|打算|思路|部署)(?:（[^（）\n]{1,8}）)?\s*\n"
)
_SAYS_HOW_MANY: Final = re.compile(r"\d(?![\d.．、年月日])(?<!年\d)(?<!月\d)")


class SectionKinds:
    """Tells `plan`, `other` or '' by headings and first words; holds only data."""

    def __init__(self, lexicon: Lexicon) -> None:
        sections, scope = lexicon.words["sections"], lexicon.words["scope"]
        self._plan_section = re.compile(one_of(sections["plan"]))
        self._not_plan = re.compile(one_of(sections["not_plan"]))
        self._plan_openings = tuple(sections["plan_starts"])
        self._plan_starts = Words(self._plan_openings)
        self._other_section = re.compile(one_of(scope["other_period_sections"]))
        self.of_section = lru_cache(maxsize=1024)(self._of_section)

    def kind(self, sight: Sight, offset: int, sentence: int, year: int | None) -> str:
        """Return `plan`, `other` or '' for the section, paragraph and sentence that hold `offset`."""
        kind = sight.kinds.get(sentence)
        if kind is None:
            kind = sight.kinds[sentence] = self._kind_at(sight.scene, offset, sentence, year)
        return kind

    def _kind_at(self, scene: Scene, offset: int, sentence: int, year: int | None) -> str:
        section = scene.section(offset, sentence)
        kind = self.of_section(section, year)
        if kind == "plan":
            return kind
        start = scene.span("line", offset)[0]
        while scene.text.startswith("。", start):
            start += 1  # where （三） or 1. stood
        first = _FIRST_WORDS.match(scene.text, start)
        words = first.group() if first else ""
        if self._plan_starts.stand_in(words) and not self._not_plan.search(words):
            return "plan"
        label = _LABEL.match(scene.text, start) if "【" in words else None
        if label and self.of_section(label["words"], year) == "plan":
            return "plan"
        head = scene.text[sentence : min(offset, sentence + 14)]
        if head.startswith(self._plan_openings):
            return "plan"
        match = _YEAR.match(head) if head.startswith(("19", "20")) else None
        if match and year is not None and int(match.group()) > year and not _COLLECTED.match(scene.text, sentence):
            return "plan"
        by_then = _BY_THEN.match(scene.text, sentence) if scene.text.startswith(_BY_THEN_OPENS, sentence) else None
        if by_then and year is not None and (int(by_then["year"] or 0) or _END_OF[by_then["plan"]]) > year:
            return "plan"  # 到“十二五”末，财政收入突破3000万元
        is_of_plans = not kind and _TITLE_OF_PLANS.match(scene.text) is not None
        return "plan" if is_of_plans and not self._not_plan.search(section) else kind

    def _of_section(self, section: str, year: int | None) -> str:
        for heading in reversed(section.split(" / ")):
            # （一）新增就业1860人，完成目标任务的116%: a sentence that is numbered, and no heading
            first = heading.split("，", 1)[0]
            words = first if _SAYS_HOW_MANY.search(first) else heading
            years = [int(one) for one in _YEAR.findall(words)]
            if year is not None and years and min(years) > year and _LOOKS_BACK.search(words) is None:
                return "plan"
            # 2015年和“十二五”工作回顾 is about the report's year too: there only words beside a figure tell.
            is_other = self._other_section.search(words) is not None and year not in years
            is_plan = self._plan_section.search(_WENT.sub("完成情况", words)) is not None
            is_plan = is_plan or _NOTHING_ELSE.search(words) is not None
            if not is_plan and (self._not_plan.search(words) or _WENT.search(words)):
                return "other" if is_other else ""
            if is_plan:
                return "plan"
            if is_other:
                return "other"
        return ""

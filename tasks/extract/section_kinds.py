"""What sections, paragraphs and sentences are about: plans, another period than the report's, or neither."""

import re
from bisect import bisect_left
from functools import lru_cache
from typing import Final

from tasks.extract.governors import Sight
from tasks.extract.guards import Words, one_of
from tasks.lexicon import Lexicon

__all__ = ["SectionKinds"]

# 主要任务完成情况 tells how what was planned went.
_WENT: Final = re.compile(
    r"(?:任务|目标|计划|要点|安排|部署|工作)[^，。；、和及与暨]{0,6}(?:完成|执行|落实|进展|推进|开展)情况"
)
# 三、2016年工作开展情况: what was done, though the report's year was taken for the one before
_LOOKS_BACK: Final = re.compile(r"(?:工作|开展|完成|进展|推进|落实|执行|发展|运行)情况|工作(?:回顾|总结|小结|报告)")
# 二、计划：, 下篇 部署: a heading that is nothing else; 部署 inside a longer one mostly says who ordered what.
_NOTHING_ELSE: Final = re.compile(
    r"(?:^|[、．.：）)篇])(?:计划|设想|安排|部署|任务|目标)[：:]?$"
    r"|对策(?:[与和及]?(?:建议|措施))?$|(?:年初|年度|全年|上级|[县区市]里?)(?:确定|下达|制定|提出|安排|定下|的)*(?:目标|任务|计划|指标)$"
)
# 一、围绕重点任务，补齐短板: what is done for an aim, or with it; whether it still is to come the headings above tell.
_FOR_AN_AIM: Final = re.compile(
    r"(?:围绕|聚焦|对照|对标|紧扣|紧盯|锚定|瞄准|理清|厘清|明确|明晰|落实|贯彻|执行|按照|根据|依照|完善|创新|优化|调整|拓宽|转变|咬定|着眼|谋划)"
    r"[^，。；、]{0,8}(?:任务|目标|思路|重点|要点|部署|安排|规划|计划|要求|要点|长远|打算)(?=.*[，；\u3000 ])"
    r"|(?:着眼|备战|立足|面向|放眼|投资|迎接)于?(?:明年|来年|未来|今后|长远)|谋划(?=长远|在前|有方|到位|早|实|深|项目)"
    r"|(?:任务|目标|思路|计划|重点|举措|规划|部署|安排|打算)[^，。；、和及与]{0,4}(?:完成|实现|达成|明确|清晰|明晰|落实|有力|有序|到位|见效)"
)
# （一）生态建设取得新成效 in a part of aims is one of them.
_OF_RESULTS: Final = re.compile(r"成效|取得的|主要工作")
_COUNTED_BELOW: Final = re.compile(r"[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、]")
# 重点任务, 主要目标 without a year: below what looks back, what was set and done
_NO_TIME: Final = re.compile(
    r"重点任务|主要任务|目标任务|工作目标|工作重点|总体要求|指导思想|工作思路|发展目标|发展思路"
)
_TIME_TO_COME: Final = re.compile(r"明年|来年|下一?步|下一?年|下一?阶段|今后|下半年|四季度|新的?一年|未来|20\d\d")
_LABEL: Final = re.compile(r"\s*【(?P<words>[^】\n]{2,20})】")  # 【2021年安排】 opens a paragraph as a heading does
# 造林1100亩（明年续造900亩）: what a figure or a bracket holds opens nothing
_FIRST_WORDS: Final = re.compile(r"[（(【]?(?:(?:19|20)\d\d(?=年)|[^，。；：\n（(\d]){0,24}")
# 2025年度城乡居民医保参保缴费3.62万人 is collected in the year before.
_COLLECTED: Final = re.compile(
    r"20\d\d年度?的?(?:全镇|全乡)?(?:城乡居民|农村居民|城镇居民|居民)?(?:基本)?(?:医|养老保险|合作医疗|新农合|社会保险)[^，。；]{0,12}?(?:缴费|参保|征缴|收缴|筹资)"
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d(?=年)")
# 启动2020年医保收缴 is no part on 2020.
_YEAR_OF_HEADING: Final = re.compile(
    r"(?<!\d)(?!(?<=启动|迎接|备战|筹备|谋划|开展|组织|完成|推进|收缴|申报|储备|办理|争取)20\d\d年(?![^，。]{0,6}(?:工作|打算|安排|计划|思路|目标|任务|重点)))"
    r"(?:19|20)\d\d(?=年|$|[·：）)】 —－~至-]|工作|安排|计划|任务|目标|打算|重点|要点)"
)
# 到“十二五”末, 到2025年: by the end of a plan or a year that is still to come.
_BY_THEN: Final = re.compile(
    r"(?:力争|确保|预计)?[到至](?:了)?(?:“?十(?P<plan>[一二三四五])五”?(?:规划)?期?末|(?P<year>20\d\d)年(?:年?[底末])?)(?![^，。]{0,4}(?:已|实现了))"
)
_BY_THEN_OPENS: Final = ("到", "至", "力争", "确保", "预计")
_END_OF: Final = {"一": 2010, "二": 2015, "三": 2020, "四": 2025, "五": 2030}
# A document that is nothing but plans: 东城街道2009年工作计划.
_TITLE_OF_PLANS: Final = re.compile(
    r"\s*(?![^\n]{0,60}(?:总结|回顾|情况|汇报|报告|述职|小结|[和及与暨、]))[^\n，。；]{0,30}(?:工作(?:计划|安排|要点|打算|思路|部署)|(?:实施|工作|行动)方案)(?:（[^（）\n]{1,8}）)?\s*\n"
)
_NAMED_PAPER: Final = re.compile(r"《[^》]{0,40}》")
# 为使今后管护有人，…: what is still to come is only what it was done for
_FOR_LATER: Final = re.compile(r"[为使](?:使|了|让)?(?:今后|明年|来年|未来|下一?步)")
_SAYS_THIS_YEAR: Final = re.compile(r"今年|本年")
# 下半年 of a report on the whole year is over, 四季度 is to come only in one on the quarters before.
_PART_OF_YEAR: Final = re.compile(r"下半年|四季度")
_TITLE: Final = re.compile(r"\s{0,40}[^\n。；]{0,60}(?:\s{0,4}\n[^\n。；，]{1,40}(?=\n)){0,4}")
_WHOLE_YEAR: Final = re.compile(
    r"20\d\d年度?(?:工作|述职|党建|全[镇乡]|政府|个人)*(?:总结|报告|述职|情况)|政府工作报告|年度(?:工作)?(?:总结|报告)"
)
_HALF_YEAR: Final = re.compile(r"半年|[1一][-—~至到][67六七]月|[67六七]月")
_THREE_QUARTERS: Final = re.compile(r"三个?季度|[1一][-—~至到](?:9|10|11|九|十|十一)月|(?:9|10|九|十)月")
# Where a paragraph turns to what is to come, and back to what is.
_AHEAD: Final = Words(
    ("明年", "来年", "下一步", "下步", "下阶段", "下一阶段", "新的一年", "接下来", "今后", "下半年", "四季度")
)
_TURNS: Final = re.compile(
    r"(?:^|(?<=[。！？\n]))(?:(?P<ahead>(?:明年|来年|下一?步|下一?阶段|新的一年|接下来|今后(?:五年|[几三]年)?|下半年|第?四季度)(?=，|[我全][镇乡旗县]|我们|[要将拟]|计划|力争|继续|重点))"
    r"|(?P<year>20\d\d)年(?=，|[我全][镇乡旗]|我们|[要将拟]|计划|力争)"
    r"|(?P<back>今年|本年|去年|上年|目前|现在|截[至止]|过去|近年|一年来|全年(?![^。]{0,20}[要将])|据统计|上半年|年初|回顾|[^，。；]{0,8}以来))"
)
_AS_IT_IS: Final = re.compile(r"已(?!有的)|目前|截[至止]|现有")
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
            kind = sight.kinds[sentence] = self._kind_at(sight, offset, sentence, year)
        return kind

    def _kind_at(self, sight: Sight, offset: int, sentence: int, year: int | None) -> str:
        scene = sight.scene
        section = scene.section(offset, sentence)
        kind = self.of_section(section, year)
        part = _PART_OF_YEAR.search(section) if kind == "plan" else None
        if part is not None and not self._is_to_come(scene.text, part.group()):
            kind = self.of_section(_PART_OF_YEAR.sub("", section), year)
        if kind == "plan":
            return kind
        start, end = scene.span("line", offset)
        while scene.text.startswith("。", start):
            start += 1  # where （三） or 1. stood
        first = _FIRST_WORDS.match(scene.text, start)
        words = first.group() if first else ""
        if self._plan_starts.stand_in(words) and self._is_to_come(scene.text, words):
            return "plan"
        label = _LABEL.match(scene.text, start) if "【" in words else None
        if label and self.of_section(label["words"], year) == "plan":
            return "plan"
        head = scene.text[sentence : min(offset, sentence + 14)]
        if head.startswith(self._plan_openings) and self._is_to_come(scene.text, head):
            return "plan"
        match = _YEAR.match(head) if head.startswith(("19", "20")) else None
        if match and year is not None and int(match.group()) > year and not _COLLECTED.match(scene.text, sentence):
            return "plan"
        by_then = _BY_THEN.match(scene.text, sentence) if scene.text.startswith(_BY_THEN_OPENS, sentence) else None
        if by_then and year is not None and (int(by_then["year"] or 0) or _END_OF[by_then["plan"]]) > year:
            return "plan"  # 到“十二五”末，财政收入突破3000万元
        if self._goes_on(sight, (start, end), sentence, year):
            return "plan"
        says_this_year = "年" in section and _SAYS_THIS_YEAR.search(section) is not None
        if says_this_year and sight.is_said_later(year) and not self._not_plan.search(section):
            return "plan"  # 二、今年的工作, of a report given in January
        is_of_plans = not kind and _TITLE_OF_PLANS.match(scene.text) is not None
        return "plan" if is_of_plans and not self._not_plan.search(section) else kind

    def _is_to_come(self, text: str, words: str) -> bool:
        """Return whether `words` of a report, of what is mostly still to come, do not look back."""
        if self._not_plan.search(words) or _FOR_LATER.match(words):
            return False
        part = _PART_OF_YEAR.search(words)
        if part is None:
            return True
        title = _TITLE.match(text)
        told = title.group() if title else ""
        if part.group() == "下半年":
            return _WHOLE_YEAR.search(told) is None or _HALF_YEAR.search(told) is not None
        return _THREE_QUARTERS.search(told) is not None

    def _goes_on(self, sight: Sight, line: tuple[int, int], sentence: int, year: int | None) -> bool:
        """Return whether a sentence before in the line turned to what is to come: 明年，造林900亩。新建公厕3座."""
        text = sight.scene.text
        turns = sight.turns_of_line.get(line[0])
        if turns is None:
            turns = []
            if _AHEAD.stand_in(text, *line) or (year is not None and text.find(f"{year + 1}年", *line) >= 0):
                for match in _TURNS.finditer(text, *line):
                    said = match["year"]
                    is_ahead = said is not None and year is not None and int(said) > year
                    is_ahead = is_ahead or bool(match["ahead"] and self._is_to_come(text, match["ahead"]))
                    if is_ahead or match["back"] or said:
                        turns.append((match.start(), is_ahead))
            sight.turns_of_line[line[0]] = turns
        position = bisect_left(turns, (sentence + 1, False)) if turns else 0
        if not position or not turns[position - 1][1]:
            return False
        return _AS_IT_IS.search(text, *sight.scene.span("sentence", sentence)) is None

    def _of_section(self, section: str, year: int | None) -> str:
        headings = section.split(" / ")
        for place in range(len(headings) - 1, -1, -1):
            kind = self._of_heading(headings[place], headings[:place], year)
            if kind != "above":
                return kind
        return ""

    def _of_heading(self, heading: str, above: list[str], year: int | None) -> str:
        """Return `plan`, `other` or '' where `heading` tells it, and `above` where those it stands under do."""
        # （一）新增就业1860人，完成目标任务的116%: a sentence that is numbered, and no heading
        first = heading.split("，", 1)[0]
        words = first if _SAYS_HOW_MANY.search(first) else heading
        if "《" in words[1:]:
            words = _NAMED_PAPER.sub("", words)  # 编制《2024—2026年林业规划》，国土绿化提速
        years = [int(one) for one in _YEAR_OF_HEADING.findall(words)]
        if year is not None and years and min(years) > year and _LOOKS_BACK.search(words) is None:
            return "plan"
        # 2015年和“十二五”工作回顾 is about the report's year too: there only words beside a figure tell.
        is_other = self._other_section.search(words) is not None and year not in years
        aims = _FOR_AN_AIM.sub("", _WENT.sub("完成情况", words))
        is_plan = self._plan_section.search(aims) is not None or _NOTHING_ELSE.search(aims) is not None
        if not is_plan and (self._not_plan.search(words) or _WENT.search(words)):
            if above and _OF_RESULTS.search(words) and _COUNTED_BELOW.match(words) and not years:
                return "above"
            return "other" if is_other else ""
        if is_plan and not self._was_set(words, above, year):
            return "plan"
        return "other" if is_other else "above"

    def _was_set(self, words: str, above: list[str], year: int | None) -> bool:
        """Return whether a numbered heading of aims without a time stands below what looks back: （二）重点任务."""
        return (
            bool(above)
            and _NO_TIME.search(words) is not None
            and _TIME_TO_COME.search(words) is None
            and _COUNTED_BELOW.match(words) is not None
            and any(self._not_plan.search(one) is not None or f"{year}年工作" in one for one in above)
            and all(self.of_section(one, year) != "plan" for one in above)
        )

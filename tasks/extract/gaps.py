"""What stands between a name and its figure: words that only lead from one to the other, and what the rest costs."""

import re
from typing import Final

from tasks.extract.conditions import ASIDE
from tasks.extract.guards import one_of
from tasks.extract.measures import MeasureWords
from tasks.lexicon import Lexicon

__all__ = ["Gaps"]

# What stands between lowers a name's score.
_PER_COMMA: Final = 18.0
_PER_LIST_MARK: Final = 12.0
_SHIFT: Final = 60.0
_REMEMBERED: Final = 8192
_LONGEST_ACT: Final = 6  # letters
_SPIRIT: Final = r"党的[^，。；\d]{1,12}?精神|习近平[^，。；\d]{2,24}?(?:精神|思想)"  # 宣讲党的二十大精神26场次
# 由建党百年时的1684名, 从垫底时的81%: where a figure that moves came from
_CAME_FROM: Final = re.compile(r"(?:由|从)[^，。；、\d]{1,8}(?:时候?|初|末|前|底|期)的?$")
# 龙头企业仅有宏达面粉这1家: which one it is
_ONLY_THIS: Final = re.compile(r"(?:仅有|只有|就|只剩下?|仅剩)[^，。；、\d]{2,8}这$")
_AND_OTHERS: Final = re.compile(r"^(?:[、和及][^、和及，。；]{1,12})+(?:等(?:场所|单位|重点场所|地|处)?)?$")
# 由上届末登记的, 由2012年测报的: where what moves came from, and when
_SINCE_WHEN: Final = re.compile(r"(?:由|从)[^，。；、]{0,12}(?:年|年底|年末|年初|前|末|时|上届)[^，。；、\d]{0,8}的$")


class Gaps:
    """Knows words that say nothing beside leading to a figure; remembers what it was asked."""

    def __init__(self, lexicon: Lexicon, words: MeasureWords) -> None:
        gap = lexicon.words["gap"]
        fillers = sorted(map(re.escape, gap["fillers"]), key=len, reverse=True)
        self._fillers = re.compile(
            rf"在[^，。；、]{{2,16}}(?:基础|底子)上|(?:20\d\d|19\d\d|20[Xx×*_]{{2}})年(?:底|末|度)?|\d{{1,2}}[-—~至到]\d{{1,2}}月(?:底|末|份)?|{_SPIRIT}|连续[一二三四五六七八九十\d]{{1,2}}年|[两三四五六七八九十]年[间里]|\d{{1,2}}月(?:底|末|份)?|[{gap['characters']}]|"
            + "|".join(fillers)
        )
        self._shifts = re.compile("|".join(sorted(map(re.escape, gap["shifts"]), key=len, reverse=True)))
        self._acts = re.compile(rf"(?:{one_of(gap['acts'])}|[\u4e00-\u9fff]{{1,2}}了)(?:{one_of(gap['acts'])})?了?")
        self._words = words
        # Memos by hand: asked for hundreds of times a report, where `lru_cache` takes longer than a look into them.
        self._residues: dict[str, str] = {}
        self._costs: dict[str, tuple[float, int, int]] = {}

    def residue(self, gap: str) -> str:
        """Return what stands in `gap` beside words that only lead to a figure (达到, 共, 面积, 2023年)."""
        found = self._residues.get(gap)
        if found is None:
            if len(self._residues) >= _REMEMBERED:
                self._residues.clear()
            found = self._residues[gap] = self._residue(gap)
        return found

    def _residue(self, gap: str) -> str:
        return self._fillers.sub("", ASIDE.sub("", gap))

    def residue_of_change(self, gap: str) -> str:
        """Return what stands in `gap` beside words leading to a figure, a change (比上年调减) or back (由去年的)."""
        prior = self._words.prior.search(gap)
        if prior is not None:
            return self._residue(gap[: prior.start()])
        to = self._words.to.search(gap)
        if to is not None:
            return self._residue(self._words.lead_rest(gap[: to.start()]))  # 玉米面积调减到12万亩
        return self._residue(self._words.lead_rest(gap)) if self._words.change.search(gap) else self.residue(gap)

    def shifts(self, follow: str) -> bool:
        """Return whether `follow`, right after a name, makes it mean something else (烟叶税, 社员)."""
        return self._shifts.match(follow) is not None

    def tells_what_was_done(self, gap: str) -> bool:
        """Return whether `gap` says beside words that only lead to a figure what was done: 路灯一口气装了860盏."""
        rest = self.residue(gap)
        return len(rest) <= _LONGEST_ACT and self._acts.fullmatch(rest) is not None

    def cost_of(self, gap: str, with_others: bool) -> tuple[float, int, int]:
        """Return what `gap` between a name and its figure costs beside its length, its letters and commas.

        `with_others`: others counted with what is named (、学校、商场等) cost nothing.
        """
        key = f"{gap}\0" if with_others else gap
        found = self._costs.get(key)
        if found is None:
            if len(self._costs) >= _REMEMBERED:
                self._costs.clear()
            found = self._costs[key] = self._weigh(gap, with_others)
        return found

    def _weigh(self, gap: str, with_others: bool) -> tuple[float, int, int]:
        rest = self.residue(gap)
        if rest and (prior := self._words.prior.search(gap)):
            rest = self.residue(gap[: prior.start()])  # 种植规模由上年的8600亩
        if rest and "的" in gap[-1:] and (since := _SINCE_WHEN.search(gap)):
            rest = self.residue(gap[: since.start()])  # 人口由十年前第五次人口普查时的21630人减少到
        if rest and gap.endswith("这") and (only := _ONLY_THIS.search(gap)):
            rest = self.residue(gap[: only.start()])
        if rest and (came := _CAME_FROM.search(gap)):
            rest = self.residue(gap[: came.start()])
        if rest and (to := self._words.to.search(gap)):
            # 工业总产值随之下滑至14.3亿元, 茶园面积受采工紧缺影响减至800亩
            rest = self.residue(self._words.lead_rest(gap[: to.start()]))
        if rest and with_others:
            rest = _AND_OTHERS.sub("", rest)  # 检查企业、学校、商场等860家次
        moved = 0.0
        if rest and self._words.change.search(gap):
            # 存栏同比增310头: a word of change after the name, told apart later as an increase.
            rest, moved = self.residue(self._words.lead_rest(gap)), 4.0
        marks, commas = rest.count("、"), rest.count("，")
        plain = len(rest) - marks - commas
        around = _PER_COMMA * commas + _PER_LIST_MARK * marks + moved
        return around + (_SHIFT if plain and self._shifts.search(rest) else 0.0), plain, commas

"""Which indicator a figure's words name: candidates before and after the number, scored by how directly they stand."""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from expectations.catalogue import Catalogue
from tasks.extract.all_of_them import is_of_figure_before, those_of_all
from tasks.extract.conditions import ASIDE, MEASURED, is_excluded, with_needs
from tasks.extract.measures import MeasureWords
from tasks.extract.mentions import Quantity
from tasks.extract.scene import Hit, Scene
from tasks.lexicon import Alias, Lexicon, UnitWord

__all__ = ["MARGIN", "TARGET_AFTER", "Candidate", "NameFinder", "Zone"]

# Scores: 100 is a name right beside its figure; what stands between costs.
_BASE_BEFORE: Final = 100.0
_BASE_AFTER: Final = 97.0
_PER_LETTER: Final = 2.0
_PER_RESIDUE: Final = 12.0
_PER_COMMA: Final = 18.0
_PER_LIST_MARK: Final = 12.0
_SHIFT: Final = 60.0
_LEAST: Final = 70.0
_LONGEST_NAME: Final = 9  # letters beyond these make a name no better
_REMEMBERED: Final = 8192
_REACH_BEFORE: Final = 44
_REACH_AFTER: Final = 22
_JOINTS: Final = frozenset("、和及与")
# After a figure no name follows one of these: the figure's own words end there. No name begins with one.
_NOT_AFTER: Final = frozenset("，、；。（")
_WORKED_ON: Final = (
    "health.clinics",
    "edu.schools",
    "area.",
    "agri.",
    "party.branches",
    "infra.",
    "env.public_toilets",
)
_ALL_TOLD: Final = re.compile(
    r"全(?:镇|乡|街道|苏木)(?:共?有?\d+个[\u4e00-\u9fff（）]{2,7}[、和])?$"
)  # 全镇36个党支部、1432名党员参加
_TAKES_PART: Final = ("参加", "参与", "出席", "到场")
_OVER_A_SUM: Final = re.compile(r"元(?:及?以上|以下)的$|(?:超|过|突破|达到?)[\d.]*[十百千]?[万亿]元?的?$")
_SUM_ENDS: Final = frozenset("的元万亿")
_LARGE_BY_LAW: Final = (
    "超2000万元的",
    "2000万元以上的",
    "超500万元的",
    "500万元以上的",
    "达2000万元的",
)  # what 规模 means
_OWN_NOUN: Final = re.compile(r"(?!参加|参与|接受|享受|以上|左右|实现|获得|受益|完成)[\u4e00-\u9fff]{2,}")
_BODIES_OF: Final = re.compile(r"[\u4e00-\u9fff、]{0,12}(?:单位|机构|部门|企业|站所|商户)")
_SIZE_AFTER: Final = re.compile(r"\d[\d.]*万?余?(?:亩|公顷|平方米)的")
_THING_DONE: Final = re.compile(
    r"(?!村|社区|行政|项目|工程|任务)[\u4e00-\u9fff]{2,8}(?:项目|工程|任务|实事|活动|问题|事项)"
)
_ITS_PEOPLE: Final = ("户籍", "乡村", "在籍", "年末", "辖区", "全镇", "全乡", "乡镇", "现有", "常住", "街道")
# 各党组织完成30个重点民生项目: what stands after the figure was done by what is named before it.
_DONE_BY: Final = ("完成", "实施", "落实", "开展", "打造", "承办", "推进", "承担", "认领", "解决")
_PLACES: Final = frozenset("村社组乡镇县")
_SPIRIT: Final = r"党的[^，。；\d]{1,12}?精神|习近平[^，。；\d]{2,24}?(?:精神|思想)"  # 宣讲党的二十大精神26场次
# 引进亿元以上项目5个: a threshold between what was attracted and its number.
_ATTRACTED: Final = re.compile(
    r"(?:引进|签约|签订|签定|招引|落地|引入|落户|招商)(?:了|总?投资|固定资产投资|超|过|额|注册)*[\d.]*[十百千]?[万亿]元?(?:及?(?:以上|以下)的?|的)$"
)
_PER: Final = frozenset(
    ("亩平", "户平", "人平", "以上", "以下", "人均", "户均", "村均", "亩均", "每人", "每户", "每亩")
)
TARGET_AFTER: Final = re.compile(r"(?:收入)?(?:任务|目标|计划|指标)(?!完成率)")
_AND_OTHERS: Final = re.compile(r"^(?:[、和及][^、和及，。；]{1,12})+(?:等(?:场所|单位|重点场所|地|处)?)?$")
MARGIN: Final = 12.0  # a rival this near to the winner is kept as a second reading


@dataclass(slots=True, init=False)  # its own __init__ is compiled: a tenth of the time
class Zone:
    """Where a figure's name may stand: `start:lead` before it, `tail:end` after it.

    `listed`: the name is one of a list; words around it belong to the others.
    """

    start: int
    lead: int
    tail: int
    end: int
    listed: bool

    def __init__(self, start: int, lead: int, tail: int, end: int, listed: bool = False) -> None:
        self.start = start
        self.lead = lead
        self.tail = tail
        self.end = end
        self.listed = listed


@dataclass(slots=True, init=False)  # its own __init__ is compiled: a tenth of the time
class Candidate:
    """One reading of a figure's name and how well it fits."""

    score: float
    alias: Alias
    hit: Hit
    is_before: bool
    residue: int

    def __init__(self, score: float, alias: Alias, hit: Hit, is_before: bool, residue: int) -> None:
        self.score = score
        self.alias = alias
        self.hit = hit
        self.is_before = is_before
        self.residue = residue

    @property
    def item(self) -> str:
        """The item that the name itself implies."""
        return self.alias.words if self.alias.item == "=" else self.alias.item


class NameFinder:
    """Scores names; holds only data, safe to share."""

    def __init__(self, catalogue: Catalogue, lexicon: Lexicon, words: MeasureWords) -> None:
        accepts: dict[str, Sequence[str]] = lexicon.words["accepts"]
        self._accepts = {
            one.code: frozenset(accepts.get(one.code) or accepts.get(one.unit) or (one.unit,))
            # 参与党员3400人次: visits are never how many there are.
            - ({"visits"} if one.kind == "stock" and one.code not in accepts else set())
            for one in catalogue
        }
        self._stocks = frozenset(one.code for one in catalogue if one.kind == "stock")
        self._stated = {word for unit in lexicon.units.values() for word in (unit.dimension, unit.unit)}
        gap = lexicon.words["gap"]
        fillers = sorted(map(re.escape, gap["fillers"]), key=len, reverse=True)
        self._fillers = re.compile(
            rf"(?:20\d\d|19\d\d|20[Xx×*_]{{2}})年(?:底|末|度)?|\d{{1,2}}[-—~至到]\d{{1,2}}月(?:底|末|份)?|{_SPIRIT}|连续[一二三四五六七八九十\d]{{1,2}}年|\d{{1,2}}月(?:底|末|份)?|[{gap['characters']}]|"
            + "|".join(fillers)
        )
        self._shifts = re.compile("|".join(sorted(map(re.escape, gap["shifts"]), key=len, reverse=True)))
        self._after_fillers = re.compile("|".join(sorted(map(re.escape, gap["after_fillers"]), key=len, reverse=True)))
        self._verbs_after = tuple(gap["verbs_after"])
        self._words = words
        # Memos by hand: asked for hundreds of times a report, where `lru_cache` takes longer than a look into them.
        self._residues: dict[str, str] = {}
        self._costs: dict[str, tuple[float, int, int]] = {}
        self._codes: defaultdict[str, dict[str, frozenset[str]]] = defaultdict(dict)
        # What a name can mean before a figure, by the figure's unit; filled as names are met.
        self._meanings: defaultdict[tuple[str, str], dict[str, list[Alias]]] = defaultdict(dict)

    def is_stated(self, code: str) -> bool:
        """Return whether some unit of `units.csv` can state the indicator `code`."""
        return not self._accepts[code].isdisjoint(self._stated)

    def fits(self, unit: UnitWord, code: str) -> bool:
        """Return whether a figure in `unit` can state the indicator `code`."""
        return code in self._codes_of(unit.dimension, unit.unit)

    def _codes_of(self, dimension: str, unit: str) -> frozenset[str]:
        """Return the indicators that a figure in `unit` can state."""
        by_unit = self._codes[dimension]
        found = by_unit.get(unit)
        if found is None:
            found = by_unit[unit] = self._find_codes(dimension, unit)
        return found

    def _find_codes(self, dimension: str, unit: str) -> frozenset[str]:
        if dimension == "any":
            return frozenset(code for code, units in self._accepts.items() if units.isdisjoint(("share", "yield")))
        return frozenset(code for code, units in self._accepts.items() if dimension in units or unit in units)

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

    def best(
        self, scene: Scene, q: Quantity, zone: Zone, used: Collection[tuple[str, int]], sentence: int
    ) -> list[Candidate]:
        """Return the candidates for `q`, best first, one per indicator."""
        found: dict[str, Candidate] = {}
        codes = self._codes_of(q.unit.dimension, q.unit.unit)
        meanings = self._meanings[q.unit.dimension, q.unit.unit]
        clause = None
        for hit in scene.hits_between(max(zone.start, zone.lead - _REACH_BEFORE), zone.lead):
            aliases = meanings.get(hit.words)
            if aliases is None:
                aliases = meanings[hit.words] = [
                    one for one in hit.aliases if one.code in codes and one.side != "after"
                ]  # fmt: skip
            if aliases:
                clause = clause or scene.span("clause", q.end)
                self._before(found, scene, q, hit, aliases, zone, used, clause, sentence)
        if scene.text[zone.tail : zone.tail + 1] in _NOT_AFTER:
            return _ranked(found)
        for hit in scene.hits_between(zone.tail, min(zone.end, zone.tail + _REACH_AFTER)):
            aliases = [
                one for one in hit.aliases
                if one.code in codes and (one.side != "before" or self._stands_alone(scene, hit, zone))
            ]  # fmt: skip
            if aliases:
                self._after(found, scene, q, hit, aliases, zone, sentence)
        return _ranked(found)

    def _is_joint(self, scene: Scene, q: Quantity, hit: Hit, alias: Alias) -> bool:
        """Return whether a name is the last of several that share one figure: 低保对象、特困供养人员663户."""
        others = scene.hits_between(max(0, hit.start - 14), hit.start - 1)
        if not others or others[-1].end != hit.start - 1:
            return False
        return any(
            self.fits(q.unit, other.code) and other.code.split(".")[0] == alias.code.split(".")[0]
            for other in others[-1].aliases
            if other.code != alias.code
        ) and not any(other.code == alias.code for other in others[-1].aliases)

    @staticmethod
    def _stands_alone(scene: Scene, hit: Hit, zone: Zone) -> bool:
        """Return whether a name is all that follows its figure: 6280公顷耕地，."""
        text, start = scene.text, zone.tail
        if text.startswith("的", start) and TARGET_AFTER.match(text, hit.end):
            return hit.start == start + 1  # 完成全年5000万元的税收任务
        follow = text[hit.end : hit.end + 1]
        return hit.start == start and hit.end <= zone.end and (not follow or follow in "，。；、和及\n（")

    def _cost_of(self, gap: str, with_others: bool) -> tuple[float, int, int]:
        key = f"{gap}\0" if with_others else gap
        found = self._costs.get(key)
        if found is None:
            if len(self._costs) >= _REMEMBERED:
                self._costs.clear()
            found = self._costs[key] = self._weigh(gap, with_others)
        return found

    def _weigh(self, gap: str, with_others: bool) -> tuple[float, int, int]:
        """Return what `gap` between a name and its figure costs beside its length, its letters and commas.

        `with_others`: others counted with what is named (、学校、商场等) cost nothing.
        """
        rest = self.residue(gap)
        if rest and (prior := self._words.prior.search(gap)):
            rest = self.residue(gap[: prior.start()])  # 种植规模由上年的8600亩
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

    def _before(
        self, found: dict[str, Candidate], scene: Scene, q: Quantity, hit: Hit, aliases: Sequence[Alias], zone: Zone,
        used: Collection[tuple[str, int]], clause: tuple[int, int], sentence: int,
    ) -> None:  # fmt: skip
        """Keep in `found` the candidates that a name before its figure stands for."""
        text = scene.text
        gap = text[hit.end : zone.lead]
        with_others = (q.unit.unit.endswith("次") and (q.unit.unit != "人次" or "等" in gap)) or (
            "等" in gap
            and any(one.code == "party.served_households" and (one.code, hit.start) not in used for one in aliases)
        )
        cost, plain, commas = self._cost_of(gap, with_others)
        base, away = _BASE_BEFORE - _PER_RESIDUE * plain, 0.3 * len(gap)
        if base + _PER_LETTER * _LONGEST_NAME - away - cost < _LEAST:
            return
        if (
            not hit.words.startswith(("固定资产", "高龄津贴", "高龄补贴", "的户"))  # 80周岁以上高龄津贴2136人
            and text[max(0, hit.start - 2) : hit.start] in _PER
            and text[max(0, hit.start - 3)] not in "级模额"
            and _ATTRACTED.search(text, max(0, hit.start - 24), hit.start) is None
        ):
            return
        if _is_over_a_sum(text, hit.start) and not (
            (hit.words.startswith("规") and text.endswith(_LARGE_BY_LAW, 0, hit.start))
            or _ATTRACTED.search(text, max(0, hit.start - 24), hit.start)
        ):
            return  # 总投资5亿元以上的项目仅有1个
        is_place = text[zone.tail : zone.tail + 1] in _PLACES or text.startswith("自然村", zone.tail)
        if commas and q.unit.unit == "个" and is_place:
            return  # 实施供水工程，8个村…: the figure has a noun of its own
        if commas and q.unit.unit == "个" and _SIZE_AFTER.match(text, zone.tail):
            return  # 1000亩的核桃基地，1个280亩的攻关点
        if commas and q.unit.unit == "个" and _BODIES_OF.match(text, zone.tail):
            return  # 10个居委会，辖区内有384个机关企事业单位
        if gap == "、" and q.unit.dimension == "people" and _OWN_NOUN.match(text, zone.tail):
            return  # 40名村干部和党员、20名医务人员: the name is that of the figure before
        if gap.endswith(_DONE_BY) and q.unit.unit == "个" and _THING_DONE.match(text, zone.tail):
            return
        is_item = (
            q.unit.dimension in {"share", "people", "head", "small head"}
            and text[zone.start : zone.start + 1] == "、"
            and hit.start >= zone.start
        )
        if q.unit.dimension == "count" and is_of_figure_before(text, zone.start, hit.start, text[hit.end : zone.lead]):
            return
        is_by_head = q.unit.dimension == "head" and "羊" not in hit.words
        is_joint = not zone.listed and not plain and text[hit.start - 1 : hit.start] in _JOINTS
        for alias in aliases:
            if (alias.code, hit.start) in used:
                continue
            if is_place and q.unit.unit == "个" and alias.code == "project.count":
                continue  # 项目涉及的7个村
            if is_by_head and alias.code.startswith("livestock.sheep_"):
                continue  # 出栏山羊1200头 are sheep, but after 出栏1.1万头 only cattle or pigs
            score = base + _PER_LETTER * min(len(alias.words), _LONGEST_NAME) - away - cost
            if score < _LEAST or self._has_noun(text, q, hit, alias, zone):
                continue
            if is_joint and self._is_joint(scene, q, hit, alias):
                continue
            if alias.needs:
                bare = score - 16 if alias.side == "both" and self._is_bare(text, q, hit, clause) else 0.0
                score = max(bare, with_needs(scene, alias, score, hit, sentence, clause[1], zone.start))
                if score < _LEAST:
                    continue
            if alias.excludes:
                if zone.listed or alias.is_verb:
                    span = zone.start, zone.lead
                else:
                    begin = clause[0] if hit.start >= clause[0] else scene.span("clause", hit.start)[0]
                    if is_item:
                        begin = max(
                            begin, zone.start
                        )  # 养老保险参保率98%、医疗保险参保率97%; 肉牛存栏3200头、生猪出栏1.8万头
                    span = begin, q.end
                if is_excluded(text, *span, alias, sentence, clause[1]):
                    continue
            _keep(found, Candidate(score, alias, hit, True, plain))

    def _has_noun(self, text: str, q: Quantity, hit: Hit, alias: Alias, zone: Zone) -> bool:
        """Return whether a noun of its own stands before a verb, or before an area that needs another: 水貂存栏."""
        if alias.is_verb:
            own = max(zone.start, hit.start - 12, text.rfind("，", zone.start, hit.start) + 1)
            noun = self.residue(text[own : hit.start]).strip("、；年")
            # 生猪年出栏2.8万头: the noun that the verb needs
            return bool(noun) and not any(noun.endswith(word) for group in alias.needs for word in group)
        if alias.words == "人口":  # 返贫人口169户652人: a kind of people
            own = max(
                zone.start, hit.start - 4, *(text.rfind(sign, zone.start, hit.start) + 1 for sign in "，、；（：")
            )
            return bool(self.residue(text[own : hit.start]).strip("、；，辖有口")) and not text.endswith(
                _ITS_PEOPLE, 0, hit.start
            )
        if alias.code == "econ.firms" and alias.words.startswith("企业"):  # 竹企业1家, 加工企业发展到36家: a kind
            own = max(zone.start, hit.start - 6, *(text.rfind(sign, zone.start, hit.start) + 1 for sign in "，、；（"))
            return bool(self.residue(text[own : hit.start]))
        if len(alias.words) == 1 and alias.code.startswith("area."):
            own = max(zone.start, hit.start - 4)  # 山区村9个: a kind of village
            return bool(self.residue(text[own : hit.start]).strip("、；，")[-2:].strip("辖设有共"))
        if alias.needs and alias.words.endswith(MEASURED):
            # 槟榔种植面积: of something else than the grain spoken of before
            own = max(zone.start, hit.start - 12, *(text.rfind(sign, zone.start, hit.start) + 1 for sign in "，："))
            is_half = text[hit.start - 1 : hit.start + 1] == "半年"  # 上半年产量: the year belongs to the half
            begin = hit.start + is_half
            rest = self.residue(text[own:begin]).strip("、；")
            return bool(rest) and not any(word in text[own : q.start] for group in alias.needs for word in group)
        return False

    def _is_bare(self, text: str, q: Quantity, hit: Hit, clause: tuple[int, int]) -> bool:
        """Return whether a clause is nothing but a count with its name (学校5所), which is then a statistic."""
        return (
            q.unit.dimension in {"count", "length"}
            and q.outer_end == clause[1]
            and not text[clause[0] : hit.start].strip("·•●■◆▪※★○◇□►➢√- 　")
            and hit.end == q.outer_start
            and len({one.code for one in hit.aliases if self.fits(q.unit, one.code)}) == 1
        )

    def _after(
        self, found: dict[str, Candidate], scene: Scene, q: Quantity, hit: Hit, aliases: Sequence[Alias], zone: Zone,
        sentence: int,
    ) -> None:  # fmt: skip
        """Keep in `found` the candidates that a name after its figure stands for."""
        text = scene.text
        gap = text[zone.tail : hit.start]
        aliases = those_of_all(aliases, text, q, (zone.start, zone.lead), hit.end, sentence)
        if q.unit.unit == "个" and gap[:3].find("村") >= 0:
            # 16个自然村装上了路灯, 8个村投劳2.6万个
            aliases = [one for one in aliases if not one.code.startswith(("infra.", "party.labour_days"))]
        if gap and (gap[0] in "，、；。（和及" or gap.startswith((".", " ."))):
            return
        if not gap and text[hit.end : hit.end + 1].isdigit() and self._is_named_before(scene, q, zone):
            return  # 骨干企业18家规模企业12家: what stands between two figures is the name of the second
        if text.startswith(_TAKES_PART, hit.end) and not _ALL_TOLD.search(text, max(0, zone.lead - 14), zone.lead):
            aliases = [one for one in aliases if one.code not in self._stocks]  # 230名残疾人参加活动
        if text[zone.lead - 1 : zone.lead] == "对":
            aliases = [one for one in aliases if not one.code.startswith(_WORKED_ON)]  # 对4所村卫生室进行维修
        rest = self._after_fillers.sub("", gap)
        follow = text[hit.end : hit.end + 4]
        is_open = follow and "\u4e00" <= follow[0] <= "\u9fff" and not follow.startswith(self._verbs_after)
        first = max(scene.span("clause", q.start)[0], q.outer_start - 12)
        last = min(hit.end + 4, scene.span("clause", hit.end)[1])
        for alias in aliases:
            score = (
                _BASE_AFTER
                + _PER_LETTER * min(len(alias.words), _LONGEST_NAME)
                - 5.0 * len(rest)
                - 40 * rest.count("，")
            )
            score -= 30 * ("、" in rest)
            if is_open:
                score -= 16
            if score < _LEAST or is_excluded(
                text, first, last, alias, sentence, scene.span("clause", hit.end)[1], hit.end
            ):
                continue
            needed = max(
                hit.end + (12 if alias.code == "area.villages" else 8),
                min(hit.end + 24, scene.span("clause", hit.end)[1]),
            )
            score = with_needs(scene, alias, score, hit, sentence, needed, zone.start)
            if score >= _LEAST:
                _keep(found, Candidate(score, alias, hit, False, len(rest)))

    def _is_named_before(self, scene: Scene, q: Quantity, zone: Zone) -> bool:
        """Return whether the name of something that `q` could count ends right before it."""
        hits = scene.hits_between(max(zone.start, zone.lead - _LONGEST_NAME), zone.lead)
        last = hits[-1] if hits and hits[-1].end == zone.lead and hits[-1].start > zone.start else None
        return (
            last is not None
            and not last.words.startswith("全")
            and any(self.fits(q.unit, alias.code) for alias in last.aliases)
        )


def _is_over_a_sum(text: str, name: int) -> bool:
    """Return whether a sum to be exceeded (5亿元以上的) stands right before `name`."""
    return text[name - 1 : name] in _SUM_ENDS and _OVER_A_SUM.search(text, max(0, name - 12), name) is not None


def _keep(found: dict[str, Candidate], candidate: Candidate) -> None:
    other = found.get(candidate.alias.code)
    if other is None or other.score < candidate.score:
        found[candidate.alias.code] = candidate


def _ranked(found: dict[str, Candidate]) -> list[Candidate]:
    ranked = list(found.values())
    return sorted(ranked, key=lambda one: -one.score) if len(ranked) > 1 else ranked

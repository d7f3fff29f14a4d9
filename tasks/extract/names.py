"""Which indicator a figure's words name: candidates before and after the number, scored by how directly they stand."""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final

from expectations.catalogue import Catalogue
from tasks.extract.all_of_them import those_of_all
from tasks.extract.candidates import Candidate, Zone, keep, ranked
from tasks.extract.conditions import is_excluded, is_of_other_things, with_needs
from tasks.extract.gaps import Gaps
from tasks.extract.measures import MeasureWords
from tasks.extract.names_of_others import (
    all_take_part,
    counts_places,
    has_noun,
    is_of_another,
    is_taking_part,
    without_served,
)
from tasks.extract.quantities import Quantity
from tasks.extract.scene import Hit, Scene
from tasks.lexicon import Alias, Lexicon, UnitWord

__all__ = ["TARGET_AFTER", "NameFinder"]

# Scores: 100 is a name right beside its figure; what stands between costs (gaps.py).
_BASE_BEFORE: Final = 100.0
_BASE_AFTER: Final = 97.0
_PER_LETTER: Final = 2.0
_PER_RESIDUE: Final = 12.0
_ACT: Final = 6.0  # what was done stands between
_LEAST: Final = 70.0
_LONGEST_NAME: Final = 9  # letters beyond these make a name no better
_REACH_BEFORE: Final = 44
_REACH_AFTER: Final = 22
_JOINTS: Final = frozenset("、和及与")
# After a figure no name follows one of these: the figure's own words end there. No name begins with one.
_NOT_AFTER: Final = frozenset("，、；。（")
_NOT_BETWEEN: Final = frozenset("，、；。（和及")
_ITEMS: Final = frozenset(
    {"share", "people", "households", "head", "small head"}
)  # of lists whose every part has a name of its own
_TAKES: Final = frozenset({"占", "占到", "占了"})
_PLACES_HAVE: Final = re.compile(
    r"(?:行政)?村(?:都|均|全都?|个个|村村)*(?:有了|建了|建起了?|通了|用上了?|装上了?|办起了?)"
)
_DONE_VERBS: Final = ("竣工", "完工", "开工", "投产", "建成")
TARGET_AFTER: Final = re.compile(r"(?:收入)?(?:任务|目标|计划|指标)(?!完成率)")


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
        self._after_fillers = re.compile("|".join(sorted(map(re.escape, gap["after_fillers"]), key=len, reverse=True)))
        self._verbs_after = tuple(gap["verbs_after"])
        self.gaps = Gaps(lexicon, words)
        self._codes: defaultdict[str, dict[str, frozenset[str]]] = defaultdict(dict)
        # What a name can mean before a figure, by the figure's unit; filled as names are met.
        self._meanings: defaultdict[tuple[str, str], dict[str, list[Alias]]] = defaultdict(dict)

    def is_stated(self, code: str) -> bool:
        """Return whether some unit of `units.csv` can state the indicator `code`."""
        return not self._accepts[code].isdisjoint(self._stated)

    def fits(self, unit: UnitWord, code: str) -> bool:
        """Return whether a figure in `unit` can state the indicator `code`."""
        return code in self._codes_of(unit.dimension, unit.unit)

    def has_any(self, unit: UnitWord) -> bool:
        """Return whether a figure in `unit` can state any indicator."""
        return bool(self._codes_of(unit.dimension, unit.unit))

    def is_stock(self, code: str) -> bool:
        """Return whether `code` is what there is at a time, so that new ones are an increase of it."""
        return code in self._stocks

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
            return ranked(found)
        for hit in scene.hits_between(zone.tail, min(zone.end, zone.tail + _REACH_AFTER)):
            aliases = [
                one for one in hit.aliases
                if one.code in codes and (one.side != "before" or self._stands_alone(scene, hit, zone))
            ]  # fmt: skip
            if aliases:
                self._after(found, scene, q, hit, aliases, zone, sentence)
        return ranked(found)

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
        if text.startswith("的", start) and hit.start == start + 1 and text.startswith("面积上", hit.end - 2):
            return True  # 4600亩的水产养殖面积上
        follow = text[hit.end : hit.end + 1]
        return hit.start == start and hit.end <= zone.end and (not follow or follow in "，。；、和及\n（")

    def _before(
        self, found: dict[str, Candidate], scene: Scene, q: Quantity, hit: Hit, aliases: Sequence[Alias], zone: Zone,
        used: Collection[tuple[str, int]], clause: tuple[int, int], sentence: int,
    ) -> None:  # fmt: skip
        """Keep in `found` the candidates that a name before its figure stands for."""
        text = scene.text
        gap = text[hit.end : zone.lead]
        if gap in _TAKES and q.unit.dimension != "share":
            gap = ""  # 草场面积占3600亩: so much of the whole it is
        cost, plain, commas = self.gaps.cost_of(gap, _counts_with_others(q, gap, hit, aliases, used))
        base, away = _BASE_BEFORE - _PER_RESIDUE * plain, 0.3 * len(gap)
        of_flows = _BASE_BEFORE - _ACT if plain and self.gaps.tells_what_was_done(gap) else base
        if of_flows + _PER_LETTER * _LONGEST_NAME - away - cost < _LEAST or is_of_another(text, q, hit, zone, commas):
            return
        of_places = counts_places(text, q, zone.tail)
        is_by_head = q.unit.dimension == "head" and "羊" not in hit.words
        is_joint = not zone.listed and not plain and text[hit.start - 1 : hit.start] in _JOINTS
        for alias in aliases:
            if (alias.code, hit.start) in used:
                continue
            if of_places and alias.code == "project.count":
                continue  # 项目涉及的7个村
            if is_by_head and alias.code.startswith("livestock.sheep_"):
                continue  # 出栏山羊1200头 are sheep, but after 出栏1.1万头 only cattle or pigs
            score = base if self.is_stock(alias.code) else of_flows
            score += _PER_LETTER * min(len(alias.words), _LONGEST_NAME) - away - cost
            if score < _LEAST or has_noun(self.gaps, text, q, hit, alias, zone):
                continue
            if is_joint and self._is_joint(scene, q, hit, alias):
                continue
            if alias.needs:
                is_bare = alias.side == "both" and self._is_bare(text, q, hit, clause)
                bare = score - 16 if is_bare and not is_of_other_things(text, alias, sentence, hit.start) else 0.0
                score = max(bare, with_needs(scene, alias, score, hit, sentence, clause[1], zone.start))
                if score < _LEAST:
                    continue
            if alias.excludes and _is_excluded_before(scene, q, hit, alias, zone, clause, sentence):
                continue
            keep(found, Candidate(score, alias, hit, True, plain))

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
        if gap and (gap[0] in _NOT_BETWEEN or gap.startswith((".", " ."))):
            return
        if not gap and text[hit.end : hit.end + 1].isdigit() and self._is_named_before(scene, q, zone):
            return  # 骨干企业18家规模企业12家: what stands between two figures is the name of the second
        if hit.words.endswith(_DONE_VERBS) and text[hit.end : hit.end + 1].isdigit():
            return  # 26个项目竣工21个: the verb tells the second
        if any(one.code == "project.completed" for one in aliases) and counts_places(text, q, zone.tail):
            return  # 6个村的改水工程已完工
        if text[zone.tail : zone.tail + 1] in {"村", "行"} and _PLACES_HAVE.match(text, zone.tail):
            aliases = [one for one in aliases if one.code.startswith("area.")]  # 13个村都有了卫生室
        aliases = those_of_all(aliases, text, q, (zone.start, zone.lead), hit.end, sentence)
        aliases = without_served(aliases, text, q, zone, hit.start)
        if is_taking_part(text, zone.lead, hit.end):
            aliases = [one for one in aliases if one.code not in self._stocks]
        rest = self._after_fillers.sub("", gap)
        follow = text[hit.end : hit.end + 4]
        is_open = follow and "\u4e00" <= follow[0] <= "\u9fff" and not follow.startswith(self._verbs_after)
        first = max(scene.span("clause", q.start)[0], q.outer_start - 12)
        end = scene.span("clause", hit.end)[1]
        reach = hit.end if all_take_part(text, zone.lead, hit.end) else min(hit.end + 4, end)
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
            if score < _LEAST or is_excluded(text, first, reach, alias, sentence, end, hit.end):
                continue
            needed = max(hit.end + (12 if alias.code == "area.villages" else 8), min(hit.end + 24, end))
            score = with_needs(scene, alias, score, hit, sentence, needed, zone.start)
            if score >= _LEAST:
                keep(found, Candidate(score, alias, hit, False, len(rest)))

    def _is_named_before(self, scene: Scene, q: Quantity, zone: Zone) -> bool:
        """Return whether the name of something that `q` could count ends right before it."""
        hits = scene.hits_between(max(zone.start, zone.lead - _LONGEST_NAME), zone.lead)
        last = hits[-1] if hits and hits[-1].end == zone.lead and hits[-1].start > zone.start else None
        return (
            last is not None
            and not last.words.startswith("全")
            and any(self.fits(q.unit, alias.code) for alias in last.aliases)
        )


def _counts_with_others(
    q: Quantity, gap: str, hit: Hit, aliases: Sequence[Alias], used: Collection[tuple[str, int]]
) -> bool:
    """Return whether `q` counts what a name before it says and others named after it: 检查企业、学校、商场等860家次."""
    has_more = "等" in gap
    if q.unit.unit.endswith("次") and (q.unit.unit != "人次" or has_more):
        return True
    return has_more and any(
        one.code == "party.served_households" and (one.code, hit.start) not in used for one in aliases
    )


def _is_excluded_before(
    scene: Scene, q: Quantity, hit: Hit, alias: Alias, zone: Zone, clause: tuple[int, int], sentence: int
) -> bool:
    """Return whether a word that makes a name before `q` mean something else stands beside it."""
    if zone.listed or alias.is_verb:
        return is_excluded(scene.text, zone.start, zone.lead, alias, sentence, clause[1])
    begin = clause[0] if hit.start >= clause[0] else scene.span("clause", hit.start)[0]
    # 养老保险参保率98%、医疗保险参保率97%; 肉牛存栏3200头、生猪出栏1.8万头
    if q.unit.dimension in _ITEMS and hit.start >= zone.start and scene.text[zone.start : zone.start + 1] == "、":
        begin = max(begin, zone.start)
    return is_excluded(scene.text, begin, q.end, alias, sentence, clause[1])

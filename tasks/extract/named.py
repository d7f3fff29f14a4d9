"""Figures that their own words name: the best candidate, an item of a general indicator, or what a list is about."""

import re
from collections.abc import Collection, Sequence
from typing import Final

from tasks.extract.ahead import named_ahead
from tasks.extract.candidates import MARGIN, Candidate
from tasks.extract.crop_areas import area_of_yield, is_crop_yield
from tasks.extract.items import ItemFinder
from tasks.extract.names import NameFinder
from tasks.extract.owners import is_of_one_firm, is_of_one_site, is_of_one_village, is_of_some_farms, is_of_some_firms
from tasks.extract.quantities import Quantity
from tasks.extract.rates import RateReader
from tasks.extract.readings import Reading
from tasks.extract.scene import Scene
from tasks.extract.siblings import before_aside
from tasks.extract.stating import MeasureReader
from tasks.extract.topics import TopicFinder
from tasks.lexicon import Lexicon

__all__ = ["NamedReader"]

# 居住着壮、瑶、汉等民族，5436户
_LIVING: Final = re.compile(
    r"，?(?:共|聚|杂|世)?居住?(?:生活)?着?[\u4e00-\u9fff、]{1,20}?等(?:多个|各)?(?:少数)?民族(?:群众|同胞)?(?=，)"
)
_PER_ONE: Final = re.compile(r"户均|人均|平均")
_ALL_OF_IT: Final = re.compile(
    r"(?:(?:20\d\d年)?[年期]?[末底]|(?:[年期][末底])?(?:全[镇乡]|全街道|全苏木|辖区|[镇乡街]内))(?:现有|共有?|总共有?|目前有|有)?"
)
_HAS: Final = frozenset({"有", "共有", "现有", "总共有"})
_MANY: Final = 1000
_NO_INCOME_OF_ONE: Final = 1_000_000  # 元: more than anyone has in a year
_FEW: Final = 100
_OF_A_TOWNSHIP: Final = frozenset({"pop.households", "pop.total"})
_SMALLER: Final = re.compile(r"村|社区|小区|组|项目|贫困|脱贫|受益|受灾|其中")
_THEN_PEOPLE: Final = re.compile(r"[、，]?\d[\d.]*万?余?口?人(?!次|脱贫|监测|贫困|低保|搬迁|受益|实现|的)")
# 辖3个村，8名工作队员; 145个村民小组2151户贫困户: they have a noun of their own.
_OTHERS: Final = re.compile(
    r"(?!居民|农户|村民|牧民|群众|人家|人口|居住|聚居|左右|以上|多|齐心|同心|团结|共同|父老)[\u4e00-\u9fff“]{2}"
)
_PLACES: Final = frozenset({"area.villages", "area.village_groups", "area.communities", "pop.households"})
# 全镇现有8.7万亩耕地，1.53万人: a township told by its land and its people
_VILLAGES_IN_WORDS: Final = re.compile(
    r"(?:全[镇乡]|辖)(?:[一二三四五六七八九十]+个?(?:行政)?(?:村|居|社区|场)){1,2}，(?:\d+户、?)?$"
)
_LANDS: Final = frozenset({"land.cultivated", "area.total"})
_PEOPLES: Final = re.compile(r"(?:少数)?民族")  # 居住着藏、蒙古、汉3个民族412户1986人


class NamedReader:
    """Reads a figure by the name that its words give it; holds only data."""

    def __init__(
        self, lexicon: Lexicon, names: NameFinder, items: ItemFinder, rates: RateReader, stating: MeasureReader
    ) -> None:
        self._names = names
        self._items = items
        self._rates = rates
        self._stating = stating
        self._topics = TopicFinder(lexicon, names)

    def read(
        self, scene: Scene, reading: Reading, own: str, clause: int, used: Collection[tuple[str, int]], sentence: int,
        before: list[Reading],
    ) -> Reading:  # fmt: skip
        """Read a figure by its name: `own` are the words before it, `before` the figures of its sentence so far."""
        q = reading.quantity
        candidates = self._names.best(scene, q, reading.zone, used, sentence)
        best = candidates[0].score if candidates else 0.0
        if is_crop_yield(scene, q, reading.zone):
            return reading.refuse("yield of one crop")
        generic = self._items.generic(scene, q, reading.zone, sentence, best, before_aside(scene.text, before))
        if generic is None and before and before[-1].reason == "yield of one crop":
            generic = area_of_yield(scene, q, reading.zone)
        if generic is not None:
            reading.rivals = candidates[:1]
            reading.take(generic.code, "level", generic.item, generic.rule, generic.confidence)
            self._stating.measure_of(scene, reading, own, clause, None)
            return reading
        if not candidates or candidates[0].alias.needs:
            topic = self._topics.find(scene, q, reading.zone)
            if topic is not None and (not candidates or topic[0].startswith("agri.")):
                reading.rivals = candidates[:1]
                reading.take(topic[0], "level", topic[1], "topic", 0.85)
                self._stating.measure_of(scene, reading, own, clause, None)
                return reading
        ahead = named_ahead(scene, q, sentence, self._names) if not candidates and not before else None
        if ahead is not None:
            reading.named = ahead
            return reading.take(ahead.alias.code, "level", ahead.item, "ahead", 0.85)
        if not candidates:
            self._population(scene, reading, own, before)
        elif self.take_best(scene, reading, candidates, before):
            reading.negative = q.stated_value.startswith("-")  # 自然增长率为-2.7‰
            self._stating.measure_of(scene, reading, own, clause, candidates[0], before)
            reading.item = self._items.item_for(scene, q, reading.zone, candidates[0], before)
        return reading

    def topic_of_rate(self, scene: Scene, reading: Reading) -> Reading | None:
        """Read a rate whose own clause names nothing by what the clause before is about: 整改率补上来了：去年92.4%."""
        topic = self._topics.find(scene, reading.quantity, reading.zone)
        return None if topic is None else reading.take(topic[0], "level", topic[1], "topic", 0.85)

    @staticmethod
    def take_best(scene: Scene, reading: Reading, candidates: list[Candidate], before: Sequence[Reading] = ()) -> bool:
        """Read a figure as the level of its best name; return False where that is one village's or firm's alone."""
        found = reading.named = candidates[0]
        if found.alias.code.startswith("income.") and (reading.quantity.value or 0) >= _NO_INCOME_OF_ONE:
            reading.refuse("no income of one")  # 农民纯收入9600万元
            return False
        alone = _owner_of(scene, reading, found, before)
        if alone:
            reading.refuse(alone)
            return False
        reading.rivals = [one for one in candidates[1:] if one.score >= found.score - MARGIN]
        confidence = 0.97 if found.residue == 0 and found.score >= 96 else 0.9 if found.score >= 88 else 0.8
        if reading.rivals:
            confidence = round(confidence - 0.05, 2)
        rule = "name_before" if found.is_before else "name_after"
        reading.take(found.alias.code, "level", found.item, rule, confidence)
        return True

    def _population(self, scene: Scene, reading: Reading, own: str, before: Sequence[Reading]) -> None:
        """Read 96个组，3872户14560人: the households and people of the villages just counted, which nothing names.

        全乡3955户、14566人 are those of all.
        """
        q = reading.quantity
        if _PER_ONE.search(own) or _OTHERS.match(scene.text, q.outer_end):
            return
        code = {"households": "pop.households", "people": "pop.total"}.get(q.unit.dimension)
        # 全乡九村一居，3210户，11860口人: villages that no figure counts
        is_of_villages = (
            q.value is not None
            and q.value >= _MANY
            and _VILLAGES_IN_WORDS.search(scene.text, max(0, q.outer_start - 20), q.outer_start)
        )
        if code and is_of_villages:
            reading.take(code, "level", "", "population", 0.85)
            return
        is_of_all = _ALL_OF_IT.fullmatch(own) is not None or (own in _HAS and self._is_township(scene, q))
        if code == "pop.households" and is_of_all and _THEN_PEOPLE.match(scene.text, q.outer_end):
            reading.take(code, "level", "", "population", 0.85)
            return
        last = before[-1].named if before else None
        if last is not None and not last.is_before and before[-1].quantity.outer_end <= last.hit.start:
            own = _LIVING.sub("", scene.text[last.hit.end : q.outer_start])
        if before and before[-1].quantity.unit.unit == "个":
            own = _PEOPLES.sub("", own, 1)
        is_of_place = any(one.code in _PLACES for one in before[-2:]) or (
            bool(before) and before[-1].code in _LANDS and q.value is not None and q.value >= _MANY
        )
        if code and is_of_place and not self._rates.rest(own).lstrip("；").removeprefix("常住"):
            reading.take(code, "level", "", "population", 0.85)

    @staticmethod
    def _is_township(scene: Scene, q: Quantity) -> bool:
        """Return whether households that a clause only has (2001年，有28115户、6.5万人) are those of a township."""
        start = scene.span("sentence", q.start)[0]
        return q.value is not None and q.value >= _MANY and _SMALLER.search(scene.text, start, q.start) is None


def _owner_of(scene: Scene, reading: Reading, found: Candidate, before: Sequence[Reading]) -> str:
    """Return why a name stands for some village's, firm's or farm's own figure, or ''."""
    code, name = found.alias.code, found.hit.start
    # 总人口-5人 stays in doubt, and is not refused.
    is_signed = scene.text[max(0, reading.quantity.start - 1) : reading.quantity.start] in {"-", "－", "−"}
    if code in _OF_A_TOWNSHIP and 0 < (reading.quantity.value or 0) < _FEW and not is_signed:
        return "too few to be all of a township"  # 一条沟里只住着三四户人家
    if is_of_one_village(scene, code, name):
        return "of one village"
    if is_of_one_site(scene.text, code, reading.place.segment[0], name):
        return "of one place"
    if is_of_some_firms(scene, code, found.hit.words, name):
        return "of some firms"
    if is_of_some_farms(scene.text, code, before, name):
        return "of some farms"
    return "of one firm" if is_of_one_firm(scene.text, reading, code, name, before) else ""

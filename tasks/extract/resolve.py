"""From quantities to facts: which indicator, which measure, which item; one reading per figure, with its rule."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from expectations.catalogue import Catalogue
from tasks.domain.facts import Measure
from tasks.domain.periods import ReportPeriod
from tasks.extract.bodies import refuse_of_bodies
from tasks.extract.continuation import noun_behind, was_before
from tasks.extract.going_on import GoingOn
from tasks.extract.items import ItemFinder
from tasks.extract.list_changes import ListChanges
from tasks.extract.lists import NameLists
from tasks.extract.measures import MeasureWords
from tasks.extract.mentions import Quantity
from tasks.extract.names import MARGIN, Candidate, NameFinder
from tasks.extract.of_which import tell_of_which
from tasks.extract.own_years import goes_on_in_a_year
from tasks.extract.parts import refuse_told_parts
from tasks.extract.rates import RateReader
from tasks.extract.readings import Reading
from tasks.extract.refusals import Refusals
from tasks.extract.scene import AliasIndex, Scene
from tasks.extract.scopes import Scopes
from tasks.extract.siblings import before_aside
from tasks.extract.some import is_of_one_firm, is_of_one_village, is_of_some_farms, is_of_some_firms
from tasks.extract.stating import MeasureReader
from tasks.extract.topics import TopicFinder
from tasks.extract.wholes import Wholes
from tasks.extract.zeros import ZeroStatement, find_zero_statements, firms_there_are_none_of
from tasks.extract.zones import ASIDE_ENDS, zones_of
from tasks.lexicon import Lexicon

__all__ = ["Resolver"]

_ASIDE: Final = re.compile(r"[（(\[【][^（()）\]】]*[）)\]】]")
_SLOWED: Final = re.compile(
    r"增[幅速](?:回落|收窄|放缓|下降|提高|回升|扩大|加快|提升)?(?:到|至|为|实现)$|(?:^|(?<=[，、（比年期]))长$"
)  # 比上年长14.6%
_NEWLY_BUILT: Final = re.compile(r"新建|新设|新成立|组建")
_HELD: Final = re.compile(r"(?:继续)?(?:保持|实现|取得|达到|维持)(?:在|了)?(?:年均)?$")
_THEN_GROWTH: Final = re.compile(r"(?:以上|左右)?的?(?:年均)?(?:增长|增速|增幅)(?!点|极|率)")
_OF_PROJECT: Final = re.compile(r"占(?:项目|工程|计划)?(?:总投资|概算|总工程量|工程总量|投资总额)")
_DONE_OF_IT: Final = re.compile(r"(?:完成|累计|已)投资")
_ABOUT: Final = ("约", "大约")
_TOGETHER: Final = re.compile(r"[两三四五]项|[两三四五]者|合计|共占|共同")
# 60岁以上老人4860人，占总人口的18.6%
_OF_THE_OLD: Final = re.compile(
    r"(?:6[05]周?岁(?:及)?以上的?(?:老年人口|老年人|老人|人口|群众)|老年人口|老龄人口)(?:共|有|达到?|约|近)*\d[\d.,]*万?余?[人名]"
    r"[，、]占(?:全[镇乡]|全街道|户籍|常住|总|的)*人口(?:总数)?的?(?:比重|比例)?(?:的|为|达到?)*$"
)
# 居住着壮、瑶、汉等民族，5436户
_LIVING: Final = re.compile(
    r"，?(?:共|聚|杂|世)?居住?(?:生活)?着?[\u4e00-\u9fff、]{1,20}?等(?:多个|各)?(?:少数)?民族(?:群众|同胞)?(?=，)"
)
# 财政收入不足全县的4%
_OF_COUNTY: Final = re.compile(r"(?:(?P<less>不足|不到)|仅为|仅有|只有|相当于)全[县市省区州旗](?:总量|总数|总额)?的$")
_PER_ONE: Final = re.compile(r"户均|人均|平均")
# 民生支出6120万元，占财政支出1.02亿元的60%: a share of what is named before 占, and not of the whole
_OF_A_WHOLE: Final = re.compile(r"(?P<part>[^，。；\d]{0,12}?)占(?![^，。；]*(?:任务|计划|目标))[^，。；\d]{0,8}")
# 比2005年的3105元翻了一番: how many times what it was years ago, and no growth of the year
_OF_YEARS_AGO: Final = re.compile(r"[比较](?:(?:19|20)\d\d年|[两三四五六八十几]年前|上届)[^，。；]{0,20}$")
_COMPARED: Final = re.compile(r"(?:同比|环比)\+?$")
_BEYOND: Final = re.compile(r"超(?!额)")
_ALL_OF_IT: Final = frozenset({"全镇", "全乡", "全街道", "全苏木", "全镇共", "全乡共", "全镇共有", "全乡共有", "辖区"})
_HAS: Final = frozenset({"有", "共有", "现有", "总共有"})
_MANY: Final = 1000
_SMALLER: Final = re.compile(r"村|社区|小区|组|项目|贫困|脱贫|受益|受灾|其中")
_THEN_PEOPLE: Final = re.compile(r"[、，]?\d[\d.]*万?余?口?人(?!次|脱贫|监测|贫困|低保|搬迁|受益|实现|的)")
# 辖3个村，8名工作队员; 145个村民小组2151户贫困户: they have a noun of their own.
_OTHERS: Final = re.compile(r"(?!居民|农户|村民|牧民|群众|人家|人口|居住|聚居|左右|以上|多)[\u4e00-\u9fff“]{2}")
_PLACES: Final = frozenset({"area.villages", "area.village_groups", "area.communities", "pop.households"})


class Resolver:
    """Reads quantities in their scene; holds only data, safe to share."""

    def __init__(self, catalogue: Catalogue, lexicon: Lexicon, index: AliasIndex) -> None:
        self._catalogue = dict(catalogue.indicators)
        self._words = MeasureWords(lexicon)
        self.names = NameFinder(catalogue, lexicon, self._words)
        self._items = ItemFinder(lexicon, self.names)
        self._lists = NameLists(index, self.names, self._words, self._items)
        self._changes = ListChanges(self.names, self._words)
        self._rates = RateReader(catalogue, lexicon, self.names, self._words)
        self._going_on = GoingOn(catalogue, lexicon, self.names, self._words, self._rates)
        self._topics = TopicFinder(lexicon, self.names)
        self._scopes = Scopes(catalogue, lexicon)
        self._refusals = Refusals(lexicon)
        self._stating = MeasureReader(catalogue, self._words)
        self._wholes = Wholes(lexicon)

    def resolve(
        self, scene: Scene, quantities: Sequence[Quantity], year: int | None, period: ReportPeriod | None = None
    ) -> list[Reading]:
        """Return one reading per quantity, in order; `year` is the report's, `period` its period, where known."""
        sentences: dict[tuple[int, int], list[Quantity]] = {}
        sentence = (0, -1)
        for one in quantities:
            if one.start >= sentence[1]:
                sentence = scene.span("sentence", one.start)
            sentences.setdefault(sentence, []).append(one)
        scene.find_names(list(sentences))
        readings: list[Reading] = []
        for (start, end), held in sentences.items():
            readings += self._sentence(scene, held, start, end, readings[-1] if readings else None)
        self._scopes.settle(scene, readings, year, period)
        refuse_of_bodies(scene, readings)
        self._wholes.refuse_parts(scene, readings)
        refuse_told_parts(scene, readings)
        return readings

    def zeros(self, scene: Scene, year: int | None) -> list[ZeroStatement]:
        """Return the statements that something did not happen, in order; those of plans are plans."""
        return [
            replace(one, measure="plan") if self._scopes.is_plan(scene, one.end - 1, year) else one
            for one in find_zero_statements(scene) if one.code in self._catalogue
        ]  # fmt: skip

    # --- a sentence ---------------------------------------------------------------------------------------------

    def _sentence(
        self, scene: Scene, quantities: Sequence[Quantity], start: int, end: int, before: Reading | None
    ) -> list[Reading]:
        places = [scene.place(q.start) for q in quantities]
        zones = zones_of(scene, quantities, places)
        chain = [Reading(q, zones[at], places[at]) for at, q in enumerate(quantities)]
        listed, pending = self._lists.distribute(scene, chain, start)
        used: set[tuple[str, int]] = set()
        for position, reading in enumerate(chain):
            if position in pending and self._changes.continues(scene, chain, pending[position], start):
                listed |= set(pending[position])
            if position not in listed:
                self._read(scene, reading, chain[:position], chain[position + 1 :], used, start, before)
            reading.has_mention = reading.quantity.stated_value != "零"
            tell_of_which(scene, reading, chain[position - 1] if position else None, self._catalogue)
            if reading.named is not None and reading.measure not in {"growth_pct", "share_pct", "completion_pct"}:
                used.add((reading.named.alias.code, reading.named.hit.start))
        twins = [(position, self._lists.twin_of(scene, one)) for position, one in enumerate(chain) if one.named]
        for position, twin in reversed(twins):
            if twin is not None:
                chain.insert(position + 1, twin)
        return chain

    # --- one figure ---------------------------------------------------------------------------------------------

    def _read(
        self, scene: Scene, reading: Reading, before: list[Reading], after: list[Reading],
        used: set[tuple[str, int]], sentence: int, earlier: Reading | None,
    ) -> Reading:  # fmt: skip
        q, text = reading.quantity, scene.text
        previous = before[-1] if before else None
        if previous is not None and self._going_on.is_second_unit(text, q, previous):
            return reading.refuse("second unit")
        if text[q.start] in "没无" and (code := firms_there_are_none_of(scene, q)):
            return reading.take(code, "level", "", "none", 0.9)  # 没有一家规上企业
        reason = "zero of nothing named" if text[q.start] in "无没未" else self._refusals.reason(scene, q)
        if reason:
            return reading.refuse(reason)
        if previous is not None and self._going_on.is_reason(text, reading, previous):
            before = before[:-1]  # 由于上年两个大项目集中竣工，下降11.5%: of what the clause before the reason says
            previous = before[-1] if before else None
        clause = reading.place.clause[0]
        own_start = max(clause, previous.quantity.outer_end if previous else 0)
        if previous is not None and reading.zone.start < previous.quantity.start < reading.zone.lead:
            # The figure before stood in a bracket: what goes on goes on about the words before the bracket.
            before = [one for one in before if one.quantity.outer_end <= reading.zone.start]
            previous = before[-1] if before else None
            own_start = max(clause, reading.zone.start)
        own = text[own_start : q.outer_start]
        if ASIDE_ENDS.stand_in(own):
            own = _ASIDE.sub("", own)
        subject = self._going_on.subject(before, q, own, earlier)
        if q.unit.dimension in {"share", "points", "times"}:
            return self._percent(scene, reading, own, clause, sentence, subject, used, previous)
        if self._going_on.pair(text, reading, previous):
            return reading
        if (
            subject is not None
            and not self._is_replaced(scene, q, subject, clause, own)
            and self._going_on.goes_on(text, reading, own, subject)
        ):
            return reading
        return self._by_name(scene, reading, own, clause, used, sentence, before)

    def _is_replaced(self, scene: Scene, q: Quantity, subject: Reading, clause: int, own: str) -> bool:
        """Return whether a clause since `subject` begins with another name: …37家，龙头企业从无到有，现有3家.

        Or whether one stands right before the figure behind 新建: 发展党员12名，在快递行业新建党支部3个.
        """
        after = subject.quantity.outer_end
        if _NEWLY_BUILT.search(own):
            hits = scene.hits_between(max(clause, q.outer_start - 8), q.outer_start)
            codes = {one.code for one in hits[-1].aliases if one.side != "after"} if hits else set()
            if codes and hits[-1].end == q.outer_start and subject.code not in codes:
                return True
        if clause <= after or (self._words.reached.search(own) is None and not goes_on_in_a_year(own)):
            return False
        hits = scene.hits_between(scene.span("clause", clause - 2)[0], clause)
        return any(
            alias.code != subject.code and alias.side != "after" and self.names.fits(q.unit, alias.code)
            for hit in hits[:1]
            if hit.start > after and scene.text[hit.start - 1] in "，；"
            for alias in hit.aliases
        )

    # --- rates and changes --------------------------------------------------------------------------------------

    def _percent(
        self, scene: Scene, reading: Reading, own: str, clause: int, sentence: int, subject: Reading | None,
        used: set[tuple[str, int]], previous: Reading | None,
    ) -> Reading:  # fmt: skip
        """Read a percentage, points or a multiple: completion, growth, share, or the level of a rate."""
        q, words = reading.quantity, self._words
        if (
            own == "（"
            and subject is not None
            and subject.measure == "growth_abs"
            and subject.quantity.outer_end == q.outer_start - 1
        ):  # 增1520元（8.3%）
            reading.negative = subject.negative
            return reading.take(subject.code, "growth_pct", subject.item, "growth", subject.confidence)
        own = own.rstrip("（(")
        if (
            _OF_PROJECT.search(own)
            and subject is not None
            and _DONE_OF_IT.search(scene.text, subject.place.clause[0], subject.quantity.outer_start)
        ):
            return reading.refuse("share of a project")
        clause_own = scene.text[clause : q.outer_start]
        completed = words.completion.search(own) if q.unit.dimension == "share" else None
        if completed is not None and self._names_rate(scene, reading, used, sentence):
            completed = None  # 整改完成率达95%: an indicator by that name
        if completed is not None and _BEYOND.search(own):
            return reading.refuse("beyond a target")
        if completed is not None:
            own = own[: completed.start()]
            if subject is None and previous is not None and previous.quantity.unit.dimension == "foreign money":
                return self._rate_of_foreign(scene, reading, own, previous, used, sentence, "completion_pct")
            return self._rates.rate_of(scene, reading, own, subject, "completion_pct", "completion", sentence)
        if (
            own == "的"
            and subject is not None
            and subject.measure == "plan"
            and _BEYOND.search(scene.text, clause, subject.quantity.start)
        ):
            return reading.refuse("beyond a target")
        if own == "的" and subject is not None and subject.measure == "plan" and subject.rule == "target":
            return reading.take(subject.code, "completion_pct", subject.item, "completion", subject.confidence)
        negative = q.stated_value.startswith("-")
        has_plus = own.endswith("+")  # 同比+6.3%
        own = own[:-1] if has_plus else own
        slowed = _SLOWED.search(own)
        if slowed:
            own = own[: slowed.start()]  # 增加值增幅收窄至2.1%
        is_to = subject is not None and self._catalogue[subject.code].unit == "%" and words.to.search(own) is not None
        sign = 0 if is_to else words.sign(own) or (-1 if negative and words.compares.search(own) else 0)
        held = None if sign or q.unit.dimension != "share" else _HELD.search(own)
        if held is not None and _THEN_GROWTH.match(scene.text, q.outer_end):
            own, sign = own[: held.start()], 1  # 固定资产投资保持8%以上增长
        if q.unit.unit == "番" or has_plus or slowed:
            sign = sign or 1
        if sign and words.to.search(own) and self._is_rate(scene, reading, subject, used, sentence):
            sign = 0  # 由8.7%降为0.5%: where the rate fell to, and not by how much
        if q.unit.unit == "番" and _OF_YEARS_AGO.search(scene.text, clause, q.outer_start):
            return reading.refuse("multiple of years ago")
        if sign or (q.unit.dimension == "share" and _COMPARED.search(own)):
            reading.negative = sign < 0 or negative
            if subject is None and previous is not None and previous.quantity.unit.dimension == "foreign money":
                return self._rate_of_foreign(scene, reading, own, previous, used, sentence, "growth_pct")
            return self._rates.change_of_rate(scene, reading, own, subject, sentence)
        if q.unit.dimension != "share":
            return reading.refuse("points of nothing named" if q.unit.dimension == "points" else "multiple")
        if subject is not None and self._catalogue[subject.code].unit in {"%", "‰"}:
            rest = self.names.residue(words.to.without(words.prior.without(own))).strip("，、（")
            if was_before(scene.text, subject, q):
                subject.measure, subject.rule, rest = "prior_level", "earlier", ""  # 2020年…61.3%，现已达到63.8%
            is_reached = subject.measure in {"growth_abs", "prior_level", "plan"} and (
                words.reached.search(own) or own.lstrip("，") in {"为", "仅为", "达", "降为"}
            )
            if not rest and (is_reached or words.to.search(own) or words.prior.search(own)):
                measure: Measure = "prior_level" if words.prior.search(own) else "level"
                return reading.take(subject.code, measure, subject.item, "reached", subject.confidence)
        candidates = self.names.best(scene, q, reading.zone, used, sentence)
        if candidates and not (
            "占" in own[-6:]
            and "占比" not in own[-6:]
            and candidates[0].score < 95
            and "占" not in candidates[0].hit.words
        ):
            self._named(scene, reading, candidates, "level")
            reading.negative = negative  # 自然增长率为-2.7‰
            lead = scene.text[clause : reading.zone.lead]
            moves = words.moved_from.search(lead) and words.moves_to.match(scene.text, q.outer_end)
            if moves or words.prior.search(lead):
                reading.measure, reading.rule = "prior_level", "prior"
            return reading
        if _TOGETHER.search(own):
            return reading.refuse("share of several together")
        if _OF_THE_OLD.search(scene.text, max(0, q.outer_start - 48), q.outer_start):
            return reading.take("pop.elderly_share", "level", "", "share", 0.9)
        small = _OF_COUNTY.search(own)
        if small is not None:
            reading.quantity = replace(q, bound="at_most") if small["less"] and q.bound == "exact" else q
            head = own[: small.start()]
            return self._rates.rate_of(scene, reading, head, subject, "share_pct", "share", sentence)
        if own.endswith("的") and previous is not None and subject is previous and previous.place.clause[0] == clause:
            whole = _OF_A_WHOLE.fullmatch(scene.text, clause, previous.quantity.outer_start)
            if whole is not None and own in {"的", f"{noun_behind(previous)}的"}:
                return self._rates.rate_of(scene, reading, whole["part"], None, "share_pct", "share", sentence)
        if words.share.search(clause_own) or words.share_tail.search(own):
            position = own.rfind("占")
            head = own[:position] if position >= 0 else own
            if q.bound == "exact" and position > 0 and head.endswith(_ABOUT):
                reading.quantity = replace(q, bound="approx")  # 约占全县的八分之一
                head = head.removesuffix("大约").removesuffix("约")
            return self._rates.rate_of(scene, reading, head, subject, "share_pct", "share", sentence)
        return reading.refuse("no rate named")

    def _rate_of_foreign(
        self, scene: Scene, reading: Reading, own: str, previous: Reading, used: set[tuple[str, int]], sentence: int,
        measure: Measure,
    ) -> Reading:  # fmt: skip
        """Read a rate of a sum in foreign money, which itself is no fact: 外贸出口418万美元，同比下降6.1%."""
        unit = replace(previous.quantity.unit, dimension="money", unit="元")
        found = self.names.best(scene, replace(previous.quantity, unit=unit), previous.zone, used, sentence)
        if not found or self._rates.rest(own) or not found[0].alias.code.startswith("econ.export"):
            return reading.refuse("rate of nothing named")
        return reading.take(found[0].alias.code, measure, found[0].item, "growth", 0.85)

    def _names_rate(self, scene: Scene, reading: Reading, used: set[tuple[str, int]], sentence: int) -> bool:
        """Return whether a rate with an indicator of its own is named right before `reading`: 整改完成率."""
        found = self.names.best(scene, reading.quantity, reading.zone, used, sentence)
        return (
            bool(found)
            and found[0].is_before
            and not found[0].residue
            and found[0].hit.words.endswith(("完成率", "完成比例", "执行率"))
            and self._catalogue[found[0].alias.code].unit == "%"
        )

    def _is_rate(
        self, scene: Scene, reading: Reading, subject: Reading | None, used: set[tuple[str, int]], sentence: int
    ) -> bool:
        """Return whether what `reading` goes on about, or what is named before it, is itself a rate."""
        found = self.names.best(scene, reading.quantity, reading.zone, used, sentence)
        code = found[0].alias.code if found else subject.code if subject is not None else ""
        return bool(code) and self._catalogue[code].unit == "%"

    # --- named figures ------------------------------------------------------------------------------------------

    def _by_name(
        self, scene: Scene, reading: Reading, own: str, clause: int, used: set[tuple[str, int]], sentence: int,
        before: list[Reading],
    ) -> Reading:  # fmt: skip
        q = reading.quantity
        candidates = self.names.best(scene, q, reading.zone, used, sentence)
        best = candidates[0].score if candidates else 0.0
        if self._items.is_crop_yield(scene, q, reading.zone):
            return reading.refuse("yield of one crop")
        generic = self._items.generic(scene, q, reading.zone, sentence, best, before_aside(scene.text, before))
        if generic is None and before and before[-1].reason == "yield of one crop":
            generic = self._items.area_of_yield(scene, q, reading.zone)
        if generic is not None:
            reading.rivals = candidates[:1]
            reading.take(generic.code, "level", generic.item, generic.rule, generic.confidence)
            self._stating.measure_of(scene, reading, own, clause, None)
            return reading
        if not candidates or candidates[0].alias.needs:
            topic = self._topics.find(scene, q, reading.zone)
            if topic is not None and (not candidates or topic[0].startswith("agri.crop_")):
                reading.rivals = candidates[:1]
                reading.take(topic[0], "level", topic[1], "topic", 0.85)
                self._stating.measure_of(scene, reading, own, clause, None)
                return reading
        if not candidates:
            self._population(scene, reading, own, before)
            return reading
        return self._named(scene, reading, candidates, None, own, clause, before)

    def _population(self, scene: Scene, reading: Reading, own: str, before: Sequence[Reading]) -> None:
        """Read 96个组，3872户14560人: the households and people of the villages just counted, which nothing names.

        全乡3955户、14566人 are those of all.
        """
        q = reading.quantity
        if _PER_ONE.search(own) or _OTHERS.match(scene.text, q.outer_end):
            return
        code = {"households": "pop.households", "people": "pop.total"}.get(q.unit.dimension)
        is_of_all = own in _ALL_OF_IT or (own in _HAS and self._is_township(scene, q))
        if code == "pop.households" and is_of_all and _THEN_PEOPLE.match(scene.text, q.outer_end):
            reading.take(code, "level", "", "population", 0.85)
            return
        last = before[-1].named if before else None
        if last is not None and not last.is_before and before[-1].quantity.outer_end <= last.hit.start:
            own = _LIVING.sub("", scene.text[last.hit.end : q.outer_start])
        if (
            code
            and not self._rates.rest(own).lstrip("；").removeprefix("常住")
            and any(one.code in _PLACES for one in before[-2:])
        ):
            reading.take(code, "level", "", "population", 0.85)

    @staticmethod
    def _is_township(scene: Scene, q: Quantity) -> bool:
        """Return whether households that a clause only has (2001年，有28115户、6.5万人) are those of a township."""
        start = scene.span("sentence", q.start)[0]
        return q.value is not None and q.value >= _MANY and _SMALLER.search(scene.text, start, q.start) is None

    def _named(
        self, scene: Scene, reading: Reading, candidates: list[Candidate], measure: Measure | None, own: str = "",
        clause: int = 0, before: Sequence[Reading] = (),
    ) -> Reading:  # fmt: skip
        found = candidates[0]
        reading.named = found
        if is_of_one_village(scene, found.alias.code, found.hit.start):
            return reading.refuse("of one village")
        if is_of_some_firms(scene, found.alias.code, found.hit.words, found.hit.start):
            return reading.refuse("of some firms")
        if is_of_some_farms(scene.text, found.alias.code, before, found.hit.start):
            return reading.refuse("of some farms")
        if is_of_one_firm(scene.text, reading, found.alias.code, found.hit.start, before):
            return reading.refuse("of one firm")
        reading.rivals = [one for one in candidates[1:] if one.score >= found.score - MARGIN]
        confidence = 0.97 if found.residue == 0 and found.score >= 96 else 0.9 if found.score >= 88 else 0.8
        if reading.rivals:
            confidence = round(confidence - 0.05, 2)
        reading.take(
            found.alias.code, "level", found.item, "name_before" if found.is_before else "name_after", confidence
        )
        if measure is None:
            reading.negative = reading.quantity.stated_value.startswith("-")  # 自然增长率为-2.7‰
            self._stating.measure_of(scene, reading, own, clause, found, before)
            reading.item = self._items.item_for(scene, reading.quantity, reading.zone, found, before)
        return reading

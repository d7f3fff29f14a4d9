"""Lists whose names come first and figures after: 出栏羊、生猪、肉牛4.82万只、3.71万头、0.54万头."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from tasks.extract.candidates import Zone
from tasks.extract.items import ItemFinder
from tasks.extract.list_changes import SHARED, joined, names_end
from tasks.extract.measures import MeasureWords
from tasks.extract.mentions import Quantity
from tasks.extract.names import NameFinder
from tasks.extract.readings import Reading
from tasks.extract.scene import AliasIndex, Scene
from tasks.extract.siblings import Generic

__all__ = ["NameLists"]

_TAIL: Final = re.compile(
    r"(?:分别|依次|各自|各|均|也各)?(?:培训|参训|轮训|发放|兑付|力争|争取|计划|预计|种下|添了|新增|新建|移栽|栽种|收获|出栏|存栏|比上年|较上年|同比|比去年|较去年|年均|完成|实现|达到?了?|增速|增幅|[两三四五]项(?:主要)?指标|为|是|有|共|约|近|增长|下降|增加|减少|提高|降低|发展|扩大|稳定|保持|上升|超过?|突破|落实|种植|由|从|在|了|到|至|占比|同比|年末|：|，)*$"
)
# 粮食面积、油料面积分别完成县下达任务的101.6%、103.4%
_TASK_TAIL: Final = re.compile(
    r"(?:等?[两三四五六]项(?:主要)?(?:经济)?指标)?(?:分别|依次|各自?)(?:已|均)?(?:超额)?(?:完成|占|为|达到?)了?"
    r"[^，；。]{0,12}?(?:任务|目标|计划|指标|(?<!公共)预算)(?:数)?的?$"
)
_EACH: Final = re.compile(r"各(?![类项种级地方])")  # 拆除各类违法建设214处、3.7万平方米 shares no figures out
_PLANTED: Final = re.compile(r"种植|栽植|播种|面积|移栽|栽种")
_YIELDS: Final = re.compile(
    r"(?:单产|亩产|亩均产量)(?:分别|各|依次)?(?:达到?|为)?$"
)  # 小麦、玉米单产分别达到478公斤、521公斤
_SUBSIDY: Final = re.compile(r"[\u4e00-\u9fff“”]{2,20}(?:补贴|直补|奖补)(?:资金)?(?:分别)?(?:发放|兑付|兑现)?")
_MANY_OF: Final = {
    ("party.training_people", ""),
    ("infra.roads_km", ""),
    ("infra.canals_km", ""),
}  # kinds of one thing, each with a figure of its own
_INDICATORS: Final = re.compile(r"等?[两三四五六]项(?:主要|重点)?(?:经济)?指标")
_MARK: Final = re.compile(r"、|和|及|与|以及")
# 牛羊存栏1.2万头、3.4万只: animals whose names are one letter need no mark between them.
_ANIMALS: Final = re.compile(
    r"(?P<verb>出栏|存栏)?(?P<names>[猪牛羊禽马驴鸡鸭鹅兔]{2,5})(?=(?:当年|全年|年末|累计|总)?(?:出栏|存栏|饲养)量?$|$)"
)
# 城乡居民人均可支配收入分别为…: two names that share all but their first letter, town before country.
_TOWN_AND_COUNTRY: Final = re.compile(r"城乡(?:常住)?居民[\u4e00-\u9fff]{2,8}?收入")
_RAISED: Final = re.compile(r"(?:当年|全年|年末|累计|总)?(?:出栏|存栏|饲养)量?")
_INVESTED_EACH: Final = re.compile(r"(?:分别|各|依次)(?:累计)?(?:完成|计划|预计|总)?投资(?:额)?(?:达到?|为|约)?$")
_HOW_MANY: Final = re.compile(r"[两二三四五六2-6](?:个(?:重点|产业)*(?:项目|工程)|家(?:企业|公司))")
_STOCK_AND_OUT: Final = re.compile(
    r"(?P<herd>[\u4e00-\u9fff]{1,6}?)的?存[、和及]?出栏(?:量|数)?(?:分别|各)?(?:达到?|为|有|：)?$"
)
_PROJECTS: Final = re.compile(
    r"(?:等?[两二三四五六\d]个|等?[两二三四五六\d]家|等)?(?:重点|重大|产业|续建|新建|在建)*(?:项目|工程|企业|公司)?(?:先后|相继|均|已|全部|顺利|陆续|如期|正式)*"
    r"(?:开工|建成|投产|投用|完工|竣工|落地|投入使用|开工建设)*$"
)

# 新增家庭农场和合作社分别为9家和12家
_NEW_ONES: Final = re.compile(
    r"(?:^|[，。；、])(?:今年|全年|年内|当年|上半年)?(?:共|累计)?(?:新增|净增|新培育|新发展|新登记|新注册)了?(?!就业)"
)
_SO_MANY_OF: Final = re.compile(r"[两三四五](?:项|类|种|个)")
_OWN_NOUN: Final = re.compile(r"[\u4e00-\u9fff]{2}")
# 秋粮以水稻、玉米为主，面积分别为3.9万亩和1.6万亩: the names end before what is told of each
_WHAT_OF_THEM: Final = re.compile(r"(?:为主)?，(?:其)?(?:播种|种植|栽培)?(?:总)?(?:面积|产量)$")
_PLAIN_NAME: Final = re.compile(r"[\u4e00-\u9fff]{2,6}")


class _Told:
    """What the words of a list say of all its figures; `head` are those up to the first."""

    def __init__(self, head: str, changes: bool, compares: bool, completed: bool, is_new: bool) -> None:
        self.head, self.changes, self.compares = head, changes, compares
        self.completed, self.is_new = completed, is_new


class NameLists:
    """Gives each figure of a list its own name; holds only data."""

    def __init__(self, index: AliasIndex, names: NameFinder, words: MeasureWords, items: ItemFinder) -> None:
        self._index = index
        self._names = names
        self._words = words
        self._items = items

    def distribute(
        self, scene: Scene, chain: Sequence[Reading], sentence: int
    ) -> tuple[set[int], dict[int, tuple[int, ...]]]:
        """Read the lists in one sentence that name their figures.

        Return the positions in `chain` that were read, and by their first position the lists that may go on about
        figures before them (`continues`), once those are read.
        """
        if not any(joined(scene, *pair) for pair in pairwise(chain)):
            return set(), {}
        done: set[int] = set()
        pending: dict[int, tuple[int, ...]] = {}
        names: list[str] = []
        run: list[int] = []
        pairs = [self._is_pair_member(scene, chain, position) for position in range(len(chain) + 1)]
        for position, is_pair_member in enumerate(pairs):
            if is_pair_member:
                continue
            last = chain[run[-1] + 1] if run and pairs[run[-1] + 1] else None
            last = last or (chain[run[-1]] if run else None)
            goes_on = last is not None and position < len(chain) and joined(scene, last, chain[position])
            if goes_on:
                run.append(position)
                continue
            if len(run) >= 2:
                read = self._run(scene, chain, run, sentence, names)
                done |= read
                if not read:
                    pending[run[0]] = tuple(run)
            run = [position] if position < len(chain) else []
        return done, pending

    @staticmethod
    def _is_pair_member(scene: Scene, chain: Sequence[Reading], position: int) -> bool:
        """Return whether the figure at `position` is the people of the households right before it (6户20人)."""
        if not 0 < position < len(chain):
            return False
        first, second = chain[position - 1].quantity, chain[position].quantity
        return (
            first.unit.dimension == "households" and second.unit.dimension == "people"
            and scene.text[first.outer_end : second.outer_start] == ""
        )  # fmt: skip

    def _run(self, scene: Scene, chain: Sequence[Reading], run: list[int], sentence: int, names: list[str]) -> set[int]:
        first = chain[run[0]]
        if len(run) == 2 and self._stock_and_out(scene, chain, run, sentence):
            return set(run)
        lead = first.quantity.outer_start
        start = max(sentence, chain[run[0] - 1].quantity.outer_end if run[0] else 0)
        head = scene.text[start:lead]
        tail = (_TASK_TAIL.search(head) if first.quantity.unit.dimension == "share" else None) or _TAIL.search(head)
        last = lead - len(tail.group()) if tail else lead
        shared = SHARED.search(head) is not None or _EACH.search(head[-8:]) is not None
        if not shared and self._is_of_two_clauses(scene.text, chain, run):
            return set()
        what = _WHAT_OF_THEM.search(head, 0, last - start) if shared else None
        if what is not None:
            last = start + what.start()
        ends = names_end(scene.text, start, last) if shared else last
        spans = self._names_before(scene.text, start, ends, len(run), shared)
        if first.quantity.unit.dimension == "money" and _INVESTED_EACH.search(head):
            read = self._projects(scene, chain, run, start, lead)
            if read:
                return read
        read = self._by_names(scene, chain, run, spans, head, sentence) if spans is not None else set()
        if spans is not None and read:
            names[:] = [scene.text[slice(*span)] for span in spans]
            return read
        if len(names) == len(run) and self._by_earlier_names(scene, chain, run, names, head):
            return set(run)
        return set()

    @staticmethod
    def _is_of_two_clauses(text: str, chain: Sequence[Reading], run: Sequence[int]) -> bool:
        """Return whether the last figure begins a clause with a noun of its own: …等资金1260万元，176名特困人员…."""
        before, last = chain[run[-2]].quantity, chain[run[-1]].quantity
        return (
            text[before.outer_end : last.outer_start] == "，"
            and last.unit.dimension != before.unit.dimension
            and _OWN_NOUN.match(text, last.outer_end) is not None
        )

    def _stock_and_out(self, scene: Scene, chain: Sequence[Reading], run: list[int], sentence: int) -> bool:
        """Read 生猪存、出栏分别达1.6万头和2.3万头: a herd's stock and what was sold of it, in one word."""
        lead = chain[run[0]].quantity.outer_start
        match = _STOCK_AND_OUT.search(scene.text, max(sentence, lead - 24), lead)
        if match is None:
            return False
        read = []
        for verb, position in zip(("存栏", "出栏"), run, strict=True):
            unit = chain[position].quantity.unit
            found = [
                alias
                for cut in range(len(match["herd"]))
                for alias in self._index.named(match["herd"][cut:] + verb)
                if self._names.fits(unit, alias.code)
            ]
            if not found:
                return False
            read.append(found[0])
        for alias, position in zip(read, run, strict=True):
            chain[position].take(alias.code, "level", alias.item, "list", 0.9)
        return True

    def _projects(self, scene: Scene, chain: Sequence[Reading], run: list[int], start: int, lead: int) -> set[int]:
        """Read what each of several projects cost: 冷链物流园、加工厂两个项目相继投产，分别完成投资4600万和2850万元."""
        if run[0] and _HOW_MANY.match(scene.text, chain[run[0] - 1].quantity.start):
            start = chain[run[0] - 2].quantity.outer_end if run[0] > 1 else scene.span("sentence", lead)[0]
        head = _INVESTED_EACH.sub("", scene.text[start:lead]).rstrip("，")
        words = re.split(r"[，；：]", head)[-1]
        named = re.split(r"、|和|与|及", _PROJECTS.sub("", words, count=1))
        if len(named) != len(run) or not all(re.fullmatch(r"[\u4e00-\u9fffA-Za-z“”]{2,18}", one) for one in named):
            return set()
        for name, position in zip(named, run, strict=True):
            chain[position].take("project.investment", "level", name.strip("“”"), "list", 0.85)
        return set(run)

    @staticmethod
    def _names_before(text: str, start: int, end: int, count: int, shared: bool) -> list[tuple[int, int]] | None:
        """Return the spans of the last `count` names of the list that ends at `end`, or None."""
        segment = max(start, text.rfind("；", start, end) + 1)
        if not shared:
            segment = max(segment, text.rfind("，", segment, end) + 1)
        animals = _ANIMALS.search(text, max(segment, end - 12), end)
        if animals is not None and len(animals["names"]) == count:
            first, last = animals.start("names"), animals.end() - 1
            raised = _RAISED.match(text, end)
            end = raised.end() if raised else end
            return [
                (animals.start(), first + 1),
                *((place, place + 1) for place in range(first + 1, last)),
                (last, end),
            ]
        both = _TOWN_AND_COUNTRY.search(text, segment, end) if count == 2 else None
        if both is not None and both.end() == end:
            return [(both.start(), both.start() + 1), (both.start() + 1, end)]
        marks = list(_MARK.finditer(text, segment, end))[-(count - 1) :]
        if len(marks) < count - 1:
            commas = list(re.finditer(r"、|和|及|与|，", text[segment:end]))[-(count - 1) :]
            if len(commas) < count - 1 or not shared:
                return None
            edges = [(segment + one.start(), segment + one.end()) for one in commas]
        else:
            edges = [one.span() for one in marks]
        begin = max(segment, *(text.rfind(sign, segment, edges[0][0]) + 1 for sign in "，："))
        starts = [begin, *(edge[1] for edge in edges)]
        ends = [*(edge[0] for edge in edges), end]
        spans = list(zip(starts, ends, strict=True))
        if any(not 1 <= right - left <= 24 for left, right in spans):
            return None
        return spans

    def _by_names(
        self, scene: Scene, chain: Sequence[Reading], run: list[int], spans: list[tuple[int, int]], head: str,
        sentence: int,
    ) -> set[int]:  # fmt: skip
        """Read each figure by the name at the same place in the list; all or nothing. Return the positions read."""
        if _YIELDS.search(head) and any(hit.crop for span in spans for hit in scene.hits_between(*span)):
            for position in run:
                chain[position].refuse("yield of one crop")
            return set(run)
        sign = self._words.sign(head) or self._words.sign(SHARED.sub("", head))
        starts = head.endswith(("由", "从")) and self._words.moves_to.match(
            scene.text, chain[run[-1]].quantity.outer_end
        )
        head_of_names = head[: spans[0][1] - (chain[run[0]].quantity.outer_start - len(head))]
        told = _Told(
            head,
            bool(sign),
            self._words.compares.search(head) is not None,
            self._words.completion.search(SHARED.sub("", head)) is not None,
            _NEW_ONES.search(head_of_names) is not None,
        )
        read = []
        for span, position in zip(spans, run, strict=True):
            one = self._one_by_name(scene, chain[position].quantity, spans, span, sentence, told)
            if one is None:
                return set()
            read.append(one)
        if starts:
            read = [(code, item, "prior_level" if code else measure) for code, item, measure in read]
        known = [one[:2] for one in read if one[0]]
        if not known or len(set(known) - _MANY_OF) < len([one for one in known if one not in _MANY_OF]):
            return set()
        done = set(run)
        for (code, item, measure), position, span in zip(read, run, spans, strict=True):
            if not code:
                chain[position].refuse("no indicator")
                done |= self._people_of(scene, chain, position, span, sentence)
                continue
            reading = chain[position].take(code, measure, item, "list", 0.92)  # type: ignore[arg-type]
            reading.negative = measure != "level" and sign < 0
        return done

    def _one_by_name(
        self, scene: Scene, q: Quantity, spans: list[tuple[int, int]], span: tuple[int, int], sentence: int,
        told: "_Told",
    ) -> tuple[str, str, str] | None:  # fmt: skip
        """Return indicator, item and measure of the figure whose name stands at `span`, or None where it has none.

        The indicator is '' where the list says of each what it is and this one has no indicator.
        """
        left, right = span
        zone = Zone(left, right, q.outer_end, q.outer_end, True)
        if q.unit.dimension == "share" and (told.changes or told.compares or told.completed):
            found = self._named_by(scene, left, right, sentence) or self._joined_name(scene.text, spans, left, right)
            return None if found is None else (*found, "completion_pct" if told.completed else "growth_pct")
        is_change = told.changes and told.compares
        candidates = self._names.best(scene, q, zone, (), sentence)
        if candidates:
            best = candidates[0]
            is_more = is_change or (told.is_new and self._names.is_stock(best.alias.code))
            return best.alias.code, best.item, "growth_abs" if is_more else "level"
        joined_name = self._joined_name(scene.text, spans, left, right, q)
        if joined_name is not None:
            return *joined_name, "growth_abs" if is_change else "level"
        generic = self._items.generic(scene, q, zone, sentence, 0.0) or self._crop(scene, q, left, right, spans)
        generic = generic or _by_its_list(scene, q, spans, span, told.head)
        if generic is None:
            # 城镇和农村居民收入分别为: the first has no indicator
            return ("", "", "level") if SHARED.search(told.head) else None
        return generic.code, generic.item, "growth_abs" if is_change else "level"

    def _people_of(
        self, scene: Scene, chain: Sequence[Reading], position: int, span: tuple[int, int], sentence: int
    ) -> set[int]:
        """Read the people of households that have no indicator of their own: 特困供养对象…58户61人."""
        if not self._is_pair_member(scene, chain, position + 1):
            return set()
        q = chain[position + 1].quantity
        found = self._names.best(scene, q, Zone(*span, q.outer_end, q.outer_end, True), (), sentence)
        if not found:
            return set()
        chain[position + 1].take(found[0].alias.code, "level", found[0].item, "list", 0.92)
        return {position + 1}

    def _crop(self, scene: Scene, q: Quantity, left: int, right: int, spans: list[tuple[int, int]]) -> Generic | None:
        """Return the crop that one name of a list is, by what the last name says is stated of all: 水稻、玉米产量."""
        crops = [one for one in scene.hits_between(left, right) if one.crop]
        if not crops or self._items.beside_crop(scene.text[crops[-1].end : right]):
            return None
        tail = scene.text[slice(*spans[-1])]
        kind = {"area": "agri.crop_area", "mass": "agri.crop_output", "money": "agri.crop_output_value"}
        code = kind.get(q.unit.dimension)
        if code is None or (q.unit.dimension != "area" and "产" not in tail):
            return None
        return Generic(code, crops[-1].crop, "list", 0.9, 100)

    def _joined_name(
        self, text: str, spans: list[tuple[int, int]], left: int, right: int, q: Quantity | None = None
    ) -> tuple[str, str] | None:
        """Return what a name means with the head of the first name or the tail of the last: 养老、医疗保险参保率."""
        name, first, last = text[left:right], text[slice(*spans[0])], text[slice(*spans[-1])]
        tails = [name + last[cut:] for cut in range(1, len(last))] if right != spans[-1][1] else []
        heads = [first[:cut] + name for cut in range(len(first) - 1, 0, -1)] if left != spans[0][0] else []
        plain = _SO_MANY_OF.sub("", name)  # 养老、医疗两项保险参保人数
        # The name alone: 排查、调处矛盾纠纷 is found as one name.
        forms = [plain, *tails, *heads]
        forms += [one for form in tails if (one := _SO_MANY_OF.sub("", form)) != form]
        # Words before the list may stand in its first name; what is left must still hold the name.
        forms += [form[cut:] for form in tails for cut in range(1, len(name))]
        forms += [form[cut:] for form in heads for cut in range(1, len(form) - len(name))]
        for form in forms:
            for alias in self._index.named(form):
                stands = all(any(word in form for word in group) for group in alias.needs)
                if stands and (q is None or self._names.fits(q.unit, alias.code)):
                    return alias.code, alias.words if alias.item == "=" else alias.item
        return None

    def _named_by(self, scene: Scene, left: int, right: int, sentence: int) -> tuple[str, str] | None:
        """Return the indicator (and item) that `left:right` names, whatever its unit."""
        tail = re.search(r"(?:面积|产量|总产量|产值|出栏|存栏|收入|户数|人数)$", scene.text[left:right])
        for hit in reversed(scene.hits_between(left, right)):
            if self._names.gaps.residue(_INDICATORS.sub("", self._words.lead_rest(scene.text[hit.end : right]))):
                continue
            for alias in hit.aliases:
                if alias.side != "after" and all(
                    any(scene.text.find(word, sentence, right + 30) >= 0 for word in group) for group in alias.needs
                ):
                    return alias.code, alias.words if alias.item == "=" else alias.item
            if hit.crop:
                kind = tail.group() if tail else ""
                code = {"产值": "agri.crop_output_value", "产量": "agri.crop_output"}.get(kind, "agri.crop_area")
                return code, hit.crop
        return None

    def _by_earlier_names(
        self, scene: Scene, chain: Sequence[Reading], run: list[int], names: list[str], head: str
    ) -> bool:
        """Read a second list under the names of the first: 蔬菜、水果面积分别为…，产量为9460吨、1.35万吨."""
        own = head[max(head.rfind("，"), head.rfind("；"), head.rfind("。")) + 1 :]
        kind = re.search(r"产量|产值|面积|收入|参保率|参合率|出栏|存栏", own)
        if kind is None:
            return False
        read = []
        for name, position in zip(names, run, strict=True):
            bare = re.sub(
                r"(?:种植|播种)?(?:总)?(?:面积|产量|产值|出栏|存栏|收入|参保人数|人数)$", "", _SO_MANY_OF.sub("", name)
            )
            found = next(
                (
                    (alias.code, alias.item) for cut in range(len(bare))
                    for alias in self._index.named(bare[cut:] + kind.group())
                    if self._names.fits(chain[position].quantity.unit, alias.code)
                ),
                None,
            )  # fmt: skip
            if found is None:
                return False
            read.append(found)
        for (code, item), position in zip(read, run, strict=True):
            chain[position].take(code, "level", "" if item == "=" else item, "list", 0.88)
        return True


def _by_its_list(
    scene: Scene, q: Quantity, spans: Sequence[tuple[int, int]], span: tuple[int, int], head: str
) -> Generic | None:
    """Return what a name without an indicator is by the list it stands in: a crop beside crops, a subsidy."""
    text = scene.text[span[0] : span[1]]
    if q.unit.dimension == "area" and _PLAIN_NAME.fullmatch(text):
        # 锥栗、百香果分别种植…: beside crops, what is planted is a crop.
        beside = [one for other in spans for one in scene.hits_between(*other) if one.crop]
        if beside and _PLANTED.search(head):
            return Generic("agri.crop_area", text, "list", 0.85, 100)
    if q.unit.dimension == "money" and _SUBSIDY.fullmatch(text):
        name = re.split(r"发放|兑付|兑现|拨付|落实", text)[-1]
        return Generic("social.subsidies_paid", name, "list", 0.85, 100)
    return None

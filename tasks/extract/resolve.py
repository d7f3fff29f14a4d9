"""From quantities to facts: which indicator, which measure, which item; one reading per figure, with its rule."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from expectations.catalogue import Catalogue, Indicator
from tasks.domain.facts import Measure
from tasks.extract.context import AliasIndex, Hit, Scene
from tasks.extract.items import ItemFinder
from tasks.extract.mentions import Quantity
from tasks.lexicon import Alias, Lexicon

__all__ = ["Reading", "Resolver"]

_LIST_GAP = re.compile(r"\s*(?:、|和|及|与|以及|，|,)\s*$")
_YEAR_PRIOR = re.compile(r"(?:比|较|由|从|到)?(?:\d{4}年|上一?年|去年|前年)(?:同期|末|底|度)?(?:的|为|是)?$")
_REACHED = re.compile(r"(?:达到?了?|累计|增加到|增至|提高到|上升到|减少到|下降到|降至|降到|总数|共|合计|为)[达有]?到?$")
_MOVED_TO = re.compile(r"(?:增加|增长|提高|上升|扩大|发展|减少|下降|降低|缩小|压减|增|升|降|减)(?:到|至|为)了?$")
_MOVES_TO = re.compile(
    r"[^，。；]{0,2}?(?:增加|增长|提高|上升|扩大|发展|减少|下降|降低|缩小|压减|增|升|降|减)(?:到|至|为)"
)
_THRESHOLD = re.compile(r"^(?:元|万元)?(?:以上|以下)?的(?:行政)?(?:村|社区)")
_MAX_GAP = 40
_AFTER_GAP = 14


@dataclass(slots=True)
class Reading:
    """What one quantity was read as; `code` empty means no fact, for `reason`."""

    quantity: Quantity
    code: str = ""
    measure: Measure = "level"
    item: str = ""
    unit: str = ""
    negative: bool = False
    rule: str = ""
    confidence: float = 0.0
    reason: str = "no indicator"
    hit: Hit | None = field(default=None)
    hit_code: str = ""


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: float
    alias: Alias
    hit: Hit
    rule: str


class Resolver:
    """Reads quantities in their scene; holds only data, safe to share."""

    def __init__(self, catalogue: Catalogue, lexicon: Lexicon, index: AliasIndex) -> None:
        self._catalogue = catalogue
        self._index = index
        self._accepts: dict[str, frozenset[str]] = {
            unit: frozenset(words) for unit, words in lexicon.words["accepts"].items()
        }
        measures = lexicon.words["measures"]
        self._words = {name: tuple(sorted(words, key=len, reverse=True)) for name, words in measures.items()}
        self._background = tuple(lexicon.words["scope"]["background"])
        self._other_period = tuple(lexicon.words["scope"]["other_period"])
        self._sections = {name: tuple(words) for name, words in lexicon.words["sections"].items()}
        self._items = ItemFinder(lexicon)

    def resolve(self, scene: Scene, quantities: Sequence[Quantity]) -> list[Reading]:
        """Return one reading per quantity, in order."""
        readings: list[Reading] = []
        for position, quantity in enumerate(quantities):
            following = quantities[position + 1 :]
            readings.append(self._read(scene, quantity, readings, following))
        self._distribute(scene, readings)
        return [self._settle(scene, one) for one in readings]

    # --- one quantity -------------------------------------------------------------------------------------------

    def _read(self, scene: Scene, q: Quantity, before: list[Reading], following: Sequence[Quantity]) -> Reading:
        reading = Reading(q)
        sentence = scene.span("sentence", q.start)
        segment = scene.span("segment", q.start)
        clause_start, _ = scene.span("clause", q.start)
        previous = before[-1] if before and before[-1].quantity.end > segment[0] else None
        pre_start = max(clause_start, previous.quantity.outer_end if previous else 0)
        pre = scene.text[pre_start : q.outer_start]
        recent = [one for one in before if one.quantity.start >= segment[0]]
        subject = next((one for one in reversed(recent) if one.code), None)
        clause_pre = scene.text[clause_start : q.outer_start]
        if any(word in scene.text[sentence[0] : q.start] for word in self._other_period):
            reading.reason = "other period"
            return reading
        if q.unit.unit == "百分点":
            return self._points(reading, clause_pre, subject)
        if q.unit.unit == "%":
            done = self._percent(scene, reading, clause_pre, pre, recent, subject)
            if done is not None:
                return done
        threshold = self._threshold(scene, reading, following)
        if threshold is not None:
            return threshold
        if self._is_pair(scene, q, previous) and self._pair(reading, previous):
            return reading
        continued = self._continued(reading, pre, clause_pre, subject)
        if continued is not None:
            return continued
        candidate = self._best(scene, q, sentence, segment, recent)
        if candidate is None:
            return self._without_name(scene, reading, clause_pre, previous)
        return self._from_candidate(scene, reading, candidate, pre, clause_pre, recent)

    def _percent(
        self, scene: Scene, reading: Reading, clause_pre: str, pre: str, recent: list[Reading], subject: Reading | None
    ) -> Reading | None:
        """Read a percentage: completion, growth, share; None leaves it to the names of rates."""
        if any(word in clause_pre for word in self._words["completion_of"]) and re.search(
            r"完成|占|为|的$", clause_pre
        ):
            if subject is not None:
                return self._take(reading, subject, "completion_pct", "completion")
            reading.reason = "completion of nothing named"
            return reading
        tail = pre[-14:]
        down = self._last_word(tail, self._words["down"])
        up = self._last_word(tail, self._words["up"])
        if max(up, down) >= 0 and not re.search(
            r"(?:率|比例|比重|占比)[^，]{0,6}$", pre[: len(pre) - len(tail) + max(up, down)][-6:]
        ):
            reading.negative = down > up
            named = self._nearest_name(scene, reading.quantity, len(pre))
            target = named or (self._same_subject(subject))
            if target is None:
                reading.reason = "growth of nothing named"
                return reading
            return self._take(reading, target, "growth_pct", "growth")
        rate = self._rate(scene, reading, clause_pre)
        if rate is not None:
            return rate
        if "占" in clause_pre:
            named = self._nearest_name(scene, reading.quantity, len(clause_pre), before_word="占")
            target = named or (subject if re.match(r"^\s*占", clause_pre) else None)
            if target is None:
                reading.reason = "share of nothing named"
                return reading
            return self._take(reading, target, "share_pct", "share")
        reading.reason = "no rate named"
        return reading

    def _rate(self, scene: Scene, reading: Reading, clause_pre: str) -> Reading | None:
        q = reading.quantity
        sentence, segment = scene.span("sentence", q.start), scene.span("segment", q.start)
        candidate = self._best(scene, q, sentence, segment, [])
        if candidate is None or scene.text[candidate.hit.end : q.start].count("，") > 0:
            return None
        return self._name(reading, candidate, "level")

    def _points(self, reading: Reading, clause_pre: str, subject: Reading | None) -> Reading:
        moved = max(self._last_word(clause_pre, self._words["up"]), self._last_word(clause_pre, self._words["down"]))
        if subject is None or moved < 0 or re.search(r"高于|低于|快于|高出", clause_pre):
            reading.reason = "points of nothing named"
            return reading
        if self._catalogue[subject.code].unit != "%" or subject.measure != "level":
            reading.reason = "points of a growth rate"
            return reading
        down, up = (self._last_word(clause_pre, self._words[name]) for name in ("down", "up"))
        reading.negative = down > up
        self._take(reading, subject, "growth_abs", "points")
        reading.unit = "百分点"
        return reading

    def _threshold(self, scene: Scene, reading: Reading, following: Sequence[Quantity]) -> Reading | None:
        """Reject a sum that only says which villages are counted (10万元以上的村): a threshold, no fact."""
        q = reading.quantity
        if q.unit.canonical == "元" and _THRESHOLD.match(scene.text[q.end : q.end + 8]):
            reading.reason = "threshold"
            return reading
        return None

    def _continued(self, reading: Reading, pre: str, clause_pre: str, subject: Reading | None) -> Reading | None:
        """Read a figure that goes on about the last one: 由去年的…, 净增…, 减少…, 累计达到…."""
        q = reading.quantity
        if subject is None or not self._fits(q, self._catalogue[subject.code]):
            return None
        head = pre.lstrip("，,、（( ")
        compares = any(word in clause_pre for word in self._words["comparison"])
        if _YEAR_PRIOR.search(pre) and len(head) <= 14:
            return self._take(reading, subject, "prior_level", "prior")
        if _MOVED_TO.search(head) and len(head) <= 8:
            return self._take(reading, subject, "level", "reached")
        if re.search(r"(?:目标|任务|计划)数?[为是]?$", head) and len(head) <= 14:
            return self._take(reading, subject, "plan", "target")
        if subject.measure == "plan" and re.match(r"(?:实际|现|已)?(?:共|已)?(?:落实|完成|实现|种植|达到?|栽植)", head):
            return self._take(reading, subject, "level", "reached") if len(head) <= 8 else None
        if len(head) > 14 or subject.measure not in {"level", "forecast", "prior_level", "growth_abs", "plan"}:
            return None
        down = self._last_word(head[-5:], self._words["down"])
        up = self._last_word(head[-5:], self._words["up"])
        if max(up, down) >= 0 and (compares or head[:2] in {"净增", "增加", "减少", "增收", "下降"}):
            reading.negative = down > up
            return self._take(reading, subject, "growth_abs", "increment")
        if _REACHED.search(head) and len(head) <= 6 and subject.measure == "growth_abs":
            return self._take(reading, subject, "level", "reached")
        return None

    def _without_name(self, scene: Scene, reading: Reading, clause_pre: str, previous: Reading | None) -> Reading:
        q = reading.quantity
        shared = self._shared_verb(scene, reading)
        if shared:
            return self._set(reading, shared, "level", "", "shared_verb", 0.9)
        grown = self._items.crop_product(scene, q)
        if grown:
            code = "agri.crop_output" if q.unit.dimension == "mass" else "agri.crop_output_value"
            return self._set(reading, code, "level", grown, "crop_product", 0.85)
        kind = self._items.project_kind(scene, q)
        if kind:
            return self._set(reading, "project.count", "level", kind, "project_kind", 0.85)
        item = self._items.crop_before(scene, q)
        if item and q.unit.dimension == "area":
            return self._set(reading, "agri.crop_area", "level", item, "crop_area", 0.85)
        if q.unit.canonical == "个" and q.unit.unit in {"个", "座", "处", "所", "家", "间", "口", "部", "台"}:
            facility = self._items.facility(scene, q)
            if facility:
                return self._set(reading, "infra.facilities", "level", facility, "facility", 0.8)
        over = self._items.villages_over(scene, q)
        if over:
            return self._set(reading, "collective.villages_over", "level", over, "villages_over", 0.9)
        return reading

    def _from_candidate(
        self, scene: Scene, reading: Reading, found: _Candidate, pre: str, clause_pre: str, recent: list[Reading]
    ) -> Reading:
        q = reading.quantity
        over = self._items.villages_over(scene, q)
        if over:
            return self._set(reading, "collective.villages_over", "level", over, "villages_over", 0.9)
        self._name(reading, found, "level")
        if q.unit.dimension == "area" and found.hit.end <= q.start:
            crop = self._items.crop_instead(scene, q, found.hit, found.alias.code)
            if crop:
                return self._set(reading, "agri.crop_area", "level", crop, "crop_area", 0.85)
        indicator = self._catalogue[reading.code]
        if found.hit.end <= q.start:
            between = scene.text[found.hit.end : q.outer_start]
            moves = between.endswith(("由", "从")) and _MOVES_TO.match(scene.text[q.outer_end : q.outer_end + 8])
            if _YEAR_PRIOR.search(between) or moves:
                reading.measure, reading.rule = "prior_level", "prior"
            else:
                self._increment(reading, indicator, scene.text[max(0, found.hit.start - 6) : q.outer_start], between,
                                clause_pre)  # fmt: skip
        reading.item = self._items.item_for(scene, q, found.alias, found.hit, recent)
        return reading

    def _shared_verb(self, scene: Scene, reading: Reading) -> str:
        """Return the indicator of a name that shares a verb with names before it (出栏肥猪1万头、肉牛3240头)."""
        q = reading.quantity
        start = scene.span("segment", q.start)[0]
        before = scene.text[start : q.outer_start]
        verbs = list(re.finditer(r"出栏|存栏|出笼", before))
        name = re.split(r"[、，0-9]|和|及", before)[-1]
        name = re.sub(r"(?:达到?|约|近|共|超过?|突破)+$", "", name)
        if not verbs or not 1 <= len(name) <= 6:
            return ""
        return self._list_name(name, [verbs[-1].group(), name], reading)

    def _increment(self, reading: Reading, indicator: Indicator, around: str, between: str, clause_pre: str) -> None:
        compares = any(word in clause_pre for word in self._words["comparison"])
        down = self._last_word(between[-5:], self._words["down"])
        up = self._last_word(between[-5:], self._words["up"])
        if compares and max(up, down) >= 0 and not _MOVED_TO.search(between):
            reading.measure, reading.negative, reading.rule = "growth_abs", down > up, "increment"
        elif indicator.kind == "stock" and re.search(r"新增|新建|新植|净增|新成立|新培育|新登记", clause_pre):
            reading.measure, reading.rule = "growth_abs", "new_stock"

    # --- names --------------------------------------------------------------------------------------------------

    def _best(
        self, scene: Scene, q: Quantity, sentence: tuple[int, int], segment: tuple[int, int], recent: list[Reading]
    ) -> _Candidate | None:
        """Return the best name for `q`, before or after it in its segment."""
        used = {(one.hit_code, one.hit.start) for one in recent if one.hit is not None}
        candidates = []
        clause_end = scene.span("clause", q.start)[1]
        for hit in scene.hits_between(segment[0], min(segment[1], q.end + _AFTER_GAP + 12)):
            if hit.start < q.end and hit.end > q.start:
                continue
            for alias in hit.aliases:
                if not self._fits(q, self._catalogue[alias.code]):
                    continue
                if (alias.code, hit.start) in used:
                    continue
                candidate = self._score(scene, q, hit, alias, sentence[0], clause_end, recent)
                if candidate is not None:
                    candidates.append(candidate)
        return max(candidates, key=lambda one: one.score, default=None)

    def _score(
        self, scene: Scene, q: Quantity, hit: Hit, alias: Alias, sentence_start: int, clause_end: int,
        recent: list[Reading],
    ) -> _Candidate | None:  # fmt: skip
        text = scene.text
        is_before = hit.end <= q.start
        if (is_before and alias.side == "after") or (not is_before and alias.side == "before"):
            return None
        gap = text[hit.end : q.outer_start] if is_before else text[q.outer_end : hit.start]
        commas = gap.count("，") + gap.count(",")
        if len(gap) > (_MAX_GAP if is_before else _AFTER_GAP) or commas > 1:
            return None
        if not is_before and (commas or "、" in gap or re.search(r"[（(）)和]", gap)):
            return None
        if self._is_excluded(scene, q, hit, alias):
            return None
        if alias.needs and not any(word in text[sentence_start:clause_end] for word in alias.needs):
            return None
        between = [one for one in recent if one.quantity.start >= hit.end]
        same_kind = sum(1 for one in between if one.quantity.unit.dimension == q.unit.dimension)
        score = 100 + 4 * len(alias.words) - (1.6 if is_before else 5) * len(gap) - 22 * commas
        score -= 30 * same_kind + 6 * (len(between) - same_kind)
        score += 6 if alias.item == "=" else 0
        if alias.needs:
            near = text[scene.span("segment", q.start)[0] : clause_end]
            score += 8 if any(word in near for word in alias.needs) else -8
        if not is_before and len(gap) <= 1:
            score += 14
        if is_before and len(gap) <= 2:
            score += 10
        return _Candidate(score, alias, hit, "named_before" if is_before else "named_after") if score >= 45 else None

    def _is_excluded(self, scene: Scene, q: Quantity, hit: Hit, alias: Alias) -> bool:
        """Return whether a word stands around that makes the name mean something else.

        A plain word counts in the clause of name and figure; one written ^word in the whole segment before the figure.
        """
        text = scene.text
        clause_start = scene.span("clause", hit.start)[0]
        if hit.end <= q.start:
            window = text[clause_start : q.end]
        else:
            window = text[max(clause_start, q.outer_start - 12) : hit.end + 4]
        segment = text[scene.span("segment", q.start)[0] : q.start]
        return any(word[1:] in segment if word.startswith("^") else word in window for word in alias.excludes)

    def _nearest_name(self, scene: Scene, q: Quantity, reach: int, before_word: str = "") -> Reading | None:
        """Return a reading of the last indicator named in the `reach` characters before `q` (before `before_word`)."""
        start = q.outer_start - reach
        end = scene.text.rfind(before_word, start, q.outer_start) if before_word else q.outer_start
        best: tuple[int, int, Alias, Hit] | None = None
        sentence_start = scene.span("sentence", q.start)[0]
        for hit in scene.hits_between(max(0, start), end):
            for alias in hit.aliases:
                clause = scene.text[start:end]
                if any(word.lstrip("^") in clause for word in alias.excludes) or alias.side == "after":
                    continue
                if alias.needs and not any(word in scene.text[sentence_start:end] for word in alias.needs):
                    continue
                if self._catalogue[alias.code].unit in {"%", "户"} and not before_word:
                    continue
                key = (hit.end, hit.end - hit.start)
                if best is None or key > (best[0], best[1]):
                    best = (*key, alias, hit)
        if best is None or (end - best[0] > 10):
            return None
        reading = Reading(q)
        return self._set(reading, best[2].code, "level", "" if best[2].item == "=" else best[2].item, "named", 0.85)

    def _same_subject(self, subject: Reading | None) -> Reading | None:
        return subject if subject is not None and subject.measure not in {"share_pct"} else None

    def code_of_label(self, label: str, q: Quantity, *, is_rate: bool) -> tuple[str, str]:
        """Return indicator and item of a table row's label: the longest name that it is, or that begins or ends it."""
        forms = [label] if label in self._index.by_words else []
        forms += [label[:end] for end in range(len(label) - 1, 1, -1)] + [
            label[start:] for start in range(1, len(label) - 1)
        ]
        for form in sorted(forms, key=len, reverse=True):
            for alias in self._index.by_words.get(form, ()):
                if any(word in label for word in alias.excludes):
                    continue
                if is_rate or self._fits(q, self._catalogue[alias.code]):
                    return alias.code, "" if alias.item == "=" else alias.item
        return "", ""

    # --- pairs and lists ----------------------------------------------------------------------------------------

    def _is_pair(self, scene: Scene, q: Quantity, previous: Reading | None) -> bool:
        if previous is None or previous.quantity.unit.dimension != "households" or q.unit.dimension != "people":
            return False
        return (
            re.fullmatch(r"[、，,（(]?(?:共|涉及|计)?", scene.text[previous.quantity.outer_end : q.outer_start])
            is not None
        )

    def _pair(self, reading: Reading, previous: Reading | None) -> bool:
        if previous is None or not previous.code:
            return False
        code = previous.code.replace("_households", "_people").replace("pop.households", "pop.total")
        if code == previous.code or code not in self._catalogue:
            return False
        self._set(reading, code, previous.measure, previous.item, "pair", previous.confidence)
        return True

    def _distribute(self, scene: Scene, readings: list[Reading]) -> None:
        """Read lists whose names come first and figures after: 出栏羊、生猪、肉牛4.82万只、3.71万头、0.54万头."""
        run: list[Reading] = []
        for one in [*readings, None]:
            joined = (
                bool(run) and one is not None
                and _LIST_GAP.fullmatch(scene.text[run[-1].quantity.outer_end : one.quantity.outer_start]) is not None
            )  # fmt: skip
            if joined and one is not None:
                run.append(one)
                continue
            if len(run) >= 2:
                self._distribute_run(scene, run, readings)
            run = [one] if one is not None else []

    def _distribute_run(self, scene: Scene, run: list[Reading], readings: list[Reading]) -> None:
        first = run[0].quantity
        start = scene.span("segment", first.start)[0]
        head = re.sub(
            r"(?:分别|各)?(?:达到?|为|是|有|完成|实现|增长|下降|提高)*$", "", scene.text[start : first.outer_start]
        )
        if self._distribute_change(scene, run, start, readings):
            return
        names = [one for one in re.split(r"、|和|及|与|，", head) if one][-len(run) :]
        if len(names) < len(run) or any(not 1 <= len(name) <= 20 for name in names):
            return
        if not re.search(r"、|和|及|与", head[-len("".join(names)) - len(names) :]):
            return
        codes = []
        for name, one in zip(names, run, strict=True):
            code = self._list_name(name, names, one)
            if not code:
                return
            codes.append(code)
        if len(set(codes)) < len(codes):
            return
        moved = re.search(r"(增长|下降|提高|减少|降低)$", scene.text[start : first.outer_start])
        for code, one in zip(codes, run, strict=True):
            if one.quantity.unit.unit == "%" and moved:
                one.negative = moved.group() in self._words["down"]
                self._set(one, code, "growth_pct", "", "list", 0.9)
            else:
                self._set(one, code, "level", "", "list", 0.9)

    def _distribute_change(self, scene: Scene, run: list[Reading], start: int, readings: list[Reading]) -> bool:
        """Read changes of figures stated just before: 386户、512人，较上年末分别减少29户和43人."""
        first = run[0].quantity
        clause = scene.text[scene.span("clause", first.start)[0] : first.outer_start]
        moved = re.search(r"分别(?:净)?(增加|减少|增长|下降|提高|降低)了?$", clause)
        compares = any(word in clause for word in self._words["comparison"])
        if not moved or not compares or run[0].quantity.unit.unit == "%":
            return False
        subjects = [one for one in readings if one.code and start <= one.quantity.start < first.start]
        targets = []
        for one in run:
            fitting = [
                subject for subject in reversed(subjects)
                if subject.measure == "level" and self._fits(one.quantity, self._catalogue[subject.code])
            ]  # fmt: skip
            if not fitting:
                return False
            targets.append(fitting[0])
        for one, subject in zip(run, targets, strict=True):
            one.negative = moved.group(1) in {"减少", "下降", "降低"}
            self._take(one, subject, "growth_abs", "list_change")
        return True

    def _list_name(self, name: str, names: list[str], one: Reading) -> str:
        """Return the indicator of one name in a list, with the verb shared from its first or last name."""
        shared = re.search(r"(出栏|存栏|种植|播种|清运|完成|实现)", names[0])
        tail = re.search(r"(出栏|存栏|种植面积|播种面积|面积|产量|产值)$", names[-1])
        forms = [name]
        if shared:
            bare = name[name.index(shared.group()) + 2 :] if shared.group() in name else name
            forms += [shared.group() + bare, bare + shared.group()]
        if tail:
            forms += [name.removesuffix(tail.group()) + tail.group(), tail.group() + name]
        for form in forms:
            for begin in range(max(1, len(form) - 1)):
                for alias in self._index.by_words.get(form[begin:], ()):
                    indicator = self._catalogue[alias.code]
                    if one.quantity.unit.unit == "%" or self._fits(one.quantity, indicator):
                        return alias.code
        return ""

    # --- settling -----------------------------------------------------------------------------------------------

    def _settle(self, scene: Scene, one: Reading) -> Reading:
        """Apply what governs a whole clause or section: background, parts, plans, forecasts."""
        if not one.code:
            return one
        q = one.quantity
        clause_start = scene.span("clause", q.start)[0]
        segment_start = scene.span("segment", q.start)[0]
        clause = scene.text[clause_start : q.start]
        if any(word in clause for word in self._background) and not re.search(
            r"占全|全[县市省]的?(?:第|先进|示范)", clause
        ):
            return self._reject(one, "background")
        indicator = self._catalogue[one.code]
        part = scene.text.rfind("其中", scene.span("sentence", q.start)[0], q.start)
        if part >= 0 and not indicator.item and one.rule not in {"growth", "completion", "share"}:
            named = one.hit is not None and one.hit.start >= part
            if not named:
                return self._reject(one, "part")
        if one.measure in {"level", "growth_pct", "forecast", "growth_abs"}:
            in_plan = self._in_plan_section(scene, q)
            governed = re.search(
                r"力争|(?<!雨露)计划(?!生育)|目标|下达|拟(?![定订])|争取(?!到|资金|各|项目|上级|衔接|中央|财政|专项|省|市|县|补助)",
                clause,
            )
            done = "计划" in clause and re.search(r"(?:按|超|完成).{0,4}计划", clause)
            if (in_plan and one.measure in {"level", "growth_pct"}) or (
                governed and not done and one.measure == "level"
            ):
                one.measure, one.rule = "plan", f"{one.rule}+plan"
            elif one.measure == "level" and any(
                word in scene.text[segment_start : q.start] for word in self._words["forecast"]
            ):
                one.measure, one.rule = "forecast", f"{one.rule}+forecast"
        return one

    def _in_plan_section(self, scene: Scene, q: Quantity) -> bool:
        block = scene.document.block_at(q.start)
        section = block.section.split(" / ")[0] if block else ""
        if any(word in section for word in self._sections["not_plan"]):
            return False
        return any(word in section for word in self._sections["plan"])

    def _reject(self, one: Reading, reason: str) -> Reading:
        one.code, one.reason = "", reason
        return one

    def _fits(self, q: Quantity, indicator: Indicator) -> bool:
        accepted = self._accepts.get(indicator.code) or self._accepts.get(indicator.unit, frozenset((indicator.unit,)))
        return q.unit.dimension in accepted or q.unit.unit in accepted

    def _name(self, reading: Reading, found: _Candidate, measure: Measure) -> Reading:
        item = found.alias.words if found.alias.item == "=" else found.alias.item
        reading.hit, reading.hit_code = found.hit, found.alias.code
        confidence = 0.95 if found.score >= 100 else 0.85 if found.score >= 75 else 0.7
        return self._set(reading, found.alias.code, measure, item, found.rule, confidence)

    def _take(self, reading: Reading, subject: Reading, measure: Measure, rule: str) -> Reading:
        return self._set(reading, subject.code, measure, subject.item, rule, min(0.9, subject.confidence))

    @staticmethod
    def _set(reading: Reading, code: str, measure: Measure, item: str, rule: str, confidence: float) -> Reading:
        reading.code, reading.measure, reading.item = code, measure, item
        reading.rule, reading.confidence, reading.reason = rule, confidence, ""
        return reading

    @staticmethod
    def _last_word(text: str, words: Sequence[str]) -> int:
        """Return where the last of `words` ends in `text`, -1 when none stands there."""
        return max((position + len(word) for word in words if (position := text.rfind(word)) >= 0), default=-1)

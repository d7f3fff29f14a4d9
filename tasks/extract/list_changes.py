"""Lists of changes of figures stated just before: 386户、512人，较上年末分别减少29户和43人."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from tasks.domain.facts import Measure
from tasks.extract.measures import MeasureWords
from tasks.extract.names import NameFinder
from tasks.extract.readings import Reading
from tasks.extract.scene import Scene

__all__ = ["SHARED", "ListChanges", "joined", "names_end"]

_GAP: Final = re.compile(
    r"(?:以上|左右|以内)?\s*(?:、|，|,|和|及|与|以及|；)?\s*(?:增长|下降|提高|减少|上升|降低|增加|回落)?"
)
SHARED: Final = re.compile(r"分别|依次")
_RATE_OF_INSURED: Final = re.compile(r"参[保合](?:缴费)?率(?:分别|依次)?(?:为|达到?)?$")
_LEVELS_OF: Final = re.compile(
    r"[，、]?(?:年末|全年|实际|目前)*(?:[两三四五]者|实有量|均)?(?:累计|总数|总量)?(?:分别|各|双双)?(?:达到?了?|增至|降至|升至|为|完成|实现)"
)
_HERD: Final = re.compile(r"livestock\.(?:pigs|cattle|sheep|poultry)_(?:out|stock)")
_OF_THOSE_HERDS: Final = re.compile(
    r"[，、；](?:年末|年底|期末|全年)?(?P<what>存栏|出栏)量?(?:分别|依次)(?:为|达到?)?$"
)
_SAID_SO: Final = {"存栏": "_stock", "出栏": "_out", "面积": "_area", "产量": "_output", "产值": "_output_value"}
_WHAT_OF_THEM: Final = re.compile(rf"(?:年末|年底)?(?:播种|种植)?(?P<what>{'|'.join(_SAID_SO)})量?(?:也|均)?")
_BEFORE_LEVELS: Final = frozenset({"growth_pct", "growth_abs", "plan", "prior_level"})


def joined(scene: Scene, last: Reading, following: Reading) -> bool:
    """Return whether two figures stand in one list: 4.82万只、3.71万头."""
    start, end = last.quantity.outer_end, following.quantity.outer_start
    if not 0 < end - start <= 5:
        return False
    if (last.quantity.unit.dimension == "share") != (following.quantity.unit.dimension == "share"):
        return False
    return _GAP.fullmatch(scene.text, start, end) is not None


# 油料播种面积和产量双双增长，分别达4800亩、620吨: what is remarked of all before their figures
_REMARK: Final = re.compile(
    r"(?:双双|同步|齐齐?|稳步|稳中有[升增]|再?创(?:历史)?新高|喜获丰收|实现|两旺|双丰收|均有?|都有?|之比为\d+[比:：]\d+)+"
    r"(?:增长|提高|增加|上升|下降|增产|丰收|攀升|双增|减少)?，?$"
)


def names_end(text: str, start: int, end: int) -> int:
    """Return where the names of a list end, of which `start:end` holds them and perhaps a remark on all."""
    remark = _REMARK.search(text, start, end)
    return end if remark is None else remark.start()


class ListChanges:
    """Reads lists that go on about the figures before them; holds only data."""

    def __init__(self, names: NameFinder, words: MeasureWords) -> None:
        self._names = names
        self._words = words

    def continues(self, scene: Scene, chain: Sequence[Reading], run: Sequence[int], sentence: int) -> bool:
        """Read a list of changes of figures stated just before: 386户、512人，较上年末分别减少29户和43人."""
        start = max(sentence, chain[run[0] - 1].quantity.outer_end if run[0] else 0)
        head = scene.text[start : chain[run[0]].quantity.outer_start]
        rates = all(chain[position].quantity.unit.dimension == "share" for position in run)
        return (
            rates or SHARED.search(head) is not None or _LEVELS_OF.fullmatch(head) is not None or self._leads_to(head)
        ) and self._by_figures(scene, chain, run, head)

    def _leads_to(self, head: str) -> bool:
        """Return whether a list says what the figures of the list before came to: 由95.4%、91.7%提高到97.3%、94.6%."""
        return self._words.to.search(head) is not None and not self._words.to.without(head).strip("，、分别")

    def _by_figures(self, scene: Scene, chain: Sequence[Reading], run: Sequence[int], head: str) -> bool:
        """Read changes of figures stated just before: 386户、512人，较上年末分别减少29户和43人."""
        last = chain[run[0] - len(run) : run[0]] if run[0] >= len(run) else []
        if last and self._herds(chain, run, last, head):
            return True
        if last and (_LEVELS_OF.fullmatch(head) or self._leads_to(head)) and self._levels(chain, run, last):
            return True
        if last and all(chain[position].quantity.unit.dimension == "points" for position in run):
            return self._points(chain, run, last, head)
        sign = self._words.sign(head) or self._words.sign(SHARED.sub("", head))
        rate_of = _RATE_OF_INSURED.search(head)
        completed = self._words.completion.search(SHARED.sub("", head)) is not None
        if not sign and not self._words.compares.search(head) and rate_of is None and not completed:
            return False
        own = head[max(head.rfind("，"), head.rfind("；"), head.rfind("。")) + 1 :]
        said = _WHAT_OF_THEM.match(own)
        if said is not None and all(one.code.endswith(_SAID_SO[said["what"]]) for one in last):
            own, head = own[said.end() :], head.replace(said.group(), "")  # 猪、牛、羊…，存栏量同比分别增长…
        skipped = head[: len(head) - len(own)].strip("，；。")
        if len(self._names.gaps.residue(self._words.lead_rest(skipped))) >= 5:
            return False  # a clause of its own has changed the subject
        if rate_of is None and not completed and self._names.gaps.residue(self._words.lead_rest(SHARED.sub("", own))):
            return False
        earlier = [one for one in chain[: run[0]] if one.quantity.unit.dimension not in {"share", "points"}]
        targets = earlier[-len(run) :]
        known = [bool(one.code) for one in targets]
        listed = all(joined(scene, one, other) for one, other in pairwise(targets))
        if len(targets) < len(run) or not (all(known) or (any(known) and (listed or SHARED.search(head)))):
            return False
        if len(earlier) > len(run) and joined(scene, earlier[-len(run) - 1], targets[0]) and rate_of is None:
            return False  # three figures, two changes: nobody can tell which
        if rate_of is not None and not all(one.code.endswith("_insured") for one in targets):
            return False
        is_rate = all(chain[position].quantity.unit.dimension == "share" for position in run)
        if not is_rate and not all(
            not target.code or self._names.fits(chain[position].quantity.unit, target.code)
            for position, target in zip(run, targets, strict=True)
        ):
            return False
        for position, target in zip(run, targets, strict=True):
            if not target.code:
                chain[position].refuse("no indicator")
                continue
            if rate_of is not None:
                chain[position].take(target.code.replace("_insured", "_rate"), "level", "", "list_change", 0.9)
                continue
            if not is_rate and target.measure == "growth_abs":
                chain[position].refuse("change of what is new")  # 新登记企业1830户，比上年同期多86户
                continue
            changed: Measure = "completion_pct" if completed else "growth_pct" if is_rate else "growth_abs"
            chain[position].take(target.code, changed, target.item, "list_change", 0.9)
            if completed:
                continue
            change = self._own_sign(scene, chain, position) or sign
            chain[position].negative = change < 0 or chain[position].quantity.stated_value.startswith("-")
        return True

    @staticmethod
    def _herds(chain: Sequence[Reading], run: Sequence[int], last: Sequence[Reading], head: str) -> bool:
        """Read the other figure of herds told just before: 出栏生猪1.2万头、山羊3400只，存栏分别为9800头、5600只."""
        said = _OF_THOSE_HERDS.search(head)
        if said is None or any(_HERD.fullmatch(one.code) is None for one in last):
            return False
        suffix = "_stock" if said["what"] == "存栏" else "_out"
        for one, position in zip(last, run, strict=True):
            chain[position].take(one.code.rsplit("_", 1)[0] + suffix, "level", "", "list_change", 0.88)
        return True

    def _levels(self, chain: Sequence[Reading], run: Sequence[int], last: Sequence[Reading]) -> bool:
        """Read what as many changes came to: 牛、羊存栏分别增长5.6%和8.3%，达到3700头、1.42万只."""
        if not all(
            one.measure in _BEFORE_LEVELS and one.code and self._names.fits(chain[position].quantity.unit, one.code)
            for one, position in zip(last, run, strict=True)
        ):
            return False
        for one, position in zip(last, run, strict=True):
            chain[position].take(one.code, "level", one.item, "list_change", 0.88)
        return True

    def _points(self, chain: Sequence[Reading], run: Sequence[int], rates: Sequence[Reading], head: str) -> bool:
        """Read changes of as many rates in points: 参保率98.4%、97.9%，分别较上年提升1.2个和0.6个百分点."""
        sign = self._words.sign(head)
        if not sign or not all(one.code and one.quantity.unit.dimension == "share" for one in rates):
            return False
        if self._names.gaps.residue(self._words.lead_rest(SHARED.sub("", head))):
            return False
        for one, position in zip(rates, run, strict=True):
            chain[position].take(one.code, "growth_abs", one.item, "points", 0.9)
            chain[position].negative = sign < 0
        return True

    def _own_sign(self, scene: Scene, chain: Sequence[Reading], position: int) -> int:
        """Return the sign of a word of change that stands right before one figure of a list."""
        before = chain[position - 1].quantity.outer_end if position else 0
        return self._words.sign(scene.text[before : chain[position].quantity.outer_start][-6:])

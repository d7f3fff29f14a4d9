"""What a figure goes on about by more than its own words: whom a sum was paid to, what was done of what was begun."""

import re
from typing import Final

from tasks.extract.new_of_all import SAID_NEW
from tasks.extract.quantities import Quantity
from tasks.extract.readings import Reading

__all__ = ["WAS", "code_of_those_paid", "is_added_value", "is_done_of_begun", "is_told_as_new"]

WAS: Final = frozenset({"（原", "（原有", "（原为", "（原来", "（原来是"})  # 12个行政村（原21个）
_PAID_TO: Final = re.compile(
    r"，(?:共|累计|已)?(?:涉及|惠及|保障|救助|覆盖)(?:低保)?(?:对象|家庭|群众|困难群众)?(?:共|达到?)?"
)
_BEGUN: Final = re.compile(r"开工(?:了|建设|改造)?$")
_DONE_OF_IT: Final = re.compile(r"[，、]?(?:其中)?已?(?:竣工|完工)(?:验收|入住)?(?:了|的)?")
_THEN_ADDED: Final = re.compile(r"[、，](?:工业)?增加值(?:达到?|为|约|完成|实现)*")
_KINDS: Final = {"households": "social.minimum_living_households", "people": "social.minimum_living_people"}


def code_of_those_paid(previous: Reading, q: Quantity, gap: str) -> str:
    """Return the indicator of those whom the sum before was paid to, or '': 发放农村低保金583万元，涉及912户1846人."""
    if previous.code != "social.relief_funds" or "低保" not in previous.item or not _PAID_TO.fullmatch(gap):
        return ""
    return _KINDS.get(q.unit.dimension, "")


def is_added_value(text: str, q: Quantity, previous: Reading) -> bool:
    """Return whether `q` is the added value of the output told before: 规模工业产值4.8亿元、增加值1.56亿元."""
    return (
        previous.code == "econ.industry_output"
        and previous.measure in {"level", "forecast", "plan"}
        and q.unit.dimension == "money"
        and _THEN_ADDED.fullmatch(text, previous.quantity.outer_end, q.outer_start) is not None
    )


def is_done_of_begun(text: str, subject: Reading, own: str) -> bool:
    """Return whether `own` tells what was finished of what `subject` says was begun: 已开工121户，竣工77户."""
    return (
        subject.measure == "level"
        and _DONE_OF_IT.fullmatch(own) is not None
        and _BEGUN.search(text, subject.place.clause[0], subject.quantity.outer_start) is not None
    )


def is_told_as_new(text: str, subject: Reading) -> bool:
    """Return whether the name of `subject` says that it is new: 新增转移劳动力1240人，累计达到1.36万人."""
    if SAID_NEW.match(text, subject.quantity.outer_end):
        return True  # 花椒2800亩系今年新栽，累计9600亩
    if subject.named is None:
        return False
    start = subject.named.hit.start
    return (
        text.startswith(("新增", "新转移", "当年"), start)
        or text[max(0, start - 2) : start] == "新增"
        or text.startswith(("新建", "新增", "新修"), subject.named.hit.end)  # 高标准农田新建3200亩，累计已有2.1万亩
    )

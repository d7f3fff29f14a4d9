"""What the rules by which a figure goes on about the one before it ask of both."""

import re
from typing import Final

from tasks.domain.facts import Measure
from tasks.extract.measures import MeasureWords
from tasks.extract.quantities import STOPS, Quantity
from tasks.extract.rates import RateReader
from tasks.extract.readings import Reading

__all__ = ["Continuation", "is_of_others", "noun_behind", "was_before"]

_OF_OTHERS: Final = re.compile(r"[全我][县市区州省旗国盟]|县域|下达")
_TOPIC: Final = 24  # letters before a colon that are looked at
_THEN: Final = re.compile(
    r"(?:19|20)\d\d年|去年|上年|前年|上一年|上届|[几两三四五六八十]年前|前几年|当初|(?:任期|换届|建档立卡|脱贫|“?十[一二三四]五”?)[^，。；]{0,4}[初末前时]"
)
_NOW_WORD: Final = re.compile(
    r"[，、（]?(?:[^，]{2,8}，)?(?:到了?)?(?:今年|本年(?!度)|如今|眼下|现已|现在|现达|而今|当前|一年(?:工夫|功夫|时间|光景|下来|之?后|间)|才?一年)"
)


class Continuation:
    """A figure, the one it may go on about, and what the rules ask of both; made for one figure.

    `own` are the words between the two, `rest` what they say beside leading from one to the other. `code`, `item` and
    `confidence` are those of `subject` before a rule changes it. `counted_new` is the indicator of what is new of it,
    where there is one. Taking and refusing return True: the figure is settled.
    """

    def __init__(
        self, text: str, reading: Reading, own: str, subject: Reading, words: MeasureWords, rates: RateReader,
        is_stock: bool, counted_new: str,
    ) -> None:  # fmt: skip
        self.text, self.reading, self.q, self.own, self.subject = text, reading, reading.quantity, own, subject
        self.words, self.rates = words, rates
        self.code, self.item, self.confidence = subject.code, subject.item, min(0.93, subject.confidence)
        self.is_stock, self.counted_new = is_stock, counted_new
        self.rest = ""
        self.is_of_target = False
        self.has_noun = False
        self.is_new = False

    def take(self, measure: Measure, rule: str, code: str = "") -> bool:
        """Read the figure as `measure` of the subject's indicator, or of `code`; return True."""
        self.reading.take(code or self.code, measure, self.item, rule, self.confidence)
        return True

    def refuse(self, reason: str) -> bool:
        """Read the figure as no fact; return True."""
        self.reading.refuse(reason)
        return True

    def is_said_before(self, pattern: re.Pattern[str]) -> bool:
        """Return whether `pattern` stands in the subject's clause, before its figure."""
        return pattern.search(self.text, self.subject.place.clause[0], self.subject.quantity.outer_start) is not None

    def said_before(self) -> str:
        """Return the words of the subject's clause, and of one before that a colon ends, before its figure."""
        start, end = self.subject.place.clause[0], self.subject.quantity.outer_start
        if self.text[start - 1 : start] == "：":
            start = max(self.subject.place.sentence[0], start - _TOPIC)
        return self.text[start:end]

    def subject_name(self) -> str:
        """Return the name that the subject has in the text, or the words of its clause before its figure."""
        named = self.subject.named
        return named.hit.words if named is not None else self.said_before()

    def is_of_others(self) -> bool:
        """Return whether the subject is the county's figure, and what follows ours: 全县196家，我镇21家."""
        text, end = self.text, self.q.outer_end
        if self.own[-1] in "镇乡道木办" and text[end : end + 1] not in "，。；、（":
            return False
        return is_of_others(text, self.subject)

    def sign(self) -> int:
        """Return 1 where the figure is an increase, -1 a decrease, 0 otherwise, as where it counts new things."""
        return 0 if self.has_noun and self.is_new else self.words.sign(self.own)

    def ends_clause(self) -> bool:
        """Return whether nothing follows the figure in its clause."""
        return self.text[self.q.outer_end : self.q.outer_end + 1] in STOPS


def is_of_others(text: str, subject: Reading) -> bool:
    """Return whether `subject` is a figure of the county or of what stands above it: 全县196家."""
    return _OF_OTHERS.search(text, subject.place.segment[0], subject.quantity.start) is not None


def was_before(text: str, subject: Reading, q: Quantity) -> bool:
    """Return whether `q` is told as what is now, and `subject` as what was before: 去年…, 如今…."""
    return (
        subject.measure in {"level", "prior_level"}
        and _NOW_WORD.match(text, subject.quantity.outer_end, q.outer_start) is not None
        and _THEN.search(text, subject.place.segment[0], subject.quantity.start) is not None
    )


def noun_behind(subject: Reading) -> str:
    """Return the name of `subject` where it stands right behind its figure, else nothing."""
    hit = subject.named.hit if subject.named is not None else None
    return hit.words if hit is not None and hit.start == subject.quantity.outer_end else ""

"""What kind of statement a gold fact is: its measure, group and bound, and how it is written (pair, list, 其中 …)."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from cases import Case
from markup import GoldFact
from scoring import Score

from expectations.catalogue import Catalogue
from tasks.parse import document_from_text

__all__ = ["FORMS", "forms_of", "misses_by_phenomenon"]

FORMS = ("plain", "list", "pair", "其中", "table", "zero statement", "Chinese numeral", "plan")
_CHINESE = re.compile(r"[〇一二两三四五六七八九十百千]")
_HOUSEHOLDS_BEFORE = re.compile(r"户[、，,（(]?(?:共计?|涉及|计|合计|总人口)?$")
_PEOPLE_AFTER = re.compile(r"[、，,（(]?(?:共计?|涉及|计|合计|总人口)?[\d.]+[万余]*人")
_BETWEEN = frozenset("、和及与")


def forms_of(
    case: Case, fact: GoldFact, spans: Sequence[tuple[int, int]], cells: Sequence[tuple[int, int]]
) -> list[str]:
    """Return how `fact` is written, of `FORMS`: several may hold, `plain` where none does.

    `spans` are the places of all gold facts and quantities of the report, `cells` those of its table cells.
    """
    text, surface = case.text, case.text[fact.start : fact.end]
    found = []
    has_digits = re.search(r"[0-9０-９XxⅩ×*]", surface) is not None
    if fact.value == 0 and not has_digits:
        found.append("zero statement")
    elif not has_digits and _CHINESE.search(surface):
        found.append("Chinese numeral")
    is_first = surface.endswith("户") and _PEOPLE_AFTER.match(text, fact.end)
    is_second = surface.endswith("人") and _HOUSEHOLDS_BEFORE.search(text, max(0, fact.start - 8), fact.start)
    if is_first or is_second:
        found.append("pair")
    elif _is_listed(text, fact, spans):
        found.append("list")
    if "其中" in re.split(r"[。；！？\n]", text[max(0, fact.start - 120) : fact.start])[-1]:
        found.append("其中")
    if any(start <= fact.start < end for start, end in cells):
        found.append("table")
    if fact.measure in {"plan", "forecast"}:
        found.append("plan")
    return found or ["plain"]


def _is_listed(text: str, fact: GoldFact, spans: Sequence[tuple[int, int]]) -> bool:
    before = any(text[end : fact.start] in _BETWEEN for _, end in spans if end < fact.start <= end + 1)
    after = any(text[fact.end : start] in _BETWEEN for start, _ in spans if fact.end < start <= fact.end + 1)
    return before or after


def misses_by_phenomenon(scores: Iterable[Score], catalogue: Catalogue) -> list[tuple[str, str, int, int]]:
    """Return (kind, phenomenon, missed, gold facts) for every phenomenon, those missed most first within a kind.

    Kinds are form, measure, bound and group (of indicators).
    """
    gold: Counter[tuple[str, str]] = Counter()
    missed: Counter[tuple[str, str]] = Counter()
    for score in scores:
        case = score.case
        spans = [(one.start, one.end) for one in case.facts] + [(one.start, one.end) for one in case.quantities]
        document = document_from_text(case.text)
        cells = [(one.start, one.end) for one in document.blocks if one.kind == "table_cell"]
        lost = {id(one) for one in score.missed}
        for fact in score.required:
            group = catalogue[fact.code].group if fact.code in catalogue else "not in the catalogue"
            keys = [("form", form) for form in forms_of(case, fact, spans, cells)]
            keys += [("measure", fact.measure), ("bound", fact.bound), ("group", group)]
            gold.update(keys)
            if id(fact) in lost:
                missed.update(keys)
    order = ("form", "measure", "bound", "group")
    return sorted(
        ((*key, missed[key], count) for key, count in gold.items()),
        key=lambda row: (order.index(row[0]), -row[2], -row[3], row[1]),
    )

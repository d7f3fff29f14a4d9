"""Gold reports as marked-up text: every number in braces, with what a careful reader takes it for.

A file `NAME.gold` is the report itself with braces around each number and unit; what stands after the bar is the gold:

    {5.27万亩|agri.grain_area 52700}                     a fact: code, value in the catalogue's unit; measure is level
    {9.6%|econ.fixed_investment:growth_pct -9.6}         another measure
    {120余亩|agri.crop_area 120~at_least@西葫芦}         a bound and an item
    {3—5万元|econ.x 30000..50000~range}                  a range
    {XX人|party.members_recruited ~masked}               a masked figure has no value
    {没有发生安全生产事故|safety.major_accidents 0}      a zero statement is its phrase
    {12台|? 12 台}                                       a quantity that is no fact: value, unit
    {十四五|! plan name}                                 no quantity, and why
    {2800|agri.oil_area 2800; agri.oil_area:prior_level 2800}   several facts of one phrase (rare)

Run as `python markup.py FILE.gold…` it checks the files and says what is wrong as file:line.
"""

import csv
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["GoldError", "GoldFact", "GoldQuantity", "GoldReport", "NonMention", "read_gold"]

MEASURES = ("level", "prior_level", "growth_pct", "growth_abs", "share_pct", "completion_pct", "plan", "forecast")
BOUNDS = ("exact", "at_least", "at_most", "approx", "range", "masked", "corrupt")
WHYS = (
    "date", "period", "clock time", "duration", "age", "threshold", "rank", "ordinal", "section no", "list count",
    "document no", "phone no", "road no", "plan name", "slogan", "name", "class label", "dual unit", "per-unit",
    "vague", "idiom",
)  # fmt: skip
_MARK = re.compile(r"\{([^{}|]+)\|([^{}|]*)\}")
_FACT = re.compile(
    r"(?P<code>[a-z_]+\.[a-z_]+)(?::(?P<measure>\w+))?(?:\s+(?P<low>-?\d+(?:\.\d+)?)(?:\.\.(?P<high>-?\d+(?:\.\d+)?))?)?"
    r"\s*(?:~(?P<bound>\w+))?\s*(?:@(?P<item>.+))?"
)
_SECTION = re.compile(r"^\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、．.]|第[一二三四五六七八九十]+[章节部分]+)")


class GoldError(ValueError):
    """Raised when a gold file is malformed; the message starts with `file:line`."""


@dataclass(frozen=True, slots=True)
class GoldFact:
    """One fact that a careful reader finds; `value` in the catalogue's unit, None when masked."""

    code: str
    measure: str
    value: float | None
    value_high: float | None
    bound: str
    item: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class GoldQuantity:
    """A quantity that is no fact."""

    value: float | None
    unit: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NonMention:
    """What only looks like a quantity, and why it is none."""

    why: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class GoldReport:
    """A report's text and its gold; offsets are code points of `text`."""

    name: str
    text: str
    facts: tuple[GoldFact, ...]
    quantities: tuple[GoldQuantity, ...]
    non_mentions: tuple[NonMention, ...]


def read_gold(path: Path) -> GoldReport:
    """Return the report marked up in `path`.

    Raises:
        GoldError: a mark is malformed; the message names file and line.
    """
    marked = path.read_text(encoding="utf-8")
    text: list[str] = []
    length = position = 0
    facts: list[GoldFact] = []
    quantities: list[GoldQuantity] = []
    non_mentions: list[NonMention] = []
    for match in _MARK.finditer(marked):
        before = marked[position : match.start()]
        text += [before, match[1]]
        start = length + len(before)
        end = length = start + len(match[1])
        position = match.end()
        place = f"{path}:{marked.count(chr(10), 0, match.start()) + 1}: {match[0]}"
        gold = match[2].strip()
        if gold.startswith("!"):
            non_mentions.append(NonMention(_why(gold[1:].strip(), place), start, end))
        elif gold.startswith("?"):
            quantities.append(_quantity(gold[1:].split(), place, start, end))
        else:
            facts += [_fact(one.strip(), place, start, end) for one in gold.split(";")]
    text.append(marked[position:])
    plain = "".join(text)
    if re.search(r"[{}]|\|(?=[^\n]*\})", plain):
        at = re.search(r"[{}]", plain)
        line = plain.count("\n", 0, at.start() if at else 0) + 1
        raise GoldError(f"{path}:{line}: a brace that is no mark")
    return GoldReport(path.stem, plain, tuple(facts), tuple(quantities), tuple(non_mentions))


def _why(why: str, place: str) -> str:
    if why not in WHYS:
        raise GoldError(f"{place}: {why!r} is none of {', '.join(WHYS)}")
    return why


def _quantity(words: Sequence[str], place: str, start: int, end: int) -> GoldQuantity:
    try:
        return GoldQuantity(None if words[0] == "~masked" else float(words[0]), "".join(words[1:]), start, end)
    except (IndexError, ValueError) as error:
        raise GoldError(f"{place}: a quantity is written `? VALUE UNIT`") from error


def _fact(gold: str, place: str, start: int, end: int) -> GoldFact:
    match = _FACT.fullmatch(gold)
    if match is None:
        raise GoldError(f"{place}: a fact is written `code[:measure] value[..high][~bound][@item]`")
    measure, bound = match["measure"] or "level", match["bound"] or "exact"
    if measure not in MEASURES:
        raise GoldError(f"{place}: {measure!r} is none of {', '.join(MEASURES)}")
    if bound not in BOUNDS:
        raise GoldError(f"{place}: {bound!r} is none of {', '.join(BOUNDS)}")
    if (match["low"] is None) != (bound == "masked" or (bound == "corrupt" and match["low"] is None)):
        raise GoldError(f"{place}: a value belongs to every bound but masked")
    if (match["high"] is not None) != (bound == "range"):
        raise GoldError(f"{place}: a range is written low..high~range")
    value, high = (None if match[name] is None else float(match[name]) for name in ("low", "high"))
    return GoldFact(match["code"], measure, value, high, bound, match["item"] or "", start, end)


# --- checking -------------------------------------------------------------------------------------------------------


def _printed(surface: str) -> float | None:
    """Return what the digits of `surface` say with 万 and 亿 expanded, None where there are none."""
    plain = surface.translate(str.maketrans("０１２３４５６７８９．", "0123456789.")).replace(",", "").replace("，", "")
    match = re.search(r"(\d+(?:\.\d+)?)[余多来]?([百千万亿]*)", plain)
    if match is None:
        return None
    value = float(match[1])
    for word in match[2]:
        value *= {"百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}[word]
    return value


def _doubts(path: Path, report: GoldReport, catalogue: dict[str, dict[str, str]]) -> Iterator[str]:
    def place(offset: int) -> str:
        return f"{path}:{report.text.count(chr(10), 0, offset) + 1}"

    factors = (1, 15, 1500, 1 / 2000, 1 / 1000, 1 / 20, 0.5, 10, 1 / 1e4, 1e3)
    for fact in report.facts:
        surface = report.text[fact.start : fact.end]
        row = catalogue.get(fact.code)
        if row is None:
            yield f"{place(fact.start)}: no such code {fact.code}"
            continue
        if fact.item and not row["item"]:
            yield f"{place(fact.start)}: {fact.code} has no items ({fact.item})"
        if row["item"] == "crop" and not fact.item:
            yield f"{place(fact.start)}: {fact.code} needs its crop as item ({surface})"
        printed = _printed(surface)
        if printed and fact.value and fact.bound not in {"corrupt"}:
            ratio = abs(fact.value) / printed
            if not any(abs(ratio - factor) < 1e-6 * factor for factor in factors):
                yield f"{place(fact.start)}: {surface} stands for {fact.value:.10g}?"
    for quantity in report.quantities:
        surface = report.text[quantity.start : quantity.end]
        printed = _printed(surface)
        if printed and quantity.value and abs(quantity.value - printed) > 1e-6 * printed:
            yield f"{place(quantity.start)}: {surface} stands for {quantity.value:.10g}?"
    covered = [(one.start, one.end) for one in (*report.facts, *report.quantities, *report.non_mentions)]
    for match in re.finditer(r"[0-9０-９][0-9０-９.．,，]*[^\s，。、；]{0,4}", report.text):
        line_start = report.text.rfind("\n", 0, match.start()) + 1
        section = _SECTION.match(report.text[line_start:])
        in_section = section is not None and match.start() < line_start + section.end()
        if not in_section and not any(start <= match.start() < end for start, end in covered):
            yield f"{place(match.start())}: not marked: {report.text[max(0, match.start() - 8) : match.end()]}"


def main(names: Sequence[str]) -> int:
    """Check gold files; return 1 when one is malformed or has a doubt."""
    rows = Path(__file__).resolve().parents[2] / "expectations" / "indicators.csv"
    with rows.open(encoding="utf-8", newline="") as file:
        catalogue = {row["code"]: row for row in csv.DictReader(file)}
    wrong = 0
    for name in names:
        try:
            report = read_gold(Path(name))
        except GoldError as error:
            print(error)  # noqa: T201
            wrong += 1
            continue
        doubts = list(_doubts(Path(name), report, catalogue))
        wrong += len(doubts)
        print(*doubts, sep="\n", end="\n" if doubts else "")  # noqa: T201
        print(  # noqa: T201
            f"{report.name}: {len(report.text)} characters, {len(report.facts)} facts, "
            f"{len(report.quantities)} other quantities, {len(report.non_mentions)} that are none"
        )
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

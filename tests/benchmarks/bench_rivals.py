"""Our reader beside JioNLP 1.5.31 and Recognizers-Text 1.0.2a2 on the same gold reports.

    python tests/benchmarks/bench_rivals.py [--rounds 2] [--list READER]

All in one run on one core, each in the best configuration found (`rival_readers.py` says what was tried):

- ours: `extract_document` on whole reports, facts included; and once more sentence by sentence, as the others are run,
  although it lives on headings, tables and the words of earlier sentences;
- Recognizers-Text: its number, percentage, age, currency, dimension and temperature models together, the longest of
  what overlaps; a bare number is dropped where its ordinal or date-time model claims it. Its Python edition has no
  Chinese number range model. The row without dates leaves the date-time model out;
- JioNLP: `jio.ner.extract_money(sentence, with_parsing=True)`, which calls its `parse_money`; it has no other reader of
  quantities. It reads money only, hence the second table, where only money is wanted and only money is looked at.

A gold quantity is every fact with a numeral and every quantity that is no fact. It is found when a mention overlaps it;
a mention is false when it overlaps no gold quantity, unless it overlaps a duration, threshold, age and the like, which
count neither way. A found value is right when the low or high end read is the gold value, be it in the unit as written
or in the catalogue's. Time is the best round without imports and model building. `.venv-rivals` is made when missing.
"""

import argparse
import csv
import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from expectations.catalogue import load_catalogue
from tasks.domain.periods import ReportPeriod
from tasks.extract import build_reader, extract_document
from tasks.lexicon import load_lexicon
from tasks.parse import document_from_text

ROOT = Path(__file__).resolve().parents[2]
OURS = "ours"
RIVALS = ("Recognizers-Text", "Recognizers-Text, no dates", "JioNLP")
NEITHER = ("duration", "threshold", "age", "dual unit", "rank", "list count", "vague", "per-unit")
NUMERAL = re.compile(r"[0-9０-９一二三四五六七八九十百千万亿两半成倍ⅩXx×*]")
# Cells of a table row are read one by one: the others take neighbours for one number.
SENTENCE = re.compile(r"[^。；！？\n\t]+[。；！？]?")
# What a unit as written can come to in the catalogue's units; a fraction is read as a part of one or of a hundred.
FACTORS = {"公顷": (15,), "平方公里": (1500,), "平方千米": (1500,), "公斤": (1e-3,), "千克": (1e-3,),
           "斤": (1 / 2000, 0.5), "担": (0.05,), "分之": (100,), "半": (100,), "番": (100,)}  # fmt: skip


class Mention(NamedTuple):
    """What a reader took for a quantity."""

    start: int
    end: int
    low: float | None
    high: float | None
    is_money: bool


class Gold(NamedTuple):
    """A quantity that a careful reader finds."""

    start: int
    end: int
    value: float | None


class Report(NamedTuple):
    """A report, its gold quantities and the spans that count neither way."""

    name: str
    text: str
    gold: list[Gold]
    neither: list[tuple[int, int]]

    def numerals(self) -> list[Gold]:
        """Return the gold quantities that are written with a numeral."""
        return [one for one in self.gold if NUMERAL.search(self.text, one.start, one.end)]


Reading = tuple[float, list[list[Mention]]]


def marked_reports(folder: Path) -> list[Report]:
    """Return the reports marked up in `folder`."""
    sys.path.insert(0, str(ROOT))
    from tests.golden.markup import read_gold

    reports = []
    for one in map(read_gold, sorted(folder.glob("*.gold"))):
        gold = [Gold(it.start, it.end, it.value) for it in one.facts]
        gold += [Gold(it.start, it.end, it.value) for it in one.quantities]
        neither = [(it.start, it.end) for it in one.non_mentions if it.why.startswith(NEITHER)]
        reports.append(Report(one.name, one.text, gold, neither))
    return reports


def listed_reports(folder: Path) -> list[Report]:
    """Return the reports in `folder` whose gold stands in CSV files beside them."""
    reports = []
    for path in sorted(folder.glob("*.txt")):
        facts, unmapped, others = (
            list(csv.DictReader(path.with_suffix(f".{kind}.csv").read_text(encoding="utf-8-sig").splitlines()))
            for kind in ("facts", "unmapped", "nonmentions")
        )
        gold = [
            Gold(int(row["start"]), int(row["end"]), float(row["value"]) if row["value"] else None)
            for row in (*facts, *unmapped)
        ]
        neither = [(int(row["start"]), int(row["end"])) for row in others if row["why"].startswith(NEITHER)]
        reports.append(Report(path.stem, path.read_text(encoding="utf-8"), gold, neither))
    return reports


def read_ourselves(texts: Sequence[str], years: Sequence[str], rounds: int) -> Reading:
    """Return seconds and mentions for every text; `years` are those they report on."""
    reader = build_reader(load_catalogue(), load_lexicon())

    def read(text: str, year: str) -> list[Mention]:
        mentions = extract_document(document_from_text(text), ReportPeriod.parse(year), reader).mentions
        return [Mention(one.start, one.end, one.low, one.high, "元" in one.unit) for one in mentions]

    read("完成投资3.2亿元，增长5%。", "2023")
    seconds, found = float("inf"), []
    for _ in range(rounds):
        started = time.perf_counter()
        found = [read(text, year) for text, year in zip(texts, years, strict=True)]
        seconds = min(seconds, time.perf_counter() - started)
    return seconds, found


def read_by_rival(reader: str, texts: Sequence[str], rounds: int) -> Reading:
    """Return seconds and mentions for every text as `reader` reads them in a process of its own."""
    answer = subprocess.run(
        [ROOT / ".venv-rivals/bin/python", Path(__file__).with_name("rival_readers.py")],
        input=json.dumps({"reader": reader, "rounds": rounds, "sentences": texts}),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if answer.returncode:
        sys.exit(f"{reader}: {answer.stderr}")
    result = json.loads(answer.stdout)
    return result["seconds"], [[Mention(*one) for one in mentions] for mentions in result["mentions"]]


def overlaps(one: Mention | Gold, start: int, end: int) -> bool:
    """Say whether `one` shares a character with `start:end`."""
    return one.start < end and start < one.end


def value_is_right(value: float, surface: str, hits: Sequence[Mention]) -> bool:
    """Say whether a mention has `value` as written or in the catalogue's unit; a decline's sign is a word."""
    factors = [factor for unit, values in FACTORS.items() if unit in surface for factor in values]
    wanted = [abs(value) * factor for factor in (1.0, *factors, *(1 / factor for factor in factors))]
    read = [abs(end) for one in hits for end in (one.low, one.high) if end is not None]
    # The gold writes a third as 33.33.
    slack = 1e-4 if "分之" in surface else 1e-6
    return any(abs(end - right) <= slack * max(1.0, right) for end in read for right in wanted)


def score(reports: Sequence[Report], read: Sequence[Sequence[Mention]], money: bool, doubts: list[str]) -> list[float]:
    """Return recall, precision and the share of values right; with `money` only money is wanted and looked at.

    What was missed, read wrong or read where there is nothing is added to `doubts`.
    """
    wanted = found = hits_gold = false = valued = right = 0
    for report, all_mentions in zip(reports, read, strict=True):
        text, gold = report.text, report.numerals()
        mentions = [one for one in all_mentions if one.is_money or not money]
        targets = [one for one in gold if not money or "元" in text[one.start : one.end]]
        wanted += len(targets)
        for one in targets:
            surface = text[one.start : one.end]
            hits = [mention for mention in all_mentions if overlaps(mention, one.start, one.end)]
            found += bool(hits)
            if not hits:
                doubts.append(f"missed {report.name} {surface!r} in {text[max(0, one.start - 10) : one.end + 4]!r}")
            elif one.value:  # A zero statement (无一人返贫) has no number to read.
                valued += 1
                good = value_is_right(one.value, surface, hits)
                right += good
                if not good:
                    doubts.append(f"value  {report.name} {surface!r} {one.value:.10g} {[hit[2:4] for hit in hits]}")
        spans = [one[:2] for one in gold] + report.neither
        for mention in mentions:
            hits_gold += any(overlaps(one, mention.start, mention.end) for one in targets)
            if not any(overlaps(mention, start, end) for start, end in spans):
                false += 1
                surface, around = text[mention.start : mention.end], text[max(0, mention.start - 10) : mention.end + 8]
                doubts.append(f"false  {report.name} {surface!r} in {around!r}")
    return [found / max(1, wanted), hits_gold / max(1, hits_gold + false), right / max(1, valued)]


def table(title: str, columns: Sequence[str], figures: dict[str, list[float]]) -> None:
    """Print a line per reader; every figure is followed by its ratio to ours."""
    sys.stdout.write(f"\n{title:28}" + "".join(f"{column:>22}" for column in columns) + "\n")
    for name, row in figures.items():
        pairs = zip(row, figures[OURS], strict=True)
        cells = [f"{figure:>13.4g} {figure / (ours or 1):>7.2f}×" for figure, ours in pairs]
        sys.stdout.write(f"{name:28}" + "".join(cells) + "\n")


def main() -> None:
    """Read all gold reports with every reader and print a table for all quantities and one for money."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--list", default="", metavar="READER", help="also print what this reader missed and misread")
    wanted = parser.parse_args()
    subprocess.run(["bash", ROOT / "deploy/rivals.sh"], check=True)
    samples = ROOT.parent / "shared/samples/reports"
    reports = marked_reports(ROOT / "tests/golden/reports/tuned") + listed_reports(samples)
    texts = [report.text for report in reports]
    years = [(re.findall(r"\d{4}", report.name) or ["2023"])[0] for report in reports]
    cut = [(number, one.start(), one[0]) for number, text in enumerate(texts) for one in SENTENCE.finditer(text)]
    sentences, rounds = [sentence for _, _, sentence in cut], wanted.rounds
    thousands, quantities = sum(map(len, texts)) / 1000, sum(len(report.numerals()) for report in reports)
    sys.stdout.write(f"{len(reports)} reports, {len(cut)} sentences, {thousands * 1000:,.0f} characters, ")
    sys.stdout.write(f"{quantities} quantities\n")

    by_sentence = {"ours, by sentence": read_ourselves(sentences, [years[number] for number, *_ in cut], rounds)}
    by_sentence |= {rival: read_by_rival(rival, sentences, rounds) for rival in RIVALS}
    readings = {OURS: read_ourselves(texts, years, rounds)}
    for name, (seconds, found) in by_sentence.items():
        readings[name] = seconds, [[] for _ in texts]
        for (number, offset, _), mentions in zip(cut, found, strict=True):
            moved = (one._replace(start=one.start + offset, end=one.end + offset) for one in mentions)
            readings[name][1][number].extend(moved)
    doubts: dict[str, list[str]] = {name: [] for name in readings}
    everything = {
        name: [*score(reports, read, money=False, doubts=doubts[name]), seconds * 1000 / thousands]
        for name, (seconds, read) in readings.items()
    }
    only_money = {name: score(reports, read, money=True, doubts=[]) for name, (_, read) in readings.items()}
    columns = ("recall", "precision", "value right", "ms/1,000 characters")
    table("All quantities", columns, everything)
    table("Money", columns[:3], only_money)
    sys.stdout.write("".join(f"{line}\n" for line in doubts.get(wanted.list, ())))


if __name__ == "__main__":
    main()

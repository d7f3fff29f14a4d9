"""`make score-checks`: plant errors in a clean county and say what the judge finds.

usage: python -m tests.checks_benchmark [--seed N] [--errors N] [--only OPERATOR,…] [--list]
"""

import argparse
from collections import Counter

from rich.console import Console
from rich.table import Table

from tests.checks_benchmark.operators import OPERATORS
from tests.checks_benchmark.scoring import by_operator, run


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(prog="make score-checks")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--errors", type=int, default=320)
    parser.add_argument("--only", default="", help=",".join(sorted(OPERATORS)))
    parser.add_argument("--list", action="store_true", help="every miss and every finding on clean reports")
    options = parser.parse_args()
    only = [name for name in options.only.split(",") if name]
    if unknown := set(only) - set(OPERATORS):
        parser.error(f"没有这个算子 no such operator: {', '.join(sorted(unknown))}")
    score = run(options.seed, options.errors, only)
    out = Console(width=140, highlight=False, markup=False)
    table = Table("operator", "rules", "planted", "found", "by the right rule", "recall")
    for name, ones in by_operator(score.outcomes).items():
        right = sum(one.by_right_rule for one in ones)
        table.add_row(
            name, " ".join(sorted(OPERATORS[name].right)), str(len(ones)), str(sum(one.found for one in ones)),
            str(right), f"{right / len(ones):.0%}",
        )  # fmt: skip
    total, right = len(score.outcomes), sum(one.by_right_rule for one in score.outcomes)
    found = sum(one.found for one in score.outcomes)
    table.add_row("all", "", str(total), str(found), str(right), f"{right / total:.1%}")
    out.print(table)
    per = Counter(one.severity for one in score.clean)
    out.print(
        f"clean reports {score.clean_reports}: "
        + ", ".join(f"{name} {per[name] / score.clean_reports:.2f} a report" for name in ("error", "question", "note"))
    )
    if options.list:
        for one in score.outcomes:
            if not one.by_right_rule:
                out.print(f"MISS {one.operator.name} {one.unit}: {one.plant.note} got {one.found_by}")
        for finding in score.clean:
            if finding.severity != "note":
                quotes = " / ".join(finding.quotes)
                out.print(f"FALSE {finding.rule} {finding.unit_name}: {finding.about} {finding.observed} {quotes}")


if __name__ == "__main__":
    main()

"""Which years a change can have made different: judging these again gives the result of judging all.

Checks of figures are cheap and are computed for the whole county, as it was and as it is: where they say something
else, a year's findings are said anew. Texts are read only for those years and for what stands beside them: a cause may
have its symptoms in the year after, and a report is compared with those of the years it can have been copied from.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files

import polars as pl

from expectations.catalogue import Catalogue
from expectations.rules import load_rules
from tasks.validate.checks import CheckInputs, Evidence, Verdicts, judge_checks
from tasks.validate.checks.copies import YEARS_BACK

__all__ = ["Scope", "judged_by", "scope_of_change", "year_of"]

# One cause holds figures of a year and of the year before (stated growth), never more.
_CAUSE = 1


@dataclass(frozen=True)
class Scope:
    """What is judged again.

    `said` are the years whose findings are said anew, `seen` those whose failures are looked at for that, `texts` those
    whose blocks are read; mentions of `seen` years do. `figures` are the verdicts of all checks that read no text.
    `whole`: everything is judged, periods that are empty by now too.
    """

    figures: Verdicts
    said: frozenset[int]
    seen: frozenset[int]
    texts: frozenset[int]
    whole: bool = False

    @classmethod
    def of_years(cls, figures: Verdicts, changed: Iterable[int], known: Iterable[int], *, whole: bool) -> "Scope":
        """Return the scope of a change in the years `changed` of those that are `known`."""
        every = frozenset(known)
        said = {year - back for year in changed for back in range(_CAUSE + 1)} & every
        seen = {year + by for year in said for by in range(-_CAUSE, _CAUSE + 1)} & every
        texts = seen | ({year - back for year in said for back in range(YEARS_BACK + 1)} & every)
        return cls(figures, frozenset(said), frozenset(seen), frozenset(texts), whole)


def year_of(column: str = "period") -> pl.Expr:
    """Return the year of a period code: `2023Q3` → 2023."""
    return pl.col(column).str.slice(0, 4).cast(pl.Int32)


def scope_of_change(
    before: Evidence,
    after: Evidence,
    *,
    catalogue: Catalogue,
    mandatory: Mapping[str, tuple[str, ...]],
    texts: Iterable[str] = (),
    also: Iterable[str] = (),
    everything: bool = False,
) -> Scope:
    """Return what has to be judged again when `before` became `after`; neither needs blocks and mentions.

    `texts` are the periods of reports that were read, replaced or withdrawn; `also` periods to judge in any case.
    `everything`: nothing is known of how it was judged before (rules, names or units have changed).
    """
    inputs = CheckInputs(after, catalogue, load_rules(), mandatory)
    figures = judge_checks(inputs, texts=False)
    # What could not be opened belongs to no period.
    rewritten = {int(period[:4]) for period in texts if period}
    known = rewritten | _years(
        pl.concat(frame["period"] for one in (before, after) for frame in (one.facts, one.submissions))
    )
    if everything or before.facts.is_empty():
        return Scope.of_years(figures, known, known, whole=True)
    was = judge_checks(CheckInputs(before, catalogue, load_rules(), mandatory), texts=False)
    changed = (
        {int(period[:4]) for period in also}
        # What is copied from a report that changed is asked in the years that it can be copied into.
        | {year + later for year in rewritten for later in range(YEARS_BACK + 1)}
        | _differing(before.facts.drop("bbox"), after.facts.drop("bbox"))
        | _differing(_flat(was.failures), _flat(figures.failures))
        | _differing(was.counts, figures.counts)
    )
    return Scope.of_years(figures, changed, known, whole=False)


def judged_by(
    catalogue: Catalogue,
    mandatory: Mapping[str, tuple[str, ...]],
    units: pl.DataFrame,
    published: pl.DataFrame,
    office: str,
) -> str:
    """Return a mark of everything but the reports that findings depend on: rules, relations, units, the checks."""
    mark = hashlib.sha256(catalogue.version.encode())
    data = (".csv", ".toml")
    for package, suffixes in (("expectations", data), ("tasks.validate", ".py"), ("tasks.validate.checks", ".py")):
        for file in sorted(files(package).iterdir(), key=lambda one: one.name):
            if file.name.endswith(suffixes):
                mark.update(file.read_bytes())
    mark.update(json.dumps([office, {key: list(codes) for key, codes in mandatory.items()}], sort_keys=True).encode())
    mark.update(units.sort("unit_code").write_json().encode())
    mark.update(published.write_json().encode())
    return mark.hexdigest()[:16]


def _years(periods: pl.Series) -> set[int]:
    return set(periods.drop_nulls().unique().to_frame("period").select(year_of())["period"].to_list())


def _differing(before: pl.DataFrame, after: pl.DataFrame) -> set[int]:
    """Return the years of the rows that stand in one of the frames only; both have `period`."""
    marks = [frame.select("period").with_columns(frame.hash_rows(7).alias("mark")) for frame in (before, after)]
    gone = marks[0].join(marks[1], on=["period", "mark"], how="anti")
    came = marks[1].join(marks[0], on=["period", "mark"], how="anti")
    return _years(pl.concat([gone["period"], came["period"]]))


def _flat(failures: pl.DataFrame) -> pl.DataFrame:
    """Return `failures` with lists as text, which can be hashed."""
    return failures.with_columns(pl.col("fact_ids", "quotes").list.join("\x1f"))

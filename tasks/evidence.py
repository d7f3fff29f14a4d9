"""What a run has to judge: the live figures before it and after it, and of the texts only those that matter.

Stands between the stages and the Prefect tasks, as `batches` does.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from expectations.catalogue import Catalogue
from tasks import validate
from tasks.batches import Gathered
from tasks.domain.county import County
from tasks.domain.county_figures import read_county_figures
from tasks.domain.frames import units_frame
from tasks.domain.tables import TABLES
from tasks.load import Warehouse

__all__ = ["Judgement", "judge_changes", "last_judged_by", "note_judged_by"]

_MARK = ".judged-by"


@dataclass(frozen=True)
class Judgement:
    """What the judge said, and the mark of the rules it was said by."""

    said: validate.Validation
    mark: str


def judge_changes(
    gathered: Gathered,
    held: pl.DataFrame,
    facts: pl.DataFrame,
    warehouse: Warehouse,
    county: County,
    *,
    catalogue: Catalogue,
    mandatory: Mapping[str, tuple[str, ...]],
    periods: Sequence[str],
    data_docs: Path | None,
) -> Judgement | None:
    """Judge what can be different now that the live facts `held` have become `facts`; None where nothing can.

    `held` are as the warehouse has them, `facts` with this run's figures and corrections. `periods` are judged in any
    case. Everything is judged where rules, units, mandatory indicators or the county's
    published figures are others than when it was last judged, even if nothing new has come.
    """
    units, office = units_frame(county.gazetteer), county.settings.county.code
    published = read_county_figures(county.folder, catalogue)
    mark = validate.judged_by(catalogue, mandatory, units, published, office)
    last_mark = last_judged_by(county)
    rewritten = _rewritten(gathered)
    if not rewritten and not periods and facts.equals(held) and last_mark in {"", mark}:
        return None
    were_live = gathered.known.filter(pl.col("state") == "loaded")
    before = validate.Evidence(
        held, were_live, replaced=_replaced(gathered.known, warehouse, None), units=units, office=office,
        published=published,
    )  # fmt: skip
    after = validate.Evidence(
        facts, gathered.live, replaced=_replaced(gathered.submissions, warehouse, gathered), units=units,
        office=office, published=published,
    )  # fmt: skip
    scope = validate.scope_of_change(
        before, after, catalogue=catalogue, mandatory=mandatory, texts=rewritten, also=periods,
        everything=mark != last_mark,
    )  # fmt: skip
    whole = replace(
        after,
        blocks=_texts("blocks", scope.texts, gathered, warehouse),
        mentions=_texts("mentions", scope.seen, gathered, warehouse),
    )
    result = validate.validate_facts(
        whole, catalogue=catalogue, mandatory=mandatory, language=county.language, data_docs=data_docs, scope=scope,
    )  # fmt: skip
    return Judgement(result, mark)


def last_judged_by(county: County) -> str:
    """Return by what (`validate.judged_by`) the county's findings were said; empty where that or a page is missing."""
    path = county.folder / _MARK
    return path.read_text(encoding="utf-8") if path.exists() and validate.has_pages(county.data_docs) else ""


def note_judged_by(county: County, mark: str) -> None:
    """Keep what the findings just loaded were said by; after a run that was cut short everything is judged again."""
    path = county.folder / _MARK
    partial = path.with_name(f"{_MARK}.part")
    partial.write_text(mark, encoding="utf-8")
    partial.replace(path)


def _rewritten(gathered: Gathered) -> list[str]:
    """Return the periods of reports that were read in this run, or have another state now than they had."""
    states = gathered.known.select("submission_id", "period", "state")
    now = gathered.submissions.select("submission_id", "period", "state")
    moved = now.join(states, on=["submission_id", "period", "state"], how="anti").filter(
        pl.col("state") != "quarantined"
    )
    read = [one.period for one in gathered.new if one.state != "quarantined"]
    return sorted({*moved["period"], *read})


def _replaced(submissions: pl.DataFrame, warehouse: Warehouse, gathered: Gathered | None) -> pl.DataFrame:
    """Return the facts of superseded versions, in the warehouse or read in this run."""
    superseded = submissions.filter(pl.col("state") == "superseded").select("submission_id")
    held = warehouse.scan("facts").select(list(TABLES["facts"]))
    if gathered is None:
        return held.join(superseded.lazy(), on="submission_id", how="semi", maintain_order="left").collect()
    here = gathered.rows.facts.join(superseded, on="submission_id", how="semi", maintain_order="left")
    before = superseded.join(here, on="submission_id", how="anti")
    return pl.concat([held.join(before.lazy(), on="submission_id", how="semi", maintain_order="left").collect(), here])


def _texts(table: str, years: Collection[int], gathered: Gathered, warehouse: Warehouse) -> pl.DataFrame:
    """Return the rows of `table` of the live submissions of `years`, held ones and those read in this run."""
    read = gathered.rows.facts["submission_id"].unique()
    new: pl.DataFrame = getattr(gathered.rows, table)
    wanted = gathered.live.filter(pl.col("period").str.slice(0, 4).cast(pl.Int32).is_in(list(years)))
    live = wanted.select("submission_id")
    stored = live.filter(~pl.col("submission_id").is_in(pl.concat([read, new["submission_id"]]).unique().to_list()))
    held = (
        warehouse.scan(table).select(list(TABLES[table])).filter(pl.col("year").is_in(list(years)))
        .join(stored.lazy(), on="submission_id", how="semi", maintain_order="left")
    )  # fmt: skip
    return pl.concat([held.collect(), new.join(live, on="submission_id", how="semi", maintain_order="left")])

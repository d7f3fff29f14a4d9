"""Lineage (谱系): what a run wrote is told to Prefect as assets, from the sources through the raw store to the book.

One materialization a run and table that got a commit, however many reports it holds; a run that changes nothing tells
nothing. Which report a figure comes from is a column of `facts`, not an event.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from prefect.assets import Asset, AssetProperties, materialize
from prefect.cache_policies import NO_CACHE

from tasks import load
from tasks.domain.county import County
from tasks.domain.submissions import Submission
from tasks.steps.naming import named

__all__ = ["asset_of", "trace_book", "trace_load"]

_NOT_IN_KEYS = re.compile(r"""[\s\0#?&%"'<>\[\]{}|\\^`]+""")
_LONGEST = 400
RAW, BOOK = "raw", "book"
# Tables of the warehouse with what they are made from. `units` and `indicators` are copies of settings: they have no
# part in the way of a report.
_READ = ("submissions", "blocks", "mentions", "facts", "revisions", "duplicates")
_JUDGED = ("findings", "reporting", "quality")
_NAMES = {
    RAW: ("原件", "raw files"),
    "submissions": ("报送件", "submissions"),
    "blocks": ("段", "blocks"),
    "mentions": ("数量", "mentions"),
    "facts": ("指标值", "facts"),
    "revisions": ("修订", "revisions"),
    "duplicates": ("重复报送", "duplicates"),
    "findings": ("审核问题", "findings"),
    "reporting": ("应报名册", "roster"),
    "quality": ("数据质量", "quality"),
    "decisions": ("决定", "decisions"),
    BOOK: ("县情册", "county book"),
}


def asset_of(county: County, name: str) -> Asset:
    """Return the asset of a table (or `raw`, `book`, `source/<name>`): its key stays when the county's folder moves."""
    url = f"{county.settings.book.url.rstrip('/')}/index.html" if name == BOOK and county.settings.book.url else None
    said = f"{county.name} {_called(name, county)}"
    properties = AssetProperties(name=said, url=url) if url else AssetProperties(name=said)
    # Names of sources are free text.
    place = _NOT_IN_KEYS.sub("-", name)[:_LONGEST]
    return Asset(key=f"xianbao://{county.settings.county.code}/{place}", properties=properties)


def _called(name: str, county: County) -> str:
    return _NAMES.get(name, (name.removeprefix("source/"),) * 2)[0 if county.language == "zh" else 1]


def trace_load(loaded: Sequence[load.LoadOutcome], county: County, run_id: str, new: Sequence[Submission] = ()) -> None:
    """Tell which tables got a commit, with rows and Delta version, and what they were made from; `new` arrived."""
    if new:
        sources = sorted({one.source for one in new if one.source})
        _trace({RAW: {"files": len({one.sha256 for one in new})}}, [f"source/{one}" for one in sources], county, run_id)
    for tables, made_from in ((_READ, [RAW]), (_JUDGED, ["facts", "decisions"])):
        commits = {table: [one for one in loaded if table in one.committed] for table in tables}
        told = {
            table: {"rows": sum(one.rows[table] for one in some), "delta_version": some[-1].versions[table]}
            for table, some in commits.items()
            if some
        }
        if told:
            _trace(told, made_from, county, run_id)


def trace_book(files: int, county: County, run_id: str) -> None:
    """Tell that pages of the county book were written."""
    if files:
        _trace({BOOK: {"files": files}}, ["facts", "findings", "reporting"], county, run_id)


@materialize("xianbao://county/asset", by="xianbao", cache_policy=NO_CACHE,
             task_run_name=named("谱系 {names}", "lineage {names}"))  # fmt: skip
def _tell(names: str, told: Mapping[str, Mapping[str, Any]], county: County) -> None:
    """Say what is known of each asset; Prefect emits the events when this ends."""
    for name, words in told.items():
        asset_of(county, name).add_metadata(dict(words))


def _trace(told: Mapping[str, Mapping[str, Any]], made_from: Sequence[str], county: County, run_id: str) -> None:
    known = {name: {**words, "run_id": run_id} for name, words in told.items()}
    task = _tell.with_options(
        assets=[asset_of(county, name) for name in told], asset_deps=[asset_of(county, name) for name in made_from]
    )
    task("、".join(_called(name, county) for name in told), known, county)

"""Backfills are shown: what one would change before it is done, and what came of it, key by key."""

from collections.abc import Mapping

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from tasks.backfill import showing
from tasks.backfill.manifest import Manifest
from tasks.domain.backfills import BackfillPlan
from tasks.domain.county import County
from tasks.domain.errors import Text
from tasks.steps.backfilling import BackfillOutcome
from tasks.steps.linking import form_links
from tasks.steps.naming import named
from tasks.steps.showing import ROWS_SHOWN, show_tables

__all__ = ["show_backfill", "show_backfill_plan"]

_FLOW, _DRY_RUN = "backfill-periods", "试算 dry-run"
# What can still be done about a backfill that has keys in one of these states, in the words of its form.
_WAYS_ON: Mapping[str, tuple[str, ...]] = {
    "继续 resume": ("planned", "running"),
    "重试 retry-failed": ("failed",),
    "撤销 undo": ("done",),
}


@task(task_run_name=named("公布试算 {county.name}", "show the plan {county.name}"), cache_policy=NO_CACHE)
def show_backfill_plan(plan: BackfillPlan, county: County, asked: Mapping[str, object]) -> str:
    """Show every key, and the figures that would change, as artifacts; return the counts in words.

    `asked` is the form as it was filled in: a plan leads to the same one, ready to be applied.
    """
    message = showing.plan_message(plan.keys, county.language)
    slug = county.settings.county.code
    said = "按此执行" if county.language == "zh" else "apply this"
    apply = form_links(_FLOW, county).words(said, {**asked, "do": "执行 apply"}) if asked["do"] == _DRY_RUN else ""
    create_table_artifact(
        showing.key_rows(plan.keys, county.language, with_errors=True)[:ROWS_SHOWN],
        key=f"backfill-keys-{slug}",
        description=message + _cut(len(plan.keys), county) + apply,
    )
    shown = plan.changes[:ROWS_SHOWN]
    said = f"变动明细，至多列出{ROWS_SHOWN}处" if county.language == "zh" else f"changes, at most {ROWS_SHOWN}"
    create_table_artifact(
        showing.narrow_change_rows(shown, county.language),
        key=f"backfill-changes-{slug}",
        description=f"{message} · {said}{apply}",
    )
    return message


@task(task_run_name=named("公布回填 {county.name}", "show the backfill {county.name}"), cache_policy=NO_CACHE)
def show_backfill(outcome: BackfillOutcome, county: County) -> None:
    """Show what came of a backfill, key by key, and roster and findings as they are now."""
    rows = Manifest(county.warehouse).rows(outcome.backfill_id)
    links = form_links(_FLOW, county)
    ways = "".join(
        links.words(choice, {"do": choice, "backfill_id": outcome.backfill_id})
        for choice, states in _WAYS_ON.items()
        if any(outcome.states.get(state) for state in states)
    )
    create_table_artifact(
        showing.manifest_rows(rows, county.language, with_errors=True)[:ROWS_SHOWN],
        key=f"backfill-{outcome.backfill_id}",
        description=outcome.message(county.language) + _cut(rows.height, county) + ways,
    )
    show_tables(county, Text(outcome.message("zh"), outcome.message("en")))


def _cut(rows: int, county: County) -> str:
    """Return that not all rows are shown, where that is so: all are in the manifest and on the command line."""
    if rows <= ROWS_SHOWN:
        return ""
    if county.language == "zh":
        return f" · 共{rows}行，列出{ROWS_SHOWN}行，全部见 county backfill"
    return f" · {rows} rows, {ROWS_SHOWN} shown; all: county backfill"

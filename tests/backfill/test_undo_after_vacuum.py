"""A backfill is undone from old versions of the tables; where upkeep has removed them nothing is half undone."""

import datetime as dt
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from flows.cli.main import app
from tasks.domain.backfills import BackfillRequest
from tasks.domain.errors import BackfillRefused
from tasks.domain.tables import TABLES
from tasks.lexicon import load_lexicon
from tasks.load.upkeep import maintain
from tasks.steps import backfilling

WORDS = "农村常住居民人均可支配收入"
NOW = dt.datetime(2024, 3, 2, 4, tzinfo=dt.UTC)
RULES = {"small_files": 1, "small_file_mib": 16, "target_file_mib": 128, "published": {}}


@pytest.fixture
def filled_in(make_county, use_lexicon):
    """A county with a backfill that added figures: the rows before it, and its id."""
    county = make_county()
    use_lexicon(aliases=tuple(one for one in load_lexicon().aliases if one.words != WORDS), version="before")
    county.collect("r1")
    before = county.rows("facts")
    use_lexicon(version="after")
    planned = backfilling.plan_backfill.fn(
        BackfillRequest(("2022", "2023"), why="补叫法", who="张三"), county.county, NOW
    )
    backfill_id = backfilling.freeze_backfill.fn(planned, county.county, NOW)
    backfilling.do_backfill.fn(backfill_id, county.county, NOW)
    assert county.rows("facts").height > before.height
    return county, before, backfill_id


def keep_up(county, days):
    done = maintain(county.warehouse.store, dt.datetime.now(dt.UTC), keep_days=days, **RULES)
    return sum(one.removed for one in done)


def test_within_the_window_that_upkeep_keeps_it_is_undone(filled_in):
    county, before, backfill_id = filled_in
    assert keep_up(county, 400) == 0
    backfilling.undo_backfill.fn(backfill_id, county.county, NOW)
    assert_frame_equal(county.rows("facts"), before)


def test_after_the_old_files_were_removed_nothing_is_changed_and_the_way_back_is_named(filled_in):
    county, _, backfill_id = filled_in
    assert keep_up(county, 0) > 0
    assert_refused(county, backfill_id)
    shown = CliRunner().invoke(app, ["backfill", "show", backfill_id, "-c", str(county.folder)])
    assert shown.exit_code == 0
    assert WORDS in shown.output


def test_where_one_table_alone_has_lost_its_history_the_others_stay_as_they_are(filled_in):
    county, _, backfill_id = filled_in
    now = {Path(uri).name for uri in county.warehouse.snapshot("facts").file_uris()}
    lost = [path for path in (Path(county.county.warehouse) / "facts").rglob("*.parquet") if path.name not in now]
    for path in lost:
        if "_delta_log" not in path.parts:
            path.unlink()
    assert_refused(county, backfill_id)


def assert_refused(county, backfill_id):
    rows = {table: county.rows(table) for table in TABLES}
    with pytest.raises(BackfillRefused) as caught:
        backfilling.undo_backfill.fn(backfill_id, county.county, NOW)
    assert caught.value.code == "history_gone"
    said = caught.value.message("zh")
    assert "未作任何改动" in said
    assert f"county backfill show {backfill_id}" in said
    assert "从 2024-03-02 04:00 UTC 以前的备份恢复" in said
    for table in TABLES:
        assert_frame_equal(county.rows(table), rows[table])

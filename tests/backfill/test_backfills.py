"""Backfills over a county of six reports whose figures change because a name was added to the lexicon."""

import datetime as dt
import threading
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from flows.cli.main import app
from tasks.backfill.asking import chosen_periods, chosen_units
from tasks.backfill.manifest import Manifest, changes_of
from tasks.domain.backfills import BackfillRequest
from tasks.domain.decisions import Decision
from tasks.domain.errors import BackfillRefused
from tasks.lexicon import load_lexicon
from tasks.steps import backfilling, judging
from tasks.validate import judge, scope

WORDS = "农村常住居民人均可支配收入"  # stands in the reports of 雾山乡 only
NOW = dt.datetime(2024, 3, 2, 4, tzinfo=dt.UTC)
BOTH = ("2022", "2023")
DATA = ("submissions", "facts", "mentions", "blocks", "findings", "reporting", "quality")


def plan(county, now=NOW, **options):
    options = {"periods": BOTH, "why": "补叫法", "who": "张三", **options}
    return backfilling.plan_backfill.fn(BackfillRequest(**options), county.county, now)


def freeze(county, planned, now=NOW):
    return backfilling.freeze_backfill.fn(planned, county.county, now)


def do(county, backfill_id, now=NOW):
    return backfilling.do_backfill.fn(backfill_id, county.county, now)


def unit(county, name):
    return county.county.gazetteer.find(name).unit_code


@pytest.fixture
def outdated(make_county, use_lexicon):
    """A county that was collected before the name was added."""
    county = make_county()
    without = tuple(one for one in load_lexicon().aliases if one.words != WORDS)
    use_lexicon(aliases=without, version="before")
    county.collect("r1")
    use_lexicon(version="after")
    return county


@pytest.fixture
def recomputed(make_county):
    """The same county collected with the name from the beginning."""
    county = make_county("重算")
    county.collect("r1")
    return county


def assert_same_data(county, other, tables=DATA):
    for table in tables:
        mine, theirs = (one.rows(table).drop("uri", strict=False) for one in (county, other))
        assert_frame_equal(mine, theirs, check_row_order=False)


def test_the_list_of_a_dry_run_is_what_is_done_and_the_result_is_a_full_recompute(outdated, recomputed):
    before = outdated.warehouse.versions()
    planned = plan(outdated)
    assert outdated.warehouse.versions() == before
    assert {(one.unit_name, one.period) for one in planned.to_do} == {
        (name, period) for name in ("雾山乡", "青槐街道", "龙潭沟乡") for period in BOTH
    }
    assert {one.because for one in planned.to_do} == {"outdated"}
    changes = planned.changes
    assert {one.unit_name for one in changes} == {"雾山乡"}
    said = [(one.kind, one.after, one.quote_after) for one in changes]
    assert any("8.5%" in after and WORDS in quote for _, after, quote in said), said

    backfill_id = freeze(outdated, planned)
    outcome = do(outdated, backfill_id)
    rows = Manifest(outdated.county.warehouse).rows(backfill_id)
    done = rows.filter((pl.col("key_state") == "done") & (pl.col("role") == "target"))
    assert set(done.select("unit_name", "period").rows()) == {(one.unit_name, one.period) for one in planned.to_do}
    assert outcome.states == {"done": 6, "skipped": rows.filter(pl.col("key_state") == "skipped").height}
    assert outcome.changes == len(changes)
    assert [one for row in done.to_dicts() for one in changes_of(row)] == list(changes)
    assert_same_data(outdated, recomputed)


@pytest.mark.parametrize("reprocess", ["changed", "all"])
def test_the_same_backfill_again_writes_nothing(outdated, reprocess):
    do(outdated, freeze(outdated, plan(outdated)))
    before = outdated.warehouse.versions()
    planned = plan(outdated, reprocess=reprocess, from_stage="parse")
    assert planned.to_do == ()
    assert freeze(outdated, planned) is None
    assert outdated.warehouse.versions() == before


def test_an_undone_backfill_leaves_the_rows_as_they_were_before(outdated):
    before = {table: outdated.rows(table) for table in DATA}
    stamped = outdated.warehouse.scan("facts").select("fact_id", "loaded_at", "run_id").collect().sort("fact_id")
    backfill_id = freeze(outdated, plan(outdated))
    do(outdated, backfill_id)
    outcome = backfilling.undo_backfill.fn(backfill_id, outdated.county, NOW)
    assert outcome.states["undone"] == 6
    for table in ("submissions", "facts", "mentions", "blocks", "reporting", "quality"):
        assert_frame_equal(outdated.rows(table), before[table], check_row_order=False)
    live = pl.col("status") != "fixed"
    assert_frame_equal(outdated.rows("findings").filter(live), before["findings"].filter(live), check_row_order=False)
    again = outdated.warehouse.scan("facts").select("fact_id", "loaded_at", "run_id").collect().sort("fact_id")
    assert_frame_equal(again, stamped)
    with pytest.raises(BackfillRefused, match="nothing_to_undo"):
        backfilling.undo_backfill.fn(backfill_id, outdated.county, NOW)
    # The next morning's collect does not bring back what was undone.
    planned, _ = outdated.collect("r2")
    assert planned.to_read == ()
    assert_frame_equal(outdated.rows("facts"), before["facts"], check_row_order=False)


def test_an_undo_is_refused_when_a_township_has_sent_another_version_since(outdated, sample_county_source):
    backfill_id = freeze(outdated, plan(outdated))
    do(outdated, backfill_id)
    text = (sample_county_source / "sources" / "雾山乡-2022.txt").read_text(encoding="utf-8")
    outdated.send("雾山乡2022年工作总结（更正）.txt", text.replace("4.06万亩", "2.06万亩"), year="2022", days=1)
    outdated.collect("r2")
    with pytest.raises(BackfillRefused, match=r"changed_since.*雾山乡 2022"):
        backfilling.undo_backfill.fn(backfill_id, outdated.county, NOW)


def test_a_backfill_that_was_cut_short_is_resumed_to_the_same_result(outdated, recomputed, monkeypatch):
    backfill_id = freeze(outdated, plan(outdated))
    monkeypatch.setattr(backfilling, "_LOADED_AT_ONCE", 2)
    load, calls = judging.load_reports.fn, []

    def die_in_the_second(*words):
        calls.append(words)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return load(*words)

    monkeypatch.setattr(backfilling.load_reports, "fn", die_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        do(outdated, backfill_id)
    states = Manifest(outdated.county.warehouse).rows(backfill_id)["key_state"].to_list()
    assert states.count("done") == 2
    assert states.count("running") == 2
    with pytest.raises(BackfillRefused, match="backfill_overlaps"):
        freeze(outdated, plan(outdated))
    monkeypatch.setattr(backfilling.load_reports, "fn", load)
    assert do(outdated, backfill_id).states["done"] == 6
    assert_same_data(outdated, recomputed)
    versions = outdated.warehouse.versions()
    assert do(outdated, backfill_id).states["done"] == 6
    assert outdated.warehouse.versions() == versions


def test_an_approved_key_is_left_for_review_until_it_is_included_with_a_reason(outdated):
    code = unit(outdated, "雾山乡")
    (live,) = outdated.warehouse.known_submissions().filter(
        (pl.col("unit_code") == code) & (pl.col("period") == "2023")
    )["sha256"]
    approval = Decision("approval", live, code, "annual-work-report", "2023", "李四", NOW, "审定")
    outdated.warehouse.record_decision(approval, run_id="d", now=NOW)
    judging.load_reports.fn(judging.validate_reports.fn([], outdated.county, NOW, "d"), outdated.county, NOW, "d")
    mine = (pl.col("unit_code") == code) & (pl.col("period") == "2023")
    facts = outdated.rows("facts").filter(mine)

    planned = plan(outdated)
    (kept,) = [one for one in planned.keys if (one.unit_name, one.period) == ("雾山乡", "2023")]
    assert (kept.action, kept.because) == ("review", "approved")
    assert kept.changes
    outcome = do(outdated, freeze(outdated, planned))
    assert (outcome.states["done"], outcome.states["review"]) == (5, 1)
    assert outcome.needs_attention
    figures = ["fact_id", "value", "stated_value", "evidence", "catalogue_version", "live"]
    assert_frame_equal(outdated.rows("facts").filter(mine).select(figures), facts.select(figures))
    versions = outdated.warehouse.versions()
    assert freeze(outdated, plan(outdated)) is None
    assert outdated.warehouse.versions() == versions

    assert outdated.collect("r9")[0].to_read == ()
    assert_frame_equal(outdated.rows("facts").filter(mine).select(figures), facts.select(figures))

    included = plan(outdated, include_locked=True, why="")
    with pytest.raises(BackfillRefused, match="reason_missing"):
        freeze(outdated, included)
    outcome = do(outdated, freeze(outdated, plan(outdated, include_locked=True, why="县长办公会要求补录")))
    assert outcome.states["done"] == 1
    assert outdated.rows("facts").filter(mine).height > facts.height


def test_a_late_resubmission_of_the_year_before_judges_the_year_after_again(outdated, sample_county_source):
    do(outdated, freeze(outdated, plan(outdated)))
    text = (sample_county_source / "sources" / "雾山乡-2022.txt").read_text(encoding="utf-8")
    outdated.send("雾山乡2022年工作总结（补报）.txt", text.replace("12260吨", "9260吨"), year="2022", days=2)
    code = unit(outdated, "雾山乡")
    later = (pl.col("unit_code") == code) & (pl.col("period") == "2023") & (pl.col("status") == "open")
    before = set(outdated.rows("findings").filter(later)["finding_id"])
    planned = plan(outdated, periods=("2022",), units=(code,), from_stage="fetch", reprocess="missing")
    (target,) = planned.to_do
    assert (target.because, target.period) == ("new_file", "2022")
    assert [(one.period, one.action) for one in planned.keys if one.role == "dependant"] == [("2023", "judge")]
    do(outdated, freeze(outdated, planned))
    states = outdated.rows("submissions").filter((pl.col("unit_code") == code) & (pl.col("period") == "2022"))["state"]
    assert sorted(states) == ["loaded", "superseded"]
    assert set(outdated.rows("findings").filter(later)["finding_id"]) != before


def test_two_backfills_of_different_keys_at_once_lose_nothing(outdated, recomputed):
    ids = [
        freeze(outdated, plan(outdated, units=(unit(outdated, "雾山乡"), unit(outdated, "青槐街道")))),
        freeze(outdated, plan(outdated, units=(unit(outdated, "龙潭沟乡"),))),
    ]
    outcomes = {}
    threads = [threading.Thread(target=lambda one=one: outcomes.update({one: do(outdated, one)})) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert [outcomes[one].states["done"] for one in ids] == [4, 2]
    assert_same_data(outdated, recomputed)


def test_cancelled_keys_are_not_begun_and_failed_ones_can_be_tried_again(outdated, recomputed, monkeypatch):
    manifest = Manifest(outdated.county.warehouse)
    backfill_id = freeze(outdated, plan(outdated))
    assert manifest.cancel(backfill_id, NOW) == 6
    versions = {table: version for table, version in outdated.warehouse.versions().items() if table in DATA}
    assert do(outdated, backfill_id).states["cancelled"] == 6
    assert {table: outdated.warehouse.versions()[table] for table in versions} == versions

    (outdated.county.store / "parse").rename(outdated.folder / "lost")
    files = [path for path in Path(outdated.county.raw).rglob("*") if path.is_file() and path.suffix != ".jsonl"]
    raw = next(path for path in files if "雾山乡" in path.read_text("utf-8"))
    raw.rename(outdated.folder / "kept")
    planned = plan(outdated)
    (broken,) = [one for one in planned.to_do if one.error_zh]
    assert broken.unit_name == "雾山乡"
    backfill_id = freeze(outdated, planned)
    outcome = do(outdated, backfill_id)
    assert (outcome.states["done"], outcome.states["failed"]) == (5, 1)
    failed = manifest.rows(backfill_id).filter(pl.col("key_state") == "failed").row(0, named=True)
    assert "原件" in failed["error_zh"]
    (outdated.folder / "kept").rename(raw)
    assert manifest.retry(backfill_id, NOW) == 1
    assert do(outdated, backfill_id).states["done"] == 6
    assert manifest.rows(backfill_id)["attempt"].max() == 2
    assert_same_data(outdated, recomputed)


def test_on_error_stop_leaves_what_comes_after_for_resume(outdated):
    (outdated.county.store / "parse").rename(outdated.folder / "lost")
    files = [path for path in Path(outdated.county.raw).rglob("*") if path.is_file()]
    raw = next(path for path in files if path.read_text("utf-8").startswith("青槐"))
    raw.rename(outdated.folder / "kept")
    outcome = do(outdated, freeze(outdated, plan(outdated, on_error="stop")))
    assert outcome.states["failed"] == 1
    assert outcome.states["planned"] >= 1


def test_a_missing_report_is_found_and_read(make_county):
    county = make_county(reports=("雾山乡-2022",))
    county.collect("r1")
    planned = plan(county, reprocess="missing", from_stage="fetch")
    assert planned.to_do == ()
    text = (county.folder / "inbox" / "2022年度" / "雾山乡2022年工作总结.txt").read_text(encoding="utf-8")
    county.send("雾山乡2023年工作总结.txt", text.replace("2022", "2023"), year="2023")
    planned = plan(county, reprocess="missing", from_stage="fetch")
    (found,) = planned.to_do
    assert (found.unit_name, found.period, found.because) == ("雾山乡", "2023", "missing")
    assert {one.kind for one in found.changes} == {"added"}
    do(county, freeze(county, planned))
    assert county.rows("submissions")["state"].to_list() == ["loaded", "loaded"]


def test_newest_first_is_refused_where_checks_need_the_period_before(outdated):
    with pytest.raises(BackfillRefused, match="order_newest"):
        plan(outdated, order="newest")
    assert plan(outdated, periods=("2023",), order="newest").to_do


def test_periods_and_units_are_read_as_people_write_them(make_county):
    county = make_county(reports=())
    today = dt.date(2024, 3, 1)
    for words in (["2022..2023"], ["2022,2023"], ["2022、2023"], ["2023", "2022"], ["2022至2023"], []):
        assert chosen_periods(words, county.county, today) == BOTH
    for word, code in [("2021", "period_not_owed"), ("去年", "period_unreadable"), ("2023..2022", "period_span")]:
        with pytest.raises(BackfillRefused, match=code):
            chosen_periods([word], county.county, today)
    with pytest.raises(BackfillRefused, match="period_future"):
        chosen_periods(["2023"], county.county, dt.date(2023, 12, 31))
    codes = (unit(county, "雾山乡"), unit(county, "青槐街道"))
    for words in (["雾山乡", "青槐街道"], ["雾山乡,青槐街道"], ["雾山乡、 青槐街道"], [" 雾山 ", codes[1]]):
        assert chosen_units(words, county.county) == codes
    with pytest.raises(BackfillRefused, match="unit_unknown"):
        chosen_units(["不知乡"], county.county)


def test_from_validate_only_the_rules_speak_again_and_undo_brings_their_findings_back(make_county, monkeypatch):
    county = make_county()
    check = judge.judge_checks

    def fewer(*words, **more):
        verdicts = check(*words, **more)
        return replace(verdicts, failures=verdicts.failures.filter(pl.col("rule") != dropped))

    found = check_rules(county)
    dropped = found[0]
    for module in (judge, scope):
        monkeypatch.setattr(module, "judge_checks", fewer)
    planned = plan(county, from_stage="validate", reprocess="all")
    assert planned.to_do
    assert {one.kind for one in planned.changes} == {"status"}
    assert dropped in {one.indicator_name for one in planned.changes}
    data = {table: county.warehouse.versions()[table] for table in ("blocks", "mentions", "submissions")}
    before = county.rows("findings").filter(pl.col("status") != "fixed")
    backfill_id = freeze(county, planned)
    do(county, backfill_id)
    assert dropped not in set(county.rows("findings").filter(pl.col("status") != "fixed")["rule"])
    assert plan(county, from_stage="validate", reprocess="all").to_do == ()
    assert {table: county.warehouse.versions()[table] for table in data} == data
    backfilling.undo_backfill.fn(backfill_id, county.county, NOW)
    again = county.rows("findings").filter(pl.col("status") != "fixed")
    assert_frame_equal(again, before, check_row_order=False)


def check_rules(county):
    """Collect and return the rules that found something."""
    county.collect("r1")
    return county.rows("findings").filter(pl.col("status") != "fixed")["rule"].unique().sort().to_list()


def test_a_locked_period_is_untouched(outdated):
    settings = outdated.folder / "county.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n[policy]\nlock_days = 0\n", encoding="utf-8")
    locked = type(outdated)(outdated.folder)
    before = {table: locked.rows(table) for table in DATA}
    planned = plan(locked)
    assert planned.to_do == ()
    assert {(one.unit_name, one.action, one.because) for one in planned.keys if one.changes} == {
        ("雾山乡", "review", "locked")
    }
    outcome = do(locked, freeze(locked, planned))
    assert outcome.states["review"] == 2
    for table in DATA:
        assert_frame_equal(locked.rows(table), before[table])


def test_the_command_shows_what_would_change_and_writes_nothing(outdated, tmp_path):
    before = outdated.warehouse.versions()
    command = ["backfill", "-c", str(outdated.folder), "--periods", "2022..2023", "--units", "雾山乡、青槐街道"]
    run = CliRunner().invoke(app, command)
    assert run.exit_code == 0, run.output
    assert "力争农村常住居民人均可支配收入增长8.5%" in run.output
    assert "应报4项：将重做4项" in run.output
    assert CliRunner().invoke(app, [*command, "--csv", str(tmp_path / "变动.csv")]).exit_code == 0
    assert pl.read_csv(tmp_path / "变动.csv").height == 2
    assert outdated.warehouse.versions() == before
    assert "还没有回填过" in CliRunner().invoke(app, ["backfill", "list", "-c", str(outdated.folder)]).output
    refused = CliRunner().invoke(app, ["backfill", "-c", str(outdated.folder), "--periods", "2031"])
    assert isinstance(refused.exception, BackfillRefused)
    backfill_id = freeze(outdated, plan(outdated))
    do(outdated, backfill_id)
    listed = CliRunner().invoke(app, ["backfill", "list", "-c", str(outdated.folder)]).output
    assert "张三" in listed
    assert "完成 6" in listed
    shown = CliRunner().invoke(app, ["backfill", "show", backfill_id[:5], "-c", str(outdated.folder)]).output
    assert "8.5% = 8.5 %" in shown
    nobody = CliRunner().invoke(app, ["backfill", "cancel", "zzz", "-c", str(outdated.folder)])
    assert isinstance(nobody.exception, BackfillRefused)

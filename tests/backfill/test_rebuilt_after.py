"""A warehouse with a history is made again: backfills done and undone, decisions, withdrawals, versions that were held.

The rows are those of the original, also where people decided that an older reading stands.
"""

import datetime as dt
import logging

import pytest
from polars.testing import assert_frame_equal

from tasks import auditing, deciding, steps
from tasks import decide as deciding_stage
from tasks.domain.backfills import BackfillRequest
from tasks.lexicon import load_lexicon
from tasks.steps import backfilling, judging, reading, rebuilding

pytestmark = pytest.mark.slow
NOW = dt.datetime(2024, 3, 2, 4, tzinfo=dt.UTC)
INCOME, FOREST = "农村常住居民人均可支配收入", "森林覆盖率"
AFTER_APPROVAL = '\n[policy]\nreplace = "after_approval"\nsince = 2024-01-05\n'


class History:
    """A county and what happened to it, day after day."""

    def __init__(self, county, source, use_lexicon):
        self.plain, self.source, self.use_lexicon, self.day = county, source, use_lexicon, 0

    @property
    def county(self):
        return self.plain.county

    def next_day(self):
        self.day += 1
        return NOW + dt.timedelta(days=self.day)

    def collect(self):
        now = self.next_day()
        stored = [
            one
            for source in self.county.settings.sources
            for file in steps.list_source.fn(source, self.county)
            for one in steps.store_file.fn(file, source, self.county)
        ]
        planned = steps.plan_run.fn(stored, self.county)
        outcomes = reading.read_reports.fn(planned.to_read, self.county).outcomes
        with judging.one_writer(self.county):
            judged = judging.validate_reports.fn(
                [*planned.carried, *outcomes], self.county, now, f"r{self.day}", arrived=stored
            )
            judging.load_reports.fn(judged, self.county, now, f"r{self.day}")
        return planned

    def send(self, report, suffix, days, *changes):
        unit, year = report.split("-")
        text = (self.source / "sources" / f"{report}.txt").read_text(encoding="utf-8")
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        self.plain.send(f"{unit}{year}年工作总结{suffix}.txt", text, year=year, days=days)

    def knows(self, *words):
        """From now on the lexicon has every name but `words`."""
        left = tuple(one for one in load_lexicon().aliases if one.words not in words)
        self.use_lexicon(aliases=left, version="without " + " ".join(words) if words else "all")

    def decide(self, kind, **asked):
        request = deciding_stage.DecisionRequest(kind=kind, **{"who": "张三", "why": "电话核实", **asked})
        now = self.next_day()
        recorded = deciding.record_requests(self.county, [("", request)], run_id="decide", now=now)
        assert not recorded.refused, recorded.refused
        with judging.one_writer(self.county):
            judged = judging.validate_reports.fn([], self.county, now, "decide")
            judging.load_reports.fn(judged, self.county, now, "decide")
        return recorded.decisions[0].decision_id

    def backfill(self):
        now = self.next_day()
        request = BackfillRequest(("2022", "2023"), why="补叫法", who="张三")
        planned = backfilling.plan_backfill.fn(request, self.county, now)
        backfill_id = backfilling.freeze_backfill.fn(planned, self.county, now)
        outcome = backfilling.do_backfill.fn(backfill_id, self.county, now)
        assert outcome.states["done"]
        return backfill_id

    def undo(self, backfill_id):
        assert backfilling.undo_backfill.fn(backfill_id, self.county, self.next_day()).states["undone"]

    def submission(self, unit, period, **where):
        code = self.county.gazetteer.find(unit).unit_code
        known = self.plain.warehouse.known_submissions()
        return known.filter(unit_code=code, period=period, **where).row(0, named=True)

    def fact(self, unit, period, indicator):
        live = self.plain.warehouse.live_facts([period])
        return live.filter(unit_name=unit, indicator=indicator, measure="level").row(0, named=True)


@pytest.fixture
def history(make_county, sample_county_source, use_lexicon, monkeypatch):
    monkeypatch.setattr(rebuilding, "get_run_logger", lambda: logging.getLogger("test"))
    county = make_county()
    settings = county.folder / "county.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + AFTER_APPROVAL, encoding="utf-8")
    county = type(county)(county.folder)
    made = History(county, sample_county_source, use_lexicon)
    made.knows(INCOME, FOREST)  # names they have left out
    made.send("青槐街道-2022", "（再报）", 1)
    made.collect()
    return made


def live_through(made):
    """What a county does in a year."""
    # Corrections are sent: one is accepted, one stays held, one is accepted and then retracted.
    made.send("龙潭沟乡-2022", "（更正）", 8, ("年", "年"), ("。", "。 "))
    made.send("雾山乡-2022", "（更正）", 8, ("12260吨", "12160吨"))
    made.send("青槐街道-2023", "（更正）", 8, ("。", "。 "))
    made.collect()
    made.decide("acceptance", about=made.submission("雾山乡", "2022", state="held")["sha256"])
    accepted = made.submission("青槐街道", "2023", state="held")["sha256"]
    made.decide("acceptance", about=accepted)
    made.decide("retraction", about=accepted)
    # Figures are corrected and explained, one correction is taken back, a report is approved.
    figure = made.fact("雾山乡", "2023", "pop.total")
    made.decide("correction", about=figure["fact_id"], value=f"{figure['value'] + 10:.0f}人")
    wrong = made.fact("龙潭沟乡", "2023", "pop.total")
    taken_back = made.decide("correction", about=wrong["fact_id"], value=f"{wrong['value'] + 5:.0f}人")
    made.decide("withdrawal", about=taken_back)
    made.decide("approval", unit="龙潭沟乡", period="2023")
    open_one = made.plain.warehouse.scan("findings").filter(status="open", severity="question").collect()
    made.decide("explanation", about=open_one["finding_id"].sort()[0])
    # A name is added and past periods are filled in; another one is added, filled in and undone.
    made.knows(FOREST)
    made.backfill()
    made.knows()
    made.undo(made.backfill())
    made.collect()  # what counts no more is read anew by a run only


def rebuilt(made, kept, read_anew):
    now = made.next_day()
    fresh, arrived = steps.begin_rebuild.fn(made.county, now, "again")
    planned = steps.plan_run.fn(steps.first_arrivals(arrived), fresh)
    outcomes = reading.read_reports.fn(planned.to_read, fresh).outcomes
    judged = steps.validate_reports.fn([*planned.carried, *outcomes], fresh, now, "again", arrived=arrived)
    steps.load_reports.fn(judged, fresh, now, "again")
    assert rebuilding.keep_older_readings.fn(made.county, fresh, now, "again") == (kept, read_anew)
    return fresh, steps.compare_rebuilt.fn(made.county, fresh)


def differing(compared):
    return {one.table: one.differing for one in compared if one.differing}


def test_all_of_it_is_there_again(history):
    live_through(history)
    assert auditing.audit(history.county, None).is_empty()
    states = history.plain.rows("submissions")["state"].value_counts().sort("state").rows()
    assert dict(states) == {"held": 1, "loaded": 6, "superseded": 1, "withdrawn": 1}
    fresh, compared = rebuilt(history, kept=7, read_anew=0)
    assert differing(compared) == {}
    assert auditing.audit(fresh, None).is_empty()
    before = {table: history.plain.rows(table) for table in ("facts", "submissions")}
    auditing.swap(history.county, fresh, NOW)
    assert history.collect().to_read == ()  # what was undone stays so
    for table, rows in before.items():
        assert_frame_equal(history.plain.rows(table), rows)


def test_what_only_a_newer_version_reads_otherwise_is_counted(history):
    """Nobody has decided that these stay as they are: they are read as today, and the operator is told how many."""
    history.knows()
    _, compared = rebuilt(history, kept=0, read_anew=6)
    assert {"facts", "submissions"} <= set(differing(compared))
    history.collect()
    _, compared = rebuilt(history, kept=0, read_anew=0)
    assert differing(compared) == {}

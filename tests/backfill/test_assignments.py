"""Whose report a file is: said by hand, taken back again, said by the register; collect and backfill agree on it."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

from tasks import fetch
from tasks.backfill import selecting
from tasks.backfill.asking import chosen_units
from tasks.domain.backfills import BackfillRequest
from tasks.domain.decisions import Decision
from tasks.lexicon import load_lexicon
from tasks.steps import arriving, backfilling

NOW = dt.datetime(2024, 3, 2, 4, tzinfo=dt.UTC)
BOTH = ("2022", "2023")


def assigned_by_hand(county, stored):
    """Record that the file is 雾山乡's report of 2023."""
    code = county.county.gazetteer.find("雾山乡").unit_code
    made = Decision("assignment", stored.sha256, code, "annual-work-report", "2023", "张三", NOW, "电话确认")
    county.warehouse.record_decisions([made], run_id="r2", now=NOW)
    return made


def withdrawn(county, made):
    """Record that a decision is taken back, an hour later."""
    back = replace(made, kind="withdrawal", decided_at=NOW + dt.timedelta(hours=1), target=made.decision_id)
    county.warehouse.record_decisions([back], run_id="r3", now=NOW)


def test_an_assignment_that_was_withdrawn_is_none_for_collect_and_backfill(make_county):
    county = make_county(reports=())
    county.send("扫描件.txt", "工作总结\n一年来。\n", year="2023")
    stored = county.collect("r1")[0].to_read[0].stored
    made = assigned_by_hand(county, stored)
    assert arriving.plan_run.fn([stored], county.county).to_read[0].assignment is not None
    withdrawn(county, made)
    planned = arriving.plan_run.fn([stored], county.county)
    assert (planned.to_read, planned.unchanged) == ((), (stored,))


def test_figures_loaded_by_an_assignment_that_was_withdrawn_count_no_more(make_county):
    county = make_county(reports=())
    county.send("扫描件.txt", "工作总结\n年末全乡总人口20000人。\n", year="2023")
    stored = county.collect("r1")[0].to_read[0].stored
    made = assigned_by_hand(county, stored)
    county.collect("r2")
    assert county.warehouse.live_facts(["2023"])["unit_name"].to_list() == ["雾山乡"]
    withdrawn(county, made)
    county.collect("r3")
    assert county.warehouse.live_facts(["2023"]).is_empty()
    assert sorted(county.rows("submissions")["state"]) == ["quarantined", "withdrawn"]
    assert county.collect("r4")[0].to_read == ()


def test_a_file_in_quarantine_is_read_under_the_path_and_the_register_it_came_with(make_county):
    # The county's folder is called like one of its townships; what stands above the source says nothing.
    county = make_county("青槐街道", reports=())
    sent = county.send("雾山乡2023年工作总结.txt", "青槐街道2023年工作总结\n一年来。\n", year="2023")
    register = "file,received_at,unit,period\n2023年度/雾山乡2023年工作总结.txt,2024-01-05T09:00:00+08:00,雾山乡,2023\n"
    (county.folder / "inbox" / "收文登记.csv").write_text(register, encoding="utf-8")
    county.collect("r1")
    assert county.rows("submissions")["quarantine_code"].to_list() == ["unit_disagrees"]
    (file,) = files_of_keys(county)
    assert (file.path, file.registered_unit, file.registered_period) == (f"2023年度/{sent.name}", "雾山乡", "2023")
    # Of a county older than the journal the address tells the path.
    (Path(county.county.raw) / "arrivals.jsonl").unlink()
    (file,) = files_of_keys(county)
    assert file.path == f"2023年度/{sent.name}"


def files_of_keys(county):
    """The files that a backfill of everything tries, before any is read."""
    request = BackfillRequest(BOTH, reprocess="failed")
    warehouse, journal = county.warehouse, tuple(fetch.read_journal(county.county.raw))
    there = selecting.Situation(
        warehouse.known_submissions(), warehouse.decisions(), warehouse.scan("reporting").collect(),
        arriving.stage_versions(county.county), arrivals=journal,
    )  # fmt: skip
    return [file for key in selecting.select_keys(request, county.county, there) for file in key.files]


def test_a_unit_whose_name_holds_a_comma_and_a_blank_is_one_unit(make_county, sample_county_source, use_lexicon):
    county = make_county(reports=())
    units = county.folder / "units.csv"
    units.write_text(units.read_text(encoding="utf-8") + '539901199000,"东街, 一社区 街道",,,\n', encoding="utf-8")
    county = type(county)(county.folder)
    assert chosen_units(["东街, 一社区 街道"], county.county) == ("539901199000",)
    text = (sample_county_source / "sources" / "青槐街道-2023.txt").read_text(encoding="utf-8")
    county.send("一.txt", text.replace("青槐街道", "东街, 一社区 街道").replace("青槐", "东街"), year="2023")
    county.collect("r1")
    assignable = county.rows("submissions").row(0, named=True)
    decision = Decision(
        "assignment", assignable["sha256"], "539901199000", "annual-work-report", "2023", "李四", NOW, ""
    )
    county.warehouse.record_decision(decision, run_id="d", now=NOW)
    if assignable["state"] != "loaded":
        county.collect("r2")
    use_lexicon(units={**load_lexicon().units, "撮": next(iter(load_lexicon().units.values()))}, version="after")
    request = BackfillRequest(("2023",), units=("539901199000",), why="补单位", who="张三")
    planned = backfilling.plan_backfill.fn(request, county.county, NOW)
    assert [one.unit_name for one in planned.to_do] == ["东街, 一社区 街道"]
    backfill_id = backfilling.freeze_backfill.fn(planned, county.county, NOW)
    assert backfilling.do_backfill.fn(backfill_id, county.county, NOW).states == {"done": 1}

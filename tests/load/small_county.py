"""A small invented county whose reports are collected in this process: the steps of the flow without Prefect's server.

What is tested with it is the warehouse; the flow around the steps is tested in tests/flows.
"""

import datetime as dt
import os
from pathlib import Path

from expectations.catalogue import load_catalogue
from tasks import extract, fetch, identify, load, parse, plan
from tasks.domain.county import County, read_county
from tasks.domain.errors import ReportError
from tasks.domain.outcomes import ReadReport, RefusedReport
from tasks.domain.periods import ReportPeriod
from tasks.lexicon import load_lexicon

NAMES = ("青山镇", "白水乡", "红岩镇", "绿洲乡")
SETTINGS = """
language = "zh"
[county]
code = "539902000000"
name = "小县"
[[sources]]
name = "inbox"
url = "inbox"
[[forms]]
code = "annual-work-report"
name = "年度工作报告"
periods = ["2022", "2023"]
due_days = 15
grace_days = 5
mandatory = ["pop.total", "agri.grain_area"]
{more}
"""


def make(folder: Path, more: str = "") -> County:
    """A county with four townships and an empty inbox; `more` goes to the end of county.toml."""
    (folder / "inbox").mkdir(parents=True)
    (folder / "county.toml").write_text(SETTINGS.format(more=more), encoding="utf-8")
    rows = [f"5399021{number:02d}000,{name},,," for number, name in enumerate(NAMES, 1)]
    (folder / "units.csv").write_text(
        "unit_code,name,former_names,valid_from,valid_to\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    return read_county(folder)


def send(county: County, name: str, year: int, day: str, figures: str, *, suffix: str = "") -> Path:
    """Put a report into the inbox as received on `day`."""
    path = county.folder / "inbox" / f"{name}{year}年工作总结{suffix}.txt"
    path.write_text(f"{name}{year}年工作总结\n{figures}\n", encoding="utf-8")
    moment = dt.datetime.fromisoformat(day).replace(hour=4, tzinfo=dt.UTC).timestamp()
    os.utime(path, (moment, moment))
    return path


def words(people: int, area: int) -> str:
    """A plain report of two figures."""
    return f"年末全镇总人口{people}人。全年粮食播种面积{area}亩。"


def collect(county: County, now: dt.datetime, run_id: str) -> load.LoadOutcome:
    """Collect as the flow does: list, store, plan, read, judge, load."""
    from tasks import steps

    stored = [
        fetch.store_file(file, source, county)
        for source in county.settings.sources
        for file in fetch.list_source(source, county)
    ]
    planned = steps.plan_run.fn(stored, county)
    outcomes = [*planned.carried, *(read(one, county) for one in planned.to_read)]
    with steps.one_writer(county):
        judged = steps.validate_reports.fn(outcomes, county, now, run_id, arrived=stored)
        return steps.load_reports.fn(judged, county, now, run_id)


def decide(county: County, now: dt.datetime, kind: str, **asked: str) -> None:
    """Record a decision and apply it."""
    from tasks import decide as deciding_stage
    from tasks import deciding, steps

    request = deciding_stage.DecisionRequest(kind=kind, **{"who": "张三", "why": "电话核实", **asked})
    recorded = deciding.record_requests(county, [("", request)], run_id="decide", now=now)
    assert not recorded.refused, recorded.refused
    with steps.one_writer(county):
        judged = steps.validate_reports.fn([], county, now, "decide")
        steps.load_reports.fn(judged, county, now, "decide")


def read(planned: plan.PlannedReport, county: County) -> ReadReport | RefusedReport:
    stored = planned.stored
    guess = identify.guess_identity(stored.source_file, county)
    try:
        document = parse.parse_report(fetch.read_raw(county.raw, stored.sha256), stored.file_name, county.limits, ())
        if planned.assignment is not None:
            word = planned.assignment
            identity = identify.identity_by_decision(word.unit_code, word.period, county, stored.file_name)
        else:
            head = parse.read_head(document)
            identity = identify.identify_report(stored.source_file, head, county, stored.sha256)
    except ReportError as error:
        return RefusedReport(stored, guess, error.code, error.message("zh"), error.message("en"))
    reader = extract.build_reader(load_catalogue(), load_lexicon())
    extraction = extract.extract_document(document, ReportPeriod.parse(identity.period), reader)
    return ReadReport(stored, identity, document, extraction)

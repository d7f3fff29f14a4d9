"""A process that loads, to be killed: load_in_child.py FOLDER RUN_ID [TABLE]; it kills itself before TABLE, if given.

A county of 40 units whose first reports are all superseded by corrected ones in the second batch, with findings and
a roster: every table changes in both batches.
"""

import datetime as dt
import importlib.util
import os
import signal
import sys
from pathlib import Path

import polars as pl

from expectations.catalogue import load_catalogue
from tasks.domain.county import RosterEntry
from tasks.domain.frames import findings_frame, indicators_frame
from tasks.load import Warehouse, reporting_frame
from tasks.load.delta import DeltaStore

spec = importlib.util.spec_from_file_location("county_rows", Path(__file__).parents[1] / "load" / "county_rows.py")
county = importlib.util.module_from_spec(spec)
spec.loader.exec_module(county)

UNITS = range(1, 41)
FIGURES = [indicator.code for indicator in load_catalogue()][:40]


def second_batch(warehouse):
    """The batch that the child is killed in: a corrected report of every unit, other findings, another roster."""
    reports, findings = [], []
    for number in UNITS:
        later = county.NOON + dt.timedelta(days=1 + number % 9)
        figures = {code: float(number + place) for place, code in enumerate(FIGURES)}
        reports.append((county.submission(f"corrected {number}", unit=number, received=later), figures))
        findings.append(county.finding("area.total", unit=number, observed=f"{number}"))
    return complete(warehouse, reports, findings)


def first_batch(warehouse):
    """What lies in the warehouse before."""
    reports = [
        (county.submission(f"first {number}", unit=number), dict.fromkeys(FIGURES[:20], float(number)))
        for number in UNITS
    ]
    findings = [county.finding(about, unit=number) for number in UNITS for about in ("area.total", "area.villages")]
    return complete(warehouse, reports, findings)


def complete(warehouse, reports, findings):
    batch = county.batch(warehouse, reports, findings=findings, periods=("2023",))
    due = dt.datetime(2024, 1, 15, 16, tzinfo=dt.UTC)
    roster = tuple(
        RosterEntry(
            unit_code=county.unit_code(number),
            unit_name=f"第{number}镇",
            form=county.FORM,
            period="2023",
            due_at=due,
            late_after=due,
        )
        for number in UNITS
    )
    known = warehouse.known_submissions().join(batch.submissions, on="submission_id", how="anti")
    rows = reporting_frame(
        roster,
        pl.concat([known, batch.submissions]),
        batch.facts,
        findings_frame(findings, "r"),
        mandatory=FIGURES,
        as_of=due + dt.timedelta(days=60),
    )
    return type(batch)(
        **{**vars(batch), "reporting": rows, "indicators": indicators_frame(load_catalogue()), "periods": ("2023",)}
    )


def kill_before(table):
    """Let this process die before it commits `table`, as if the power had gone."""
    commit = DeltaStore.commit

    def dying(self, name, plan, metadata, **more):
        if name == table:
            os.kill(os.getpid(), signal.SIGKILL)
        return commit(self, name, plan, metadata, **more)

    DeltaStore.commit = dying


def say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    folder, run_id, *table = sys.argv[1:]
    made = Warehouse(folder)
    if not made.versions():
        made.load(first_batch(made), run_id="before", now=county.NOON)
    else:
        batch = second_batch(made)
        if table:
            kill_before(table[0])
        say("ready")
        made.load(batch, run_id=run_id, now=county.NOON)
        say("loaded")

"""Backfills in processes that can be killed: reads folders from stdin, a line each, and forks a child for each.

The first word of a line is what to do in the county's folder that follows: `prepare` (collect as before a name was
added to the lexicon), `backfill` (go on with the backfill that is there, or plan and do one), `one-by-one` (two
collects, each finding the files of all townships but one, then a backfill) or `together` (the same three at once).
A child says `ready PID` when it begins to write, `done PID` when it has ended and `failed PID` when it raised; forked
children need not import anything again.
"""

import datetime as dt
import logging
import os
import random
import sys
import time
from dataclasses import replace
from pathlib import Path

from tasks import reading as read_plainly
from tasks import rereading
from tasks.backfill.manifest import ACTIVE, Manifest
from tasks.domain.backfills import BackfillRequest
from tasks.domain.county import read_county
from tasks.lexicon import load_lexicon
from tasks.steps import arriving, backfilling, judging, reading
from tasks.validate import judge

WORDS = "农村常住居民人均可支配收入"
NOW = dt.datetime(2024, 3, 2, 4, tzinfo=dt.UTC)


NAMES = ("雾山乡", "青槐街道")  # each collect finds no file of one of them


def say(word, number=None):
    os.write(1, f"{word} {number or os.getpid()}\n".encode())


def quietly():
    # Great Expectations takes most of the time of a run, and writes nothing that the warehouse holds.
    judge._judge_period = lambda site, period, facts, failures, *rest: failures["row"].to_list()
    reading.get_run_logger = lambda: logging.getLogger("child")


def prepare(county):
    lexicon = load_lexicon()
    before = replace(lexicon, aliases=tuple(one for one in lexicon.aliases if one.words != WORDS), version="before")
    for module in (arriving, read_plainly, rereading):
        module.load_lexicon = lambda: before
    collect(county)


def collect(county, unseen=None):
    files = [
        one
        for source in county.settings.sources
        for file in arriving.list_source.fn(source, county)
        if unseen is None or unseen not in file.path
        for one in arriving.store_file.fn(file, source, county)
    ]
    planned = arriving.plan_run.fn(files, county)
    outcomes = reading.read_reports.fn(planned.to_read, county).outcomes
    with judging.one_writer(county):
        judged = judging.validate_reports.fn(
            [*planned.carried, *outcomes], county, NOW, f"run {os.getpid()}", arrived=files
        )
        judging.load_reports.fn(judged, county, NOW, f"run {os.getpid()}")


def backfill(county):
    backfilling._LOADED_AT_ONCE = 2
    held = Manifest(county.warehouse).rows()
    active = held.filter(held["key_state"].is_in(ACTIVE))["backfill_id"].unique().to_list()
    say("ready")
    if active:
        backfill_id = active[0]
    else:
        request = BackfillRequest(("2022", "2023"), why="补叫法", who="张三")
        backfill_id = backfilling.freeze_backfill.fn(
            backfilling.plan_backfill.fn(request, county, NOW), county, NOW
        )  # fmt: skip
    if backfill_id is not None:
        backfilling.do_backfill.fn(backfill_id, county, NOW)


def fork(work, *words):
    """Return the id of a child that does `work`; what it raises ends it, and the traceback is on stderr."""
    child = os.fork()
    if child:
        return child
    work(*words)
    say("done")
    os._exit(0)


def wait_for(child):
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) > 0:
        say("failed", child)


def after(seconds, work, *words):
    time.sleep(seconds)
    work(*words)


if __name__ == "__main__":
    quietly()
    say("up")
    for line in sys.stdin:
        what, folder = line.rstrip("\n").split(" ", 1)
        what, _, seed = what.partition(":")
        place = read_county(Path(folder))
        three = [(collect, place, NAMES[0]), (collect, place, NAMES[1]), (backfill, place)]
        if what == "together":
            chance = random.Random(seed)
            for child in [fork(after, chance.uniform(0, 1), *one) for one in three]:
                wait_for(child)
        elif what == "one-by-one":
            for one in three:
                wait_for(fork(*one))
        else:
            wait_for(fork({"prepare": prepare, "backfill": backfill}[what], place))
        say("ended")

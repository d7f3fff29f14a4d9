"""Collects in processes that can be killed: reads orders from stdin, a line each, and forks a child for each.

An order is `first`, `collect` or `four` and the county's folder: `four` forks four children at once, each of which
finds the files of all townships but one. A child says `ready PID` when it begins and `done PID` when it has ended; the
parent says `failed PID` of one that raised, and `ended 0` when none is left. Forked children import nothing again.
"""

import datetime as dt
import importlib.util
import os
import sys
from pathlib import Path

from tasks import fetch
from tasks.domain.county import read_county
from tasks.validate import judge

spec = importlib.util.spec_from_file_location("small_county", Path(__file__).parents[1] / "load" / "small_county.py")
small = importlib.util.module_from_spec(spec)
spec.loader.exec_module(small)

NOW = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)


def say(word, number):
    os.write(1, f"{word} {number}\n".encode())


def quietly():
    # Great Expectations takes most of the time of a run, and writes nothing that the warehouse holds.
    judge._judge_period = lambda site, period, facts, failures, *rest: failures["row"].to_list()


def blind_to(name):
    """Let this process find no file of the township `name`."""
    listed = fetch.list_source
    fetch.list_source = lambda source, county: [one for one in listed(source, county) if name not in one.path]


def collect(folder, unseen=None):
    if unseen is not None:
        blind_to(unseen)
    say("ready", os.getpid())
    small.collect(read_county(Path(folder)), NOW, f"run {os.getpid()}")


def fork(folder, unseen=None):
    """Return the id of a child that collects in `folder`."""
    child = os.fork()
    if child:
        return child
    # What it raises ends it, and the traceback is on stderr.
    collect(folder, unseen)
    say("done", os.getpid())
    os._exit(0)


if __name__ == "__main__":
    quietly()
    say("up", os.getpid())
    for line in sys.stdin:
        what, place = line.rstrip("\n").split(" ", 1)
        children = [fork(place, name) for name in (small.NAMES if what == "four" else (None,))]
        for child in children:
            if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) > 0:
                say("failed", child)
        say("ended", 0)

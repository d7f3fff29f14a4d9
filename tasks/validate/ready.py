"""Great Expectations is imported beside other work: two seconds of a run that would stand in line at its end."""

import sys
from importlib import import_module
from threading import Thread
from typing import Any

from tasks.domain.collector import resting

__all__ = ["make_ready", "suites"]

_SUITES = "expectations.suites"


def make_ready() -> None:
    """Begin to import what judges, in a thread of its own; who judges before it has ended waits for the rest.

    A failure is said by the judgement, which imports the same again.
    """
    if _SUITES not in sys.modules:
        Thread(target=suites, name="import Great Expectations", daemon=True).start()


def suites() -> Any:
    """Return the module `expectations.suites`, imported with the collector at rest: a quarter less of the time."""
    if _SUITES in sys.modules:
        # Perhaps still being imported by the other thread, which is waited for.
        return import_module(_SUITES)
    with resting():
        return import_module(_SUITES)

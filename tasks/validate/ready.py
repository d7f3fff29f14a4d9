"""Great Expectations is imported beside other work: three seconds of a run that would stand in line at its end."""

import sys
from importlib import import_module
from threading import Thread

__all__ = ["make_ready"]

_SUITES = "expectations.suites"


def make_ready() -> None:
    """Begin to import what judges, in a thread of its own; who judges before it has ended waits for the rest.

    A failure is said by the judgement, which imports the same again.
    """
    if _SUITES not in sys.modules:
        Thread(target=import_module, args=(_SUITES,), name="import Great Expectations", daemon=True).start()

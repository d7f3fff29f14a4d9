"""What judges is imported beside other work, once."""

import sys
import threading

from tasks.validate import make_ready, ready


def test_the_import_runs_in_a_thread_of_its_own_and_not_twice(monkeypatch):
    imported, done = [], threading.Event()

    def take(name):
        imported.append((name, threading.current_thread() is threading.main_thread()))
        monkeypatch.setitem(sys.modules, name, sys)
        done.set()

    monkeypatch.delitem(sys.modules, "expectations.suites", raising=False)
    monkeypatch.setattr(ready, "import_module", take)
    make_ready()
    assert done.wait(10)
    make_ready()
    assert imported == [("expectations.suites", False)]

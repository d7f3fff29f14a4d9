"""What judges is imported beside other work, once."""

import subprocess
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


def run(*lines):
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_what_no_suite_or_source_needs_is_not_imported():
    assert run(
        "import sys",
        "import expectations.suites",
        "print('great_expectations' in sys.modules)",
        "print([one for one in ('scipy.stats', 'altair', 'sqlalchemy', 'shapely', 'botocore') if one in sys.modules])",
    ) == ["True", "[]"]


def test_a_package_taken_for_missing_is_there_for_other_threads_and_afterwards():
    assert run(
        "import sys, threading",
        "from expectations.later import taken_for_missing",
        "def look():",
        "    try:",
        "        import wave",
        "        print(wave.__name__)",
        "    except ImportError:",
        "        print('missing')",
        "with taken_for_missing('wave'):",
        "    look()",
        "    other = threading.Thread(target=look)",
        "    other.start()",
        "    other.join()",
        "del sys.modules['wave']",
        "look()",
    ) == ["missing", "wave", "wave"]


def test_a_module_put_off_is_there_for_whoever_uses_it_and_for_everybody_else():
    assert run(
        "import sys",
        "from expectations.later import imported_when_used",
        "with imported_when_used('colorsys'):",
        "    import colorsys",
        "    print('rgb_to_hsv' in vars(colorsys))",
        "print('colorsys' in sys.modules)",
        "print(colorsys.rgb_to_hsv(1, 1, 1)[2])",
        "import colorsys as real",
        "print(real is not colorsys, real.rgb_to_hsv is colorsys.rgb_to_hsv)",
    ) == ["False", "False", "1", "True", "True"]


def test_a_module_that_is_there_already_is_not_put_off():
    assert run(
        "import colorsys",
        "from expectations.later import imported_when_used",
        "with imported_when_used('colorsys'):",
        "    import colorsys as again",
        "print(again is colorsys)",
    ) == ["True"]


def test_a_module_used_while_it_is_put_off_is_imported_at_once():
    assert run(
        "import sys",
        "from expectations.later import imported_when_used",
        "with imported_when_used('xml.dom'):",
        "    import xml.dom.minidom",
        "print(xml.dom.minidom.__name__, sys.modules['xml.dom'].__name__)",
    ) == ["xml.dom.minidom", "xml.dom"]

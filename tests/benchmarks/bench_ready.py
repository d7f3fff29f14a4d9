"""How soon `county up` is ready: on a county that was never up, and on one that was.

python tests/benchmarks/bench_ready.py [--times 3]
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import made_county
import psutil

_READY = re.compile(r"([\d.]+) 秒就绪")


def ready(folder: Path) -> tuple[float, float]:
    """Return the seconds that `county up` says it took, and the processor time of all its processes; end it."""
    from flows.cli.server import _free_port

    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    up = subprocess.Popen(
        [sys.executable, "-u", "-m", "flows.cli.main", "up", "-c", str(folder), "--port", str(_free_port())],
        stdout=subprocess.PIPE, text=True, encoding="utf-8", env={**environment, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert up.stdout is not None
    try:
        found = next(match for line in up.stdout if (match := _READY.search(line)))
        process = psutil.Process(up.pid)
        family = [process, *process.children(recursive=True)]
        return float(found[1]), sum(sum(one.cpu_times()[:2]) for one in family)
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(90)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as top:
        for number in range(given.times):
            county = made_county.make_county(Path(top) / str(number), 2)
            load = os.getloadavg()[0]
            fresh = ready(county.folder)
            again = ready(county.folder)
            print(
                "fresh county {:5.1f} s ({:.1f} s of processor)   county that was up before {:5.1f} s ({:.1f} s)   "
                "load {:.1f}".format(*fresh, *again, load),
                flush=True,
            )


if __name__ == "__main__":
    main()

"""Publishes the book of a county and is killed by the kernel at a chosen step, as by a power cut.

Arguments: the county's folder, the book's folder, the step (`put` a file aside, `place` a file, `done`: all are placed)
and how many times it happens before.
"""

import datetime as dt
import os
import shutil
import signal
import sys
from pathlib import Path

from tasks.book import publish_book
from tasks.book.staging import Staging
from tasks.domain.county import read_county

county, book, step, times = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])


def killed_at(owner: object, name: str) -> None:
    real, left = getattr(owner, name), iter(range(times))

    def counted(*args: object, **kwargs: object) -> object:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)

    setattr(owner, name, counted)


def killed_in_commit(owner: object, name: str) -> None:
    """Workbooks and letters are renamed too, before."""
    commit = Staging.commit

    def begun(*args: object) -> None:
        killed_at(owner, name)
        commit(*args)

    Staging.commit = begun


if __name__ == "__main__":
    if step == "put":
        killed_at(Staging, "put")
    else:
        # The order too is put in its place by a rename, as the first.
        killed_in_commit(*{"place": (Path, "replace"), "done": (shutil, "rmtree")}[step])
    publish_book(read_county(county), book, now=dt.datetime(2024, 2, 1, 1, tzinfo=dt.UTC))

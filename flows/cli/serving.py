"""`python -m flows.cli.serving server start …`: Prefect's own command, which knows our notification block and formats.

The server sends notifications itself and must know their class; it checks what is typed into forms; its pages advertise
nothing; on SQLite its transactions wait for one another. A worker looks for runs to cancel also after the server was
away. Both run in the foreground: the server's --background mode writes into a pipe nobody reads and stops answering
once a log line does not fit.
"""

import os
import signal
import sys
import threading
import time

import flows.notifying  # noqa: F401 - registers the block in this process
from flows.cli.server import PARENT
from flows.field_formats import register_formats

__all__ = ["main"]

_LOOK_SECONDS = 2.0


def main() -> None:
    """Run Prefect's command; where PARENT names a process, end with it, also when that one was killed."""
    from prefect.cli import app

    from flows.cli.first_page import tell_first_page
    from flows.cli.sqlite_writing import wait_for_the_writer
    from flows.cli.worker_watching import look_for_cancelled_runs_for_ever

    register_formats()
    wait_for_the_writer()
    if "server" in sys.argv:  # importing it costs a worker seconds
        tell_first_page()
    if "worker" in sys.argv:
        look_for_cancelled_runs_for_ever()
    parent = os.environ.pop(PARENT, "")
    if parent:
        threading.Thread(target=_end_with, args=(int(parent),), daemon=True).start()
    sys.argv = ["prefect", *sys.argv[1:]]
    app()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()

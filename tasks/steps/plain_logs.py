"""The log of a run says what was done with whose report; that a task of Prefect's has ended well is not part of it."""

import logging

__all__ = ["leave_out_endings"]

_TASKS = "prefect.task_runs"
_ENDED_WELL = "Finished in state Completed()"


class _Endings(logging.Filter):
    """Takes out one line a task; its state and time stand in the list of task runs anyway."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.msg != _ENDED_WELL


def leave_out_endings() -> None:
    """Keep the line that every task ends with out of this process's logs; bad ends stay."""
    logger = logging.getLogger(_TASKS)
    if not any(isinstance(one, _Endings) for one in logger.filters):
        logger.addFilter(_Endings())

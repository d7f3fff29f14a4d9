"""How many cores this process may keep busy: all, or its share while other workers read files beside it."""

import os

__all__ = ["own_cores", "share_cores"]

_sharers = 1


def share_cores(processes: int) -> None:
    """Note that `processes` of this kind are at work, this one among them."""
    global _sharers  # noqa: PLW0603 - a property of the process
    _sharers = processes


def own_cores() -> int:
    """Return how many threads of this process should compute at once."""
    return max(1, len(os.sched_getaffinity(0)) // _sharers)

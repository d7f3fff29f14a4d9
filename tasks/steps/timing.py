"""How long a run works and how long it waits for its orchestration: measured in every run, not estimated."""

import functools
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

__all__ = ["Stopwatch", "TimeTaken", "at_work", "start_stopwatch"]

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TimeTaken:
    """Wall-clock seconds of a run so far; `orchestration` are those in which none of its steps was at work."""

    total: float
    orchestration: float


class Stopwatch:
    """Gathers the spans in which steps were at work, from any thread of the run's process."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._spans: list[tuple[float, float]] = []
        self._lock = threading.Lock()

    def add(self, start: float, end: float) -> None:
        """Count the time between two readings of `time.monotonic` as work."""
        with self._lock:
            self._spans.append((start, end))

    def add_ended(self, seconds: float) -> None:
        """Count work elsewhere that took `seconds` and of which word came just now."""
        now = time.monotonic()
        self.add(now - seconds, now)

    def taken(self) -> TimeTaken:
        """Return the time since the stopwatch was started; steps side by side count once."""
        total, busy, reached = time.monotonic() - self._began, 0.0, self._began
        with self._lock:
            spans = sorted(self._spans)
        for start, end in spans:
            busy += max(0.0, end - max(start, reached))
            reached = max(reached, end)
        return TimeTaken(total, total - busy)


_running: ContextVar[Stopwatch | None] = ContextVar("stopwatch", default=None)


def start_stopwatch() -> Stopwatch:
    """Return a stopwatch that this run's steps report to from now on."""
    stopwatch = Stopwatch()
    _running.set(stopwatch)
    return stopwatch


def at_work(function: Callable[P, T]) -> Callable[P, T]:
    """Report the time that `function` takes to the stopwatch of the run, where there is one."""

    @functools.wraps(function)
    def timed(*args: P.args, **kwargs: P.kwargs) -> T:
        stopwatch, start = _running.get(), time.monotonic()
        try:
            return function(*args, **kwargs)
        finally:
            if stopwatch is not None:
                stopwatch.add(start, time.monotonic())

    return timed

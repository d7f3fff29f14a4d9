"""How long a run works and how long it waits for its orchestration: measured in every run, not estimated."""

import functools
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

__all__ = ["Stopwatch", "TimeTaken", "at_work", "at_work_again", "start_stopwatch"]

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
        self._failed: dict[str, float] = {}
        self._lock = threading.Lock()

    def failed(self, step: str) -> None:
        """Note that an attempt of `step` has just failed; the pause before its next one is the step's own."""
        with self._lock:
            self._failed[step] = time.monotonic()

    def begins(self, step: str) -> None:
        """Count the pause since the failed attempt of `step`, if there was one: waiting for a source is no overhead."""
        with self._lock:
            since = self._failed.pop(step, None)
        if since is not None:
            self.add(since, time.monotonic())

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


def at_work(function: Callable[P, T], *, is_retried: bool = False) -> Callable[P, T]:
    """Report the time that `function` takes to the stopwatch of the run, where there is one.

    Of one that is retried the pauses count as well: its calls come one after the other.
    """

    @functools.wraps(function)
    def timed(*args: P.args, **kwargs: P.kwargs) -> T:
        stopwatch, start = _running.get(), time.monotonic()
        if stopwatch is not None:
            stopwatch.begins(function.__qualname__)
        try:
            return function(*args, **kwargs)
        except Exception:
            if stopwatch is not None and is_retried:
                stopwatch.failed(function.__qualname__)
            raise
        finally:
            if stopwatch is not None:
                stopwatch.add(start, time.monotonic())

    return timed


def at_work_again(function: Callable[P, T]) -> Callable[P, T]:
    """Report as `at_work` does, for a step whose task is retried after a pause."""
    return at_work(function, is_retried=True)

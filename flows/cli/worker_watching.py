"""A worker that goes on looking for runs to cancel, however long its server was away.

Prefect's worker hears of a run to be cancelled through a connection of its own. When that breaks, it asks every ten
seconds instead; when three answers in a row fail, it gives up for as long as it lives ("flow run cancellation will
fail"): after a minute without the server, a run that somebody cancels would be "Cancelling" for ever and hold the place
of its deployment.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from prefect._internal import observers
from prefect.logging import get_logger
from prefect.utilities.services import critical_service_loop

__all__ = ["look_for_cancelled_runs_for_ever"]


def look_for_cancelled_runs_for_ever() -> None:
    """Have this process's worker begin again where Prefect's would give up."""
    observers.critical_service_loop = _loop_for_ever  # type: ignore[attr-defined, assignment]


async def _loop_for_ever(workload: Callable[..., Coroutine[Any, Any, Any]], interval: float, **rest: Any) -> None:
    while True:
        try:
            # What it prints when it gives up are stack traces.
            await critical_service_loop(workload, interval, printer=lambda *words: None, **rest)
        except RuntimeError as error:
            get_logger("worker").warning(
                "任务服务没有应答，继续等待 · the server does not answer; asking on (%s)", error
            )
            await asyncio.sleep(interval)

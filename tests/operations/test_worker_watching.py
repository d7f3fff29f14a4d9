"""A worker looks for runs to cancel also after its server was away; Prefect's own gives up."""

import asyncio

import httpx
import pytest
from prefect._internal import observers

from flows.cli.worker_watching import look_for_cancelled_runs_for_ever

AWAY = 7  # questions without an answer; Prefect gives up after three


async def asked(times: int) -> int:
    """How often the server was asked until it had answered so many times, after not answering at first."""
    count = 0
    back = asyncio.Event()

    async def ask() -> None:
        nonlocal count
        count += 1
        if count <= AWAY:
            raise httpx.ConnectError("away")
        if count == AWAY + times:
            back.set()

    looking = asyncio.create_task(observers.critical_service_loop(workload=ask, interval=0.01, jitter_range=0.3))
    waiting = asyncio.create_task(back.wait())
    done, _ = await asyncio.wait({looking, waiting}, timeout=20, return_when=asyncio.FIRST_COMPLETED)
    for one in (looking, waiting):
        one.cancel()
    if looking in done:
        await looking
    assert waiting in done
    return count


def test_it_asks_until_the_server_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    # Put back afterwards: other tests see Prefect as it is.
    monkeypatch.setattr(observers, "critical_service_loop", observers.critical_service_loop)
    look_for_cancelled_runs_for_ever()
    assert asyncio.run(asked(3)) == AWAY + 3


def test_prefect_alone_would_give_up_which_is_why() -> None:
    """When this fails, Prefect goes on by itself: take `flows.cli.worker_watching` away."""
    with pytest.raises(RuntimeError, match="error threshold"):
        asyncio.run(asked(3))

"""One writer at a time in the server's SQLite: a transaction that will write waits for its turn instead of failing.

Prefect begins such transactions as DEFERRED: one that has read first and finds, when it writes, that another wrote in
between is refused at once ("database is locked"), whatever time it may wait. Submitting a run is then answered with
503, and an event that its automations could not be asked about four times is put aside: a notification is lost.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from prefect.server.database.configurations import SQLITE_BEGIN_MODE, AioSqliteConfiguration
from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction

__all__ = ["wait_for_the_writer"]


def wait_for_the_writer() -> None:
    """Have this process's server begin its SQLite transactions with the lock for writing; PostgreSQL needs none."""
    AioSqliteConfiguration.begin_transaction = _begin_immediate  # type: ignore[method-assign]


@asynccontextmanager
async def _begin_immediate(
    self: AioSqliteConfiguration, session: AsyncSession, with_for_update: bool = False
) -> AsyncGenerator[AsyncSessionTransaction, None]:
    token = SQLITE_BEGIN_MODE.set("IMMEDIATE")
    try:
        async with session.begin() as transaction:
            # BEGIN is sent with the first connection. What is opened beside it reads, and must not ask for the lock.
            await session.connection()
            SQLITE_BEGIN_MODE.set("DEFERRED")
            yield transaction
    finally:
        SQLITE_BEGIN_MODE.reset(token)

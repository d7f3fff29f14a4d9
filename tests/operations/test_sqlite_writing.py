"""Transactions of the server's SQLite that read first and write then wait for one another; Prefect's own refuse."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from prefect.server.database.configurations import AioSqliteConfiguration

from flows.cli.sqlite_writing import wait_for_the_writer

TRANSACTIONS = 5


async def counted(path: Path) -> int:
    """What a counter shows after several transactions at once have each read it and written one more."""
    database = AioSqliteConfiguration(f"sqlite+aiosqlite:///{path}")
    engine = await database.engine()
    async with await database.session(engine) as session, database.begin_transaction(session):
        await session.execute(sa.text("create table counter (n integer)"))
        await session.execute(sa.text("insert into counter values (0)"))

    async def one_more() -> None:
        async with await database.session(engine) as session, database.begin_transaction(session):
            before = (await session.execute(sa.text("select n from counter"))).scalar_one()
            # Another reader beside it, as the server has them, must get through.
            async with await database.session(engine) as beside:
                await beside.execute(sa.text("select n from counter"))
            await asyncio.sleep(0.05)
            await session.execute(sa.text("update counter set n = :n"), {"n": before + 1})

    await asyncio.gather(*(one_more() for _ in range(TRANSACTIONS)))
    async with await database.session(engine) as session:
        return int((await session.execute(sa.text("select n from counter"))).scalar_one())


def test_everybody_gets_a_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Put back afterwards: other tests see Prefect as it is.
    monkeypatch.setattr(AioSqliteConfiguration, "begin_transaction", AioSqliteConfiguration.begin_transaction)
    wait_for_the_writer()
    assert asyncio.run(counted(tmp_path / "server.db")) == TRANSACTIONS


def test_prefect_alone_would_refuse_some_which_is_why(tmp_path: Path) -> None:
    """When this fails, Prefect does it itself: take `flows.cli.sqlite_writing` away."""
    with pytest.raises(sa.exc.OperationalError, match="database is locked"):
        asyncio.run(counted(tmp_path / "server.db"))

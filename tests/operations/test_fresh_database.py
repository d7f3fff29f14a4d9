"""The database that a county's first server finds: made once, copied, and never in the way of one that is there."""

import sqlite3
from pathlib import Path

import pytest

from flows.cli.database import give_database
from tasks.domain.county import County


@pytest.fixture
def home(county: County, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", raising=False)
    monkeypatch.delenv("PREFECT_API_DATABASE_CONNECTION_URL", raising=False)
    county.prefect_home.mkdir(parents=True)
    return county.prefect_home


@pytest.mark.slow
def test_an_empty_database_is_made_once_and_copied_for_every_county(county: County, home: Path, tmp_path: Path) -> None:
    assert give_database(county, tmp_path / "kept")
    made = sorted((tmp_path / "kept").iterdir())
    assert len(made) == 1
    with sqlite3.connect(home / "prefect.db") as database:
        tables = {name for (name,) in database.execute("select name from sqlite_master where type = 'table'")}
        assert {"alembic_version", "flow_run", "task_run", "artifact"} <= tables
        assert database.execute("select count(*) from flow_run").fetchone() == (0,)
        assert database.execute("select count(*) from configuration").fetchone() == (0,)
    (home / "prefect.db").unlink()
    before = made[0].stat().st_mtime_ns
    assert give_database(county, tmp_path / "kept")
    assert made[0].stat().st_mtime_ns == before


def test_a_database_that_is_there_stays_as_it_is(county: County, home: Path, tmp_path: Path) -> None:
    (home / "prefect.db").write_bytes(b"years of runs")
    assert not give_database(county, tmp_path / "kept")
    assert (home / "prefect.db").read_bytes() == b"years of runs"


def test_a_server_with_a_database_of_its_own_gets_none(
    county: County, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", "postgresql+asyncpg://somewhere/xianbao")
    assert not give_database(county, tmp_path / "kept")
    assert list(home.iterdir()) == []


def test_where_none_can_be_kept_the_server_makes_its_own(county: County, home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert not give_database(county, tmp_path / "file" / "kept")
    assert list(home.iterdir()) == []

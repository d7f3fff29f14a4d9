"""The server on a real PostgreSQL: runs are recorded in it, dumped with the county, and loaded into an empty one."""

import tempfile
from pathlib import Path

import pytest

from tests.servers import Postgres, county_command

pytestmark = pytest.mark.slow

SHUT = {"PREFECT_SERVER_DATABASE_CONNECTION_URL": "postgresql+asyncpg://nobody@127.0.0.1:1/none"}


@pytest.fixture(scope="module")
def postgres():
    # Not in pytest's folder, which is closed to other accounts.
    with tempfile.TemporaryDirectory(prefix="xianbao-pg-") as folder:
        server = Postgres(Path(folder))
        server.start()
        yield server
        server.stop()


def test_a_run_is_in_postgres_and_comes_back_from_the_backup(postgres, tmp_path):
    for name in ("live", "empty"):
        postgres.sql(f"CREATE DATABASE {name}")
    live, empty = postgres.environment("live"), postgres.environment("empty")
    folder = tmp_path / "县"
    assert county_command("init", str(folder), "--name", "石桥县").returncode == 0
    (folder / "units.csv").write_text("unit_code,name\n530999101000,石桥镇\n", encoding="utf-8")
    (folder / "inbox" / "石桥镇2024年工作报告.txt").write_text(
        "石桥镇2024年工作报告\n全镇总人口12345人。完成粮食播种面积2.31万亩。", encoding="utf-8"
    )
    run = county_command("collect", "-c", str(folder), **live)
    assert run.returncode == 0, run.stdout + run.stderr
    assert not (folder / ".prefect" / "prefect.db").exists()
    backup = county_command("backup", str(tmp_path / "b.tar"), "-c", str(folder), **live)
    assert backup.returncode == 0, backup.stdout + backup.stderr
    assert "prefect.pgdump" in backup.stdout
    restored = county_command("restore", str(tmp_path / "b.tar"), str(tmp_path / "back"), **empty)
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert postgres.sql("SELECT count(*) FROM flow_run WHERE state_type = 'COMPLETED'", "empty") == "1"
    again = county_command("collect", "-c", str(tmp_path / "back"), **empty)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "入库0件" in again.stdout


def test_a_postgres_that_is_away_is_said_in_plain_words(tmp_path):
    folder = tmp_path / "县"
    assert county_command("init", str(folder), "--name", "石桥县").returncode == 0
    backup = county_command("backup", str(tmp_path / "b.tar"), "-c", str(folder), **SHUT)
    assert backup.returncode == 3
    assert "Traceback" not in backup.stderr
    assert "pg_dump" in backup.stderr
    assert not list(tmp_path.glob("*.tar"))


def test_metrics_are_what_prometheus_reads(tmp_path):
    from prometheus_client.parser import text_string_to_metric_families

    folder = tmp_path / "县"
    assert county_command("init", str(folder), "--name", "石桥县").returncode == 0
    said = county_command("metrics", "-c", str(folder))
    assert said.returncode == 0, said.stderr
    families = {one.name: one for one in text_string_to_metric_families(said.stdout)}
    assert families["xianbao_facts_live"].samples[0].value == 0
    assert families["xianbao_disk_free_bytes"].samples[0].value > 0
    assert county_command("metrics", "-c", str(folder), "--to", str(folder / "x.prom")).returncode == 0
    assert "xianbao_disk_free_bytes" in (folder / "x.prom").read_text()

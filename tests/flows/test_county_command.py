"""The main job as a person runs it: the `county` command on the sample county, with a real Prefect server."""

import json
import shutil
from pathlib import Path

import duckdb
import polars as pl
import pytest
from deltalake import DeltaTable

from tests.servers import county_command

pytestmark = pytest.mark.slow


def versions(folder: Path) -> dict[str, int]:
    logs = sorted((folder / "warehouse").glob("*/_delta_log"))
    return {path.parent.name: DeltaTable(str(path.parent)).version() for path in logs}


def table(folder: Path, name: str) -> pl.DataFrame:
    # Polars' own Delta reader does not find files under a path with Chinese characters; through pyarrow it does.
    return pl.read_delta(str(folder / "warehouse" / name), use_pyarrow=True)


@pytest.fixture(scope="module")
def collected(collected_county: Path) -> Path:
    # Not a copy: in another place the addresses of what came twice would be news.
    return collected_county


def test_every_good_report_is_loaded_and_every_bad_one_quarantined(collected: Path) -> None:
    submissions = table(collected, "submissions")
    files = [path for path in (collected / "inbox").rglob("*") if path.is_file() and path.name != "收文登记.csv"]
    states = dict(submissions.group_by("state").len().rows())
    assert sum(states.values()) == len(files)
    codes = set(submissions.filter(pl.col("state") == "quarantined")["quarantine_code"])
    assert codes == {"empty_file", "wrong_type", "truncated_file", "unit_disagrees", "unit_unknown"}
    assert states["superseded"] == 1
    assert states["loaded"] >= 12
    assert len(list((collected / "quarantine").glob("*.原因.txt"))) == states["quarantined"]


def test_facts_have_evidence_where_they_say(collected: Path) -> None:
    facts = table(collected, "facts")
    blocks = table(collected, "blocks").select("submission_id", "block", "text", block_start="start")
    mentions = table(collected, "mentions").filter(pl.col("fact_id").is_not_null()).select("fact_id", "surface")
    assert facts.height > 400
    placed = facts.join(blocks, on=["submission_id", "block"])
    assert placed.height == facts.height
    read = pl.col("text").str.slice(pl.col("start") - pl.col("block_start"), pl.col("end") - pl.col("start"))
    assert placed.join(mentions, on="fact_id").select((read == pl.col("surface")).all()).item()


def test_the_second_run_reads_nothing_and_adds_no_version(collected: Path) -> None:
    before = versions(collected)
    run = county_command("collect", "-c", str(collected))
    assert run.returncode == 0, run.stdout + run.stderr
    assert "入库0件，隔离0件" in run.stdout
    # What waits for an answer waits on, though this run judged nothing.
    waiting = table(collected, "findings").filter(pl.col("status").is_in(["open", "expired"])).height
    assert waiting > 0
    assert f"待处理审核问题{waiting}个" in run.stdout
    assert versions(collected) == before


def test_duckdb_and_polars_read_the_warehouse_without_us(collected: Path) -> None:
    facts = DeltaTable(str(collected / "warehouse" / "facts")).to_pyarrow_dataset()  # noqa: F841 - DuckDB finds it
    rows = duckdb.sql(
        "select unit_name, value from facts where indicator = 'pop.total' and measure = 'level'"
    ).fetchall()
    lazy = pl.scan_delta(str(collected / "warehouse" / "facts"), use_pyarrow=True).filter(
        (pl.col("indicator") == "pop.total") & (pl.col("measure") == "level")
    )
    assert len(rows) >= 10
    assert sorted(rows) == sorted(lazy.select("unit_name", "value").collect().rows())


def test_status_findings_and_exports(collected: Path, tmp_path: Path) -> None:
    status = county_command("status", "-c", str(collected), "--period", "2023")
    assert status.returncode == 1
    assert "未报" in status.stdout
    findings = county_command("findings", "-c", str(collected))
    assert "数字被隐去" in findings.stdout
    for form, suffix in (("csv", ".csv"), ("xlsx", ".xlsx")):
        run = county_command("export", str(tmp_path / form), "-c", str(collected), "--format", form)
        assert run.returncode == 0, run.stderr
        assert list((tmp_path / form).glob(f"*{suffix}"))


def test_what_became_no_fact_is_listed(collected: Path, tmp_path: Path) -> None:
    run = county_command("unmapped", "-c", str(collected), "--csv", str(tmp_path / "未识别.csv"), "--limit", "3")
    assert run.returncode == 0, run.stderr
    rows = pl.read_csv(tmp_path / "未识别.csv")
    assert rows.columns == ["unit", "words", "count", "reports", "reason", "example"]
    loaded = table(collected, "submissions").filter(pl.col("state") == "loaded").select("submission_id")
    mentions = table(collected, "mentions").join(loaded, on="submission_id", how="semi")
    assert rows["count"].sum() == mentions["fact_id"].null_count() > 20
    assert rows["count"].is_sorted(descending=True)
    assert f"{rows.height} kinds, 3 shown" in run.stdout


def test_data_docs_ask_nobody(collected: Path) -> None:
    pages = list((collected / "data_docs").rglob("*.html"))
    assert len(pages) > 2
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert 'src="http' not in text
        assert 'rel="stylesheet" href="http' not in text


def test_a_file_assigned_by_hand_is_loaded_by_the_next_run(collected: Path, tmp_path: Path) -> None:
    folder = tmp_path / "county"
    shutil.copytree(collected, folder)
    submissions = table(folder, "submissions")
    sha256 = submissions.filter(pl.col("quarantine_code") == "unit_unknown")["sha256"].item()
    missing = table(folder, "reporting").filter(pl.col("state") == "missing")
    unit, period = missing.select("unit_name", "period").row(0)
    words = ("assign", sha256[:12], "--unit", unit, "--period", period, "--why", "来电确认", "-c", str(folder))
    assert county_command(*words).returncode == 0
    run = county_command("collect", "-c", str(folder))
    assert run.returncode == 0, run.stdout + run.stderr
    after = table(folder, "submissions").filter(pl.col("sha256") == sha256)
    assert dict(after.select("state", "unit_name").rows()) == {"loaded": unit, "withdrawn": ""}
    assert not list((folder / "quarantine").glob(f"{sha256[:12]}*"))


def test_plain_errors(tmp_path: Path) -> None:
    run = county_command("collect", "-c", str(tmp_path))
    assert run.returncode == 2
    assert "no_county" in run.stderr
    assert "Traceback" not in run.stderr
    assert county_command("collect", "--period", "20231").returncode == 2


def test_extract_without_a_county(tmp_path: Path) -> None:
    report = tmp_path / "报告.txt"
    report.write_text("全镇总人口11876人，生猪出栏1.2万头。", encoding="gb18030")
    run = county_command("extract", str(report), "--json")
    assert run.returncode == 0
    assert [fact["code"] for fact in json.loads(run.stdout)["facts"]] == ["pop.total", "livestock.pigs_out"]
    assert county_command("extract", str(tmp_path / "没有.txt")).returncode == 1

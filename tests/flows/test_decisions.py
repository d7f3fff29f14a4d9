"""Decisions as a person takes them: by command, Excel sheet, question letter and the form of a real Prefect server."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import docx
import httpx
import openpyxl
import polars as pl
import pytest
from prefect.client.base import PrefectHttpxSyncClient

from tasks.domain.letters import ID_COLUMN, LETTER_COLUMNS, REPLY_COLUMN
from tests.servers import county_command

pytestmark = pytest.mark.slow
OUT_OF_RANGE = "全镇有行政村9个，耕地21450万亩。"
MASKED = "全年排查矛盾纠纷XX起。"


def table(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_delta(str(folder / "warehouse" / name), use_pyarrow=True)


def status_of(folder: Path) -> str:
    return table(folder, "findings").filter(pl.col("rule") == "V3")["status"].item()


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory, sample_county_source: Path) -> Path:
    """The sample county with one report, which states an impossible area and hides a figure."""
    folder = tmp_path_factory.mktemp("collected") / "县"
    assert county_command("init", str(folder), "--from", str(sample_county_source)).returncode == 0
    for path in sorted((folder / "inbox").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    report = folder / "inbox" / "2023年度" / "青槐街道2023年工作总结.txt"
    report.parent.mkdir()
    report.write_text(f"青槐街道2023年工作总结\n{OUT_OF_RANGE}\n{MASKED}\n", encoding="utf-8")
    run = county_command("collect", "-c", str(folder))
    assert "入库1件" in run.stdout, run.stdout + run.stderr
    return folder


@pytest.fixture
def county(tmp_path: Path, collected: Path) -> Path:
    """A county of one's own to decide in: a copy of the collected one."""
    return Path(shutil.copytree(collected, tmp_path / "县"))


def test_a_finding_is_explained_corrected_and_withdrawn_and_every_run_agrees(county: Path) -> None:
    finding = table(county, "findings").filter(pl.col("rule") == "V3").row(0, named=True)
    place = ("-c", str(county))
    assert county_command("explain", finding["finding_id"], "核实无误", *place).returncode == 0
    assert status_of(county) == "explained"
    wrong = county_command("correct", finding["finding_id"][:8], "--value", "5万元", "--why", "笔误", *place)
    assert (wrong.returncode, "wrong_dimension" in wrong.stderr) == (2, True)
    right = county_command("correct", finding["finding_id"][:8], "--value", "2.145万亩", "--why", "笔误", *place)
    assert right.returncode == 0, right.stderr
    assert status_of(county) == "fixed"
    columns = ("stated_value", "value", "corrected_value", "status")
    corrected = table(county, "facts").filter(pl.col("fact_id") == finding["fact_ids"][0]).select(columns)
    assert corrected.row(0) == ("21450万", 214_500_000.0, 21_450.0, "corrected")
    before = table(county, "decisions")
    assert "入库0件" in county_command("collect", *place).stdout
    assert table(county, "facts").filter(pl.col("status") == "corrected").height == 1
    shown = county_command("show", finding["finding_id"], *place).stdout
    assert "核实无误" in shown
    assert "更正值 21450 亩" in shown
    decision = before.filter(pl.col("kind") == "correction")["decision_id"].item()
    assert county_command("withdraw", decision[:8], "--why", "有误", *place).returncode == 0
    assert status_of(county) == "explained"
    assert table(county, "decisions").join(before, on=before.columns, how="semi", nulls_equal=True).height == 2


def test_a_sheet_is_decided_row_by_row_and_twice_changes_nothing(county: Path, tmp_path: Path) -> None:
    sheet, place = tmp_path / "问题.xlsx", ("-c", str(county))
    assert county_command("findings", "--xlsx", str(sheet), *place).returncode == 0
    book = openpyxl.load_workbook(sheet)
    page = book.active
    heads = {str(cell.value).split()[-1]: cell.column for cell in page[1]}
    rules = {page.cell(row, heads["rule"]).value: row for row in range(2, page.max_row + 1)}
    for row, words in ((rules["V3"], ("更正", "2.145万亩", "笔误")), (rules["M6"], ("同意", None, "好"))):
        for name, word in zip(("decision", "value", "why"), words, strict=True):
            page.cell(row, heads[name], word)
    book.save(sheet)
    first = county_command("decide", str(sheet), *place)
    assert first.returncode == 1
    assert f"第{rules['M6']}行" in first.stderr
    assert status_of(county) == "fixed"
    held = table(county, "decisions")
    again = county_command("decide", str(sheet), *place)
    assert "已有相同决定 1 个" in again.stdout
    assert table(county, "decisions").equals(held)


def test_a_letter_that_came_back_settles_what_it_answers_and_names_what_it_does_not(
    county: Path, tmp_path: Path
) -> None:
    place, letters = ("-c", str(county)), tmp_path / "核实函"
    assert "青槐街道2023年核实函.docx" in county_command("letter", str(letters), *place).stdout
    findings = table(county, "findings").select("finding_id", "rule").sort("rule", "finding_id")
    asked = dict(findings.rows())
    owed = [one for one, rule in asked.items() if rule == "M6"]
    replies = {
        **{one: "更正：2.145万亩，笔误" for one, rule in asked.items() if rule == "V3"},
        **{one: "补报：213起" for one, rule in asked.items() if rule == "K1"},
        owed[0]: "无此项", owed[1]: "已阅",
    }  # fmt: skip
    letter = letters / "青槐街道2023年核实函.docx"
    rows = replied(letter, replies)
    first = county_command("decide", str(letter), *place)
    assert first.returncode == 1
    assert f"第{rows[owed[1]]}项" in first.stderr
    assert "记录决定 3 个" in first.stdout
    settled = dict(table(county, "findings").select("finding_id", "status").rows())
    said = {rule: {settled[one] for one, own in asked.items() if own == rule} for rule in ("V3", "K1")}
    assert said == {"V3": {"fixed"}, "K1": {"fixed"}}
    assert (settled[owed[0]], settled[owed[1]]) == ("explained", "open")
    supplied = table(county, "facts").filter(pl.col("bound") == "masked").select("value", "corrected_value", "status")
    assert supplied.rows() == [(None, 213.0, "corrected")]
    again = county_command("decide", str(letter), *place)
    assert "已有相同决定 3 个" in again.stdout
    roster = next(line for line in county_command("status", *place).stdout.splitlines() if "青槐街道" in line)
    open_ones = table(county, "findings").filter(pl.col("status") == "open")
    counts = [str(open_ones.filter(pl.col("severity") == one).height) for one in ("error", "question", "note")]
    assert [cell.strip() for cell in roster.split("│")[8:11]] == counts
    assert county_command("letter", str(letters), *place).returncode == 0
    assert set(replied(letter, {})) == set(open_ones["finding_id"])


def replied(letter: Path, replies: dict[str, str]) -> dict[str, int]:
    """Fill in the reply column of a letter as in Word and return the number of each finding that it asks about."""
    document = docx.Document(str(letter))
    heads = LETTER_COLUMNS["zh"]
    (table_of_questions,) = [one for one in document.tables if one.rows[0].cells[0].text == heads[0]]
    numbers = {}
    for row in table_of_questions.rows[1:]:
        finding = row.cells[ID_COLUMN].text
        numbers[finding] = int(row.cells[0].text)
        row.cells[REPLY_COLUMN].text = replies.get(finding, "")
    document.save(str(letter))
    return numbers


def test_the_form_of_the_deployment_records_a_decision(county: Path) -> None:
    finding = table(county, "findings").filter(pl.col("rule") == "V3").row(0, named=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    server = subprocess.Popen(
        [sys.executable, "-m", "flows.cli.main", "up", "-c", str(county), "--port", "4731"],
        env={**environment, "PYTHONUTF8": "1"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        # Prefect's own client asks again where the server, whose SQLite was being written, says 503.
        place = {"base_url": "http://127.0.0.1:4731/api", "trust_env": False, "timeout": 30}
        with PrefectHttpxSyncClient(**place, raise_on_all_errors=False) as api:
            deployment = _deployment(api)
            form = deployment["parameter_openapi_schema"]["definitions"]["DecisionForm"]["properties"]
            assert "说明 explain" in form["decision"]["enum"]
            assert form["why"]["title"] == "理由 why"
            words = {"decision": "说明 explain", "about": finding["finding_id"], "why": "核实无误", "who": "张三"}
            make = f"/deployments/{deployment['id']}/create_flow_run"
            assert api.post(make, json={"parameters": {"form": {**words, "decision": "同意"}}}).is_client_error
            run = api.post(make, json={"parameters": {"form": words}}).raise_for_status().json()
            state = _ended(api, run["id"])
        assert state["type"] == "COMPLETED", state
    finally:
        server.terminate()
        server.wait(60)
    assert status_of(county) == "explained"
    assert table(county, "decisions")["who"].to_list() == ["张三"]


def _deployment(api: httpx.Client) -> dict:
    for _ in range(240):
        try:
            answer = api.get("/deployments/name/record-decision/decide")
            if answer.is_success:
                return answer.json()
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise AssertionError("the deployment did not appear")


def _ended(api: httpx.Client, run: str) -> dict:
    for _ in range(240):
        state = api.get(f"/flow_runs/{run}").raise_for_status().json()["state"]
        if state["type"] in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}:
            return state
        time.sleep(0.5)
    raise AssertionError("the run did not end")

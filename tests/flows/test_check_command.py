"""`county check`: the rules of the county before a report is sent, with and without its past."""

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from expectations.rules import RuleError
from flows.cli import main
from flows.cli.checking import HISTORY_COLUMNS, write_history
from flows.cli.main import app
from tasks.domain.tables import TABLES

GOOD = "青山镇2023年工作总结\n全镇总人口3.2万人，粮食播种面积3.86万亩。\n"


def check(*words: object) -> Result:
    return CliRunner().invoke(app, ["check", *(str(word) for word in words)])


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "青山镇2023年工作总结.txt"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_a_good_report_has_nothing_to_answer_and_says_what_was_not_evaluated(report: Path) -> None:
    run = check(report)
    assert run.exit_code == 0, run.stdout
    assert "0个问题" in run.stdout
    assert "no county folder" in run.stdout
    assert "no --history" in run.stdout


def test_a_finding_has_its_quote_and_a_bad_file_stops_no_other(report: Path, tmp_path: Path) -> None:
    report.write_text(GOOD.replace("3.2万人", "900万人"), encoding="utf-8")
    run = check(tmp_path / "没有.docx", report, "--json")
    assert run.exit_code == 1
    whole = json.loads(run.stdout)
    assert [one["rule"] for one in whole["findings"]] == ["V3"]
    assert "900万人" in whole["findings"][0]["quotes"][0]
    assert (whole["files"], whole["refused"]) == (2, 1)
    assert "没有.docx" in run.stderr


@pytest.mark.parametrize("ending", ["parquet", "csv", "xlsx"])
def test_with_its_past_growth_is_held_against_last_year(report: Path, tmp_path: Path, ending: str) -> None:
    report.write_text(GOOD.replace("3.86万亩", "3.86万亩，比上年增长2.3%"), encoding="utf-8")
    past = {
        "fact_id": "f", "unit_code": "1", "unit_name": "青山镇", "form": "a", "period": "2022", "year": 2022,
        "indicator": "agri.grain_area", "indicator_name": "粮食播种面积", "item": "", "measure": "level",
        "value": 29100.0, "low": 29050.0, "high": 29150.0, "canonical_unit": "亩", "stated_value": "2.91",
        "stated_unit": "万亩", "bound": "exact", "status": "accepted", "submission_id": "s", "version": 1,
        "live": True, "start": 0, "end": 4, "evidence": "粮食播种面积2.91万亩", "rule_id": "t", "confidence": 0.9,
    }  # fmt: skip
    rows = pl.DataFrame(
        [dict.fromkeys(HISTORY_COLUMNS) | past], schema={n: TABLES["facts"][n] for n in HISTORY_COLUMNS}
    )
    write_history(rows, tmp_path / f"h.{ending}")
    run = check(report, "--history", tmp_path / f"h.{ending}")
    assert run.exit_code == 1
    assert "Q10" in run.stdout
    assert "粮食播种面积2.91万亩" in run.stdout


def test_a_report_that_says_no_year_is_wrong_usage_until_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "总结.txt"
    path.write_text("全镇总人口3.2万人。", encoding="utf-8")
    run = check(path)
    assert run.exit_code == 2
    assert "--period" in run.stderr
    assert check(path, "--period", "2023").exit_code == 0


@pytest.mark.parametrize("command", ["check", "collect"])
def test_a_rule_file_with_an_error_is_one_message_with_file_and_line_before_anything_is_read(
    command: str, report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise RuleError("expectations/rules.csv:7: level, rank and threshold must be numbers")

    monkeypatch.setattr(main, "read_data_files", broken)
    words = [str(report)] if command == "check" else ["-c", str(tmp_path / "no such county")]
    monkeypatch.setattr("sys.argv", ["county", command, *words])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "expectations/rules.csv:7: level" in said
    assert "Traceback" not in said
    assert "no such county" not in said

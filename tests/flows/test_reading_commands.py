"""The commands that need neither server nor warehouse: extract, with and without why, and what became no fact."""

import csv
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from expectations.catalogue import CatalogueError
from flows.cli.main import app, main

SENTENCE = "全年完成粮食播种面积5.27万亩，整改隐患258处，无人机12架，没有发生重大安全事故"


def county_command(*words: object) -> Result:
    """Run `county` in this process."""
    return CliRunner().invoke(app, [str(word) for word in words])


def test_a_sentence_is_read_without_a_file() -> None:
    run = county_command("extract", "--text", SENTENCE, "--json")
    assert run.exit_code == 0
    whole = json.loads(run.stdout)
    assert [one["code"] for one in whole["facts"]][:2] == ["agri.grain_area", "safety.hazards_fixed"]
    assert set(whole) == {"facts", "mentions"}


def test_explained_on_the_screen() -> None:
    run = county_command("extract", "--text", SENTENCE, "--explain")
    assert run.exit_code == 0
    for words in (
        f"● {SENTENCE} [0:{len(SENTENCE)}]",
        "5.27万亩  52,700 亩 exact",
        "→ agri.grain_area 粮食播种面积 level = 52,700 亩  规则 rule name_before  可信度 confidence 0.97",
        "定名 by agri.grain_area “粮食播种面积”",
        "另可 or safety.hazards_found “隐患”",
        "✗ no indicator",
        "rule zero_statement",
    ):
        assert words in run.stdout
    assert "aliases.csv:" in run.stdout


def test_explained_as_json() -> None:
    run = county_command("extract", "--text", SENTENCE, "--explain", "--json")
    sentence = json.loads(run.stdout)["explained"][0]
    assert [one["surface"] for one in sentence["figures"]] == ["5.27万亩", "258处", "12架", "没有发生重大安全事故"]
    assert sentence["figures"][1]["others"][0]["behind"] > 0


def test_open_masked_and_ranged_figures_are_shown_as_such() -> None:
    text = "干部120余名，党员XX名，村民收入3—5万元，利润不足3.5万元，图书1234567.25元。"
    shown = county_command("extract", "--text", text, "--explain").stdout
    for words in ("≥ 120 名", "? 名 masked", "30,000 – 50,000 元 range", "≤ 35,000 元", "1,234,567.25 元"):
        assert words in shown


def test_a_text_without_figures_says_so() -> None:
    assert "no figures" in county_command("extract", "--text", "各项工作有序推进。", "--explain").stdout


def test_files_and_text_together_and_files_that_do_not_open(tmp_path: Path) -> None:
    report = tmp_path / "报告.txt"
    report.write_text("生猪出栏1.2万头。", encoding="gb18030")
    run = county_command("extract", report, "--text", SENTENCE, "--explain", "--facts", tmp_path / "f.csv")
    assert run.exit_code == 0
    assert "报告.txt" in run.stdout
    assert pl.read_csv(tmp_path / "f.csv")["file"].unique(maintain_order=True).to_list() == ["--text", "报告.txt"]
    run = county_command("extract", report, tmp_path / "没有.txt", "--explain")
    assert run.exit_code == 1
    assert "livestock.pigs_out" in run.stdout
    assert "没有.txt" in run.stderr


def test_nothing_to_read_is_wrong_usage() -> None:
    run = county_command("extract", "--explain")
    assert run.exit_code == 2
    assert "--text" in run.stderr


def test_unmapped_figures_of_files(tmp_path: Path) -> None:
    for name in ("一", "二"):
        (tmp_path / f"{name}.txt").write_text("全镇无人机12架。无人机3架。\n图书馆藏书3万册。", encoding="utf-8")
    out = tmp_path / "out.csv"
    run = county_command("unmapped", tmp_path / "一.txt", tmp_path / "二.txt", "--csv", out, "--limit", 1)
    assert run.exit_code == 0
    assert "无人机" in run.stdout
    assert "图书馆藏书" not in run.stdout
    assert "6 figures became no fact, 2 kinds, 1 shown" in run.stdout
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    assert pl.read_csv(out).select("words", "count", "reports").rows() == [("无人机", 4, 2), ("图书馆藏书", 2, 2)]


def test_unmapped_is_helpful_when_there_is_nothing(tmp_path: Path, sample_county_source: Path) -> None:
    report = tmp_path / "一.txt"
    report.write_text("生猪出栏1.2万头。", encoding="utf-8")
    run = county_command("unmapped", report)
    assert (run.exit_code, "every figure became a fact" in run.stdout) == (0, True)
    county = tmp_path / "county"
    assert county_command("init", county, "--from", sample_county_source).exit_code == 0
    run = county_command("unmapped", "-c", county)
    assert (run.exit_code, "county collect" in run.stdout) == (1, True)
    run = county_command("unmapped", tmp_path / "没有.txt")
    assert (run.exit_code, "no report has been read" in run.stdout) == (1, True)


def test_readings_that_lost_stand_in_the_csv_as_rejected(tmp_path: Path) -> None:
    out = tmp_path / "事实.csv"
    run = county_command("extract", "--text", "整改隐患258处。", "--facts", out)
    assert run.exit_code == 0
    assert "1 facts" in run.output
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["code"], row["status"]) for row in rows] == [
        ("safety.hazards_fixed", "accepted"),
        ("safety.hazards_found", "rejected"),
    ]
    assert rows[1]["rule_id"] == "lost:隐患"
    assert (rows[0]["start"], rows[0]["end"]) == (
        rows[1]["start"],
        rows[1]["end"],
    )


def test_a_wrong_row_of_the_catalogue_is_one_line_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise CatalogueError("indicators.csv:7: kind 'level' is none of stock, flow, rate")

    monkeypatch.setattr("flows.cli.main.app", fail)
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert capsys.readouterr().err.strip() == "✗ indicators.csv:7: kind 'level' is none of stock, flow, rate"


def test_the_reports_in_an_archive_are_read_one_by_one(tmp_path: Path) -> None:
    archive = tmp_path / "报送.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("甲/总结.txt", SENTENCE)
        target.writestr("空.txt", "")
    run = county_command("extract", archive, "--json")
    assert run.exit_code == 1  # one of the two could not be read
    assert {one["file"] for one in json.loads(run.stdout)["facts"]} == {"报送.zip!/甲/总结.txt"}
    assert "报送.zip!/空.txt: empty_file" in run.stderr
    refused = county_command("parse", archive)
    assert refused.exception is not None
    assert "several_files" in str(refused.exception)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    large = tmp_path / "大.txt"
    with large.open("wb") as file:
        file.truncate(2 * 2**30)
    assert "file_too_large" in str(county_command("parse", large).exception)

"""An inbox with files that would hurt: `county collect` tells each and loads the rest; a password given later opens."""

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from tests.fetch import made_archives
from tests.parse import made_files

pytestmark = pytest.mark.slow

REPORT = "青石镇{}年工作总结\n一、农业\n全镇粮食总产量12345吨，总人口11876人，总户数3021户。\n"
SETTINGS = """
[county]
code = "539901000000"
name = "试县"
[[sources]]
name = "inbox"
url = "inbox"
[[forms]]
code = "annual-work-report"
name = "年度工作报告"
periods = ["2021", "2022", "2023"]
[limits]
file_mib = 20
decompressed_mib = 50
seconds = 60
"""


def collect(folder: Path, passwords: str = "") -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    run = subprocess.run(
        [sys.executable, "-m", "flows.cli.main", "collect", "-c", str(folder)],
        capture_output=True, text=True, encoding="utf-8", timeout=300, check=False,
        env={**environment, "PYTHONUTF8": "1", "XIANBAO_FILE_PASSWORDS": passwords},
    )  # fmt: skip
    assert run.returncode in {0, 1}, run.stdout + run.stderr
    return run.stdout


def states(folder: Path) -> dict[str, str]:
    rows = pl.read_delta(str(folder / "warehouse" / "submissions"), use_pyarrow=True)
    return {row["file_name"]: row["quarantine_code"] or row["state"] for row in rows.to_dicts()}


def test_each_hostile_file_is_told_and_a_password_given_later_opens(tmp_path: Path) -> None:
    folder = tmp_path / "county"
    inbox = folder / "inbox"
    inbox.mkdir(parents=True)
    (folder / "county.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "units.csv").write_text(
        "unit_code,name,former_names,valid_from,valid_to\n539901100000,青石镇,,,\n", encoding="utf-8"
    )
    (inbox / "青石镇2023年总结.txt").write_text(REPORT.format(2023), encoding="utf-8")
    with (inbox / "青石镇2023年录像.mp4").open("wb") as file:
        file.truncate(2 * 2**30)
    (inbox / "炸弹.zip").write_bytes(made_archives.zip_of([("零.txt", bytes(60 * 2**20))]))
    (inbox / "越界.zip").write_bytes(made_archives.zip_of([("../../越界的.txt", b"x")]))
    (inbox / "一月").mkdir()
    (inbox / "一月" / "半个.docx").write_bytes(made_files.word()[:2000])
    (inbox / "青石镇2020年总结.txt").symlink_to(folder / "county.toml")
    locked = [(f"青石镇{year}年总结.txt", REPORT.format(year).encode()) for year in (2021, 2022)]
    (inbox / "加密.zip").write_bytes(made_archives.zip_of(locked, password="青山"))

    said = collect(folder)
    assert " inbox/一月/半个.docx: truncated_file: 文件不完整" in said
    assert " inbox/越界.zip!/越界的.txt: ../../越界的.txt: unsafe_path: " in said
    assert "✗ 青石镇2020年总结.txt: file_is_link: 是链接（快捷方式），不是文件，未读取 → 请把文件本身复制到此处" in said
    assert states(folder) == {
        "青石镇2023年总结.txt": "loaded", "青石镇2023年录像.mp4": "file_too_large", "炸弹.zip": "unpacked_too_large",
        "越界的.txt": "unsafe_path", "半个.docx": "truncated_file", "加密.zip": "password_protected",
    }  # fmt: skip
    assert not list(tmp_path.rglob("越界的.txt"))
    assert any("加密.zip" in path.name for path in (folder / "quarantine").iterdir())

    collect(folder, passwords="错\n青山")
    after = states(folder)
    assert [after[f"青石镇{year}年总结.txt"] for year in (2021, 2022)] == ["loaded", "loaded"]
    assert not any("加密.zip" in path.name for path in (folder / "quarantine").iterdir())
    assert "未变" in collect(folder)

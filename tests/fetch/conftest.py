from pathlib import Path

import pytest

from tasks.domain.county import County, read_county

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
periods = ["2022", "2023"]
"""


@pytest.fixture
def county(tmp_path: Path) -> County:
    (tmp_path / "county.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "units.csv").write_text(
        "unit_code,name,former_names,valid_from,valid_to\n539901100000,青石镇,,,\n", encoding="utf-8"
    )
    (tmp_path / "inbox").mkdir()
    return read_county(tmp_path)

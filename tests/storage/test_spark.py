"""A Spark program (Spark's own client, DataFrames and SQL) reads the warehouse, in a folder and on S3, as it was too.

The engine behind it is Sail, which speaks Spark Connect and has a Delta reader of its own: `bash deploy/spark.sh`.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tasks.domain.tables import LOAD_COLUMNS, TABLES
from tasks.load import Warehouse

ROOT = Path(__file__).parents[2]
PYTHON = Path(os.environ.get("XIANBAO_SPARK_PYTHON", ROOT / ".venv-spark" / "bin" / "python"))
GRAIN = "agri.grain_area"
YEARS = range(2021, 2024)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PYTHON.exists(), reason="Spark's client is not installed (bash deploy/spark.sh)"),
]


@pytest.fixture(params=["folder", "s3"])
def address(request, years_loaded, tmp_path):
    where = str(tmp_path / "w") if request.param == "folder" else f"s3://{request.getfixturevalue('bucket')}/w"
    return years_loaded(where, YEARS)


def test_a_spark_program_reads_what_the_warehouse_holds(address):
    ran = subprocess.run(
        [PYTHON, Path(__file__).with_name("spark_reads.py"), f"{address}/facts", GRAIN, "第1镇"],
        # S3 in the county's own network is spoken to without TLS.
        env={**os.environ, "AWS_ALLOW_HTTP": "true", "PYTHONPATH": ""},
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=240,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    seen = json.loads(ran.stdout.splitlines()[-1])
    assert set(seen["columns"]) == {*TABLES["facts"], *LOAD_COLUMNS}
    assert seen["series"] == [[2021, 3021.0], [2022, 3022.0], [2023, 3100.0]]
    live = Warehouse(address).live_facts([str(year) for year in YEARS])
    expected = live.group_by("period").agg(number="value", total="value").sort("period")
    assert seen["sums"] == [[period, len(values), sum(values)] for period, values, _ in expected.rows()]
    assert seen["first_version"] == 2

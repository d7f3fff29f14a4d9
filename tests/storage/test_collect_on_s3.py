"""`county collect` with everything on S3-compatible storage: what arrives, the raw store, the warehouse."""

import re
import shutil
from pathlib import Path

import boto3
import polars as pl
import pytest

from tasks.domain.tables import TABLES
from tasks.load import Warehouse
from tests.servers import county_command

pytestmark = pytest.mark.slow
# Texts of both years, a resubmission, an empty file and the register; reading scans again would show nothing new.
KEPT = {".txt", ".csv"}
# What says when and where something happened, not what a report says.
CIRCUMSTANCES = ("loaded_at", "run_id", "first_seen_run", "last_seen_run", "uri", "source", "received_at")


def made(folder: Path, template: Path) -> Path:
    assert county_command("init", str(folder), "--from", str(template)).returncode == 0
    for path in (folder / "inbox").rglob("*"):
        if path.is_file() and path.suffix not in KEPT:
            path.unlink()
    return folder


def rows(warehouse: Warehouse, table: str) -> pl.DataFrame:
    frame = warehouse.scan(table).drop(CIRCUMSTANCES, strict=False).collect()
    return frame.sort(pl.all().exclude(pl.List))


def test_the_sample_county_is_the_same_with_everything_in_buckets(
    tmp_path: Path, sample_county_source: Path, bucket: str
) -> None:
    local = made(tmp_path / "本地", sample_county_source)
    remote = Path(shutil.copytree(local, tmp_path / "云上"))
    client = boto3.client("s3")
    for path in sorted((remote / "inbox").rglob("*")):
        if path.is_file():
            client.upload_file(str(path), bucket, f"收件/{path.relative_to(remote / 'inbox').as_posix()}")
            path.unlink()
    settings = remote / "county.toml"
    text = settings.read_text(encoding="utf-8").replace('url = "inbox"', f'url = "s3://{bucket}/收件"')
    settings.write_text(
        f'{text}\n[storage]\nwarehouse = "s3://{bucket}/数据仓库"\nraw = "s3://{bucket}/原件"\n', encoding="utf-8"
    )

    runs = [county_command("collect", "-c", str(folder)) for folder in (local, remote)]
    assert [run.returncode for run in runs] == [1, 1], runs[1].stdout + runs[1].stderr
    assert f"s3://{bucket}/数据仓库" in runs[1].stdout
    assert not (remote / "warehouse").exists()
    assert not (remote / "raw").exists()

    here, there = Warehouse(str(local / "warehouse")), Warehouse(f"s3://{bucket}/数据仓库")
    assert rows(here, "facts").height > 300
    for table in TABLES:
        assert rows(here, table).equals(rows(there, table)), table
    checked = county_command("warehouse", "check", "-c", str(remote))
    assert checked.returncode == 0, checked.stdout
    keys = {one["Key"].rsplit("/", 1)[-1] for one in client.list_objects_v2(Bucket=bucket, Prefix="原件/")["Contents"]}
    assert {key for key in keys if not key.endswith(".jsonl")} == {path.name for path in (local / "raw").glob("*/*")}

    # Made again beside it: objects cannot be moved at once, so county.toml says which one counts.
    rebuilt = county_command("warehouse", "rebuild", "-c", str(remote))
    assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
    (fresh,) = re.findall(r"新仓库在 (s3://\S+\.rebuilt-\w+)；", rebuilt.stdout)
    text = settings.read_text(encoding="utf-8").replace(f"s3://{bucket}/数据仓库", fresh)
    settings.write_text(text, encoding="utf-8")
    assert county_command("warehouse", "check", "-c", str(remote)).returncode == 0
    assert rows(Warehouse(fresh), "facts").equals(rows(there, "facts"))

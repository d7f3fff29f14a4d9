"""A backup taken at any moment is restored elsewhere as a whole county, or refused as a whole."""

import datetime as dt
import sqlite3
import tarfile
from pathlib import Path

import pytest

from tasks.backup import back_up, prune_backups, restore
from tasks.backup.database import dump_database
from tasks.backup.errors import BackupError
from tasks.domain.county import read_county
from tasks.fetch.raw import store_bytes
from tasks.load import Warehouse

NOW = dt.datetime(2024, 2, 1, 3, tzinfo=dt.UTC)


@pytest.fixture
def kept(county, rows):
    """A county with two loads, a raw file, a server's database and things a backup leaves out."""
    rows.load(county.warehouse, [(rows.submission("一"), {"pop.total": 100.0})])
    rows.load(county.warehouse, [(rows.submission("二", unit=2), {"pop.total": 200.0})], run_id="r2")
    store_bytes("石桥镇工作报告".encode(), "石桥镇.txt", county)
    county.prefect_home.mkdir()
    with sqlite3.connect(county.prefect_home / "prefect.db") as database:
        database.execute("create table flow_run (name text)")
        database.execute("insert into flow_run values ('收集 collect')")
    database.close()
    (county.data_docs).mkdir()
    (county.data_docs / "index.html").write_text("made again by every run")
    return county


def test_everything_comes_back_and_the_warehouse_goes_on(kept, rows, tmp_path):
    report = back_up(kept, tmp_path / "backup.tar", now=NOW)
    assert report.manifest.versions["submissions"] == 1
    back = restore(tmp_path / "backup.tar", tmp_path / "新机器" / "岚川县")
    assert (back.county, back.made_at, back.database) == ("岚川县", NOW, "prefect.db")
    county = read_county(tmp_path / "新机器" / "岚川县")
    assert county.settings == kept.settings
    assert {path.name for path in Path(county.raw).rglob("*") if path.is_file()} == {
        path.name for path in Path(kept.raw).rglob("*") if path.is_file()
    }
    for table in ("submissions", "facts", "blocks", "mentions"):
        assert rows.table_rows(Warehouse(county.warehouse), table).equals(
            rows.table_rows(Warehouse(kept.warehouse), table)
        )
    with sqlite3.connect(county.prefect_home / "prefect.db") as database:
        assert database.execute("select name from flow_run").fetchall() == [("收集 collect",)]
    database.close()
    assert not county.data_docs.exists()
    _, loaded = rows.load(county.warehouse, [(rows.submission("三", unit=3), {"pop.total": 3.0})], run_id="r3")
    assert loaded.versions["submissions"] == 2


def test_the_database_of_a_folder_whose_name_means_something_in_addresses(tmp_path):
    home, into = tmp_path / "a#b?c%20d", tmp_path / "out"
    for folder in (home, into):
        folder.mkdir()
    with sqlite3.connect(home / "prefect.db") as database:
        database.execute("create table flow_run (name text)")
    database.close()
    copy = dump_database(home, into)
    with sqlite3.connect(copy) as database:
        assert database.execute("select name from sqlite_master").fetchall() == [("flow_run",)]
    database.close()
    assert {path.name for path in tmp_path.iterdir()} == {home.name, into.name}


def test_what_is_committed_while_it_is_written_is_not_in_it(kept, rows, tmp_path):
    loaded = []

    def load_meanwhile(done: int, total: int) -> None:
        if not loaded:
            loaded.append(rows.load(kept.warehouse, [(rows.submission("三", unit=3), {"pop.total": 3.0})], run_id="r3"))

    back_up(kept, tmp_path / "backup.tar", now=NOW, progress=load_meanwhile)
    restore(tmp_path / "backup.tar", tmp_path / "back")
    restored = Warehouse(str(tmp_path / "back" / "warehouse"))
    assert loaded
    assert restored.versions()["submissions"] == 1
    assert restored.known_submissions().height == 2
    assert restored.scan("facts").collect().height == 2


def test_every_file_is_compared_before_the_folder_takes_its_name(kept, tmp_path):
    back_up(kept, tmp_path / "backup.tar", now=NOW)
    data = bytearray((tmp_path / "backup.tar").read_bytes())
    with tarfile.open(tmp_path / "backup.tar") as archive:
        member = next(one for one in archive.getmembers() if one.name.endswith("units.csv"))
    data[member.offset_data] ^= 1
    (tmp_path / "changed.tar").write_bytes(data)
    with pytest.raises(BackupError, match=r"changed: county/units\.csv"):
        restore(tmp_path / "changed.tar", tmp_path / "back")
    assert not (tmp_path / "back").exists()
    assert not list(tmp_path.glob(".xianbao-restore-*"))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_backup_cut_short_is_refused(kept, tmp_path, share):
    back_up(kept, tmp_path / "backup.tar", now=NOW)
    data = (tmp_path / "backup.tar").read_bytes()
    (tmp_path / "short.tar").write_bytes(data[: int(len(data.rstrip(b"\0")) * share)])
    with pytest.raises(BackupError, match=r"not_a_backup|cut_short|not_read"):
        restore(tmp_path / "short.tar", tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_nothing_is_overwritten(kept, tmp_path):
    back_up(kept, tmp_path / "backup.tar", now=NOW)
    with pytest.raises(BackupError, match="exists"):
        back_up(kept, tmp_path / "backup.tar", now=NOW)
    with pytest.raises(BackupError, match="not_empty"):
        restore(tmp_path / "backup.tar", kept.folder)


def test_a_member_that_leads_out_of_the_folder_is_refused(tmp_path):
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        archive.addfile(tarfile.TarInfo("../outside"))
    with pytest.raises(BackupError):
        restore(tmp_path / "evil.tar", tmp_path / "back")
    assert not (tmp_path / "outside").exists()


def test_the_oldest_backups_go(tmp_path):
    for name in ("岚川县-20240101-030000.tar", "岚川县-20240102-030000.tar", "岚川县-20240103-030000.tar", "别的.tar"):
        (tmp_path / name).touch()
    assert [path.name for path in prune_backups(tmp_path, "岚川县", 2)] == ["岚川县-20240101-030000.tar"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["岚川县-20240102-030000.tar", "岚川县-20240103-030000.tar", "别的.tar"]
    )


def test_what_lies_elsewhere_is_named_and_not_in_it(kept, tmp_path):
    settings = kept.folder / "county.toml"
    words = f'[storage]\nraw = "s3://bucket/raw"\nwarehouse = "{tmp_path / "elsewhere"}"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + words, encoding="utf-8")
    back_up(read_county(kept.folder), tmp_path / "backup.tar", now=NOW)
    back = restore(tmp_path / "backup.tar", tmp_path / "back")
    assert (back.raw, back.warehouse) == ("s3://bucket/raw", str(tmp_path / "elsewhere"))

"""The warehouse made again from what was received and decided, and checked whether it is whole."""

import datetime as dt
import shutil
from pathlib import Path

import polars as pl
import pytest

from tasks import auditing, fetch
from tasks.domain.errors import WarehouseError
from tasks.load import Warehouse

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick")]
NOW = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def made(quick, small, tmp_path_factory):
    """A county with two years, a correction, a held version, a duplicate, a file nobody knows, decisions."""
    place = small.make(tmp_path_factory.mktemp("county") / "县")
    for year in (2022, 2023):
        for number, name in enumerate(small.NAMES):
            words = small.words(20_000 + 10 * number + year - 2022, 30_000 + number)
            small.send(place, name, year, f"{year + 1}-01-10", words)
    small.collect(place, NOW, "r1")
    first = place.folder / "inbox" / "青山镇2023年工作总结.txt"
    (place.folder / "inbox" / "青山镇2023年工作总结（再报）.txt").write_bytes(first.read_bytes())
    small.send(place, "白水乡", 2023, "2024-01-12", small.words(20_011, 31_000), suffix="（更正）")
    small.send(place, "红岩镇", 2023, "2024-01-12", small.words(20_021, 214_500_000), suffix="（更正）")
    (place.folder / "inbox" / "无名2023.txt").write_text("某地2023年总结\n全年无大事。\n", encoding="utf-8")
    small.collect(place, NOW, "r2")
    figure = Warehouse(place.warehouse).live_facts(["2023"]).filter(pl.col("unit_name") == "绿洲乡")
    small.decide(place, NOW, "correction", about=figure["fact_id"][0], value="20040")
    return place


@pytest.fixture
def place(made, small, tmp_path):
    """A copy of `made` to break."""
    from tasks.domain.county import read_county

    folder = tmp_path / "县"
    shutil.copytree(made.folder, folder)
    return read_county(folder)


def rebuilt(small, place):
    """The warehouse made again beside the old one, as the flow does."""
    from tasks import steps

    fresh, arrived = steps.begin_rebuild.fn(place, NOW, "again")
    planned = steps.plan_run.fn(steps.first_arrivals(arrived), fresh)
    outcomes = [*planned.carried, *(small.read(one, fresh) for one in planned.to_read)]
    judged = steps.validate_reports.fn(outcomes, fresh, NOW, "again", arrived=arrived)
    steps.load_reports.fn(judged, fresh, NOW, "again")
    return fresh, steps.compare_rebuilt.fn(place, fresh)


def codes(faults):
    return set(faults["code"])


def test_a_rebuilt_warehouse_is_equal_row_for_row_and_takes_the_place_of_the_old(small, place):
    fresh, compared = rebuilt(small, place)
    assert {one.table: one.differing for one in compared if one.differing} == {}
    rows = {one.table: one.rows_after for one in compared}
    assert (rows["submissions"], rows["duplicates"], rows["decisions"]) == (11, 1, 1)
    assert rows["revisions"] >= 2
    assert auditing.audit(fresh, None).is_empty()
    kept = auditing.swap(place, fresh, NOW)
    assert kept.is_dir()
    assert Warehouse(place.warehouse).known_submissions().height == 11


def test_it_is_made_again_though_every_table_but_the_decisions_is_broken(small, place, made):
    for folder in Path(place.warehouse).iterdir():
        if folder.name == "facts":
            (folder / "_delta_log" / f"{1:020d}.json").unlink()
        elif folder.name not in {"decisions", ".tables"}:
            shutil.rmtree(folder / "_delta_log")
    faults = auditing.audit(place, None)
    assert codes(faults) == {"log_missing", "log_gap"}
    fresh, compared = rebuilt(small, place)
    assert not any(one.differing for one in compared)
    auditing.swap(place, fresh, NOW)
    assert all(not one.differing for one in auditing.compare(made, place) if one.table != "findings")
    assert auditing.audit(place, None).is_empty()


def test_without_decisions_it_is_not_made_again(place):
    from tasks import steps

    shutil.rmtree(Path(place.warehouse) / "decisions" / "_delta_log")
    with pytest.raises(WarehouseError) as caught:
        steps.begin_rebuild.fn(place, NOW, "again")
    assert caught.value.code == "log_missing"


def test_a_whole_warehouse_has_no_fault(place):
    assert auditing.audit(place, None).is_empty()


def test_a_truncated_file_is_named_and_so_is_the_way_back(place):
    file = max((Path(place.warehouse) / "facts").rglob("*.parquet"), key=lambda one: one.stat().st_size)
    whole = file.read_bytes()
    file.write_bytes(whole[:200])
    (row,) = auditing.audit(place, 0).filter(pl.col("table") == "facts").to_dicts()
    assert (row["code"], row["key"]) == ("broken_file", str(file))
    assert f"应有 {len(whole)} 字节，实有 200 字节" in row["zh"]
    assert "rebuild" in row["en"]


def test_a_file_whose_bytes_changed_is_named(place):
    file = max((Path(place.warehouse) / "facts").rglob("*.parquet"), key=lambda one: one.stat().st_size)
    whole = file.read_bytes()
    # The pages between the first mark and the footer, whose length stands before the last mark.
    pages = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little") - 4
    file.write_bytes(whole[:4] + bytes(pages) + whole[4 + pages :])
    faults = auditing.audit(place, 0).filter(pl.col("table") == "facts")
    assert str(file) in faults["key"].to_list()
    assert codes(faults) == {"broken_file"}


def test_a_missing_and_a_changed_raw_file_are_named(place):
    shas = Warehouse(place.warehouse).known_submissions()["sha256"].to_list()
    Path(fetch.raw_address(place.raw, shas[0])).unlink()
    changed = Path(fetch.raw_address(place.raw, shas[1]))
    changed.chmod(0o644)
    changed.write_bytes(b"something else")
    faults = auditing.audit(place, None)
    assert sorted(row.split("/")[0] for row in faults["key"]) == sorted(shas[:2])
    assert codes(faults) == {"raw_store"}
    assert auditing.audit(place, 0).is_empty()


def test_rows_that_contradict_each_other_are_named(place):
    from deltalake import DeltaTable

    folder = Path(place.warehouse)
    DeltaTable(str(folder / "facts")).update(
        {"live": "false", "evidence": "'别的话'"}, predicate="unit_name = '青山镇'"
    )
    DeltaTable(str(folder / "mentions")).update({"surface": "'别的'"}, predicate="unit_code = '539902102000'")
    DeltaTable(str(folder / "blocks")).delete("unit_code = '539902103000' AND year = 2022")
    found = codes(auditing.audit(place, 0))
    assert {"live_differs", "not_quoted", "not_at_place", "no_text"} <= found


def test_a_quote_may_go_over_the_cells_of_a_table_that_was_written_as_text(small, tmp_path):
    from deltalake import DeltaTable

    place = small.make(tmp_path / "县")
    table = "附表：主要指标\n| 指标 | 单位 | 本年 | 上年 |\n|---|---|---|---|\n| 粮食总产量 | 吨 | 12430 | 12230 |"
    small.send(place, "青山镇", 2023, "2024-01-10", table)
    small.collect(place, NOW, "r1")
    assert Warehouse(place.warehouse).live_facts(["2023"])["value"].to_list() == [12430.0, 12230.0]
    assert auditing.audit(place, None).is_empty()
    folder = Path(place.warehouse)
    DeltaTable(str(folder / "facts")).update({"evidence": "'| 粮食总产量 | 吨 | 99 |'"}, predicate="value = 12430")
    assert codes(auditing.audit(place, None)) == {"not_quoted"}

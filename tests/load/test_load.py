"""What a load does to the warehouse."""

import datetime as dt

import polars as pl
import pytest
from deltalake import DeltaTable

from expectations.catalogue import load_catalogue
from tasks.domain.decisions import Decision
from tasks.domain.errors import WarehouseError
from tasks.domain.frames import indicators_frame
from tasks.domain.tables import LOAD_COLUMNS, TABLES
from tasks.load import LoadBatch, Warehouse

GRAIN, PIGS = "agri.grain_area", "area.villages"


def states(warehouse):
    rows = warehouse.known_submissions().sort("received_at", "sha256")
    return [(row["version"], row["state"]) for row in rows.to_dicts()]


def live_values(warehouse, periods=("2023",)):
    return warehouse.live_facts(periods)["value"].to_list()


def test_a_new_warehouse_reads_as_empty_tables(folder):
    warehouse = Warehouse(str(folder))
    assert warehouse.versions() == {}
    for table, schema in TABLES.items():
        assert warehouse.scan(table).collect().schema == {**schema, **LOAD_COLUMNS}


def test_the_first_load_makes_every_table_in_one_commit_each_with_run_and_time(county, folder):
    warehouse, outcome = county.load(folder, [(county.submission("甲"), {GRAIN: 900.0, PIGS: 9.0})], run_id="run-1")
    loaded = set(TABLES) - {"decisions", "backfills", "publications"}
    assert set(outcome.committed) == loaded
    assert outcome.committed[-1] == "submissions"
    assert warehouse.versions() == dict.fromkeys(loaded, 0)
    assert outcome.rows["facts"] == 2
    for table in ("facts", "mentions", "blocks", "submissions"):
        rows = warehouse.scan(table).collect()
        assert rows["run_id"].unique().to_list() == ["run-1"]
        assert rows["loaded_at"].unique().to_list() == [county.NOON]
        assert DeltaTable(str(folder / table)).history()[0]["run_id"] == "run-1"
    assert (folder / "facts" / "year=2023").is_dir()


def test_the_same_load_again_adds_no_version_to_any_table(county, folder):
    reports = [(county.submission("甲"), {GRAIN: 900.0}), (county.submission("乙", unit=2), {GRAIN: None})]
    more = {"findings": [county.finding(GRAIN)], "periods": ("2023",), "indicators": indicators_frame(load_catalogue())}
    warehouse, first = county.load(folder, reports, **more)
    _, second = county.load(folder, reports, run_id="r2", now=county.NOON + dt.timedelta(days=1), **more)
    assert second.committed == ()
    assert warehouse.versions() == dict(first.versions)
    assert warehouse.scan("facts").collect()["run_id"].unique().to_list() == ["r1"]


def test_an_empty_batch_adds_no_version(county, folder):
    warehouse, first = county.load(folder, [(county.submission("甲"), {GRAIN: 900.0})])
    assert warehouse.load(LoadBatch(), run_id="r2", now=county.NOON).committed == ()
    assert warehouse.versions() == dict(first.versions)


def test_a_resubmission_supersedes_and_the_old_facts_stay_not_live(county, folder):
    county.load(folder, [(county.submission("first"), {GRAIN: 900.0})])
    later = county.submission("corrected", received=county.NOON + dt.timedelta(days=1))
    warehouse, outcome = county.load(folder, [(later, {GRAIN: 950.0})], run_id="r2")
    assert states(warehouse) == [(1, "superseded"), (2, "loaded")]
    facts = warehouse.scan("facts").sort("version").select("version", "live", "value").collect().rows()
    assert facts == [(1, False, 900.0), (2, True, 950.0)]
    assert live_values(warehouse) == [950.0]
    assert outcome.committed == ("blocks", "mentions", "facts", "submissions")


def test_an_older_file_that_comes_late_is_numbered_before_and_is_not_live(county, folder):
    newer = county.submission("newer", received=county.NOON + dt.timedelta(days=1))
    county.load(folder, [(newer, {GRAIN: 950.0})])
    warehouse, _ = county.load(folder, [(county.submission("older"), {GRAIN: 900.0})], run_id="r2")
    assert states(warehouse) == [(1, "superseded"), (2, "loaded")]
    facts = warehouse.scan("facts").sort("version").select("version", "live", "value").collect().rows()
    assert facts == [(1, False, 900.0), (2, True, 950.0)]


def test_a_report_read_again_replaces_its_own_rows_and_touches_no_other(county, folder):
    one, other = county.submission("甲"), county.submission("乙", unit=2)
    county.load(folder, [(one, {GRAIN: 900.0, PIGS: 9.0}), (other, {GRAIN: 700.0})])
    warehouse, outcome = county.load(folder, [(one, {GRAIN: 901.0})], run_id="r2")
    rows = warehouse.scan("facts").sort("unit_code").select("value", "run_id").collect().rows()
    assert rows == [(901.0, "r2"), (700.0, "r1")]
    assert warehouse.scan("blocks").collect().height == 2
    assert outcome.rows["facts"] == 1


def test_facts_judged_again_leave_what_was_read_alone(county, folder):
    one = county.submission("甲")
    warehouse, _ = county.load(folder, [(one, {GRAIN: 900.0})])
    judged = warehouse.live_facts(["2023"]).with_columns(status=pl.lit("flagged"))
    outcome = warehouse.load(LoadBatch(facts=judged), run_id="r2", now=county.NOON)
    assert outcome.committed == ("facts",)
    assert warehouse.live_facts(["2023"])["status"].to_list() == ["flagged"]
    assert warehouse.scan("blocks").collect().height == 1


def test_a_quarantined_report_is_a_row_without_facts(county, folder):
    refused = county.submission(
        "坏",
        state="quarantined",
        unit_code="",
        form="",
        period="",
        submission_id="x-unassigned",
        quarantine_code="no_unit",
    )
    warehouse, outcome = county.load(folder, [(refused, None), (county.submission("甲"), {GRAIN: 900.0})])
    assert outcome.rows["submissions"] == 2
    assert warehouse.known_submissions().filter(state="quarantined")["quarantine_code"].to_list() == ["no_unit"]
    assert live_values(warehouse) == [900.0]


def test_versions_can_be_read_as_they_were(county, folder):
    county.load(folder, [(county.submission("first"), {GRAIN: 900.0})])
    later = county.submission("corrected", received=county.NOON + dt.timedelta(days=1))
    warehouse, _ = county.load(folder, [(later, {GRAIN: 950.0})], run_id="r2")
    assert warehouse.scan("facts", version=0).collect()["value"].to_list() == [900.0]
    with pytest.raises(WarehouseError, match="facts"):
        warehouse.scan("facts", version=99)


def test_facts_without_a_submission_row_are_not_live(county, folder):
    """A load that was cut short before its last table shows nothing of itself."""
    warehouse, _ = county.load(folder, [(county.submission("first"), {GRAIN: 900.0})])
    later = county.submission("corrected", received=county.NOON + dt.timedelta(days=1))
    whole = county.batch(warehouse, [(later, {GRAIN: 950.0})])
    before = {table: folder / table for table in ("submissions",)}
    kept = DeltaTable(str(before["submissions"])).version()
    warehouse.load(whole, run_id="r2", now=county.NOON)
    DeltaTable(str(before["submissions"])).restore(kept)
    assert live_values(warehouse) == [900.0]
    assert warehouse.load(whole, run_id="r3", now=county.NOON).committed == ("submissions",)
    assert live_values(warehouse) == [950.0]


def test_two_rows_with_one_key_are_refused_by_name(county, folder):
    warehouse = Warehouse(str(folder))
    whole = county.batch(warehouse, [(county.submission("甲"), {GRAIN: 900.0})])
    twice = pl.concat([whole.facts, whole.facts.with_columns(value=1.0)])
    with pytest.raises(WarehouseError) as caught:
        warehouse.load(LoadBatch(facts=twice), run_id="r1", now=county.NOON)
    assert caught.value.code == "key_twice"
    assert whole.facts["fact_id"][0] in str(caught.value)
    assert warehouse.versions() == {}


def test_a_decision_is_appended_once(county, folder):
    warehouse = Warehouse(str(folder))
    one = Decision("assignment", "ab" * 32, county.unit_code(1), county.FORM, "2023", "李", county.NOON, "文件名写错")
    warehouse.record_decision(one, run_id="r1", now=county.NOON)
    assert warehouse.record_decision(one, run_id="r2", now=county.NOON).committed == ()
    again = Decision("assignment", "ab" * 32, county.unit_code(2), county.FORM, "2023", "李", county.NOON, "看错了")
    warehouse.record_decision(again, run_id="r3", now=county.NOON)
    assert warehouse.decisions()["why"].to_list() in (["文件名写错", "看错了"], ["看错了", "文件名写错"])
    assert warehouse.versions() == {"decisions": 1}


class TestOtherVersionsOfTheSchema:
    def test_a_table_that_lacks_a_column_gets_it_with_the_next_commit(self, county, folder):
        warehouse, _ = county.load(folder, [(county.submission("甲"), {GRAIN: 900.0})])
        old = warehouse.scan("facts").drop("value_high", "rule_id").collect()
        old.write_delta(
            folder / "facts",
            mode="overwrite",
            delta_write_options={"schema_mode": "overwrite", "partition_by": ["year"]},
        )
        assert warehouse.scan("facts").collect()["value_high"].to_list() == [None]
        county.load(folder, [(county.submission("乙", unit=2), {GRAIN: 700.0})], run_id="r2")
        rows = warehouse.scan("facts").sort("unit_code").select("value", "rule_id").collect().rows()
        assert rows == [(900.0, None), (700.0, "r1")]
        assert "rule_id" in [field.name for field in DeltaTable(str(folder / "facts")).schema().fields]

    def test_a_table_with_a_column_of_the_future_is_not_written(self, county, folder):
        warehouse, _ = county.load(folder, [(county.submission("甲"), {GRAIN: 900.0})])
        newer = warehouse.scan("facts").with_columns(of_the_future=pl.lit(1)).collect()
        newer.write_delta(
            folder / "facts",
            mode="overwrite",
            delta_write_options={"schema_mode": "overwrite", "partition_by": ["year"]},
        )
        with pytest.raises(WarehouseError) as caught:
            county.load(folder, [(county.submission("乙", unit=2), {GRAIN: 700.0})], run_id="r2")
        assert caught.value.code == "schema_newer"
        assert "of_the_future" in caught.value.message("zh")
        assert live_values(warehouse) == [900.0]

    def test_a_column_of_another_type_is_named(self, county, folder):
        warehouse, _ = county.load(folder, [(county.submission("甲"), {GRAIN: 900.0})])
        other = warehouse.scan("facts").with_columns(value=pl.lit("多")).collect()
        other.write_delta(
            folder / "facts",
            mode="overwrite",
            delta_write_options={"schema_mode": "overwrite", "partition_by": ["year"]},
        )
        with pytest.raises(WarehouseError) as caught:
            county.load(folder, [(county.submission("乙", unit=2), {GRAIN: 700.0})], run_id="r2")
        assert caught.value.code == "schema_differs"

"""A warehouse written before decisions had these columns goes on working, and gains them with the next commit."""

import datetime as dt

import polars as pl
from deltalake import DeltaTable, Field, write_deltalake
from deltalake.schema import PrimitiveType

from tasks import decide
from tasks.domain.decisions import Decision
from tasks.domain.tables import TABLES
from tasks.load import Warehouse
from tasks.load.checking import check_warehouse

OLD = {
    "decisions": ("decision_id", "kind", "sha256", "unit_code", "form", "period", "who", "decided_at", "why"),
    "findings": tuple(
        name for name in TABLES["findings"] if name not in {"decision_id", "decision_zh", "decision_en", "about"}
    ),
}


def written_before(folder, table, row):
    schema = {name: TABLES[table][name] for name in OLD[table]}
    frame = pl.DataFrame([{name: row.get(name) for name in schema}], schema=schema)
    rows = frame.with_columns(pl.lit("r0").alias("run_id"))
    write_deltalake(str(folder / table), rows.to_arrow(compat_level=pl.CompatLevel.oldest()))


def test_old_assignments_and_findings_are_read_and_decided(county, folder):
    assigned = Decision("assignment", "a" * 64, county.unit_code(1), county.FORM, "2023", "张三", county.NOON, "来电")
    row = {name: getattr(assigned, name) for name in OLD["decisions"]}
    written_before(folder, "decisions", row)
    held = {name: getattr(county.finding("agri.grain_area"), name) for name in ("finding_id", "rule", "unit_code")}
    written_before(folder, "findings", {**held, "status": "open", "period": "2023", "year": 2023, "fact_ids": []})
    warehouse = Warehouse(str(folder))
    explained = Decision(
        "explanation", "", county.unit_code(1), "", "2023", "李四", county.NOON, "核实", finding_id=held["finding_id"],
        value_key=decide.finding_value_key({"fact_ids": [], "observed": None}, warehouse.scan("facts").collect()),
    )  # fmt: skip
    warehouse.record_decision(explained, run_id="r1", now=county.NOON)
    decisions = warehouse.decisions()
    assert decisions.sort("kind").select("kind", "finding_id").rows() == [
        ("assignment", ""),
        ("explanation", held["finding_id"]),
    ]
    findings = warehouse.scan("findings").select(list(TABLES["findings"])).collect()
    settled = decide.settle_findings(findings, warehouse.scan("facts").collect(), decisions, dt.UTC)
    assert settled["status"].to_list() == ["explained"]


def test_no_row_of_decisions_ever_changes(county, folder):
    warehouse = Warehouse(str(folder))
    one = Decision("assignment", "a" * 64, county.unit_code(1), county.FORM, "2023", "张三", county.NOON, "来电")
    two = Decision("withdrawal", "", "", "", "", "李四", county.NOON, "有误", target=one.decision_id)
    warehouse.record_decisions([one], run_id="r1", now=county.NOON)
    before = warehouse.scan("decisions").collect()
    warehouse.record_decisions([one, two], run_id="r2", now=county.NOON)
    after = warehouse.scan("decisions").collect()
    assert after.height == 2
    assert after.join(before, on=before.columns, how="semi", nulls_equal=True).equals(before)


def test_a_check_says_that_a_newer_version_wrote_it(county, folder):
    warehouse, _ = county.load(folder, [(county.submission("甲"), {"agri.grain_area": 900.0})])
    DeltaTable(str(folder / "facts")).alter.add_columns([Field("quality_flag", PrimitiveType("string"))])
    (fault,) = check_warehouse(warehouse).filter(table="facts", code="schema_newer").to_dicts()
    assert "quality_flag" in fault["zh"]

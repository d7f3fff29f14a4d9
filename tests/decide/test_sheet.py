"""Findings decided in Excel: what is written can be filled in and read back, each bad row named by its number."""

import openpyxl
import polars as pl
import pytest

from tasks import decide
from tasks.domain.errors import DecisionRefused

SHOWN = (
    *("finding_id", "unit_name", "period", "rule", "severity", "message"),
    *("quote", "place", "observed", "expected", "fact_id"),
)


@pytest.fixture
def sheet(tmp_path):
    """Write four findings, fill in the given cells (decision, value, why, who) and return the path."""

    def fill(*answers):
        path = tmp_path / "问题.xlsx"
        rows = [{name: f"{name}{number}" for name in SHOWN} | {"quote": "=1+1"} for number in range(4)]
        decide.write_sheet(pl.DataFrame(rows), path)
        book = openpyxl.load_workbook(path)
        for number, cells in enumerate(answers, start=2):
            for column, cell in enumerate(cells, start=len(SHOWN) + 1):
                book.active.cell(number, column, cell)
        book.save(path)
        return path

    return fill


def test_the_sheet_offers_the_choices_keeps_its_heading_in_sight_and_runs_no_formula(sheet):
    page = openpyxl.load_workbook(sheet()).active
    assert page.freeze_panes == "C2"
    (offered,) = page.data_validations.dataValidation
    assert offered.formula1 == '"说明,更正,豁免"'
    assert page.cell(2, 7).value == "=1+1"
    assert page.cell(2, 7).data_type == "s"


def test_filled_rows_become_requests_and_empty_ones_nothing(sheet):
    rows = decide.read_sheet(sheet(("说明", None, "核实", "李四"), (), ("更正", 5.27, "笔误", None)), "张三")
    assert [row.number for row in rows] == [2, 4]
    first, second = (row.request for row in rows)
    assert (first.kind, first.about, first.why, first.who) == ("explanation", "finding_id0", "核实", "李四")
    assert (second.kind, second.about, second.value, second.who) == ("correction", "fact_id2", "5.27", "张三")


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        (("同意", None, "核实", None), "决定 decision"),
        ((None, None, "核实", None), "决定 decision"),
        (("说明", None, "  ", None), "理由 why"),
        (("更正", None, "核实", None), "更正值 value"),
        (("豁免", "5亩", "核实", None), "更正值 value"),
    ],
)
def test_a_bad_row_is_named_by_row_and_column_and_stops_no_other(sheet, cells, column):
    bad, good = decide.read_sheet(sheet(cells, ("豁免", None, "核实", None)), "张三")
    assert bad.request is None
    assert "第2行" in bad.error.message("zh")
    assert column in bad.error.message("en")
    assert good.request.kind == "waiver"


def test_another_file_is_refused_as_a_whole(tmp_path):
    path = tmp_path / "别的.xlsx"
    path.write_text("不是表格", encoding="utf-8")
    with pytest.raises(DecisionRefused, match="sheet_unreadable"):
        decide.read_sheet(path, "张三")
    openpyxl.Workbook().save(path)
    with pytest.raises(DecisionRefused, match="sheet_columns"):
        decide.read_sheet(path, "张三")

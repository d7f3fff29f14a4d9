"""`county findings`: grouped by township and rule, with counts and what to do; nothing open is said."""

import datetime as dt
import io
from dataclasses import replace
from types import SimpleNamespace

import pytest
from rich.console import Console

from expectations.rules import load_rules
from flows.cli.summary import chosen_findings, print_findings
from tasks.domain.errors import ConfigurationError
from tasks.domain.findings import Finding, finding_id
from tasks.domain.frames import findings_frame
from tasks.domain.gazetteer import Gazetteer, ReportingUnit
from tasks.load import HELD_RULE, LoadBatch, Warehouse


def finding(unit, name, rule, severity, about, status="open"):
    return Finding(
        finding_id(rule, unit, "2023", about), rule, 1, severity, unit, name, "2023", about, f"{about}有疑问[1]",
        f"{about} in doubt", "", "", None, (), (), status=status,
    )  # fmt: skip


@pytest.fixture
def printed(tmp_path):
    """Print the open findings of a warehouse that holds some."""

    def run(*found, **only):
        place = str(tmp_path / "warehouse")
        batch = LoadBatch(findings=findings_frame(found, "r1"), periods=("2023",))
        Warehouse(place).load(batch, run_id="r1", now=dt.datetime(2024, 2, 1, tzinfo=dt.UTC))
        screen = io.StringIO()
        units = Gazetteer({"01": ReportingUnit("01", "石榴坪镇", (), None, None)})
        county = SimpleNamespace(warehouse=place, language="zh", gazetteer=units)
        chosen = chosen_findings(county, None, only.pop("unit", None), **only)
        print_findings(Console(file=screen, width=200), county, chosen)
        return [line.rstrip() for line in screen.getvalue().splitlines()]

    return run


FOUND = (
    finding("02", "河湾镇", "V3", "error", "总人口"),
    finding("01", "石榴坪镇", "K1", "note", "党员"),
    finding("01", "石榴坪镇", "V3", "error", "面积"),
    finding("01", "石榴坪镇", "V3", "error", "产量"),
    finding("01", "石榴坪镇", "V3", "error", "户数", status="explained"),
)


def test_townships_then_rules_the_most_severe_first_each_with_its_count(printed):
    lines = printed(*FOUND)
    assert lines[0] == "石榴坪镇 2023  3 个未处理（错误 2，提示 1）"
    assert lines[1].startswith("  V3 数值超出合理范围 ×2  → ")
    assert sorted(line.split(" ")[-1] for line in lines[2:4]) == ["产量有疑问[1]", "面积有疑问[1]"]
    assert lines[4].startswith("  K1 ")
    assert lines[7] == "河湾镇 2023  1 个未处理（错误 1）"
    assert lines[-1] == "4 个未处理（错误 3，提示 1）"


def test_only_one_severity_is_counted_when_only_that_is_asked_for(printed):
    assert printed(*FOUND, severity="note")[-1] == "1 个未处理（提示 1）"


def test_only_one_township_or_rule_by_any_of_its_names(printed):
    assert printed(*FOUND, unit="石榴坪")[-1] == "3 个未处理（错误 2，提示 1）"
    assert printed(*FOUND, unit="02")[-1] == "1 个未处理（错误 1）"  # no more in units.csv
    assert printed(*FOUND, rule="v3")[-1] == "3 个未处理（错误 3）"
    assert printed(*FOUND, rule="V1") == ["没有这样的审核问题"]


@pytest.mark.parametrize(
    ("only", "code", "near"),
    [({"unit": "石榴评镇"}, "unit_unknown", "石榴坪镇"), ({"rule": "V99"}, "rule_unknown", "V3")],
)
def test_an_unknown_township_or_rule_is_not_one_without_findings(printed, only, code, near):
    with pytest.raises(ConfigurationError, match=code) as refused:
        printed(*FOUND, **only)
    assert near in refused.value.message("zh")


def test_a_held_version_has_a_title_and_what_to_do(printed):
    lines = printed(finding("01", "石榴坪镇", HELD_RULE, "question", "a" * 64))
    assert lines[1] == "  H1 报送件待定 ×1  → 请核实后采用（county accept），或请乡镇另报"


def test_nothing_open_is_said(printed):
    assert printed(FOUND[-1]) == ["没有这样的审核问题"]


def test_settled_ones_are_shown_when_asked_for_and_not_counted_as_open(printed):
    lines = printed(*FOUND, status="all")
    assert lines[-1] == "4 个未处理，1 个其他（错误 4，提示 1）"
    assert any("已说明" in line and "户数有疑问" in line for line in lines)


def test_what_the_heading_says_is_not_said_again_below_it(printed):
    rule = load_rules()["K1"]
    one = finding("01", "石榴坪镇", "K1", "note", "党员")
    told = replace(one, message_zh=f"党员数：{rule.title_zh}；报告：XX“党员XX名”（a.txt [1:3]）。{rule.how_zh}")
    bare = replace(one, finding_id="f" * 16, message_zh=f"户数：{rule.title_zh}“XX户”（a.txt [5:7]）。{rule.how_zh}")
    lines = printed(told, bare)
    assert lines[1] == f"  K1 {rule.title_zh} ×2  → {rule.how_zh}"
    assert sorted(line.split(" ", 6)[-1] for line in lines[2:4]) == [
        "党员数：报告：XX“党员XX名”（a.txt [1:3]）", "户数“XX户”（a.txt [5:7]）",
    ]  # fmt: skip

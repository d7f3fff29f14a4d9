"""Whose report for which period: what the names and the title say, and when they say too little or too much."""

import datetime as dt

import pytest

from tasks.domain.county import County
from tasks.domain.errors import IdentityUnclear
from tasks.domain.submissions import SourceFile
from tasks.identify import guess_identity, identify_report, identity_by_decision

SHA = "ab" * 32
MOMENT = dt.datetime(2024, 1, 10, tzinfo=dt.UTC)


def sent(path: str, unit: str = "", period: str = "") -> SourceFile:
    return SourceFile("inbox", f"file:///{path}", path, 10, MOMENT, MOMENT, unit, period)


@pytest.mark.parametrize(
    ("path", "head", "unit", "period"),
    [
        ("2023年度/雾山乡2023年工作总结.txt", "雾山乡2023年工作总结", "雾山乡", "2023"),
        ("总结.txt", "雾山乡人民政府2022年工作总结暨2023年工作打算", "雾山乡", "2022"),
        ("雾山2023总结（终稿）.pdf", "2023年工作总结", "雾山乡", "2023"),
        ("半坡2023.txt", "半坡彝族乡二〇二三年政府工作报告", "半坡彝族乡", "2023"),
        ("河湾乡2022年政府工作报告.txt", "河湾乡2022年政府工作报告", "河湾镇", "2022"),
        ("2022年度/雾山乡.txt", "年度工作总结", "雾山乡", "2022"),
    ],
)
def test_names_and_title_agree(county: County, path: str, head: str, unit: str, period: str) -> None:
    identity = identify_report(sent(path), head, county, SHA)
    assert (identity.unit_name, identity.period, identity.form) == (unit, period, "annual-work-report")
    assert identity.seen


@pytest.mark.parametrize(
    ("path", "head", "code"),
    [
        ("工作总结.txt", "2023年工作总结", "unit_not_found"),
        ("柳树垭镇2023年总结.txt", "柳树垭镇2023年工作总结", "unit_unknown"),
        ("雾山乡2023年.txt", "白鹭滩乡2023年工作总结", "unit_disagrees"),
        ("雾山乡白鹭滩乡2023年.txt", "2023年工作总结", "unit_ambiguous"),
        ("雾山乡总结.txt", "雾山乡工作总结", "period_not_found"),
        ("雾山乡2022年.txt", "雾山乡2023年工作总结", "period_disagrees"),
        ("雾山乡2019年.txt", "雾山乡2019年工作总结", "period_not_owed"),
    ],
)
def test_silence_and_disagreement_are_no_guess(county: County, path: str, head: str, code: str) -> None:
    with pytest.raises(IdentityUnclear) as caught:
        identify_report(sent(path), head, county, SHA)
    assert caught.value.code == code
    assert "county assign abababababab --unit" in str(caught.value)


@pytest.mark.parametrize("period", ["2023", "2023年", "2023年度", "二〇二三年", "2023M01-12"])
def test_the_register_speaks_too(county: County, period: str) -> None:
    identity = identify_report(sent("scan001.txt", "雾山乡", period), "工作总结", county, SHA)
    assert (identity.unit_name, identity.period) == ("雾山乡", "2023")


def test_a_guess_never_raises(county: County) -> None:
    assert guess_identity(sent("随便.txt"), county).unit_code == ""
    assert guess_identity(sent("雾山乡2023.txt"), county).unit_name == "雾山乡"


def test_by_hand_the_unit_and_the_period_must_exist(county: County) -> None:
    assert identity_by_decision("雾山", "2023", county, "x").unit_name == "雾山乡"
    for unit, period, code in (("无此乡", "2023", "unit_unknown"), ("雾山乡", "1999", "period_not_owed")):
        with pytest.raises(IdentityUnclear) as caught:
            identity_by_decision(unit, period, county, "x")
        assert caught.value.code == code

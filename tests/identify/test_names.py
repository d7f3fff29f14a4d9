"""Names inside names, former and short names, parts of a year, dates that are no periods."""

import datetime as dt
from pathlib import Path

import pytest

from tasks.domain.county import County, read_county
from tasks.domain.errors import IdentityUnclear
from tasks.domain.gazetteer import short_name
from tasks.domain.submissions import SourceFile
from tasks.identify import guess_identity, identify_report

NOW = dt.datetime(2024, 1, 10, tzinfo=dt.UTC)
SHA = "0123456789abcdef" * 4
FORMS = {
    "year": '"2022", "2023"',
    "half": '"2023H1"',
    "quarter": '"2023Q3"',
    "cumulative": '"2023M01-09"',
    "month": '"2023M09"',
}
UNITS = """unit_code,name,former_names,valid_from,valid_to
539901101000,青石镇,石桥乡,,
539901102000,马鞍乡,,,
539901103000,马鞍梁乡,,,
539901104000,河口彝族乡,,,
539901105000,望江街道,,,
539901106000,瓦房布依族苗族乡,,,
"""


@pytest.fixture
def mixed(tmp_path: Path) -> County:
    """A county with forms of every kind of period and names inside names."""
    settings = '[county]\ncode = "539901000000"\nname = "试县"\n[[sources]]\nname = "inbox"\nurl = "inbox"\n'
    for kind, periods in FORMS.items():
        settings += f'[[forms]]\ncode = "{kind}"\nname = "{kind}"\nperiod_type = "{kind}"\nperiods = [{periods}]\n'
    (tmp_path / "county.toml").write_text(settings, encoding="utf-8")
    (tmp_path / "units.csv").write_text(UNITS, encoding="utf-8")
    return read_county(tmp_path)


def sent(path: str, unit: str = "", period: str = "") -> SourceFile:
    return SourceFile("inbox", f"file:///{path}", path, 1, NOW, NOW, unit, period)


@pytest.mark.parametrize(
    ("path", "head", "unit", "period"),
    [
        ("2023年度/青石.docx", "工作总结\n一年来。", "青石镇", "2023"),
        ("2023/石桥乡总结.txt", "工作总结\n一年来。", "青石镇", "2023"),
        ("马鞍梁乡23年度总结.txt", "工作总结\n", "马鞍梁乡", "2023"),
        ("马鞍2023.txt", "工作总结\n", "马鞍乡", "2023"),
        ("河口乡总结2023.txt", "河口乡工作总结", "河口彝族乡", "2023"),
        ("瓦房2023.txt", "瓦房乡2023年工作总结", "瓦房布依族苗族乡", "2023"),
        ("试县河口乡2023.txt", "试县河口乡2023年工作总结", "河口彝族乡", "2023"),
        ("望江街道办事处2022年总结.txt", "", "望江街道", "2022"),
        ("x.txt", "青石党委2023年述职报告", "青石镇", "2023"),
        ("x.txt", "青石镇2023年工作总结暨2024年重点工作", "青石镇", "2023"),
        ("x.txt", "青石镇2022年工作总结和2023年重点工作", "青石镇", "2022"),
        ("x.txt", "青石镇2023年工作总结\n今年与马鞍梁乡、河口彝族乡共建道路。", "青石镇", "2023"),
        ("青石镇2023年上半年总结.txt", "", "青石镇", "2023H1"),
        ("青石镇2023H1.txt", "", "青石镇", "2023H1"),
        ("青石镇2023年1-9月.txt", "", "青石镇", "2023M01-09"),
        ("青石镇2023年第三季度.txt", "", "青石镇", "2023Q3"),
        ("2023年度/青石镇三季度.txt", "", "青石镇", "2023Q3"),
        ("2023年度/青石镇2023年上半年总结.txt", "", "青石镇", "2023H1"),
        ("2023年度/青石镇总结20240110.txt", "", "青石镇", "2023"),
        ("青石镇2022年总结(2023年1月10日).txt", "青石镇工作总结", "青石镇", "2022"),
    ],
)
def test_names_and_titles_say_whose_it_is(mixed: County, path: str, head: str, unit: str, period: str) -> None:
    found = identify_report(sent(path), head, mixed, SHA)
    form = mixed.form_for(period)
    assert form is not None
    assert (found.unit_name, found.period, found.form) == (unit, period, form.code)


@pytest.mark.parametrize(
    ("title", "period"),
    [
        ("青石镇2023年前三季度工作总结", "2023M01-09"),
        ("青石镇2023年前3季度工作总结", "2023M01-09"),
        ("青石镇2023年一至三季度工作情况汇报", "2023M01-09"),
        ("青石镇2023年1—3季度工作总结", "2023M01-09"),
        ("青石镇2023年一至九月工作总结", "2023M01-09"),
        ("青石镇2023年1至9月份工作总结", "2023M01-09"),
        ("青石镇2023年元月至9月工作总结", "2023M01-09"),
        ("青石镇2023年（1—9月）工作总结", "2023M01-09"),
        ("青石镇2023年前9个月工作总结", "2023M01-09"),
        ("青石镇2023年前九个月工作总结", "2023M01-09"),
        ("青石镇2023年截至三季度末工作总结", "2023M01-09"),
        ("青石镇截至2023年三季度末工作总结", "2023M01-09"),
        ("青石镇截至2023年9月底工作总结", "2023M01-09"),
        ("2023年青石镇前三季度工作总结", "2023M01-09"),
        ("青石镇前三季度工作总结（2023年）", "2023M01-09"),
        ("青石镇2023年工作总结（前三季度）", "2023M01-09"),
        ("青石镇二〇二三年前三季度工作总结暨四季度工作打算", "2023M01-09"),
        ("青石镇2023年半年工作总结", "2023H1"),
        ("青石镇2023年半年度工作总结", "2023H1"),
        ("青石镇2023年年中工作总结", "2023H1"),
        ("青石镇2023年中工作总结", "2023H1"),
        ("青石镇2023年1-6月工作总结", "2023H1"),
        ("青石镇2023年一、二季度工作总结", "2023H1"),
        ("青石镇2023年上半年工作总结及下半年工作计划", "2023H1"),
        ("青石镇2023年上半年重点工作总结和下半年重点工作安排", "2023H1"),
        ("青石镇2023年第三季度工作总结", "2023Q3"),
        ("青石镇2023年7-9月工作总结", "2023Q3"),
        ("青石镇2023年Q3工作总结", "2023Q3"),
        ("青石镇二〇二三年九月工作总结", "2023M09"),
        ("青石镇2023年9月份工作总结", "2023M09"),
        ("青石镇2023年工作总结（9月）", "2023M09"),
        ("青石镇2023年全年工作总结", "2023"),
        ("青石镇2023年1-12月工作总结", "2023"),
        ("青石镇截至2023年12月底工作总结", "2023"),
        ("青石镇2023年年终工作总结", "2023"),
        ("青石镇2023年工作总结（12月修改稿）", "2023"),
        ("青石镇2023年工作总结及一季度工作打算", "2023"),
        ("中共青石镇委员会2023年中心工作总结", "2023"),
        ("青石镇2023年工作总结（二〇二四年一月十日）", "2023"),
    ],
)
def test_a_part_of_a_year_is_that_part(mixed: County, title: str, period: str) -> None:
    assert identify_report(sent(f"{title}.docx"), "", mixed, SHA).period == period
    assert identify_report(sent("x.docx"), f"{title}\n今年以来，全镇上下一心。", mixed, SHA).period == period


@pytest.mark.parametrize(
    ("path", "head", "code"),
    [
        ("青石镇2023年前几个月工作总结.docx", "", "period_not_found"),
        ("青石镇2023.docx", "青石镇2023年阶段性工作总结", "period_not_found"),
        ("青石镇2023.docx", "青石镇2023年春季工作总结", "period_not_found"),
        ("青石镇2023.docx", "青石镇2023年前13个月工作总结", "period_not_found"),
        ("青石镇2023.docx", "青石镇大半年工作总结", "period_not_found"),
        ("2023年度/青石镇前几个月工作总结.docx", "", "period_not_found"),
        ("青石镇工作总结2023.9.docx", "", "period_not_found"),
        ("青石镇2023.docx", "青石镇前三季度工作总结", "period_disagrees"),
        ("青石镇上半年.docx", "青石镇2023年工作总结", "period_disagrees"),
        ("青石镇2023.docx", "青石镇人民政府\n2023年前三季度工作总结", "period_disagrees"),
        ("青石镇前三季度工作总结.docx", "", "period_not_found"),
        ("青石镇2023年4月工作总结.docx", "", "period_not_owed"),
    ],
)
def test_a_part_of_a_year_never_passes_for_the_year(mixed: County, path: str, head: str, code: str) -> None:
    with pytest.raises(IdentityUnclear) as caught:
        identify_report(sent(path), head, mixed, SHA)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("path", "head", "period"),
    [
        ("2023年度/青石镇.docx", "青石镇前三季度工作总结", "2023M01-09"),
        ("2023年度/青石镇.docx", "青石镇\n上半年工作总结", "2023H1"),
        ("2023年度/上半年/青石镇.docx", "", "2023H1"),
        ("2023年度/青石镇半年总结.docx", "", "2023H1"),
        ("青石镇上半年.docx", "青石镇2023年上半年工作总结", "2023H1"),
        ("青石镇2023.docx", "今年上半年，全镇粮食生产形势喜人。", "2023"),
        ("青石镇2023.docx", "青石镇工作总结\n2023年9月", "2023"),
    ],
)
def test_a_part_takes_its_year_from_the_other_names(mixed: County, path: str, head: str, period: str) -> None:
    assert identify_report(sent(path), head, mixed, SHA).period == period


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("河口哈尼族乡", "河口"), ("石门布依族乡", "石门"), ("瓦房彝族苗族乡", "瓦房"), ("永丰傈僳族乡", "永丰"),
        ("青山民族乡", "青山"), ("半坡彝族乡", "半坡"), ("高山彝族乡", "高山"), ("水族乡", "水族"),
        ("黑水族乡", "黑水族"),
    ],
)  # fmt: skip
def test_the_short_name_leaves_out_every_people(name: str, short: str) -> None:
    assert short_name(name) == short


@pytest.mark.parametrize(
    ("path", "unit", "head", "code"),
    [
        ("大青石乡2023.txt", "", "", "unit_unknown"),
        ("青石镇2023.txt", "马鞍乡", "工作总结", "unit_disagrees"),
        ("青石镇2022年和2023年总结.txt", "", "", "period_disagrees"),
        ("2022年度/青石镇2023年上半年.txt", "", "", "period_disagrees"),
    ],
)
def test_doubt_is_never_guessed_away(mixed: County, path: str, unit: str, head: str, code: str) -> None:
    with pytest.raises(IdentityUnclear) as caught:
        identify_report(sent(path, unit), head, mixed, SHA)
    assert caught.value.code == code
    assert f"county assign {SHA[:12]}" in caught.value.next_step.en


def test_the_message_says_what_was_seen_where(mixed: County) -> None:
    with pytest.raises(IdentityUnclear) as caught:
        identify_report(sent("青石镇2023.txt"), "马鞍乡2023年工作总结", mixed, SHA)
    assert "文件名为青石镇" in caught.value.what.zh
    assert "标题为马鞍乡" in caught.value.what.zh


@pytest.mark.parametrize(
    ("path", "unit", "period"),
    [("2023/青石镇.txt", "青石镇", "2023"), ("青石镇望江街道.txt", "", ""), ("青石2019.txt", "青石镇", "")],
)
def test_a_guess_is_silent_where_the_names_are(mixed: County, path: str, unit: str, period: str) -> None:
    guess = guess_identity(sent(path), mixed)
    assert (guess.unit_name, guess.period) == (unit, period)

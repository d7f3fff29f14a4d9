"""What a county's folder says wrongly is told before anything runs, with file, place and what to do."""

import datetime as dt
from pathlib import Path

import pytest

from flows.cli.new_county import create_county
from tasks.domain.county import County, read_county
from tasks.domain.errors import ConfigurationError
from tasks.domain.province import read_province

COUNTY = '[county]\ncode = "539901000000"\nname = "试县"\n'
SOURCE = '[[sources]]\nname = "inbox"\nurl = "inbox"\n'
FORM = '[[forms]]\ncode = "annual"\nname = "年报"\nperiods = ["2022", "2023"]\n'
UNITS = "unit_code,name,former_names\n539901101000,青石镇,石桥乡；旧岭乡\n"


def read(folder: Path, settings: str = COUNTY + SOURCE + FORM, units: bytes = UNITS.encode()) -> County:
    (folder / "county.toml").write_text(settings, encoding="utf-8")
    (folder / "units.csv").write_bytes(units)
    return read_county(folder)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (COUNTY + SOURCE + FORM + FORM, "form 'annual' occurs twice"),
        (COUNTY + SOURCE + SOURCE + FORM, "source 'inbox' occurs twice"),
        (COUNTY + SOURCE + FORM.replace('"2022"', '"2023"'), "period '2023' occurs twice"),
        (COUNTY + SOURCE + FORM.replace('"2022"', '"2023M01-12"'), "period '2023' occurs twice"),
        (COUNTY + SOURCE + FORM.replace('"2022"', '"2023Y5"'), "several years"),
        (COUNTY + SOURCE + FORM + 'mandatory = ["pop.total", "no.such"]\n', "no such indicator: no.such"),
        (COUNTY + SOURCE + FORM + 'mandatory = ["pop.total", "pop.total"]\n', "indicator 'pop.total' occurs twice"),
        (COUNTY + SOURCE + FORM.replace('"2022"', '"2023Q1"') + 'period_type = "year"\n', "2023Q1: no period of"),
        (COUNTY + SOURCE + FORM + '[calendar]\nschedule = "every day"\n', "'every day' is no schedule"),
        (COUNTY + SOURCE + FORM + '[calendar]\nschedule = "* * * * * *"\n', "is no schedule"),
        (COUNTY + SOURCE + FORM + '[calendar]\ntimezone = "Asia"\n', "'Asia' is no time zone"),
        (COUNTY + SOURCE + FORM + "[policy]\nsince = 0001-01-01\n", "since: "),
        (COUNTY.replace("539901", "５３９９０１") + SOURCE + FORM, "county.code"),
    ],
)  # fmt: skip
def test_settings_that_contradict_themselves_are_told(tmp_path: Path, settings: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, settings)
    assert said in caught.value.what.en
    assert caught.value.place.file == "county.toml"


def test_a_form_of_periods_of_several_kinds_needs_no_period_type(tmp_path: Path) -> None:
    assert read(tmp_path, COUNTY + SOURCE + FORM.replace('"2022"', '"2023H1"')).form_for("2023H1") is not None


@pytest.mark.parametrize("between", [";", "；", "、", "，", " ； "])
def test_former_names_are_separated_as_people_do(tmp_path: Path, between: str) -> None:
    county = read(tmp_path, units=UNITS.replace("；", between).encode())
    found = [county.gazetteer.find(name) for name in ("石桥乡", "旧岭乡", "旧岭")]
    assert [one.name if one else "" for one in found] == ["青石镇"] * 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_units_are_read_in_the_encodings_that_offices_write(tmp_path: Path, encoding: str) -> None:
    assert read(tmp_path, units=UNITS.encode(encoding)).gazetteer.find("青石镇") is not None


def test_a_code_in_full_width_digits_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"units\.csv:2: .*12 digits"):
        read(tmp_path, units=UNITS.replace("539901101000", "５３９９０１１０１０００").encode())


@pytest.mark.parametrize("value", ["nan", "inf", "-Infinity", "1e999"])
def test_a_figure_of_the_county_must_be_a_number(tmp_path: Path, value: str) -> None:
    (tmp_path / "county_figures.csv").write_text(
        f"period,indicator,item,value,unit,source\n2023,pop.total,,{value},人,公报\n", encoding="utf-8"
    )
    with pytest.raises(ConfigurationError, match=r"county_figures\.csv:2"):
        read(tmp_path)


def test_a_province_is_looked_at_by_a_schedule(tmp_path: Path) -> None:
    (tmp_path / "province.toml").write_text(
        'name = "某省"\ncode = "530000000000"\ncounties = ["甲县"]\nschedule = "daily"\n', encoding="utf-8"
    )
    with pytest.raises(ConfigurationError, match="is no schedule"):
        read_province(tmp_path)


def test_what_is_right_is_read(tmp_path: Path) -> None:
    county = read(tmp_path, COUNTY + SOURCE + FORM + 'mandatory = ["pop.total"]\n[policy]\nsince = 2024-01-01\n')
    assert county.settings.policy.since == dt.date(2024, 1, 1)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('code = "539901000000"', 'code = "12"', "county.code：应为12位数字"),
        ('name = "岚川县"\n', "", "county.name：缺少此项"),
        ("due_days = 15", 'due_days = "十五"', "forms.0.due_days：应为整数"),
        ("seconds = 600", "seconds = 0", "limits.seconds：应大于 0"),
        ("seconds = 600", "second = 600", "limits.second：没有这一项，请核对写法"),
        ('language = "zh"', 'language = "de"', "language：应为 'zh' or 'en'"),
    ],
)
def test_what_is_wrong_in_the_settings_is_said_in_chinese(county, old, new, said):
    file = county.folder / "county.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError) as raised:
        read_county(county.folder)
    assert said in raised.value.message("zh")


def test_a_new_county_takes_any_name_and_only_a_division_code(tmp_path):
    create_county(tmp_path / "县", None, '甲"乙\\县', "530000000000")
    assert read_county(tmp_path / "县").name == '甲"乙\\县'
    with pytest.raises(ConfigurationError, match="county_code"):
        create_county(tmp_path / "另一县", None, "县", "12")
    assert not (tmp_path / "另一县").exists()

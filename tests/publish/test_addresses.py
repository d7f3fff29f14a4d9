"""The permanent address of a figure: the same for the same figure, whatever the bytes it came from."""

from urllib.parse import unquote

import polars as pl

from tasks.publish.addresses import fact_address, fact_anchor, with_fact_addresses

UNIT = "530999101000"


def rows(*facts):
    """Facts as (submission, period, indicator, measure, item, start)."""
    columns = ("submission_id", "period", "indicator", "measure", "item", "start")
    frame = pl.DataFrame([dict(zip(columns, one, strict=True)) for one in facts])
    return frame.with_columns(pl.lit(UNIT).alias("unit_code"), pl.col("start").cast(pl.String).alias("fact_id"))


def addresses(*facts):
    return with_fact_addresses(rows(*facts))["address"].to_list()


def test_another_version_of_a_report_keeps_the_addresses_of_its_figures():
    first, second = (
        addresses((f"{sha}-{UNIT}-2023", "2023", "agri.grain_area", "level", "", start))
        for sha, start in (("aaaaaaaaaaaa", 10), ("bbbbbbbbbbbb", 99))
    )
    assert first == second == [f"reports/{UNIT}/2023.html#agri.grain_area.level"]


def test_a_second_statement_is_told_from_the_first_by_its_place_in_the_text():
    sid = f"aaaaaaaaaaaa-{UNIT}-2023"
    assert [one.rpartition("#")[2] for one in addresses(
        (sid, "2023", "tourism.visitors", "level", "", 200),
        (sid, "2023", "tourism.visitors", "level", "", 50),
        (sid, "2023", "tourism.visitors", "plan", "", 60),
    )] == ["tourism.visitors.level~2", "tourism.visitors.level", "tourism.visitors.plan"]  # fmt: skip


def test_a_figure_of_other_months_stands_on_the_page_of_its_report():
    (address,) = addresses((f"aaaaaaaaaaaa-{UNIT}-2023", "2023M01-09", "agri.grain_area", "level", "", 0))
    assert address == f"reports/{UNIT}/2023.html#agri.grain_area.level@2023M01-09"
    (of_months,) = addresses((f"aaaaaaaaaaaa-{UNIT}-2023M01-09", "2023M01-09", "agri.grain_area", "level", "", 0))
    assert of_months == f"reports/{UNIT}/2023M01-09.html#agri.grain_area.level"


def test_an_item_of_any_words_gives_a_link_and_an_id_without_blanks():
    item = '水稻 & "优质#稻" 100%'
    anchor = fact_anchor("agri.crop_area", "level", item)
    assert not set(anchor) & set(" \t\n")
    address = fact_address(UNIT, "2023", "agri.crop_area", "level", item)
    page, fragment = address.split("#")
    assert page == f"reports/{UNIT}/2023.html"
    assert unquote(fragment) == anchor
    assert not set(fragment) & set(' "<>')


def test_facts_keep_their_order_and_no_facts_have_no_addresses():
    sid = f"aaaaaaaaaaaa-{UNIT}-2023"
    made = with_fact_addresses(rows((sid, "2023", "b", "level", "", 9), (sid, "2023", "a", "level", None, 1)))
    assert made["indicator"].to_list() == ["b", "a"]
    assert made.columns[-1] == "address"
    assert with_fact_addresses(made.clear().drop("address")).height == 0

"""Daily collecting in the season in which reports arrive."""

import datetime as dt

from tasks.domain.county import County, Form
from tasks.domain.seasons import Season, reporting_seasons


def with_forms(county: County, *forms: Form) -> County:
    return county.model_copy(update={"settings": county.settings.model_copy(update={"forms": forms})})


def test_from_the_periods_end_to_ten_days_after_the_grace_days(county) -> None:
    form = Form(code="a", name="年报", periods=("2023",), due_days=15, grace_days=5)
    assert reporting_seasons(with_forms(county, form)) == (Season(dt.date(2024, 1, 1), dt.date(2024, 1, 30)),)


def test_seasons_that_touch_are_one(county) -> None:
    year = Form(code="a", name="年报", periods=("2023",), due_days=15, grace_days=6)
    month = Form(code="m", name="月报", period_type="month", periods=("2024M01",), due_days=5)
    assert reporting_seasons(with_forms(county, year, month)) == (Season(dt.date(2024, 1, 1), dt.date(2024, 2, 15)),)


def test_a_quarter_has_a_season_of_its_own(county) -> None:
    year = Form(code="a", name="年报", periods=("2023",), due_days=15)
    quarter = Form(code="q", name="季报", period_type="quarter", periods=("2024Q1",), due_days=10)
    first, second = reporting_seasons(with_forms(county, quarter, year))
    assert (first.start, second.start, second.end) == (
        dt.date(2024, 1, 1), dt.date(2024, 4, 1), dt.date(2024, 4, 20),
    )  # fmt: skip

"""Rules that need more than one report: what passes, what fails, what is just inside, what is not judged."""

import polars as pl
import pytest

from expectations.catalogue import load_catalogue
from expectations.rules import load_rules
from tasks.domain.frames import empty_frame
from tasks.validate.checks import CheckInputs, Evidence
from tasks.validate.checks import history as history_rules
from tasks.validate.checks import series as series_rules
from tasks.validate.checks.frame import conform

PAST = ("2019", "2020", "2021", "2022")


@pytest.fixture
def results():
    """Run the history and series rules on reports; (period of a result, result) by rule, other townships left out."""

    def run(*reports, replaced=None, township="第1镇"):
        evidence = Evidence(
            pl.concat([empty_frame("facts"), *(facts for facts, _ in reports)]),
            pl.concat([empty_frame("submissions"), *(rows for _, rows in reports)]),
            replaced=empty_frame("facts") if replaced is None else replaced,
        )
        inputs = CheckInputs(evidence, load_catalogue(), load_rules(), {})
        frames = []
        for check in (*history_rules.CHECKS, *series_rules.CHECKS):
            made = check.compute(inputs)
            frames += map(conform, [made] if isinstance(made, pl.DataFrame) else made)
        return pl.concat(frames).filter(pl.col("unit_name") == township)

    return run


@pytest.fixture
def years(fact, report):
    """The reports of one township that state an indicator year after year; None is a year without a report."""

    def make(indicator, *values, number=1, last="2023", **more):
        first = int(last) - len(values) + 1
        return [
            report(number, [fact(indicator, value, **more)], period=str(first + at))
            for at, value in enumerate(values)
            if value is not None
        ]

    return make


def result(frame, rule, period="2023"):
    return frame.filter((pl.col("rule") == rule) & (pl.col("period") == period))["result"].to_list()


# rule, indicator, the years up to 2023, what comes of 2023
SERIES = [
    ("Q3", "agri.grain_area", (5200, 5300, 5250, 5270), "pass"),
    ("Q3", "agri.grain_area", (52000, 53000, 52500, 5.27), "fail"),
    ("Q3", "agri.grain_area", (5200, 5300, 5250, 52700), "fail"),
    ("Q3", "agri.grain_area", (5200, 5300, 5250, 351.3), "fail"),  # hectares for mu
    ("Q3", "agri.grain_output", (2000, 2100, 2050, 4100), "fail"),  # jin for kilogrammes
    ("Q3", "agri.grain_output", (2000, 2100, 2050, 3600), "pass"),  # 1.75 times: no factor brings it home
    ("Q3", "econ.self_employed", (2, 3, 2, 21), "pass"),  # few firms: no slip of a digit
    ("Q3", "agri.grain_area", (5270,), "not_evaluated"),
    ("Q8", "livestock.pigs_out", (5000, 9000), "pass"),
    ("Q8", "livestock.pigs_out", (5000, 15000), "pass"),  # three times is just inside for a flow
    ("Q8", "livestock.pigs_out", (5000, 19000), "fail"),
    ("Q8", "livestock.pigs_out", (5000,), "not_evaluated"),
    ("Q8", "livestock.pigs_stock", (5000, 8900), "pass"),
    ("Q8", "livestock.pigs_stock", (5000, 9500), "fail"),
    ("Q8", "safety.major_accidents", (1, 4), "pass"),  # chance would do it
    ("Q8", "forest.coverage", (40, 60), "pass"),
    ("Q8", "forest.coverage", (40, 61), "fail"),
    ("Q7", "pop.total", (9000, 9100, 9200, 12000), "pass"),
    ("Q7", "pop.total", (9000, 9100, 9200, 13000), "fail"),
    ("Q7", "pop.total", (9000, 9100, 13000), "not_evaluated"),
    ("Q41", "tourism.visitors", (900, 800, 850, 0), "fail"),
    ("Q41", "safety.major_accidents", (1, 0, 1, 0), "pass"),
    ("Q41", "tourism.visitors", (900, 0), "not_evaluated"),
]


@pytest.mark.parametrize(("rule", "indicator", "values", "expected"), SERIES)
def test_a_figure_against_the_other_years_of_its_township(rule, indicator, values, expected, years, results):
    assert result(results(*years(indicator, *values)), rule) == [expected]


def test_a_slip_is_proposed_with_factor_and_value_and_is_no_swing_too(years, results):
    found = results(*years("agri.grain_area", 52000, 53000, 52500, 5.27))
    (slip,) = found.filter((pl.col("rule") == "Q3") & (pl.col("result") == "fail")).rows(named=True)
    assert "万" in slip["expected"]
    assert "52700 亩" in slip["expected"]
    assert found.filter((pl.col("rule") == "Q8") & (pl.col("period") == "2023")).is_empty()


def test_of_two_years_the_neighbours_say_which_one_slipped(years, results):
    neighbours = [one for n in range(2, 6) for one in years("agri.grain_area", 5000 + n, 5100 + n, number=n)]
    found = results(*years("agri.grain_area", 52000, 5200), *neighbours)
    assert (result(found, "Q3", "2022"), result(found, "Q3", "2023")) == (["fail"], ["pass"])


def test_growth_that_the_report_states_itself_is_no_swing(fact, report, results):
    before = report(1, [fact("livestock.pigs_out", 5000)], period="2022")
    growth = fact("livestock.pigs_out", 280, 40, measure="growth_pct", low=279.5, high=280.5)
    assert result(results(before, report(1, [fact("livestock.pigs_out", 19000), growth])), "Q8") == ["pass"]


@pytest.mark.parametrize(("value", "expected"), [(5100, "pass"), (7000, "pass"), (19_000, "fail")])
def test_an_outlier_among_nine_townships(value, expected, years, results):
    # ln 5160 … ln 5720: 7000 is inside 3.5 deviations, 19,000 (no tenfold of theirs) is not.
    neighbours = [one for n in range(2, 10) for one in years("agri.grain_area", 5000 + 180 * n, number=n)]
    assert result(results(*years("agri.grain_area", value), *neighbours), "Q5") == [expected]


def test_five_townships_are_too_few_for_an_outlier(years, results):
    neighbours = [one for n in range(2, 6) for one in years("agri.grain_area", 5000 + 80 * n, number=n)]
    assert result(results(*years("agri.grain_area", 90_000), *neighbours), "Q5") == ["not_evaluated"]


def test_an_outlier_that_its_own_past_confirms_is_just_so(years, results):
    neighbours = [one for n in range(2, 10) for one in years("agri.grain_area", 5000 + 80 * n, number=n)]
    assert result(results(*years("agri.grain_area", 31_000, 33_000), *neighbours), "Q5") == ["pass"]
    assert result(results(*years("agri.grain_area", 33_000), *neighbours), "Q5") == ["fail"]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ((3, True), False, "fail"),
        ((3, True), True, "pass"),
        ((2, True), False, None),
        ((3, False), False, None),
    ],
)
def test_what_was_stated_every_year_and_is_not_now(before, now, expected, fact, report, results):
    number, always = before
    past = [
        report(1, [fact("pop.total", 9000), *([fact("tourism.visitors", 800, 20)] * (always or at > 0))], period=period)
        for at, period in enumerate(PAST[-number:])
    ]
    here = report(1, [fact("pop.total", 9000), *([fact("tourism.visitors", None, 20)] * now)])
    frame = results(*past, here)
    found = frame.filter((pl.col("rule") == "Q40") & (pl.col("about") == "tourism.visitors"))["result"].to_list()
    assert found == ([] if expected is None else [expected])


@pytest.mark.parametrize(("said", "expected"), [(5000, "pass"), (5020, "pass"), (5600, "fail")])
def test_last_years_value_as_this_report_states_it(said, expected, fact, report, results):
    before = report(1, [fact("agri.grain_area", 5000)], period="2022")
    now = report(1, [fact("agri.grain_area", 5300), fact("agri.grain_area", said, 20, measure="prior_level")])
    assert result(results(before, now), "Q20") == [expected]
    assert result(results(now), "Q20") == ["not_evaluated"]


def test_a_new_version_says_what_it_changed(fact, report, results):
    old = report(1, [fact("agri.grain_area", 5000), fact("pop.total", 9000, 20)])[0]
    new = report(1, [fact("agri.grain_area", 5300), fact("pop.total", 9000, 20)])
    frame = results(new, replaced=old).filter(pl.col("rule") == "Q44")
    assert dict(frame.select("about", "result").rows()) == {
        "agri.grain_area|level||5300": "fail",
        "pop.total|level||9000": "pass",
    }


FLOWS = ("agri.grain_area", "agri.oil_area", "livestock.pigs_out", "livestock.sheep_out", "livestock.poultry_out",
         "tourism.visitors", "econ.fixed_investment")  # fmt: skip


@pytest.mark.parametrize(("same", "of", "expected"), [(2, 7, "pass"), (3, 7, "fail"), (4, 5, "not_evaluated")])
def test_figures_that_are_exactly_last_years(same, of, expected, fact, report, results):
    before = report(1, [fact(code, 1000 + at, 10 * at) for at, code in enumerate(FLOWS[:of])], period="2022")
    now = [fact(code, 1000 + at + (0 if at < same else 57), 10 * at) for at, code in enumerate(FLOWS[:of])]
    assert result(results(before, report(1, now)), "Q23") == [expected]


@pytest.mark.parametrize(("total", "expected"), [(900, "pass"), (800, "pass"), (799, "fail")])
def test_a_running_total_does_not_fall(total, expected, fact, report, results):
    parts = [fact("livestock.pigs_out", 800, period="2023M01-09"), fact("livestock.pigs_out", total, 20)]
    assert result(results(report(1, parts)), "Q9") == [expected]


def test_a_stock_is_no_running_total(fact, report, results):
    parts = [fact("pop.total", 9000, period="2023M01-09"), fact("pop.total", 8900, 20)]
    assert result(results(report(1, parts)), "Q9") == []


@pytest.mark.parametrize(("figures", "expected"), [(7, "pass"), (13, "pass"), (6, "fail"), (14, "fail")])
def test_the_number_of_figures_of_a_report(figures, expected, fact, report, results):
    codes = [one.code for one in load_catalogue() if one.kind == "flow"][:14]
    past = [report(1, [fact(code, 100 + at, 5 * at) for at, code in enumerate(codes[:10])], period=p) for p in PAST]
    now = report(1, [fact(code, 100 + at, 5 * at) for at, code in enumerate(codes[:figures])])
    assert result(results(*past, now), "M9") == [expected]
    assert result(results(now), "M9") == ["not_evaluated"]


def exchange(fact, report, pigs, cattle):
    """Four years of pigs and cattle sold, and then what is said of them now."""
    past = [(32000 + 100 * at, 2900 + 10 * at) for at in range(4)]
    return [
        report(1, [fact("livestock.pigs_out", one), fact("livestock.cattle_out", other, 10)], period=str(2019 + at))
        for at, (one, other) in enumerate([*past, (pigs, cattle)])
    ]


def test_q47_two_figures_at_home_only_in_each_others_places(fact, report, results):
    rows = results(*exchange(fact, report, 2930, 32600)).filter(pl.col("result") == "fail")
    assert rows.select("rule", "period").rows() == [("Q47", "2023")]
    assert rows["observed"].to_list() in (["2930 / 32600 头"], ["32600 / 2930 头"])


def test_q47_is_silent_where_one_of_them_is_at_home(fact, report, results):
    rows = results(*exchange(fact, report, 2930, 2930)).filter(pl.col("result") == "fail")
    assert set(rows["rule"]) == {"Q3"}


@pytest.mark.parametrize(("before", "named"), [("亩", "公顷与亩"), ("公顷", "错位一位")])
def test_q3_with_one_earlier_year_names_hectares_where_the_unit_changed(before, named, fact, report, results):
    reports = [
        report(1, [fact("land.transferred", 4800, stated_unit=before)], period="2022"),
        report(1, [fact("land.transferred", 4983 * 15, stated_unit="公顷")], period="2023"),
    ]
    rows = results(*reports).filter((pl.col("rule") == "Q3") & (pl.col("period") == "2023"))
    assert rows["result"].to_list() == ["fail"]
    assert named in rows["expected"][0]


def test_q3_judges_what_has_a_name_of_its_own_by_three_years_of_that_name(years, results):
    named = {"item": "耕地地力保护补贴"}
    short = results(*years("social.subsidies_paid", 1.2e6, 1.25e6, 1.4e5, **named))
    long = results(*years("social.subsidies_paid", 1.2e6, 1.25e6, 1.22e6, 1.4e5, **named))
    assert "fail" not in short["result"].to_list()
    assert long.filter(pl.col("result") == "fail").select("rule", "period").rows() == [("Q3", "2023")]

"""What the county's sums and the totals of the workbook add up."""

import pytest

from expectations.catalogue import adds_up, load_catalogue


@pytest.mark.parametrize(
    "code",
    ["agri.grain_yield", "income.rural_per_capita", "income.monitored_per_capita", "land.per_capita",
     "collective.income_per_village"],
)  # fmt: skip
def test_what_is_per_head_village_or_mu_is_in_no_sum(code):
    one = load_catalogue()[code]
    assert not adds_up(one.kind, one.name, one.unit)


@pytest.mark.parametrize("code", ["agri.grain_output", "agri.grain_area", "area.villages", "area.total"])
def test_amounts_add_up(code):
    one = load_catalogue()[code]
    assert adds_up(one.kind, one.name, one.unit)

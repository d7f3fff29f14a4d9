"""One metric for the verdicts of all rules says what Great Expectations' own expectation says of each column."""

import polars as pl
import pytest

from tasks.domain.collector import resting

with resting():
    from expectations import suites
import great_expectations as gx
from great_expectations import expectations as gxe

from expectations.verdicts import ExpectRuleToHold

VERDICT = pl.Enum(["pass", "fail"])
FRAME = pl.DataFrame(
    {
        "row": [0, 1, 2, 3],
        "place": ["甲.txt", None, "丙.txt", "丁.txt"],
        "A1": ["fail", None, "pass", "fail"],
        "B2": ["pass", "pass", "pass", None],
        "C3": [None, None, None, None],
    },
    schema_overrides={"A1": VERDICT, "B2": VERDICT, "C3": VERDICT},
)


def judged(kind, columns, frame, index_columns):
    """Return success and result of each column's expectation."""
    context = suites.new_context()
    suite = context.suites.add(
        gx.ExpectationSuite(name="s", expectations=[kind(column=name, value_set=["pass"]) for name in columns])
    )
    batch = context.data_sources.add_pandas("d").add_dataframe_asset("d").add_batch_definition_whole_dataframe("d")
    result_format = {"result_format": "COMPLETE", "return_unexpected_index_query": False}
    if index_columns:
        result_format["unexpected_index_column_names"] = index_columns
    validation = context.validation_definitions.add(gx.ValidationDefinition(name="v", data=batch, suite=suite))
    result = validation.run(batch_parameters={"dataframe": frame.to_pandas()}, result_format=result_format)
    told = {one.expectation_config.kwargs["column"]: one.to_json_dict() for one in result.results}
    return {
        name: (one["success"], {key: value for key, value in one["result"].items() if key != "unexpected_index_query"})
        for name, one in told.items()
    }


@pytest.mark.parametrize("index_columns", [[], ["row", "place"]], ids=["by place", "by columns"])
def test_it_says_of_each_column_what_the_library_says(index_columns):
    rules = ["A1", "B2", "C3"]
    ours = judged(ExpectRuleToHold, rules, FRAME, index_columns)
    assert ours == judged(gxe.ExpectColumnValuesToBeInSet, rules, FRAME, index_columns)
    assert [ours[name][0] for name in rules] == [False, True, True]
    assert ours["A1"][1]["unexpected_count"] == 2


def test_a_rule_whose_column_is_not_there_does_not_pass():
    assert judged(ExpectRuleToHold, ["Z9"], FRAME, [])["Z9"][0] is False

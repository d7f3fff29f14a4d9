"""The forms of the UI offer the county's own townships, periods, sources and indicators."""

from prefect.utilities.callables import parameter_schema
from prefect.utilities.schema_tools import is_valid_schema, validate

from flows.backfill_periods import backfill_periods
from flows.chase_missing import chase_missing
from flows.cli.choices import choices_of, with_choices
from flows.collect_reports import collect_reports
from flows.maintain import maintain_county
from flows.publish_county import publish_county
from flows.record_decision import record_decision


def form(flow, county):
    schema = with_choices(parameter_schema(flow.fn).model_dump_for_openapi(), choices_of(county))
    is_valid_schema(schema)
    return schema


def errors(schema, **parameters):
    return [one.message for one in validate(parameters, schema, raise_on_error=False, preprocess=True)]


def test_periods_and_sources_are_picked_and_may_be_left_out(county) -> None:
    schema = form(collect_reports, county)
    assert schema["properties"]["period"]["enum"] == ["2023", "2022"]
    assert schema["properties"]["period"]["title"] == "报告期 period"
    assert schema["properties"]["source"]["enum"] == ["inbox"]
    folder = str(county.folder)
    assert errors(schema, county_folder=folder) == []
    assert errors(schema, county_folder=folder, period="2023") == []
    assert errors(schema, county_folder=folder, period="1999") == ["'1999' is not one of ['2023', '2022']"]
    assert errors(schema, county_folder="/elsewhere")


def test_the_folder_comes_last(county) -> None:
    for flow in (collect_reports, chase_missing, record_decision):
        properties = form(flow, county)["properties"]
        assert max(properties, key=lambda name: properties[name]["position"]) == "county_folder"


def test_the_language_of_the_book_is_picked_and_no_other_is_taken(county) -> None:
    schema = form(publish_county, county)
    assert schema["properties"]["language"]["enum"] == ["", "zh", "en"]
    assert schema["properties"]["folder"]["title"].startswith("县情册文件夹")
    assert errors(schema, county_folder=str(county.folder), language="fr")


def test_several_townships_are_picked_from_the_countys_own(county) -> None:
    schema = form(chase_missing, county)
    names = [unit.name for unit in county.gazetteer]
    assert schema["properties"]["units"]["items"]["enum"] == names
    assert errors(schema, county_folder=str(county.folder), units=names[:2]) == []
    assert errors(schema, county_folder=str(county.folder), units=["别县镇"])


def test_fields_of_a_form_have_choices_too_and_an_empty_one_where_they_may_be_empty(county) -> None:
    fields = form(record_decision, county)["definitions"]["DecisionForm"]["properties"]
    assert fields["unit"]["enum"][0] == ""
    assert fields["unit"]["enum"][1:] == [unit.name for unit in county.gazetteer]
    assert "粮食播种面积" in fields["indicator"]["enum"]
    assert len(fields["indicator"]["enum"]) == len(set(fields["indicator"]["enum"]))
    assert "pattern" not in fields["period"]


def test_numbers_are_picked_since_the_form_does_not_check_their_bounds(county) -> None:
    schema = form(maintain_county, county)
    assert schema["properties"]["raw_sample"]["default"] in schema["properties"]["raw_sample"]["enum"]
    assert errors(schema, county_folder=str(county.folder), raw_sample=10) == []
    assert errors(schema, county_folder=str(county.folder), raw_sample=-5)
    at_once = form(backfill_periods, county)["definitions"]["BackfillForm"]["properties"]["max_active"]
    assert at_once["default"] in at_once["enum"]
    assert all(at_once["minimum"] <= one <= at_once["maximum"] for one in at_once["enum"])

"""The forms of the UI offer the county's own townships, periods, sources and indicators; what is typed is checked."""

import importlib
import json
from urllib.parse import unquote

import polars as pl
import pytest
import yaml
from prefect.utilities.callables import parameter_schema
from prefect.utilities.schema_tools import is_valid_schema, validate
from prefect.utilities.schema_tools.validation import build_error_obj

from flows.backfill_periods import backfill_periods
from flows.chase_missing import chase_missing
from flows.cli.choices import choices_of, with_choices
from flows.cli.deploying import DEPLOYMENTS
from flows.collect_reports import collect_reports
from flows.field_formats import register_formats
from flows.maintain import maintain_county
from flows.publish_county import publish_county
from flows.record_decision import DecisionForm, record_decision
from tasks.steps.linking import FormLinks

# What the UI keeps of a schema when it asks the server to check a form; neither patterns nor lengths nor bounds.
SENT = {
    "definitions", "position", "$ref", "anyOf", "allOf", "default", "const", "description", "enum", "format", "items",
    "properties", "required", "title", "type", "maxItems", "minItems",
}  # fmt: skip


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


def as_sent(schema):
    return {
        key: {name: as_sent(one) for name, one in value.items()} if key in {"definitions", "properties"} else value
        for key, value in schema.items()
        if key in SENT
    }


def beside_the_fields(flow, county, **fields):
    """What the form shows, by field."""
    register_formats()
    parameters = {"county_folder": str(county.folder), "form": fields}
    found = build_error_obj(validate(parameters, as_sent(form(flow, county)), preprocess=True))["errors"]
    return {one["property"]: one["errors"] for whole in found for one in whole["errors"]}


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("about", "不是编号", "编号"), ("value", "很多", "数字和单位"), ("who", " ", "姓名"), ("day", "明天", "date"),
        ("unit", "别县镇", "one of"), ("decision", "算了", "one of"),
    ],
)  # fmt: skip
def test_what_a_typed_field_does_not_take_is_told_of_that_field_though_patterns_are_not_sent(
    county, field, typed, said
) -> None:
    right = {"decision": "说明 explain", "about": " 81de33 ", "value": "5.27万亩", "who": "张三", "why": "核实无误"}
    assert beside_the_fields(record_decision, county, **right) == {}
    told = beside_the_fields(record_decision, county, **right | {field: typed})
    assert list(told) == [field]
    assert said in told[field][0]


def test_what_is_missing_is_told_of_its_field(county) -> None:
    assert set(beside_the_fields(record_decision, county)) == {"decision", "who"}
    assert beside_the_fields(backfill_periods, county) == {}
    assert set(beside_the_fields(backfill_periods, county, backfill_id="回填7")) == {"backfill_id"}


def test_the_last_day_is_one_calendar_and_goes_on_as_text(county) -> None:
    day = form(record_decision, county)["definitions"]["DecisionForm"]["properties"]["day"]
    assert (day["type"], day["format"]) == ("string", "date")
    assert "anyOf" not in day
    typed = {"decision": "延期 extend", "unit": "青山镇", "period": "2023", "who": "张三", "why": "灾情"}
    assert DecisionForm.model_validate(typed | {"day": "2024-03-01"}).request().value == "2024-03-01"
    assert DecisionForm.model_validate(typed).request().value == ""


def test_every_deployment_says_what_it_is_for_and_ends_some_day(county) -> None:
    for entry in yaml.safe_load(DEPLOYMENTS.read_text(encoding="utf-8"))["deployments"]:
        module, _, name = entry["entrypoint"].rpartition(".")
        flow = getattr(importlib.import_module(module), name)
        assert flow.timeout_seconds, entry["name"]
        assert flow.retries == 0, entry["name"]
        assert len(entry["description"].splitlines()) >= 3, entry["name"]
        assert entry["tags"], entry["name"]
        for parameter, told in form(flow, county)["properties"].items():
            assert told["title"] != parameter, f"{entry['name']}: {parameter}"
            assert told["description"], f"{entry['name']}: {parameter}"


def test_the_ui_asks_for_the_api_where_it_was_found_itself() -> None:
    """An address of the server's own machine leads a browser on another one nowhere."""
    env = (DEPLOYMENTS.parent / "etc" / "server.env").read_text(encoding="utf-8").splitlines()
    assert {"PREFECT_UI_API_URL=/api", "PREFECT_SERVER_UI_API_URL=/api"} <= set(env)
    compose = yaml.safe_load((DEPLOYMENTS.parent / "compose" / "compose.yaml").read_text(encoding="utf-8"))
    told = compose["services"]["server"]["environment"]
    assert told["PREFECT_UI_API_URL"] == told["PREFECT_SERVER_UI_API_URL"] == "/api"


def test_an_id_leads_to_the_form_filled_in_with_it_and_stays_plain_without_a_deployment() -> None:
    ids = pl.DataFrame({"finding_id": ["81de33"]})
    (link,) = ids.select(FormLinks("d7", "/srv/岚川县").column("finding_id", "about"))["finding_id"]
    assert link.startswith("[81de33](/deployments/deployment/d7/run?parameters=")
    filled = json.loads(unquote(link.partition("parameters=")[2].removesuffix(")")))
    assert filled == {"form": {"about": "81de33"}, "county_folder": "/srv/岚川县"}
    assert ids.select(FormLinks("", "/srv/岚川县").column("finding_id", "about"))["finding_id"].to_list() == ["81de33"]

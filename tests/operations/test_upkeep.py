"""Raw files are held against their names, and the files of deployments and automations are sound."""

import hashlib
import uuid
from pathlib import Path

import pytest
import yaml
from prefect.events.schemas.automations import AutomationCore

from flows.cli.automating import _action
from flows.cli.deploying import AUTOMATIONS, DEPLOYMENTS, _entries, county_values
from tasks.fetch import check_raw_sample, raw_address
from tasks.steps import announcing


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    for number in range(5):
        data = f"报告{number}".encode()
        path = Path(raw_address(str(tmp_path), hashlib.sha256(data).hexdigest()))
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    return tmp_path


def test_sound_files_have_no_fault_and_notes_beside_them_are_not_counted(raw) -> None:
    next(raw.glob("*/*")).with_suffix(".members.json").write_text("{}", encoding="utf-8")
    checked = check_raw_sample(str(raw), 100, "run")
    assert (checked.files, checked.checked, checked.faults) == (5, 5, ())


def test_a_damaged_file_is_named(raw) -> None:
    victim = sorted(raw.glob("*/*"))[2]
    victim.write_bytes(b"changed")
    (fault,) = check_raw_sample(str(raw), 5, "run").faults
    assert victim.name in fault.zh
    assert "备份" in fault.zh
    assert "restore" in fault.en


def test_a_sample_is_another_one_in_another_run_and_an_empty_store_is_fine(raw, tmp_path) -> None:
    assert check_raw_sample(str(raw), 2, "a").checked == 2
    assert check_raw_sample(str(tmp_path / "none"), 2, "a").files == 0


def test_every_automation_is_what_prefect_takes_once_ids_are_known(county) -> None:
    values = county_values(county, "county")
    deployments = {one["name"]: uuid.uuid4() for one in _entries(DEPLOYMENTS, "deployments", values)}
    entries = _entries(AUTOMATIONS, "automations", values)
    assert len({entry["name"] for entry in entries}) == len(entries)
    for entry in entries:
        actions = [_action(one, deployments, uuid.uuid4()) for one in entry["actions"]]
        made = AutomationCore.model_validate({**entry, "actions": actions})
        assert "$" not in made.model_dump_json()
        without_block = [_action(one, deployments, None) for one in entry["actions"]]
        assert (None in without_block) == any("block" in one for one in entry["actions"])


def test_every_deployment_names_a_description_tags_and_an_importable_flow(county) -> None:
    entries = yaml.safe_load(DEPLOYMENTS.read_text(encoding="utf-8"))["deployments"]
    names = [entry["name"] for entry in entries]
    assert len(set(names)) == len(names) >= 5
    for entry in entries:
        assert len(entry["description"]) > 80
        assert entry["tags"]
        assert entry["parameters"].get("county_folder") == "{{ $XIANBAO_COUNTY }}" or entry["parameters"] == {
            "province_file": "{{ $XIANBAO_PROVINCE }}"
        }


def test_a_province_has_its_view_and_what_watches_over_its_runs_and_nothing_of_a_county() -> None:
    province = dict.fromkeys(
        ["XIANBAO_PROVINCE", "XIANBAO_PROVINCE_SCHEDULE", "XIANBAO_TIMEZONE", "XIANBAO_NAME", "XIANBAO_POOL"], "某"
    )
    assert [one["name"] for one in _entries(DEPLOYMENTS, "deployments", province)] == ["province-overview"]
    watching = [one["name"] for one in _entries(AUTOMATIONS, "automations", province)]
    assert [name.split()[-1] for name in watching] == ["crashed", "crashed", "failed", "gone"]


def test_a_county_does_not_get_the_view_of_its_province(county) -> None:
    names = {one["name"] for one in _entries(DEPLOYMENTS, "deployments", county_values(county, "county"))}
    assert "collect" in names
    assert "province-overview" not in names


def test_a_first_collect_of_a_large_county_is_one_event_with_twenty_names(county, monkeypatch) -> None:
    sent = []
    monkeypatch.setattr(announcing, "emit_event", lambda **event: sent.append(event))
    reports = [(f"{number:012d}", f"第{number}镇", "2023") for number in range(1600)]
    announcing.announce("reports.received", county, [name for _, name, _ in reports], reports)
    (event,) = sent
    assert event["event"] == "xianbao.reports.received"
    assert event["payload"]["count"] == 1600
    assert event["payload"]["text"].splitlines()[-1] == "……另有1580件"
    assert len(event["payload"]["text"].splitlines()) == 21
    assert len(event["related"]) <= 80

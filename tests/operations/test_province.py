"""All counties of a province at one glance: from their warehouses, with the failed runs of the server they share."""

import datetime as dt
import os
import shutil
from pathlib import Path

import pytest

from flows.cli.server import prefect_server
from tasks.domain.county import County, read_county
from tasks.domain.errors import ConfigurationError
from tasks.domain.province import Province, read_province
from tasks.publish.province import CountyStanding, province_markdown, province_sentence, standing_rows
from tasks.steps.overseeing import look_at_county
from tests.load import small_county as small
from tests.servers import Server, county_command, county_up

PROVINCE = 'name = "云州省"\ncode = "530000000000"\ncounties = {counties}\n'


def test_folders_lie_beside_the_file_and_a_star_stands_for_every_county(tmp_path: Path) -> None:
    for name in ("一县", "二县"):
        (tmp_path / "各县" / name).mkdir(parents=True)
        (tmp_path / "各县" / name / "county.toml").touch()
    (tmp_path / "各县" / "杂物").mkdir()
    for counties in ('["各县/*", "各县/一县", "三县"]', f'["{tmp_path}/各县/*", "各县/一县", "三县"]'):
        (tmp_path / "province.toml").write_text(PROVINCE.format(counties=counties), encoding="utf-8")
        province = read_province(tmp_path)
        assert [one.name for one in province.county_folders] == ["一县", "二县", "三县"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no_province"),
        ('name = "省"', "counties"),
        (PROVINCE.format(counties="[]"), "counties"),
        (PROVINCE.format(counties='["*"]'), "no folder with a county.toml"),
        ("name = ", "province_toml"),
    ],
)
def test_a_wrong_file_is_refused_with_what_to_do(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "province.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said):
        read_province(tmp_path)


def test_those_that_need_a_look_come_first_and_a_county_that_cannot_be_read_says_why() -> None:
    well = CountyStanding("好县", "530000000001", "2023", owed=16, reported=16, completeness=0.987, failed_runs=0)
    behind = CountyStanding("慢县", "530000000002", "2023", owed=20, reported=15, missing=5, errors=3, failed_runs=2)
    gone = CountyStanding("没县", problem="no_county: 没有 county.toml")
    rows = standing_rows([well, behind, gone], "zh")
    assert [row["县"] for row in rows] == ["没县", "慢县", "好县"]
    assert (rows[1]["已报"], rows[1]["未报"], rows[1]["失败任务"]) == ("15/20", "5", "2")
    assert rows[2]["完整率"] == "99%"
    assert "31/36" in province_sentence([well, behind, gone], "zh")
    page = province_markdown([well, behind, gone], "en")
    assert "[慢县](/artifacts/key/roster-530000000002)" in page
    # Below the table: its last column is out of sight on a narrow screen.
    assert "\n- 没县：no_county: 没有 county.toml\n" in page
    assert page.index("没县：no_county") > page.index("[好县]")
    assert "读不到，见下" in province_markdown([well, behind, gone], "zh")


def test_files_that_nobody_could_assign_wait_too(tmp_path: Path) -> None:
    """They stand in no row of a roster."""
    place = small.make(tmp_path / "县")
    small.send(place, small.NAMES[0], 2023, "2024-01-10", small.words(20_000, 30_000))
    (place.folder / "inbox" / "没有名字.txt").write_text("某地二〇二三年工作总结。", encoding="utf-8")
    small.collect(place, dt.datetime(2024, 1, 12, tzinfo=dt.UTC), "r1")
    whole = Province(name="某省", code="530000000000", counties=("县",), folder=tmp_path)
    standing = look_at_county(place.folder, whole, dt.datetime(2024, 3, 1, tzinfo=dt.UTC), ask_server=False)
    assert (standing.reported, standing.waiting) == (1, 1)
    assert standing.needs_attention


@pytest.mark.parametrize("name", ["county.toml", "units.csv", "county_figures.csv"])
def test_a_county_whose_settings_cannot_be_read_is_a_row_and_stops_no_other(county: County, name: str) -> None:
    (county.folder / name).unlink(missing_ok=True)
    (county.folder / name).mkdir()
    place = Province(name="某省", code="530000000000", counties=("县",), folder=county.folder.parent)
    standing = look_at_county(county.folder, place, dt.datetime(2024, 1, 12, tzinfo=dt.UTC), ask_server=False)
    assert standing.problem
    assert name in standing.problem


@pytest.fixture
def province(tmp_path: Path) -> Path:
    """A province of two counties with a warehouse each and of one whose folder is gone."""
    first = small.make(tmp_path / "甲县")
    small.send(first, small.NAMES[0], 2023, "2024-01-10", small.words(20_000, 30_000))
    small.collect(first, dt.datetime(2024, 1, 12, tzinfo=dt.UTC), "r1")
    shutil.copytree(first.folder, tmp_path / "乙县")
    settings = (tmp_path / "乙县" / "county.toml").read_text(encoding="utf-8")
    code = first.settings.county.code
    changed = settings.replace(code, "539903000000").replace(first.name, "乙县")
    (tmp_path / "乙县" / "county.toml").write_text(changed, encoding="utf-8")
    (tmp_path / "province.toml").write_text(PROVINCE.format(counties='["甲县", "乙县", "丙县"]'), encoding="utf-8")
    return tmp_path


@pytest.mark.slow
def test_the_page_of_a_province_stands_in_the_ui(province: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without = county_command("province", str(province))
    assert without.returncode == 1, without.stderr
    assert "3个县：已报2/8" in without.stdout
    assert "丙县" in without.stdout
    assert "Traceback" not in without.stderr
    refused = county_command("province", str(province), "--publish")
    assert refused.returncode == 3
    assert "PREFECT_API_URL" in refused.stderr
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    with prefect_server(read_county(province / "甲县")) as running:
        server, shared = Server(running.ui_url), {"PREFECT_API_URL": running.api_url}
        assert county_command("deploy", "-c", str(province / "乙县"), **shared).returncode == 0
        for kind in ("FAILED", "CRASHED", "COMPLETED"):
            server.set_state(server.start("collect 乙县"), kind)
        done = county_command("province", str(province), "--publish", **shared)
        assert done.returncode == 1, done.stderr
        assert "一周内失败任务2个" in done.stdout
        (page,) = server.ask("artifacts")
        assert page["key"] == "province-530000000000"
        assert "[乙县](/artifacts/key/roster-539903000000)" in page["data"]
        assert "丙县" in page["data"]


@pytest.mark.slow
def test_a_province_beside_county_up_is_run_by_its_worker_on_a_schedule_and_from_a_form(province: Path) -> None:
    folder = province / "甲县"
    without = county_command("deploy", "--province", str(province), "-c", str(folder))
    assert without.returncode == 3
    assert "county up" in without.stderr
    with county_up(folder) as server:
        for _ in range(2):  # the second time nothing may be there twice
            done = county_command("deploy", "--province", str(province), "-c", str(folder))
            assert done.returncode == 0, done.stdout + done.stderr
        deployment = server.deployment("province-overview 云州省")
        assert [one["schedule"]["cron"] for one in deployment["schedules"]] == ["0 9 * * *"]
        assert (deployment["work_pool_name"], "云州省" in deployment["tags"]) == ("county", True)
        field = deployment["parameter_openapi_schema"]["properties"]["province_file"]
        assert field["enum"] == [str(province / "province.toml")]
        server.start("province-overview 云州省")
        (run,) = server.ended("province-overview 云州省")
        assert run["state"]["type"] == "COMPLETED", run["state"]
        assert "3个县：已报2/8" in run["state"]["message"]
        (page,) = [one for one in server.ask("artifacts") if one["key"] == "province-530000000000"]
        assert "[乙县](/artifacts/key/roster-539903000000)" in page["data"]
        # The county's own are as they were.
        assert server.deployment("collect")["work_pool_name"] == "county"

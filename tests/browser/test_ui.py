"""What a person does and sees in the Prefect UI, in a real headless Chromium: from signing in to deciding a finding."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(900)]

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
if CHROMIUM is None:
    pytest.skip("no Chromium here (apt could not install it)", allow_module_level=True)

from playwright.sync_api import BrowserContext, Page, sync_playwright  # noqa: E402

from tests.browser.driving import LOAD_MS, field, fill, pick, shoot, submit  # noqa: E402
from tests.servers import Server, county_up, web_hook  # noqa: E402

LOGIN = "county:geheim"
# What takes seconds to read stays out: pages to be recognised are tested elsewhere.
LEFT_OUT = {".pdf", ".jpg", ".zip", ".doc", ".eml"}
MANY = 2  # findings that wait before somebody is told
ARRIVED_LATER = ("云岫镇", "河湾镇")  # whose reports of 2023 a backfill brings in


@pytest.fixture(scope="module")
def messages() -> Iterator[SimpleNamespace]:
    with web_hook() as hook:
        yield hook


@pytest.fixture(scope="module")
def county_folder(tmp_path_factory: pytest.TempPathFactory, sample_county_source: Path) -> Path:
    folder = tmp_path_factory.mktemp("ui") / "岚川县"
    subprocess.run(
        [sys.executable, "-m", "flows.cli.main", "init", str(folder), "--from", str(sample_county_source)], check=True
    )
    with (folder / "county.toml").open("a", encoding="utf-8") as settings:
        settings.write(f"\n[alerts]\nfindings = {MANY}\n")
    for path in (folder / "inbox").rglob("*"):
        if path.suffix in LEFT_OUT:
            path.unlink()
    return folder


@pytest.fixture(scope="module")
def server(county_folder: Path, messages: SimpleNamespace) -> Iterator[Server]:
    """The server of a county with nothing collected yet, run by `county up` and locked with a password."""
    with county_up(county_folder, LOGIN, XIANBAO_NOTIFY=messages.url) as running:
        yield running


@pytest.fixture(scope="module")
def context(server: Server) -> Iterator[BrowserContext]:
    """A browser in which nothing but the server can be reached; `asked` keeps what else was wanted."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        made = browser.new_context(viewport={"width": 1440, "height": 1000})
        made.set_default_timeout(LOAD_MS)
        yield made
        browser.close()


@pytest.fixture(scope="module")
def outside(context: BrowserContext, server: Server) -> list[str]:
    """The addresses outside this machine that pages asked for; the network is cut off."""
    asked: list[str] = []

    def refuse(route) -> None:
        asked.append(route.request.url)
        route.abort()

    context.route(lambda url: not url.startswith((server.url, "data:", "blob:")), refuse)
    return asked


@pytest.fixture(scope="module")
def page(context: BrowserContext, server: Server, outside: list[str], repository: Path) -> Page:
    """A page that has signed in; a wrong password was refused first."""
    tab = context.new_page()
    tab.goto(f"{server.url}/runs")
    password = tab.locator("input[type=password]")
    password.fill("county:wrong")
    tab.get_by_role("button", name="Login").click()
    # When the refusal comes the page throws away whatever password it holds, so the right one may not be typed before.
    # The words cannot be waited for: the page has said them already, when it was opened, and more than once.
    tab.wait_for_function("!localStorage.getItem('prefect-password')")
    tab.get_by_text("Authentication failed").first.wait_for()
    assert tab.get_by_text("Prefect Cloud").count() == 0
    password.fill(LOGIN)
    tab.get_by_role("button", name="Login").click()
    tab.get_by_text("Dashboard").first.wait_for()
    assert tab.evaluate("localStorage.getItem('prefect-password')")
    return tab


def open_form(page: Page, server: Server, name: str, first_field: str) -> None:
    page.goto(f"{server.url}/deployments/deployment/{server.deployment(name)['id']}/run")
    page.get_by_text(first_field).first.wait_for()
    # A form that is pressed before its values have come sends nothing and says nothing.
    page.wait_for_load_state("networkidle")


@pytest.fixture(scope="module")
def collected(page: Page, server: Server) -> dict:
    """The run that collected, started from the form."""
    open_form(page, server, "collect", "报告期 period")
    submit(page)
    (run,) = server.ended("collect")
    return run


def test_the_first_page_shows_the_work_pool_and_advertises_nothing(collected: dict, page: Page, server: Server) -> None:
    # Before anything has run or is scheduled, the page shows nothing but where to begin.
    page.goto(f"{server.url}/dashboard")
    page.get_by_text("Active Work Pools").wait_for()
    page.wait_for_load_state("networkidle")
    assert page.get_by_text("Try the V2 UI").count() == 0


def test_the_run_is_named_for_what_it_did_and_a_refused_report_is_red(
    collected: dict, page: Page, server: Server, repository: Path
) -> None:
    assert collected["state"]["type"] == "COMPLETED"
    assert "入库13件，隔离4件" in collected["name"]
    tasks = server.task_ends()
    assert {"审核 岚川县", "入库 岚川县"} <= set(tasks)
    failed = {name: state["message"] for name, state in tasks.items() if state["type"] == "FAILED"}
    assert len(failed) == 4
    assert all(name.startswith("未能读入 ") for name in failed)
    assert any("unit_unknown" in said and "county assign" in said for said in failed.values())
    log = [one["message"] for one in server.ask("logs")]
    assert any("大箐口镇 2022：数量" in said for said in log)
    assert not [said for said in log if said == "Finished in state Completed()"]
    page.goto(f"{server.url}/runs/flow-run/{collected['id']}")
    page.get_by_text("未能读入").first.wait_for()
    page.wait_for_timeout(1500)
    shoot(page, "run", repository)
    page.goto(f"{server.url}/runs")
    page.get_by_text("入库13件").first.wait_for()
    # What a card shows comes piece by piece.
    page.get_by_text("17 Task runs").first.wait_for()
    page.wait_for_load_state("networkidle")
    shoot(page, "runs", repository)


@pytest.mark.parametrize(
    ("key", "word"), [("roster", "按时"), ("findings", "编号"), ("quality", "报送单位"), ("places", "岚川县")]
)
def test_what_a_run_leaves_can_be_opened(
    collected: dict, page: Page, server: Server, repository: Path, key: str, word: str
) -> None:
    (artifact,) = [one for one in server.ask("artifacts") if one["key"] == f"{key}-539901000000"]
    page.goto(f"{server.url}/artifacts/artifact/{artifact['id']}")
    page.get_by_text(word).first.wait_for()
    shoot(page, key, repository)


def test_lineage_goes_from_the_source_to_the_findings(
    collected: dict, page: Page, server: Server, repository: Path
) -> None:
    """One materialization a table, with what it was made from; they can be seen among the run's events."""
    home, wanted = "xianbao://539901000000/", {"raw", "submissions", "facts", "findings", "reporting"}
    made_from: dict[str, set[str]] = {}
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not wanted <= set(made_from):
        told = [
            one
            for one in server.events("prefect.asset.materialization.succeeded")
            if one["payload"]["run_id"] == collected["id"]
        ]
        made_from = {
            one["resource"]["prefect.resource.id"].removeprefix(home): {
                other["prefect.resource.id"].removeprefix(home)
                for other in one["related"]
                if other["prefect.resource.role"] == "asset"
            }
            for one in told
        }
    assert len(told) == len(made_from)
    assert made_from["raw"] == {"source/inbox"}
    assert made_from["facts"] == {"raw"}
    assert made_from["findings"] == {"facts", "decisions"}
    facts = next(one for one in told if one["resource"]["prefect.resource.id"] == f"{home}facts")
    assert facts["resource"]["prefect.resource.name"] == "岚川县 指标值"
    assert facts["payload"]["rows"] > 0
    page.goto(f"{server.url}/events?resource={home}facts")
    page.get_by_text("Asset materialization succeeded").first.wait_for()
    shoot(page, "lineage", repository)


def test_what_a_form_lacks_or_does_not_take_is_said_beside_the_field(
    page: Page, server: Server, repository: Path
) -> None:
    open_form(page, server, "decide", "编号 id")
    fill(page, "编号 id", "不是编号")
    fill(page, "更正值 corrected value", "很多")
    submit(page, refused=True)
    for label, said in (
        ("决定 decision", "'decision' is a required property"), ("编号 id", "'不是编号' is not a '编号"),
        ("更正值 corrected value", "'很多' is not a '数字和单位"), ("经办人 who", "'who' is a required property"),
    ):  # fmt: skip
        field(page, label).get_by_text(said).wait_for()
    shoot(page, "refused", repository)
    open_form(page, server, "backfill", "回填编号 id")
    fill(page, "回填编号 id", "不是编号")
    submit(page, refused=True)
    field(page, "回填编号 id").get_by_text("'不是编号' is not a '编号").wait_for()
    assert server.runs_of("decide") == server.runs_of("backfill") == []


def test_a_finding_leads_to_its_form_and_is_explained_there(
    collected: dict, page: Page, server: Server, county_folder: Path, repository: Path
) -> None:
    (artifact,) = [one for one in server.ask("artifacts") if one["key"] == "findings-539901000000"]
    page.goto(f"{server.url}/artifacts/artifact/{artifact['id']}")
    question = page.locator("tr").filter(has_text="疑问").first.locator("a")
    with page.context.expect_page() as opened:
        question.click()
    form, finding = opened.value, question.inner_text()
    form.get_by_text("编号 id").first.wait_for()
    form.wait_for_load_state("networkidle")
    assert field(form, "编号 id").locator("textarea").input_value() == finding
    pick(form, "决定 decision", "说明 explain")
    fill(form, "理由 why", "核实无误")
    fill(form, "经办人 who", "张三")
    shoot(form, "decide", repository)
    submit(form)
    form.close()
    (run,) = server.ended("decide")
    assert run["state"]["type"] == "COMPLETED", run["state"]
    after = pl.read_delta(str(county_folder / "warehouse" / "findings"), use_pyarrow=True)
    assert after.filter(pl.col("finding_id") == finding)["status"].item() == "explained"


def test_a_backfill_is_tried_and_then_applied(
    collected: dict, page: Page, server: Server, county_folder: Path, sample_county_source: Path, repository: Path
) -> None:
    for township in ARRIVED_LATER:
        text = sample_county_source / "sources" / f"{township}-2023.txt"
        shutil.copyfile(text, county_folder / "inbox" / f"{township}2023年工作总结.txt")
    for number, choice in enumerate(("试算 dry-run", "执行 apply"), start=1):
        open_form(page, server, "backfill", "做什么 what to do")
        pick(page, "做什么 what to do", choice)
        pick(page, "从哪一步起 from stage", "fetch")
        pick(page, "重做哪些 reprocess", "missing")
        pick(page, "报告期 periods", "2023")
        fill(page, "理由 reason", "试一试")
        fill(page, "经办人 who", "张三")
        if number == 1:
            shoot(page, "backfill", repository)
        submit(page)
        run = server.ended("backfill", number)[0]
        assert run["state"]["type"] == "COMPLETED", run["state"]
        assert run["parameters"]["form"]["periods"] == ["2023"]
    assert "完成2个" in run["state"]["message"]


def test_the_book_is_published_from_its_form(collected: dict, page: Page, server: Server, county_folder: Path) -> None:
    open_form(page, server, "publish", "语言 language")
    submit(page)
    (run,) = server.ended("publish")
    assert run["state"]["type"] == "COMPLETED", run["state"]
    assert "现行指标值" in run["state"]["message"]
    assert (county_folder / "book" / "index.html").is_file()


def test_maintain_from_its_form_looks_at_everything_and_changes_nothing(
    collected: dict, page: Page, server: Server, repository: Path
) -> None:
    open_form(page, server, "maintain", "核对原件数")
    pick(page, "核对原件数", "10")
    submit(page)
    (run,) = server.ended("maintain")
    assert run["state"]["type"] == "COMPLETED", run["state"]
    assert run["parameters"]["raw_sample"] == 10
    assert run["state"]["message"].startswith("核对无误")
    assert "抽查10件" in run["state"]["message"]
    (artifact,) = [one for one in server.ask("artifacts") if one["key"] == "upkeep-539901000000"]
    page.goto(f"{server.url}/artifacts/artifact/{artifact['id']}")
    page.get_by_text("核对无误").first.wait_for()
    shoot(page, "maintain", repository)


def test_somebody_is_told_once_and_the_late_are_reminded(
    collected: dict, server: Server, messages: SimpleNamespace, county_folder: Path
) -> None:
    (chased,) = server.ended("chase-missing")
    assert chased["state"]["type"] == "COMPLETED"
    late = pl.read_delta(str(county_folder / "warehouse" / "reporting"), use_pyarrow=True)
    missing = late.filter(pl.col("state") == "missing").height
    assert len(list((county_folder / "催报函").glob("*.docx"))) >= missing > 0
    told = [
        "岚川县：4 件报告未能入库", "岚川县：1 件报告重新报送", "岚川县：待处理审核问题过多",
        f"岚川县：{missing + len(ARRIVED_LATER)} 件报告逾期未报", "岚川县：回填结束",
    ]  # fmt: skip
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(messages.taken) < len(told):
        time.sleep(1)
    # One for the whole backfill as well, though it read many reports.
    assert sorted(one["title"] for one in messages.taken) == sorted(told)
    said = {one["title"].partition("：")[2]: one["message"] for one in messages.taken}
    assert int(said["待处理审核问题过多"].split("\n")[0].strip("待处理个")) >= MANY
    assert "完成2个" in said["回填结束"]


def test_deployments_have_schedules_and_limits(server: Server) -> None:
    deployments = {one["name"]: one for one in server.ask("deployments")}
    assert {"collect", "decide", "backfill", "chase-missing", "maintain"} <= set(deployments)
    (schedule,) = deployments["collect"]["schedules"]
    assert (schedule["schedule"]["cron"], schedule["schedule"]["timezone"]) == ("30 6 * * 1-5", "Asia/Shanghai")
    assert deployments["collect"]["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    assert not deployments["decide"]["schedules"]


def test_no_page_asked_for_anything_outside(collected: dict, outside: list[str]) -> None:
    assert outside == []

"""The maintain flow: tables checked and compacted, and a fault that makes the run fail with its name."""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tasks import fetch
from tasks.domain.county import read_county
from tasks.load import Warehouse
from tests.load import small_county as small

pytestmark = pytest.mark.slow
COUNT = 4
# A process of its own: Prefect reads where its server is when it is imported.
RUN = """
import json, sys
from pathlib import Path
from flows.cli.server import prefect_server
from tasks.domain.county import read_county

with prefect_server(read_county(Path(sys.argv[1]))):
    from flows.maintain import maintain_county

    states = [maintain_county(folder, return_state=True) for folder in sys.argv[1:]]
print(json.dumps([[state.type.value, state.message] for state in states]))
"""


@pytest.fixture(scope="module")
def sound(tmp_path_factory, quick):
    """A county whose reports came one a run, so that its tables have a small file of each."""
    folder = tmp_path_factory.mktemp("maintain") / "小县"
    place = small.make(folder, "[upkeep]\nsmall_files = 2\n[alerts]\nfree_disk_mib = 1\n")
    for number, name in enumerate(small.NAMES):
        small.send(place, name, 2023, "2024-01-10", small.words(20_000 + number, 30_000 + number))
        small.collect(place, dt.datetime(2024, 3, 1, tzinfo=dt.UTC), f"r{number}")
    return place


def copied(place, name):
    folder = place.folder.with_name(name)
    shutil.copytree(place.folder, folder)
    return read_county(folder)


def facts(place):
    return Warehouse(place.warehouse).scan("facts").collect().sort("fact_id")


def files(place, table):
    return len(Warehouse(place.warehouse).store.open(table).file_uris())


@pytest.fixture(scope="module")
def before(sound):
    assert files(sound, "facts") == COUNT
    return facts(sound)


@pytest.fixture(scope="module")
def torn(sound, before):
    """A copy in which a file of the mentions was cut off."""
    place = copied(sound, "残县")
    victim = max((Path(place.warehouse) / "mentions").rglob("*.parquet"), key=lambda one: one.stat().st_size)
    victim.write_bytes(victim.read_bytes()[:200])
    return place


@pytest.fixture(scope="module")
def robbed(sound, before):
    """A copy in which one raw file is gone and another changed, and their names."""
    place = copied(sound, "缺县")
    gone, changed = Warehouse(place.warehouse).known_submissions()["sha256"].to_list()[:2]
    Path(fetch.raw_address(place.raw, gone)).unlink()
    path = Path(fetch.raw_address(place.raw, changed))
    path.chmod(0o644)
    path.write_bytes(b"something else")
    return place, gone, changed


@pytest.fixture(scope="module")
def ended(sound, torn, robbed):
    """How the runs ended: the sound county twice, then the two at fault; type and message of each."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    folders = [str(place.folder) for place in (sound, sound, torn, robbed[0])]
    done = subprocess.run(
        [sys.executable, "-c", RUN, *folders],
        capture_output=True, text=True, encoding="utf-8", timeout=240, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_sound_county_is_compacted_and_the_second_run_finds_nothing_to_do(ended, sound, before):
    (kind, message), (again, nothing) = ended[:2]
    assert (kind, again) == ("COMPLETED", "COMPLETED")
    assert message.startswith("核对无误；数据文件 ")
    assert f"原件{COUNT}件，抽查{COUNT}件" in message
    assert files(sound, "facts") == 1
    assert facts(sound).equals(before)
    words = nothing.split("数据文件 ")[1].split("，")[0].split(" → ")
    assert words[0] == words[1]


def test_a_broken_table_fails_the_run_with_its_name_and_is_left_as_it_is(ended, torn):
    kind, message = ended[2]
    assert kind == "FAILED"
    assert "mentions" in message
    assert "仓库有误，未整理" in message
    assert "Traceback" not in message
    assert files(torn, "facts") == COUNT


def test_a_raw_file_that_is_gone_and_one_that_changed_are_each_named_once(ended, robbed):
    kind, message = ended[3]
    assert kind == "FAILED"
    assert message.startswith("2处有误")
    assert all(name in message for name in robbed[1:])

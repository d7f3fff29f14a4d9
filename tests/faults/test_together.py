"""Two collects and a backfill at once leave what they leave one after the other: nothing is lost, nothing twice."""

import datetime as dt
import os
import shutil
from pathlib import Path

import polars as pl
import pytest
from children import Children
from polars.testing import assert_frame_equal

from tasks import auditing
from tasks.domain.county import read_county
from tasks.domain.tables import KEYS, TABLES
from tasks.load import Warehouse

CHILD = Path(__file__).with_name("backfill_in_child.py")
ROUNDS = int(os.environ.get("XIANBAO_TOGETHER", "2"))
FIRST = ("雾山乡-2022", "青槐街道-2022", "龙潭沟乡-2022", "雾山乡-2023")
LATER = ("青槐街道-2023", "龙潭沟乡-2023")
# What each run writes of itself; manifests of backfills have moments and versions in them.
OF_THE_RUN = {"first_seen_run", "last_seen_run"}
DATA = [table for table in TABLES if table != "backfills"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def children(tmp_path_factory):
    made = Children(CHILD, tmp_path_factory.mktemp("child") / "stderr")
    yield made
    made.close()


def send(folder, name, text, day):
    path = folder / "inbox" / name
    path.write_text(text, encoding="utf-8")
    moment = dt.datetime(2024, 1, day, 4, tzinfo=dt.UTC).timestamp()
    os.utime(path, (moment, moment))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The one folder that every round begins anew: where a file lay is told in the warehouse too."""
    return tmp_path_factory.mktemp("place") / "岚川县"


@pytest.fixture(scope="module")
def before(place, tmp_path_factory, sample_county_source, children):
    """A county whose reports were read before a name was added to the lexicon, and for which more has arrived.

    Among what has arrived is a correction of a report that the backfill is about, and the bytes of another again.
    """
    (place / "inbox").mkdir(parents=True)
    for name in ("county.toml", "units.csv"):
        shutil.copyfile(sample_county_source / name, place / name)
    texts = {
        one: (sample_county_source / "sources" / f"{one}.txt").read_text(encoding="utf-8") for one in FIRST + LATER
    }
    for report in FIRST:
        unit, year = report.split("-")
        send(place, f"{unit}{year}年工作总结.txt", texts[report], 10)
    assert children.do("prepare", place) == 1
    for report in LATER:
        unit, year = report.split("-")
        send(place, f"{unit}{year}年工作总结.txt", texts[report], 12)
    send(place, "雾山乡2022年工作总结（更正）.txt", texts["雾山乡-2022"] + "\n附：新建公厕7座。\n", 13)
    send(place, "青槐街道2022年工作总结（再报）.txt", texts["青槐街道-2022"], 14)
    kept = tmp_path_factory.mktemp("before") / "岚川县"
    shutil.copytree(place, kept)
    return kept


def begin_anew(place, before):
    shutil.rmtree(place)
    shutil.copytree(before, place)


def rows(folder, table):
    columns = [name for name in TABLES[table] if name not in OF_THE_RUN]
    frame = Warehouse(str(folder / "warehouse")).scan(table).select(columns).collect()
    assert not frame.select(KEYS[table]).is_duplicated().any(), table
    return frame.sort(KEYS[table])


@pytest.fixture(scope="module")
def one_by_one(place, before, children, tmp_path_factory):
    begin_anew(place, before)
    assert children.do("one-by-one", place) == 3
    folder = tmp_path_factory.mktemp("whole") / "岚川县"
    shutil.copytree(place, folder)
    states = rows(folder, "submissions")["state"].value_counts()
    assert dict(states.rows()) == {"loaded": 6, "superseded": 1}
    assert rows(folder, "duplicates").height == 1
    return folder


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_at_once_as_one_after_the_other(place, before, one_by_one, children, seed):
    begin_anew(place, before)
    assert children.do(f"together:{seed}", place) == 3
    for table in DATA:
        assert_frame_equal(rows(place, table), rows(one_by_one, table))
    own = rows(place, "backfills").filter(pl.col("role") == "target")
    assert "done" in set(own["key_state"]) <= {"done", "skipped"}
    assert auditing.audit(read_county(place), None).is_empty()

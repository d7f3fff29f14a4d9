"""The quarantine folder: the file as it came, and why it waits."""

import hashlib

import pytest

from tasks.domain.county import County, CountySettings
from tasks.domain.errors import Text, WarehouseError
from tasks.domain.gazetteer import Gazetteer
from tasks.publish import clear_quarantine, write_quarantine

DATA = b"%PDF broken"
SHA = hashlib.sha256(DATA).hexdigest()
REASON = Text("青山.pdf：空文件 → 请重新报送", "青山.pdf: empty_file → send it again")


@pytest.fixture
def place(tmp_path):
    settings = CountySettings.model_validate(
        {
            "county": {"code": "530999000000", "name": "岚川县"},
            "sources": [{"name": "inbox", "url": "inbox"}],
            "forms": [{"code": "annual-work-report", "name": "年度工作报告", "periods": ["2023"]}],
        }
    )
    return County(folder=tmp_path / "county", settings=settings, gazetteer=Gazetteer({}))


@pytest.fixture
def data():
    return lambda: DATA


def listed(place):
    return sorted(path.name for path in place.quarantine.iterdir())


def test_the_file_lies_there_under_its_name_with_the_reason_in_both_languages(place, data):
    copy = write_quarantine(place, SHA, "青山.pdf", data, REASON)
    assert listed(place) == [f"{SHA[:12]}-青山.pdf", f"{SHA[:12]}-青山.pdf.原因.txt"]
    assert copy.read_bytes() == DATA
    note = copy.with_name(copy.name + ".原因.txt").read_text(encoding="utf-8-sig")
    assert REASON.zh in note
    assert REASON.en in note
    assert SHA in note


def test_again_changes_nothing(place, data):
    write_quarantine(place, SHA, "青山.pdf", data, REASON)
    before = {path.name: path.stat().st_mtime_ns for path in place.quarantine.iterdir()}
    write_quarantine(place, SHA, "青山.pdf", data, REASON)
    assert {path.name: path.stat().st_mtime_ns for path in place.quarantine.iterdir()} == before


def test_a_new_reason_replaces_the_old(place, data):
    write_quarantine(place, SHA, "青山.pdf", data, REASON)
    copy = write_quarantine(place, SHA, "青山.pdf", data, Text("两个乡镇", "two townships"))
    assert "two townships" in copy.with_name(copy.name + ".原因.txt").read_text(encoding="utf-8-sig")
    assert len(listed(place)) == 2


def test_once_loaded_it_is_gone_and_others_stay(place, data):
    write_quarantine(place, SHA, "青山.pdf", data, REASON)
    write_quarantine(place, "cd" * 32, "白水.pdf", data, REASON)
    assert len(clear_quarantine(place, SHA)) == 2
    assert listed(place) == ["cdcdcdcdcdcd-白水.pdf", "cdcdcdcdcdcd-白水.pdf.原因.txt"]
    assert clear_quarantine(place, SHA) == []


@pytest.mark.parametrize(
    "name", ["长" * 200 + ".pdf", "a/../../b.txt", "问号?.txt", ".隐藏", "无后缀", "x." + "尾" * 90]
)
def test_any_name_finds_room_inside_the_folder(place, data, name):
    copy = write_quarantine(place, SHA, name, data, REASON)
    assert copy.parent == place.quarantine
    assert copy.is_file()
    assert len(clear_quarantine(place, SHA)) == 2


def test_a_folder_that_cannot_be_written_is_an_error_with_a_place(place, data):
    place.folder.mkdir(parents=True)
    place.quarantine.write_text("a file where the folder should be")
    with pytest.raises(WarehouseError, match="quarantine"):
        write_quarantine(place, SHA, "青山.pdf", data, REASON)


def test_the_note_says_nothing_of_the_machine(place, data):
    copy = write_quarantine(place, SHA, "青山.pdf", data, REASON)
    assert str(place.folder) not in copy.with_name(copy.name + ".原因.txt").read_text(encoding="utf-8-sig")

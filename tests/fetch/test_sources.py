"""What a source holds beside reports, and files that change or go away while they are fetched."""

import os
import unicodedata
from pathlib import Path

import pytest

from tasks.domain.county import County, Source
from tasks.domain.errors import ConfigurationError, SourceUnavailable
from tasks.fetch import REGISTER_NAMES, list_source, sources, store_file

INBOX = Source(name="inbox", url="inbox")


def put(county: County, path: str, data: bytes = b"x") -> None:
    target = county.folder / "inbox" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


@pytest.mark.parametrize(
    "name",
    [".git/config", "~$雾山乡.docx", "a.tmp", "a.filepart", "a.crdownload", ".DS_Store", "desktop.ini", "manifest.csv"],
)
def test_what_is_no_report_is_passed_over(county: County, name: str) -> None:
    put(county, name, b"file\n")
    put(county, "雾山乡.txt")
    assert [one.path for one in list_source(INBOX, county)] == ["雾山乡.txt"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
@pytest.mark.parametrize("register", REGISTER_NAMES)
def test_a_register_may_write_backslashes_and_name_files_that_did_not_come(
    county: County, register: str, encoding: str
) -> None:
    put(county, "2023/报告.txt")
    put(county, register, "file,unit,period\n2023\\报告.txt,雾山乡,2023\n未到.txt,雾山乡,2022\n".encode(encoding))
    (file,) = list_source(INBOX, county)
    assert (file.registered_unit, file.registered_period) == ("雾山乡", "2023")


def test_a_decomposed_file_name_meets_its_composed_row(county: County) -> None:
    put(county, unicodedata.normalize("NFD", "é.txt"))
    put(county, "manifest.csv", unicodedata.normalize("NFC", "file,unit\né.txt,雾山乡\n").encode())
    (file,) = list_source(INBOX, county)
    assert file.registered_unit == "雾山乡"


def test_a_register_without_the_file_column_is_refused(county: County) -> None:
    put(county, "manifest.csv", b"name\na.txt\n")
    with pytest.raises(ConfigurationError, match=r"manifest\.csv:1"):
        list_source(INBOX, county)


def test_an_error_that_names_itself_as_its_cause_is_told_as_any_other(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Library:
        def invalidate_cache(self) -> None:
            pass

        def isdir(self, path: str) -> bool:
            error = RuntimeError("broken pipe")
            raise error from error

    monkeypatch.setattr(sources, "filesystem_of", lambda source, county: (Library(), "/"))
    with pytest.raises(SourceUnavailable, match="broken pipe"):
        list_source(INBOX, county)


def test_a_file_that_went_away_costs_only_itself(county: County) -> None:
    put(county, "a.txt")
    put(county, "b.txt")
    first, second = list_source(INBOX, county)
    (county.folder / "inbox" / "a.txt").unlink()
    with pytest.raises(SourceUnavailable, match=r"a\.txt"):
        store_file(first, INBOX, county)
    assert store_file(second, INBOX, county).is_new


def test_a_file_that_grew_since_it_was_listed_waits_for_the_next_run(county: County) -> None:
    put(county, "a.txt", b"half")
    (file,) = list_source(INBOX, county)
    put(county, "a.txt", b"half and more")
    with pytest.raises(SourceUnavailable, match="next run"):
        store_file(file, INBOX, county)
    assert not Path(county.raw).exists()


def test_a_file_that_is_too_large_is_neither_read_nor_stored(county: County) -> None:
    path = county.folder / "inbox" / "大.txt"
    with path.open("wb") as file:
        file.truncate(2 * 2**30)  # sparse: it takes no room
    (listed,) = list_source(INBOX, county)
    stored = store_file(listed, INBOX, county)
    assert stored.refused is not None
    assert stored.refused.code == "file_too_large"
    assert "2048 MiB" in str(stored.refused)
    assert not Path(county.raw).exists()
    assert store_file(listed, INBOX, county).sha256 == stored.sha256


def test_a_file_written_again_while_it_is_read_waits_for_the_next_run(county: County) -> None:
    put(county, "a.txt", b"half")
    (file,) = list_source(INBOX, county)
    path = county.folder / "inbox" / "a.txt"
    path.write_bytes(b"same")
    os.utime(path, (1, 1))
    with pytest.raises(SourceUnavailable, match="still being written"):
        store_file(file, INBOX, county)


def test_a_link_is_not_followed_and_its_message_says_what_to_do(county: County, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("不该读到", encoding="utf-8")
    put(county, "雾山乡.txt")
    (county.folder / "inbox" / "云岫镇2023年工作总结.txt").symlink_to(secret)
    (county.folder / "inbox" / "去向不明.txt").symlink_to(tmp_path / "nowhere")
    found = {one.path: one for one in list_source(INBOX, county)}
    assert store_file(found["雾山乡.txt"], INBOX, county).refused is None
    for name in ("云岫镇2023年工作总结.txt", "去向不明.txt"):
        with pytest.raises(SourceUnavailable, match="copy the file itself") as caught:
            store_file(found[name], INBOX, county)
        assert caught.value.code == "file_is_link"
        assert caught.value.place.file == name
    assert len(list(Path(county.raw).glob("*/*"))) == 1


def test_a_folder_that_is_a_link_is_not_walked(county: County, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "雾山乡.txt").write_bytes(b"x")
    put(county, "青槐街道.txt")
    (county.folder / "inbox" / "2023年度").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (county.folder / "inbox" / "回路").symlink_to(county.folder / "inbox", target_is_directory=True)
    read = [one.path for one in list_source(INBOX, county) if not one.is_link]
    assert read == ["青槐街道.txt"]

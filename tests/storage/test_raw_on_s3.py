"""The raw store in a folder and in a bucket: the same addresses and words, nothing lost by two writers at once."""

import datetime as dt
import hashlib
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import boto3
import fsspec
import pytest

from tasks.domain.county import County, Storage, read_county
from tasks.domain.errors import WarehouseError
from tasks.domain.submissions import SourceFile, StoredFile
from tasks.fetch import (
    check_raw_sample,
    has_raw,
    note_arrivals,
    raw_address,
    raw_head,
    read_journal,
    read_note,
    read_raw,
    store_bytes,
    write_note,
)

DATA = "青山镇2023年工作总结".encode()
SHA = hashlib.sha256(DATA).hexdigest()
NOON = dt.datetime(2024, 1, 10, 4, tzinfo=dt.UTC)


def county_with(folder: Path, raw: str, source: Path) -> County:
    folder.mkdir()
    for name in ("county.toml", "units.csv"):
        shutil.copyfile(source / name, folder / name)
    settings = (folder / "county.toml").read_text(encoding="utf-8")
    (folder / "county.toml").write_text(f'{settings}\n[storage]\nraw = "{raw}"\n', encoding="utf-8")
    return read_county(folder)


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path, sample_county_source: Path) -> County:
    """A county whose raw store lies in a folder, and one whose raw store lies in a bucket."""
    raw = "原件" if request.param == "folder" else f"s3://{request.getfixturevalue('bucket')}/岚川县/原 件"
    return county_with(tmp_path / "县", raw, sample_county_source)


def overwrite(place: County, data: bytes) -> None:
    """Change bytes behind the store's back."""
    address = raw_address(place.raw, SHA)
    if "://" in address:
        fsspec.filesystem("s3").pipe_file(address, data)
    else:
        Path(address).chmod(0o644)
        Path(address).write_bytes(data)


def arrival(number: int) -> StoredFile:
    file = SourceFile("inbox", f"file:///{number}.txt", f"{number}.txt", 1, NOON, NOON)
    return StoredFile(file, f"{number:064x}", is_new=True)


def paths(place: County) -> list[str]:
    return [one.source_file.path for one in read_journal(place.raw)]


def test_bytes_are_stored_once_under_their_name(place: County) -> None:
    assert store_bytes(DATA, "a.txt", place) == (SHA, True)
    assert store_bytes(DATA, "b.txt", place) == (SHA, False)
    assert raw_address(place.raw, SHA) == f"{place.raw}/{SHA[:2]}/{SHA}"
    assert read_raw(place.raw, SHA) == DATA
    assert raw_head(place.raw, SHA, 3) == DATA[:3]
    assert raw_head(place.raw, SHA, 9999) == DATA
    assert has_raw(place.raw, SHA)
    assert not has_raw(place.raw, "0" * 64)


def test_an_empty_file_is_stored_as_what_it_is(place: County) -> None:
    sha256, _ = store_bytes(b"", "空.txt", place)
    assert (read_raw(place.raw, sha256), raw_head(place.raw, sha256, 9)) == (b"", b"")
    assert store_bytes(b"", "空.txt", place) == (sha256, False)


def test_bytes_that_are_not_there_are_named_with_the_way_back(place: County) -> None:
    store_bytes(b"other", "a.txt", place)
    for ask in (read_raw, lambda raw, sha: raw_head(raw, sha, 1)):
        with pytest.raises(WarehouseError) as caught:
            ask(place.raw, SHA)
        assert (caught.value.code, caught.value.place.file) == ("raw_store", raw_address(place.raw, SHA))
        assert "原件不在原件库中" in caught.value.message("zh")
        assert "再报一次" in caught.value.message("zh")


def test_changed_bytes_are_refused_until_the_same_file_comes_again(place: County) -> None:
    store_bytes(DATA, "a.txt", place)
    overwrite(place, DATA[:-3])
    with pytest.raises(WarehouseError, match="not what their name says"):
        read_raw(place.raw, SHA)
    checked = check_raw_sample(place.raw, 9, "run")
    assert [SHA in fault.en for fault in checked.faults] == [True]
    assert store_bytes(DATA, "a.txt", place) == (SHA, True)
    assert read_raw(place.raw, SHA) == DATA


def test_notes_lie_beside_the_bytes_and_are_no_raw_files(place: County) -> None:
    store_bytes(DATA, "a.zip", place)
    assert read_note(place.raw, SHA, "members.json") is None
    for note in (b"[]", b"[1]"):
        write_note(place.raw, SHA, "members.json", note)
        assert read_note(place.raw, SHA, "members.json") == note
    note_arrivals(place.raw, [arrival(1)])
    assert check_raw_sample(place.raw, 9, "run").files == 1


def test_the_journal_keeps_the_order_of_arrival_and_notes_nothing_twice(place: County) -> None:
    assert read_journal(place.raw) == []
    assert note_arrivals(place.raw, [arrival(2), arrival(1)]) == 2
    assert note_arrivals(place.raw, [arrival(1), arrival(3)]) == 1
    assert note_arrivals(place.raw, [arrival(3)]) == 0
    assert paths(place) == ["2.txt", "1.txt", "3.txt"]
    assert read_journal(place.raw)[0] == replace(arrival(2), is_new=False)


def test_of_runs_that_note_at_once_no_line_is_lost(place: County) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: note_arrivals(place.raw, [arrival(number)]), range(16)))
    assert sorted(paths(place)) == sorted(f"{number}.txt" for number in range(16))


class TestMoved:
    """A raw store may be copied as it is, with any tool, from a folder to a bucket and back."""

    def test_to_a_bucket(self, tmp_path: Path, bucket: str, sample_county_source: Path) -> None:
        here = county_with(tmp_path / "here", "raw", sample_county_source)
        store_bytes(DATA, "a.txt", here)
        note_arrivals(here.raw, [arrival(1)])
        there = county_with(tmp_path / "there", f"s3://{bucket}/raw", sample_county_source)
        fsspec.filesystem("s3").put(here.raw, f"{bucket}/raw", recursive=True)
        assert store_bytes(DATA, "a.txt", there) == (SHA, False)
        note_arrivals(there.raw, [arrival(1), arrival(2)])
        assert paths(there) == ["1.txt", "2.txt"]

    def test_to_a_folder(self, tmp_path: Path, bucket: str, sample_county_source: Path) -> None:
        there = county_with(tmp_path / "there", f"s3://{bucket}/raw", sample_county_source)
        store_bytes(DATA, "a.txt", there)
        note_arrivals(there.raw, [arrival(1)])
        here = county_with(tmp_path / "here", "raw", sample_county_source)
        fsspec.filesystem("s3").get(f"{bucket}/raw/", f"{here.raw}/", recursive=True)
        assert read_raw(here.raw, SHA) == DATA
        note_arrivals(here.raw, [arrival(1), arrival(2)])
        assert paths(here) == ["1.txt", "2.txt"]
        assert check_raw_sample(here.raw, 9, "run").files == 1


class TestFaults:
    """Each says what is wrong with the store, not with the file that was to be put there."""

    @pytest.mark.parametrize("ask", [
        lambda county: store_bytes(DATA, "a.txt", county),
        lambda county: read_raw(county.raw, SHA),
        lambda county: has_raw(county.raw, SHA),
        lambda county: note_arrivals(county.raw, [arrival(1)]),
        lambda county: check_raw_sample(county.raw, 1, "run"),
    ])  # fmt: skip
    def test_a_bucket_that_does_not_exist(self, ask, tmp_path, s3_environment, sample_county_source):
        county = county_with(tmp_path / "县", "s3://none-such/raw", sample_county_source)
        with pytest.raises(WarehouseError, match=r"s3://none-such/raw.*no_bucket.*\[storage\]"):
            ask(county)

    def test_a_store_that_is_away(self, tmp_path, s3_environment, sample_county_source, monkeypatch):
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        fsspec.filesystem("s3").clear_instance_cache()
        county = county_with(tmp_path / "县", "s3://county/raw", sample_county_source)
        with pytest.raises(WarehouseError, match=r"store_away.*AWS_ENDPOINT_URL"):
            store_bytes(DATA, "a.txt", county)
        fsspec.filesystem("s3").clear_instance_cache()

    def test_no_credentials(self, tmp_path, s3_environment, sample_county_source, monkeypatch):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
        fsspec.filesystem("s3").clear_instance_cache()
        county = county_with(tmp_path / "县", "s3://county/raw", sample_county_source)
        with pytest.raises(WarehouseError, match=r"store_refuses.*AWS_ACCESS_KEY_ID"):
            read_raw(county.raw, SHA)
        fsspec.filesystem("s3").clear_instance_cache()


@pytest.mark.parametrize("raw", ["ftp://host/raw", "s3://key:secret@bucket/raw", "s3://"])
def test_other_addresses_and_keys_in_county_toml_are_refused(raw: str) -> None:
    with pytest.raises(ValueError, match=r"s3://bucket/path"):
        Storage(raw=raw)


def test_objects_are_never_listed_from_memory(place: County) -> None:
    """What another process has stored since must be seen."""
    assert check_raw_sample(place.raw, 9, "run").files == 0
    address = raw_address(place.raw, SHA)
    if "://" in address:
        bucket, _, key = address.removeprefix("s3://").partition("/")
        boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=DATA)
    else:
        Path(address).parent.mkdir(parents=True)
        Path(address).write_bytes(DATA)
    assert check_raw_sample(place.raw, 9, "run").files == 1
    assert has_raw(place.raw, SHA)

"""Sources and the raw store: what counts as a report, when it arrived, bytes written once."""

import datetime as dt
import os
from pathlib import Path

import pytest

from tasks.domain.county import County, Source
from tasks.domain.errors import ConfigurationError, SourceUnavailable, WarehouseError
from tasks.fetch import list_source, raw_address, read_raw, store_file

INBOX = Source(name="inbox", url="inbox")


def put(county: County, path: str, data: bytes = b"x") -> Path:
    target = county.folder / "inbox" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return target


def test_only_reports_are_listed(county: County) -> None:
    for path in ("2023/雾山乡.txt", "~$雾山乡.docx", ".hidden.txt", "b.txt.part", "Thumbs.db", "收文登记.csv"):
        put(county, path, b"file\n")
    assert [one.path for one in list_source(INBOX, county)] == ["2023/雾山乡.txt"]


def test_the_register_says_when_it_arrived(county: County) -> None:
    put(county, "雾山乡.txt")
    put(
        county,
        "收文登记.csv",
        "file,received_at,unit,period\n雾山乡.txt,2024-01-10T09:00:00,雾山乡,2023\n".encode("gb18030"),
    )
    (file,) = list_source(INBOX, county)
    assert file.received_at == dt.datetime(2024, 1, 10, 1, 0, tzinfo=dt.UTC)
    assert (file.registered_unit, file.registered_period) == ("雾山乡", "2023")


def test_a_malformed_register_names_its_line(county: County) -> None:
    put(county, "收文登记.csv", "file,received_at\na.txt,昨天\n".encode())
    with pytest.raises(ConfigurationError, match=r"收文登记\.csv:2"):
        list_source(INBOX, county)


def test_a_source_that_is_away_and_a_protocol_nobody_knows(county: County) -> None:
    with pytest.raises(SourceUnavailable):
        list_source(Source(name="gone", url="no-such-folder"), county)
    with pytest.raises(ConfigurationError):
        list_source(Source(name="odd", url="nosuch://x"), county)


def test_any_fsspec_address_works(county: County) -> None:
    import fsspec

    with fsspec.open("memory://county/雾山乡2023.txt", "wb") as file:
        file.write("雾山乡".encode())
    source = Source(name="memory", url="memory://county")
    (file,) = list_source(source, county)
    stored = store_file(file, source, county)
    assert read_raw(county.raw, stored.sha256) == "雾山乡".encode()


def test_bytes_are_stored_once_and_never_changed(county: County) -> None:
    put(county, "a.txt", b"same")
    put(county, "b.txt", b"same")
    first, second = (store_file(one, INBOX, county) for one in list_source(INBOX, county))
    assert (first.is_new, second.is_new, first.sha256) == (True, False, second.sha256)
    path = Path(raw_address(county.raw, first.sha256))
    assert path.stat().st_mode & 0o222 == 0
    assert [one.name for one in path.parent.iterdir()] == [first.sha256]


def test_a_changed_raw_file_is_noticed(county: County) -> None:
    put(county, "a.txt", b"true")
    stored = store_file(list_source(INBOX, county)[0], INBOX, county)
    path = Path(raw_address(county.raw, stored.sha256))
    path.chmod(0o644)
    path.write_bytes(b"false")
    with pytest.raises(WarehouseError, match="not what their name says"):
        read_raw(county.raw, stored.sha256)


def test_no_half_file_when_the_disk_is_full(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    put(county, "a.txt", b"bytes")
    (file,) = list_source(INBOX, county)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WarehouseError, match="No space left"):
        store_file(file, INBOX, county)
    assert [path for path in Path(county.raw).rglob("*") if path.is_file()] == []

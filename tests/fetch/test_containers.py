"""Archives and mails become the files in them; what is hostile in them is refused with words."""

from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from tasks.arrivals import expand, open_container, read_document
from tasks.domain.county import County, Source, read_county
from tasks.domain.documents import Location
from tasks.domain.errors import SourceMalformed
from tasks.domain.limits import ParseLimits
from tasks.domain.submissions import StoredFile
from tasks.fetch import list_source, raw_address, read_raw, store_file
from tasks.fetch.containers import Member
from tasks.parse.workers import WorkerPool
from tests.fetch import made_archives as made
from tests.parse.made_files import EVERY_KIND, mail, word

INBOX = Source(name="inbox", url="inbox")
REPORT, TABLE = "附件/青石镇2023年工作总结.txt", "附表.csv"
MEMBERS = [(REPORT, "青石镇2023年工作总结".encode()), (TABLE, "指标,本年\n".encode("gb18030"))]

SEVERAL = [MEMBERS[0], ("2022年总结.txt", "青石镇2022年工作总结".encode())]  # of two periods: two submissions


def opened(data: bytes, *passwords: str, limits: ParseLimits | None = None) -> tuple[Member, ...]:
    return open_container(data, "报送.zip", limits or ParseLimits(), passwords)


def refusals(members: tuple[Member, ...]) -> list[tuple[str, str]]:
    return [(one.path, one.refused.code) for one in members if one.refused]


@pytest.mark.parametrize(
    "archive", [made.zip_of, lambda members: made.zip_of(members, "gb18030"), made.seven_zip_of, made.rar_of]
)
def test_every_archive_gives_its_files_under_their_names(archive: Callable[[list[tuple[str, bytes]]], bytes]) -> None:
    assert [(one.path, one.data) for one in opened(archive(MEMBERS))] == MEMBERS


def test_a_word_file_that_lies_uncompressed_in_a_rar_is_one_file() -> None:
    report = word("示例镇2023年工作总结")
    assert [(one.path, one.data) for one in opened(made.rar_of([("总结.docx", report)]))] == [("总结.docx", report)]


def test_windows_separators_and_what_systems_leave_behind() -> None:
    names = ["附件\\a.txt", "__MACOSX/._a.txt", ".DS_Store", "x/Thumbs.db", "~$b.docx", "空文件夹/"]
    data = made.zip_of([(name, b"x" if not name.endswith("/") else b"") for name in names])
    assert [one.path for one in opened(data)] == ["附件/a.txt"]


@pytest.mark.parametrize("name", list(EVERY_KIND))
def test_a_document_is_no_container(name: str) -> None:
    assert open_container(EVERY_KIND[name], name, ParseLimits(), ()) == ()


def test_attachments_of_a_mail_are_its_files() -> None:
    report = word()  # made once: a zip keeps the time it was made at
    members = opened(mail(("青石镇2023年总结.docx", report), ("附表.csv", b"a,b")))
    assert [one.path for one in members] == ["青石镇2023年总结.docx", "附表.csv"]
    assert members[0].data == report


def test_an_attachment_named_in_gbk_without_saying_so() -> None:
    raw = b"From: a@b.cn\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=q\n\n--q\n" + (
        b'Content-Type: application/octet-stream; name="' + "总结.txt".encode("gb18030") + b'"\n\n' + b"abc\n--q--\n"
    )
    assert [one.path for one in opened(raw)] == ["总结.txt"]


def test_archives_in_archives_are_opened_as_deep_as_allowed() -> None:
    inner = made.zip_of(MEMBERS[:1])
    twice = made.zip_of([("内.zip", made.zip_of([("里.zip", inner)])), ("外.txt", b"x")])
    assert [one.path for one in opened(twice)] == [f"内.zip!/里.zip!/{REPORT}", "外.txt"]
    shallow = opened(twice, limits=ParseLimits(nesting=2))
    assert refusals(shallow) == [("内.zip!/里.zip", "too_deep")]
    assert [one.path for one in shallow if not one.refused] == ["外.txt"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "C:\\Windows\\x.txt", "a/../../b.txt"])
@pytest.mark.parametrize("archive", [made.zip_of, made.rar_of])
def test_a_name_that_leads_out_is_refused_and_the_others_read(
    archive: Callable[[list[tuple[str, bytes]]], bytes], name: str
) -> None:
    members = opened(archive([(name, b"x"), ("正文.txt", b"y")]))
    assert [code for _, code in refusals(members)] == ["unsafe_path"]
    assert [one.data for one in members if not one.refused] == [b"y"]


def test_a_link_is_refused() -> None:
    assert refusals(opened(made.zip_with_link("链接.txt", "/etc/passwd"))) == [("链接.txt", "unsafe_link")]


@pytest.mark.parametrize("archive", [made.zip_of, made.seven_zip_of])
def test_a_bomb_is_refused_whole(archive: Callable[[list[tuple[str, bytes]]], bytes]) -> None:
    bomb = archive([("零.txt", bytes(30 * 2**20))])
    assert len(bomb) < 100_000
    with pytest.raises(SourceMalformed, match="unpacked_too_large"):
        opened(bomb, limits=ParseLimits(decompressed_bytes=10 * 2**20))
    many = made.zip_of([(f"{number}.zip", made.zip_of([("零.txt", bytes(2**20))])) for number in range(12)])
    with pytest.raises(SourceMalformed, match="unpacked_too_large"):
        opened(many, limits=ParseLimits(decompressed_bytes=10 * 2**20))


def test_too_many_files_are_refused() -> None:
    data = made.zip_of([(f"{number}.txt", b"x") for number in range(50)])
    with pytest.raises(SourceMalformed, match="too_many_members"):
        opened(data, limits=ParseLimits(members=40))


@pytest.mark.parametrize(
    "data",
    [made.zip_of(MEMBERS, password="青山2023"), made.seven_zip_of(MEMBERS, "青山2023")],
    ids=["zip", "7z"],
)
def test_a_locked_archive_asks_for_the_password_and_opens_with_it(data: bytes) -> None:
    for passwords in ((), ("错", "wrong")):
        with pytest.raises(SourceMalformed, match="XIANBAO_FILE_PASSWORDS") as caught:
            opened(data, *passwords)
        assert caught.value.code == "password_protected"
    assert [(one.path, one.data) for one in opened(data, "错", "青山2023")] == MEMBERS


def test_passwords_that_are_tried_do_not_use_up_the_limits() -> None:
    names = [f"{number}.txt" for number in range(6)]
    limits = ParseLimits(members=10, decompressed_bytes=10_000)
    data = made.seven_zip_of([(name, name.encode() * 200) for name in names], "青山2023")
    assert [one.path for one in opened(data, "错", "wrong", "青山2023", limits=limits)] == names


@pytest.mark.parametrize(("names", "code"), [(True, "password_protected"), (False, "truncated_file")])
def test_a_locked_rar_is_told_as_one_that_cannot_be_opened(names: bool, code: str) -> None:
    with pytest.raises(SourceMalformed) as caught:
        opened(made.locked_rar(MEMBERS, names=names), "青山2023")
    assert caught.value.code == code
    assert "locked" in caught.value.what.en
    assert "有密码" in caught.value.what.zh
    assert "XIANBAO_FILE_PASSWORDS" not in caught.value.next_step.en


def test_what_a_mail_attached_to_a_mail_holds_comes_once() -> None:
    attached, outer = EmailMessage(), EmailMessage()
    attached["Subject"], outer["Subject"] = "转", "报送"
    attached.set_content("见附件")
    attached.add_attachment(b"a,b", maintype="text", subtype="csv", filename="附表.csv")
    outer.set_content("见附件")
    outer.add_attachment(attached)
    outer.add_attachment("总结".encode(), maintype="application", subtype="octet-stream", filename="总结.txt")
    assert [one.path for one in opened(outer.as_bytes())] == ["mail.eml!/附表.csv", "总结.txt"]


@pytest.mark.parametrize("archive", [made.zip_of, made.seven_zip_of, made.rar_of])
def test_an_archive_cut_at_every_tenth_is_refused(archive: Callable[[list[tuple[str, bytes]]], bytes]) -> None:
    data = archive([("总结.txt", bytes(range(256)) * 40)])
    for tenth in range(1, 10):
        with pytest.raises(SourceMalformed):
            opened(data[: len(data) * tenth // 10])


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    made_pool = WorkerPool(ParseLimits(seconds=20), workers=1)
    yield made_pool
    made_pool.close()


def arrived(county: County, name: str, data: bytes, pool: WorkerPool, *passwords: str) -> tuple[StoredFile, ...]:
    (county.folder / "inbox" / name).write_bytes(data)
    (file,) = [one for one in list_source(INBOX, county) if one.path == name]
    return expand(store_file(file, INBOX, county), county, pool, passwords)


def test_each_file_of_an_archive_is_stored_and_says_where_it_was(county: County, pool: WorkerPool) -> None:
    files = arrived(county, "报送.zip", made.zip_of(SEVERAL, "gb18030"), pool)
    assert [one.source_file.path for one in files] == [f"报送.zip/{REPORT}", "报送.zip/2022年总结.txt"]
    assert files[0].source_file.uri.endswith(f"/inbox/报送.zip!/{REPORT}")
    assert read_raw(county.raw, files[0].sha256) == MEMBERS[0][1]
    assert {one.container for one in files} == {files[0].container}
    assert read_raw(county.raw, files[0].container)[:2] == b"PK"
    assert all(one.is_new for one in files)


def test_an_archive_seen_before_is_not_opened_again(county: County, pool: WorkerPool) -> None:
    data = made.zip_of(SEVERAL)
    first = arrived(county, "报送.zip", data, pool)
    again = arrived(county, "报送.zip", data, closed(pool))
    assert [(one.sha256, one.source_file.uri, one.is_new) for one in again] == [
        (one.sha256, one.source_file.uri, False) for one in first
    ]
    Path(raw_address(county.raw, first[0].sha256)).unlink()
    with pytest.raises(AssertionError, match="opened again"):
        arrived(county, "报送.zip", data, closed(pool))


def closed(pool: WorkerPool) -> WorkerPool:
    """A pool that must not be used."""

    class Closed(WorkerPool):
        def run(self, *_: object, **__: object) -> object:  # type: ignore[override]
            raise AssertionError("opened again")

    return Closed(pool.limits)


def test_an_archive_that_cannot_be_opened_is_itself_refused_and_tried_again(county: County, pool: WorkerPool) -> None:
    data = made.zip_of(SEVERAL, password="青山2023")
    (refused,) = arrived(county, "报送.zip", data, pool)
    assert refused.refused is not None
    assert refused.refused.code == "password_protected"
    files = arrived(county, "报送.zip", data, pool, "青山2023")
    assert [one.file_name for one in files] == ["青石镇2023年工作总结.txt", "2022年总结.txt"]
    assert {one.container for one in files} == {refused.sha256}


def test_other_files_pass_as_they_are(county: County, pool: WorkerPool) -> None:
    for name, data in EVERY_KIND.items():
        assert [one.file_name for one in arrived(county, name, data, pool)] == [name]


ANNEX = "指标,单位,本年\n耕地面积,亩,21450\n林地面积,亩,880\n".encode("gb18030")
TEXT = "青石镇2023年工作总结\n全镇粮食总产量12345吨。".encode()


def test_a_report_and_its_annexes_are_one_submission(county: County, pool: WorkerPool) -> None:
    data = made.zip_of(
        [("青石镇2023年总结.txt", TEXT), ("附表.csv", ANNEX), ("会议照片.jpg", b"\xff\xd8\xff" + bytes(99))]
    )
    (file,) = arrived(county, "报送.zip", data, pool)
    assert (file.file_name, file.container, read_raw(county.raw, file.sha256)) == ("报送.zip", "", data)
    assert arrived(county, "报送.zip", data, closed(pool))[0].sha256 == file.sha256
    document = read_document(data, "报送.zip", county.limits, ())
    assert document.text == TEXT.decode() + "\n" + ANNEX.decode("gb18030")
    (row,) = [one for one in document.blocks if document.block_text(one) == "21450"]
    assert (row.kind, row.table, row.row) == ("table_cell", 0, 1)
    assert document.locate(row.start, row.end) == [Location(cell="C2", file="附表.csv")]


@pytest.mark.parametrize(
    "names",
    [("青石镇2023年.txt", "白石乡2023年.txt"), ("青石镇2022年.txt", "青石镇2023年.txt"), ("甲.txt", "乙.txt")],
    ids=["units", "periods", "nothing says that they belong together"],
)
def test_reports_that_may_be_of_different_townships_stand_for_themselves(
    county: County, pool: WorkerPool, names: tuple[str, str]
) -> None:
    (county.folder / "units.csv").write_text(
        "unit_code,name,former_names,valid_from,valid_to\n539901100000,青石镇,,,\n539901100001,白石乡,,,\n",
        encoding="utf-8",
    )
    files = arrived(
        read_county(county.folder), "汇总.zip", made.zip_of([(name, TEXT + name.encode()) for name in names]), pool
    )
    assert [one.file_name for one in files] == list(names)


def test_the_table_of_a_township_that_the_county_does_not_have_joins_no_report(
    county: County, pool: WorkerPool
) -> None:
    members = [("青石镇2023年总结.txt", TEXT), ("老坝乡2023年统计表.csv", ANNEX)]
    files = arrived(county, "报送.zip", made.zip_of(members), pool)
    assert [one.file_name for one in files] == [name for name, _ in members]


def test_tables_about_towns_are_annexes(county: County, pool: WorkerPool) -> None:
    members = [("青石镇2023年总结.txt", TEXT), ("小城镇建设统计表.csv", ANNEX)]
    assert [one.file_name for one in arrived(county, "报送.zip", made.zip_of(members), pool)] == ["报送.zip"]


def test_an_archive_is_opened_again_when_the_units_have_changed(county: County, pool: WorkerPool) -> None:
    names = ["青石镇2023年总结.txt", "老坝2023年统计表.csv"]
    data = made.zip_of(list(zip(names, (TEXT, ANNEX), strict=True)))
    assert [one.file_name for one in arrived(county, "报送.zip", data, pool)] == ["报送.zip"]
    units = county.folder / "units.csv"
    units.write_text(units.read_text(encoding="utf-8").rstrip() + "\n539901109000,老坝乡\n", encoding="utf-8")
    assert [one.file_name for one in arrived(read_county(county.folder), "报送.zip", data, pool)] == names


def test_a_mail_without_attachments_is_not_opened_again(county: County, pool: WorkerPool) -> None:
    letter = EmailMessage()
    letter["Subject"] = "青石镇2023年工作总结"
    letter.set_content("全镇粮食总产量12345吨。")
    for one in (pool, closed(pool)):
        assert [one.file_name for one in arrived(county, "来信.eml", letter.as_bytes(), one)] == ["来信.eml"]


def test_an_annex_that_cannot_be_read_is_named() -> None:
    data = made.zip_of([("青石镇2023年总结.txt", TEXT), ("附表.xlsx", EVERY_KIND["指标.xlsx"][:2000])])
    with pytest.raises(SourceMalformed, match=r"^附表\.xlsx: truncated_file"):
        read_document(data, "报送.zip", ParseLimits(), ())

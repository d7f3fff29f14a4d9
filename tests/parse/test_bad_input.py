"""Files that are damaged, hostile or locked: each is read, or refused with a reason; nothing else ever comes out."""

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from functools import partial

import msoffcrypto
import pytest

from tasks.domain.errors import SourceMalformed
from tasks.domain.limits import ParseLimits
from tasks.parse import parse_report
from tasks.parse.workers import WorkerPool
from tests.parse import made_files as made

# Kinds whose every part means something by itself, so a part can be read as such.
PARTS_CAN_BE_READ = {"总结.txt", "指标.csv", "总结.html", "总结.eml"}
REFUSALS = {
    "truncated_file", "damaged_file", "wrong_type", "unsupported_type", "unknown_encoding", "no_text", "not_text",
    "password_protected", "empty_file", "too_deep", "unpacked_too_large", "too_many_cells", "too_many_pages",
    "time_limit", "memory_limit", "reader_crashed", "office_missing",
}  # fmt: skip
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)


def outcome(data: bytes, name: str, limits: ParseLimits | None = None, passwords: tuple[str, ...] = ()) -> str:
    """'read', or the code of the refusal, which names the file and what to do in both languages."""
    refusal = refused(lambda: parse_report(data, name, limits, passwords))
    if refusal is None:
        return "read"
    assert refusal.place.file == name
    assert all((refusal.what.zh, refusal.what.en, refusal.next_step.zh, refusal.next_step.en))
    return refusal.code


def refused(work: Callable[[], object]) -> SourceMalformed | None:
    """The refusal that `work` ends with, None when it ends well."""
    try:
        work()
    except SourceMalformed as error:
        return error
    return None


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    made_pool = WorkerPool(ParseLimits(seconds=20, memory_bytes=2**30), workers=2)
    yield made_pool
    made_pool.close()


@pytest.mark.parametrize("name", list(made.EVERY_KIND))
def test_a_file_cut_at_every_tenth_is_told_from_a_whole_one(name: str) -> None:
    data = made.EVERY_KIND[name]
    outcomes = {outcome(data[: len(data) * tenth // 10], name) for tenth in range(10)}
    assert outcomes <= REFUSALS | ({"read"} if name in PARTS_CAN_BE_READ else set())
    assert "empty_file" in outcomes


@pytest.mark.parametrize("name", list(made.EVERY_KIND))
def test_blank_bytes_instead_of_a_file(name: str) -> None:
    assert outcome(b"", name) == outcome(b" \r\n", name) == outcome(bytes(5000), name) == "empty_file"


@pytest.mark.slow
@pytest.mark.parametrize("name", list(made.EVERY_KIND))
def test_mutations_of_every_kind_end_as_read_or_refused(name: str, pool: WorkerPool) -> None:
    chance = random.Random(name)
    for _ in range(150):
        data = mutated(made.EVERY_KIND[name], chance)
        refusal = refused(partial(pool.run, name, parse_report, data, name))
        assert refusal is None or refusal.code in REFUSALS


@pytest.mark.parametrize("name", list(made.EVERY_KIND))
def test_a_few_mutations_of_every_kind(name: str) -> None:
    chance = random.Random(f"few {name}")
    for _ in range(12):
        assert outcome(mutated(made.EVERY_KIND[name], chance), name) in REFUSALS | {"read"}


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Bytes changed, cut out, doubled or swapped; in a package also within its members, where checksums do not help."""
    if data.startswith(b"PK") and chance.random() < 0.7:
        with zipfile.ZipFile(io.BytesIO(data)) as old:
            members = [(one, old.read(one)) for one in old.namelist()]
        victim = chance.randrange(len(members))
        members[victim] = (members[victim][0], mutated(members[victim][1] or b"x", chance))
        return made.zipped(members)
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 20))):
        at = chance.randrange(max(1, len(changed)))
        kind = chance.randrange(4)
        if kind == 0 and changed:
            changed[at] = chance.randrange(256)
        elif kind == 1:
            del changed[at : at + chance.randrange(1, 40)]
        elif kind == 2:
            changed[at:at] = changed[at : at + chance.randrange(1, 40)]
        else:
            changed[at:at] = chance.choice((b"<", b">", b"\x00", b"\xff", b"&", b'"', b"9" * 30, b"-1", b"%s"))
    return bytes(changed)


def repacked(data: bytes, name: str, content: str | bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        members = [(one, old.read(one)) for one in old.namelist() if one != name]
    return made.zipped([*members, (name, content)])


@pytest.mark.parametrize(
    ("name", "member"),
    [("总结.docx", "word/document.xml"), ("总结.xlsx", "xl/workbook.xml"), ("总结.odt", "content.xml"),
     ("指标.ods", "content.xml"), ("总结.ofd", "Doc_0/Document.xml")],
)  # fmt: skip
def test_a_billion_laughs_are_not_laughed(name: str, member: str, pool: WorkerPool) -> None:
    with zipfile.ZipFile(io.BytesIO(made.EVERY_KIND[name])) as package:
        content = package.read(member).decode()
    content = LAUGHS + content[content.index("?>") + 2 if content.startswith("<?") else 0 :]
    for closing in ("</w:t>", "</text:p>", "</ofd:DocRoot>", "</sheets>"):
        content = content.replace(closing, f"&j;{closing}", 1)
    texts = []
    data = repacked(made.EVERY_KIND[name], member, content)
    refusal = refused(lambda: texts.append(pool.run(name, parse_report, data, name).text))
    assert refusal is None or refusal.code in REFUSALS
    assert refusal is None or "Maximum" not in refusal.message("zh")  # what a library says of it is no clerk's language
    assert not any("哈" * 11 in text for text in texts)


def test_external_entities_and_links_are_not_followed(pool: WorkerPool) -> None:
    entity = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    content = made.odt()
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        words = package.read("content.xml").decode().replace(made.FIGURE, f"{made.FIGURE}&x;")
    document = pool.run("总结.odt", parse_report, repacked(content, "content.xml", entity + words), "总结.odt")
    assert "root:" not in document.text
    link = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r9" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        'Target="http://127.0.0.1:9/evil.dotm" TargetMode="External"/></Relationships>'
    )
    data = made.word_of(f"<w:p><w:r><w:t>{made.FIGURE}</w:t></w:r></w:p>", extra={"word/_rels/document.xml.rels": link})
    assert pool.run("总结.docx", parse_report, data, "总结.docx").text == made.FIGURE


def test_a_package_that_unpacks_to_too_much_is_refused_before_it_does() -> None:
    bomb = repacked(made.word(), "word/media/image1.bin", bytes(40 * 2**20))
    assert len(bomb) < 200_000
    assert outcome(bomb, "总结.docx", ParseLimits(decompressed_bytes=20 * 2**20)) == "unpacked_too_large"
    assert outcome(bomb, "总结.docx") == "read"


def test_structures_that_nest_without_end(pool: WorkerPool) -> None:
    deep = "<w:smartTag>" * 50_000 + "<w:r><w:t>x</w:t></w:r>" + "</w:smartTag>" * 50_000
    pages = {
        "总结.docx": made.word_of(f"<w:p>{deep}</w:p>"),
        "总结.html": ("<html><body>" + "<div>" * 100_000 + "x").encode(),
        "总结.rtf": b"{\\rtf1 " + b"{" * 50_000 + b"x" + b"}" * 50_000 + b"}",
        "总结.eml": b"From: a\nSubject: b\nMIME-Version: 1.0\n" + b"".join(
            b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(3000)
        ),
    }  # fmt: skip
    for name, data in pages.items():
        refusal = refused(partial(pool.run, name, parse_report, data, name))
        assert refusal is None or refusal.code in REFUSALS


def test_a_sheet_with_a_cell_in_its_farthest_corner_is_small() -> None:
    data = made.excel_plain()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>12吨</t></is></c></row></sheetData>'
    document = parse_report(repacked(data, "xl/worksheets/sheet1.xml", sheet.replace("</sheetData>", far)), "总结.xlsx")
    assert document.text.endswith("12吨")
    assert document.anchors[-1].location.cell == "XFD1048576"


def locked(data: bytes, password: str) -> bytes:
    out = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(data)).encrypt(password, out)
    return out.getvalue()


@pytest.mark.parametrize("name", ["总结.docx", "总结.xlsx"])
def test_a_locked_file_asks_for_the_password_and_opens_with_it(name: str) -> None:
    data = locked(made.EVERY_KIND[name], "青山2023")
    with pytest.raises(SourceMalformed, match="XIANBAO_FILE_PASSWORDS") as caught:
        parse_report(data, name)
    assert caught.value.code == "password_protected"
    assert outcome(data, name, passwords=("错", "wrong")) == "password_protected"
    assert parse_report(data, name, passwords=("错", "青山2023")) == parse_report(made.EVERY_KIND[name], name)

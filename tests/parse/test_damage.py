"""Damaged, disguised and foreign files: each is read or refused with a reason, none raises anything else."""

import codecs
import io
import random
import zipfile
from collections.abc import Callable

import docx
import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.errors import SourceMalformed
from tasks.parse import parse_report

REPORT = "示例镇2023年工作总结\n一、农业\n全镇粮食播种面积3.86万亩，比上年增长2.3%，各项工作有序推进。\n" * 20
TRADITIONAL = "示例鎮年度工作總結，全鎮糧食種植面積穩定，農業產值比上年增長，黨員隊伍壯大，各項工作順利推進。"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def reason(data: bytes, name: str) -> str:
    """Return 'read', or the code of the refusal."""
    try:
        parse_report(data, name)
    except SourceMalformed as error:
        named = error.place.file == name and error.next_step.zh and error.next_step.en
        return error.code if named else f"no place or next step: {error!r}"
    return "read"


def word() -> bytes:
    document = docx.Document()
    for line in REPORT.splitlines():
        document.add_paragraph(line)
    document.add_table(rows=3, cols=3).cell(0, 0).text = "指标"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pdf(password: str = "") -> bytes:
    document = FPDF()
    document.set_font("helvetica")
    document.add_page()
    with document.table() as table:
        for _ in range(5):
            row = table.row()
            for words in ("grain", "t", "12345"):
                row.cell(words)
    if password:
        document.set_encryption(owner_password="owner", user_password=password)
    return bytes(document.output())


def repacked(change: Callable[[str, bytes], bytes | None]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word())) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(("data", "name"), [(word(), "a.docx"), (pdf(), "a.pdf")])
def test_a_file_cut_at_every_tenth_is_never_read_as_whole(data: bytes, name: str) -> None:
    assert {reason(data[: len(data) * tenth // 10], name) for tenth in range(1, 10)} == {"truncated_file"}


@pytest.mark.parametrize(("data", "name"), [(word(), "a.docx"), (pdf(), "a.pdf"), (REPORT.encode(), "a.txt")])
def test_bytes_changed_in_transit_are_read_or_refused(data: bytes, name: str) -> None:
    chance = random.Random(7)
    for _ in range(40):
        changed = bytearray(data)
        for _ in range(20):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        assert reason(bytes(changed), name) in {
            "read", "truncated_file", "wrong_type", "unsupported_type", "unknown_encoding", "no_text", "not_text",
            "password_protected",
        }  # fmt: skip


@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.docx", "a.pdf", "a"]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    assert not reason(data, name).startswith("no place")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda name, content: content[:200] if name == "word/document.xml" else content, "truncated_file"),
        (lambda name, content: None if name.endswith(".rels") else content, "truncated_file"),
        (lambda name, content: b"<l>x</l>" if name == "word/document.xml" else content, "truncated_file"),
        (lambda name, content: None if name.startswith("word/") else content, "unsupported_type"),
    ],
)
def test_a_word_package_that_is_not_whole(change: Callable[[str, bytes], bytes | None], expected: str) -> None:
    assert reason(repacked(change), "总结.docx") == expected


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (word(), "总结.doc", "read"),
        (word(), "总结.txt", "read"),
        (pdf("secret"), "总结.pdf", "password_protected"),
        (OLE + b"\x00" * 500, "总结.docx", "truncated_file"),
        (b"<!DOCTYPE html><p>502", "总结.pdf", "wrong_type"),
        (b"<html><p>", "总结.txt", "empty_file"),
        (b"{\\rtf1\\ansi x}", "总结.doc", "read"),
    ],
)
def test_the_content_decides_and_not_the_name(data: bytes, name: str, expected: str) -> None:
    assert reason(data, name) == expected


def test_what_the_content_begins_with_is_shown_as_a_person_reads_it() -> None:
    with pytest.raises(SourceMalformed) as refused:
        parse_report(b"<!DOCTYPE html>\n<p>502", "总结.pdf")
    assert "（开头为“<!DOCTYPE html>”，" in refused.value.message("zh")
    assert "b'" not in refused.value.message("en")


@pytest.mark.parametrize("encoding", ["big5", "gb18030"])
def test_traditional_text_is_read_in_the_encoding_it_is_in(encoding: str) -> None:
    data = TRADITIONAL.encode(encoding)
    # Big5 decodes as GB18030 without an error, to other characters.
    assert TRADITIONAL.encode("big5").decode("gb18030") != TRADITIONAL
    document = parse_report(data, "总结.txt")
    assert (document.text, document.encoding) == (TRADITIONAL, encoding)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [REPORT, "全镇总人口一万两千人。", "GDP 123\r\n"])
def test_utf_16_without_a_mark_is_recognised(text: str, encoding: str) -> None:
    if text.isascii():
        text += "全镇总人口一万两千人"
    document = parse_report(text.encode(encoding), "总结.txt")
    assert (document.text, document.encoding) == (text, encoding)


@given(st.text(alphabet="一二三四的镇年0123456789.%，。（）\r\n\t GDPkm", min_size=1).filter(lambda text: text.strip()))
def test_every_encoding_gives_the_same_text(text: str) -> None:
    for data in (
        text.encode(),
        codecs.BOM_UTF8 + text.encode(),
        codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    ):
        assert parse_report(data, "总结.txt").text == text


def test_an_encoding_that_breaks_is_named_with_its_byte() -> None:
    with pytest.raises(SourceMalformed, match="byte 120 "):
        parse_report(("全镇总人口" * 12).encode("gb18030") + b"\xff\xff" + "人".encode("gb18030"), "总结.txt")

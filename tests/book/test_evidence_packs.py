"""A third person verifies a figure with the pack alone, and sees where a pack, a file or a figure was changed."""

import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from tasks.book import verify_pack
from tasks.book.evidence import digest_of
from tasks.domain.errors import SourceMalformed
from tasks.load import Warehouse

pytestmark = pytest.mark.slow


@pytest.fixture
def pack(book: Path, tmp_path: Path) -> Path:
    """The pack of a small text report, to be changed."""
    copy = tmp_path / "证据包.zip"
    copy.write_bytes(next(iter(sorted((book / "evidence").glob("539901201000/2022.zip")))).read_bytes())
    return copy


def changed(pack: Path, *, contents=None, original=None, reseal: bool = True) -> Path:
    """`pack` with other contents (a function of them) or another original."""
    with zipfile.ZipFile(pack) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    said = json.loads(members["pack.json"])
    if contents is not None:
        contents(said)
        if reseal:
            said["digest"] = digest_of(said)
        members["pack.json"] = json.dumps(said, ensure_ascii=False).encode()
    for name in members:
        if name.startswith("original/") and original is not None:
            members[name] = original
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    pack.write_bytes(file.getvalue())
    return pack


def failed(verdicts) -> set[str]:
    return {one.what.en for one in verdicts if one.result == "fail"}


def test_every_figure_of_a_report_is_verified_from_the_pack_and_against_the_warehouse(pack, collected):
    verdicts = verify_pack(pack, warehouse=Warehouse(str(collected / "warehouse")))
    assert {one.result for one in verdicts} == {"pass"}
    figures = {one.figure for one in verdicts if one.figure}
    assert len(figures) > 40
    assert len(verdicts) == 4 + 4 * len(figures)


def test_a_value_changed_in_the_pack_is_seen(pack):
    def change(said):
        said["figures"][0]["value"] += 1

    assert failed(verify_pack(changed(pack, contents=change, reseal=False))) == {
        "the pack's contents are unchanged", "reading it again gives the same value",
    }  # fmt: skip


def test_a_value_changed_and_sealed_anew_is_seen_by_reading_the_file_again(pack):
    def change(said):
        said["figures"][0]["value"] += 1

    assert failed(verify_pack(changed(pack, contents=change))) == {"reading it again gives the same value"}


def test_words_that_do_not_stand_where_the_pack_says_are_seen(pack):
    def change(said):
        said["figures"][0]["surface"] = "99个"

    assert failed(verify_pack(changed(pack, contents=change))) == {"the words stand where the pack says"}


def test_another_file_is_not_the_one_that_was_sent(pack):
    verdicts = verify_pack(changed(pack, original="另一份报告".encode()))
    assert failed(verdicts) == {"the file is the one that was registered"}
    assert {one.result for one in verdicts if "stand where" in one.what.en} == {"not_evaluated"}


def test_another_version_confirms_what_it_reads_the_same(pack):
    """A pack outlives the version of the program that made it."""
    verdicts = verify_pack(changed(pack, contents=of_another_version))
    assert failed(verdicts) == set()
    assert {one.result for one in verdicts if "reading it again" in one.what.en} == {"pass"}


def test_what_another_version_reads_otherwise_is_not_evaluated_rather_than_failed(pack):
    def change(said):
        of_another_version(said)
        said["figures"][0]["value"] += 1

    verdicts = verify_pack(changed(pack, contents=change))
    assert failed(verdicts) == set()
    (one,) = [one for one in verdicts if one.result == "not_evaluated"]
    assert "reading it again" in one.what.en
    assert "lexicon other-" in one.detail


def of_another_version(said):
    versions = said["submission"]["stage_versions"]
    said["submission"]["stage_versions"] = versions.replace("lexicon=", "lexicon=other-")


def without(member):
    def cut(path):
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist() if not name.startswith(member)}
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)

    return cut


def one_byte_other(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(("spoil", "words"), [
    (one_byte_other, "cut short, or changed inside"),
    (lambda path: path.write_bytes(path.read_bytes()[:900]), "cut short, or changed inside"),
    (without("pack.json"), "it holds no pack.json"),
    (lambda path: changed(path, contents=lambda said: said["submission"].pop("sha256")), "lacks 'sha256'"),
    (lambda path: changed(path, contents=lambda said: said["figures"].clear()), "of its 0 figures none has the id"),
    (lambda path: path.unlink(), "it cannot be opened (No such file or directory)"),
])  # fmt: skip
def test_what_is_wrong_with_a_pack_is_said_in_words(pack, spoil, words):
    spoil(pack)
    with pytest.raises(SourceMalformed, match=re.escape(words)):
        verify_pack(pack)


def test_without_the_file_that_was_sent_the_pack_says_what_it_cannot_show(pack, book, tmp_path):
    without("original/")(pack)
    assert {one.detail for one in verify_pack(pack) if "registered" in one.what.en} == {
        "no original in the pack: --file"
    }  # fmt: skip
    with zipfile.ZipFile(book / "evidence/539901201000/2022.zip") as archive:
        (name,) = [name for name in archive.namelist() if name.startswith("original/")]
        sent = tmp_path / "报告.txt"
        sent.write_bytes(archive.read(name))
    assert {one.result for one in verify_pack(pack, original=sent)} == {"pass"}


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04broken"])
def test_what_is_no_pack_is_named(tmp_path, data):
    path = tmp_path / "坏包.zip"
    path.write_bytes(data)
    with pytest.raises(SourceMalformed, match=r"坏包.zip.*no_evidence_pack"):
        verify_pack(path)


def test_the_commands_write_and_verify_the_pack_of_one_figure(collected, run_county, tmp_path, pack):
    with zipfile.ZipFile(pack) as archive:
        figure = json.loads(archive.read("pack.json"))["figures"][3]
    target = tmp_path / "一个数.zip"
    made = run_county("evidence", figure["fact_id"], str(target), "-c", str(collected))
    assert made.returncode == 0, made.stderr
    checked = run_county("verify", str(target), "--fact", figure["fact_id"])
    assert checked.returncode == 0, checked.stdout
    assert figure["surface"] in checked.stdout
    changed(target, original=b"x")
    assert run_county("verify", str(target)).returncode == 1

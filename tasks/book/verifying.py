"""Verifying an evidence pack: the file is the one that was sent, and the figure stands in it where the pack says.

Needs the pack only. What depends on a version of the reading engine that this installation does not have is said to be
not evaluated, never passed.
"""

import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import polars as pl

from expectations.catalogue import load_catalogue
from tasks import arrivals, extract, parse
from tasks.book.evidence import FORMAT, ORIGINAL, digest_of
from tasks.domain.decisions import Decision
from tasks.domain.documents import Document
from tasks.domain.errors import Place, SourceMalformed, Text, XianbaoError
from tasks.domain.limits import ParseLimits
from tasks.domain.periods import ReportPeriod
from tasks.domain.submissions import submission_id
from tasks.domain.tables import fact_id
from tasks.lexicon import load_lexicon
from tasks.load import Warehouse
from tasks.parse.workers import shared_pool

__all__ = ["Verdict", "read_pack", "verify_pack"]

Result = Literal["pass", "fail", "not_evaluated"]
# A pack holds one report; more is no pack of ours and is not unpacked.
_LARGEST = 512 * 2**20


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that was verified: `figure` is the id of the figure it is about, empty for the pack as a whole."""

    what: Text
    result: Result
    detail: str = ""
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """An opened pack: its contents and the file that was sent, None where it is not inside."""

    contents: Mapping[str, Any]
    original: bytes | None


def read_pack(path: Path) -> Pack:
    """Return the pack at `path`.

    Raises:
        SourceMalformed: it is not there or no evidence pack.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            if sum(one.file_size for one in archive.infolist()) > _LARGEST:
                raise _no_pack(path, f"> {_LARGEST // 2**20} MiB")
            contents = json.loads(archive.read("pack.json"))
            inside = [name for name in archive.namelist() if name.startswith(ORIGINAL)]
            original = archive.read(inside[0]) if inside else None
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, RuntimeError) as error:
        raise _no_pack(path, str(error)) from error
    if not isinstance(contents, dict) or contents.get("format") != FORMAT:
        raise _no_pack(path, f"format ≠ {FORMAT}")
    return Pack(contents, original)


def _no_pack(path: Path, why: str) -> SourceMalformed:
    return SourceMalformed(
        "no_evidence_pack", Place(str(path)),
        Text(f"不是证据包：{why}", f"this is no evidence pack: {why}"),
        Text("从县情册重新下载，或用 county evidence 生成", "take it from the book again, or use county evidence"),
    )  # fmt: skip


def verify_pack(
    path: Path, *, original: Path | None = None, figure: str = "", warehouse: Warehouse | None = None
) -> list[Verdict]:
    """Return what was verified of the pack at `path`, of one figure (by the first digits of its id) or of all.

    `original` is the file that was sent, where it is not in the pack; with `warehouse` the rows it holds at the pack's
    version are compared too.

    Raises:
        SourceMalformed: `path` is no evidence pack, or has no such figure.
        WarehouseError: the warehouse cannot be read.
    """
    pack = read_pack(path)
    try:
        figures = [one for one in pack.contents["figures"] if one["fact_id"].startswith(figure)]
        if not figures:
            raise _no_pack(path, f"{figure or '0'}")
        data = original.read_bytes() if original is not None else pack.original
        verdicts = [*_of_file(pack.contents, data)]
        document = _document(pack.contents, data, verdicts)
        read = None if document is None else _readings(pack.contents, document)
        for one in figures:
            verdicts += _of_figure(one, pack.contents, document, read)
        if warehouse is not None:
            verdicts += _of_rows(figures, pack.contents, warehouse)
    except (KeyError, TypeError, AttributeError) as error:
        raise _no_pack(path, f"{type(error).__name__}: {error}") from error
    except OSError as error:
        raise _no_pack(original or path, str(error)) from error
    return verdicts


def _judged(what: Text, holds: bool, detail: str = "", figure: str = "") -> Verdict:
    return Verdict(what, "pass" if holds else "fail", detail, figure)


def _of_file(contents: Mapping[str, Any], data: bytes | None) -> Iterator[Verdict]:
    submission = contents["submission"]
    yield _judged(
        Text("证据包内容未被改动", "the pack's contents are unchanged"), digest_of(contents) == contents["digest"],
        contents["digest"][:16],
    )  # fmt: skip
    whose = submission_id(submission["sha256"], submission["unit_code"], submission["period"])
    yield _judged(Text("报送件编号由原件得出", "the submission is named by the file"),
                  whose == submission["submission_id"], whose)  # fmt: skip
    what = Text("原件与登记的 sha256 一致", "the file is the one that was registered")
    if data is None:
        yield Verdict(what, "not_evaluated", "no original in the pack: --file")
    else:
        sha256 = hashlib.sha256(data).hexdigest()
        yield _judged(what, sha256 == submission["sha256"], sha256)


def _versions(contents: Mapping[str, Any]) -> dict[str, str]:
    parts = (one.partition("=") for one in contents["submission"]["stage_versions"].split(";"))
    return {name: value for name, _, value in parts}


def _document(contents: Mapping[str, Any], data: bytes | None, verdicts: list[Verdict]) -> Document | None:
    """Return the file as our parser reads it; None where there is no file or it cannot be read."""
    submission = contents["submission"]
    what = Text("原件可以读出", "the file can be read")
    if data is None or hashlib.sha256(data).hexdigest() != submission["sha256"]:
        verdicts.append(Verdict(what, "not_evaluated"))
        return None
    limits, name = ParseLimits(), submission["file_name"]
    try:
        document = shared_pool(limits).run(name, arrivals.read_document, data, name, limits, arrivals.file_passwords())
    except XianbaoError as error:
        verdicts.append(Verdict(what, "fail", error.message("zh")))
        return None
    theirs = _versions(contents).get("parser", "")
    if theirs != parse.PARSER_VERSION:
        detail = f"parser {theirs} ≠ {parse.PARSER_VERSION}"
        verdicts.append(Verdict(Text("读取程序版本相同", "the same version of the parser"), "not_evaluated", detail))
    verdicts.append(Verdict(what, "pass", document.parser))
    return document


def _readings(contents: Mapping[str, Any], document: Document) -> dict[tuple[str, str, str, int], float | None] | None:
    """Return the figures that the engine reads in `document`; None where its versions are not those of the pack."""
    catalogue, lexicon = load_catalogue(), load_lexicon()
    ours = {"extractor": extract.EXTRACTOR_VERSION, "catalogue": catalogue.version, "lexicon": lexicon.version}
    theirs = _versions(contents)
    if any(theirs.get(name) != version for name, version in ours.items()):
        return None
    period = ReportPeriod.parse(contents["submission"]["period"])
    read = extract.extract_document(document, period, extract.build_reader(catalogue, lexicon))
    return {(one.indicator, one.measure, one.item, one.start): one.value for one in read.facts}


def _of_figure(
    one: Mapping[str, Any], contents: Mapping[str, Any], document: Document | None,
    read: Mapping[tuple[str, str, str, int], float | None] | None,
) -> Iterator[Verdict]:  # fmt: skip
    name = one["fact_id"]
    key = (one["indicator"], one["measure"], one["item"], one["start"])
    made = fact_id(contents["submission"]["submission_id"], *key)
    yield _judged(Text("指标值编号由报送件、指标和位置得出", "the figure is named by report, indicator and place"),
                  made == name, made, name)  # fmt: skip
    stands = Text("原文就在所说的位置", "the words stand where the pack says")
    reads = Text("重新取数得到同一数值", "reading it again gives the same value")
    same_parser = _versions(contents).get("parser") == parse.PARSER_VERSION
    if document is None or not same_parser:
        yield Verdict(stands, "not_evaluated", "", name)
    else:
        words = document.text[one["start"] : one["end"]]
        yield _judged(stands, words == one["surface"] or words.split() == one["surface"].split(), words, name)
    if read is None or not same_parser:
        yield Verdict(reads, "not_evaluated", "", name)
    else:
        yield _judged(
            reads, key in read and read[key] == one["value"], f"{read.get(key)} {one['canonical_unit']}", name
        )
    known = {one.name for one in fields(Decision)}
    for decision in one["decisions"]:
        words_of = {field: value for field, value in decision.items() if field in known}
        remade = Decision(**{**words_of, "decided_at": dt.datetime.fromisoformat(decision["decided_at"])})
        yield _judged(Text("决定未被改动", "the decision is unchanged"), remade.decision_id == decision["decision_id"],
                      f"{decision['decision_id']} {decision['who']}", name)  # fmt: skip


def _of_rows(figures: list[Any], contents: Mapping[str, Any], warehouse: Warehouse) -> Iterator[Verdict]:
    version = contents["warehouse"]["version"]
    ids = [one["fact_id"] for one in figures]
    held = warehouse.scan("facts", version).filter(pl.col("fact_id").is_in(ids)).collect()
    rows = {one["fact_id"]: one for one in held.iter_rows(named=True)}
    names = (
        "value",
        "value_high",
        "stated_value",
        "stated_unit",
        "status",
        "corrected_value",
        "start",
        "end",
        "rule_id",
    )
    for one in figures:
        row = rows.get(one["fact_id"])
        differs = [name for name in names if row is None or row[name] != one[name]]
        yield _judged(Text("与数据仓库该版本一致", "as in the warehouse at that version"), not differs,
                      f"facts v{version} {' '.join(differs)}".strip(), one["fact_id"])  # fmt: skip

"""Verifying an evidence pack: the file is the one that was sent, and the figure stands in it where the pack says.

Needs the pack only. Where another version of parser or engine finds the same words and the same value, they hold; where
it does not, the pack may be right by its own version: that is said to be not evaluated, neither passed nor failed.
"""

import datetime as dt
import hashlib
import io
import json
import zipfile
import zlib
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
                raise _no_pack(
                    path, Text(f"解开后超过 {_LARGEST >> 20} MiB", f"it unpacks to over {_LARGEST >> 20} MiB")
                )
            contents = json.loads(archive.read("pack.json"))
            inside = [name for name in archive.namelist() if name.startswith(ORIGINAL)]
            original = archive.read(inside[0]) if inside else None
    except OSError as error:
        why = error.strerror or str(error)
        raise _no_pack(path, Text(f"文件打不开（{why}）", f"it cannot be opened ({why})")) from error
    except KeyError as error:
        raise _no_pack(path, Text("里面没有 pack.json", "it holds no pack.json")) from error
    except ValueError as error:
        raise _no_pack(path, Text(f"pack.json 已损坏（{error}）", f"its pack.json is damaged ({error})")) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _no_pack(
            path,
            Text(f"不是 zip，或传输中断、内容被改动（{error}）", f"no zip, or cut short, or changed inside ({error})"),
        ) from error
    if not isinstance(contents, dict) or contents.get("format") != FORMAT:
        raise _no_pack(path, Text(f"pack.json 的 format 不是 {FORMAT}", f"the format of its pack.json is not {FORMAT}"))
    return Pack(contents, original)


def _no_pack(path: Path, why: Text) -> SourceMalformed:
    return SourceMalformed(
        "no_evidence_pack", Place(str(path)),
        Text(f"不是完好的证据包：{why.zh}", f"this is no whole evidence pack: {why.en}"),
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
            held = len(pack.contents["figures"])
            raise _no_pack(
                path,
                Text(
                    f"{held} 个指标值中没有编号以“{figure}”开头的", f"of its {held} figures none has the id {figure!r}"
                ),
            )
        data = original.read_bytes() if original is not None else pack.original
        verdicts = [*_of_file(pack.contents, data)]
        document = _document(pack.contents, data, verdicts)
        read = None if document is None else _readings(pack.contents, document)
        for one in figures:
            verdicts += _of_figure(one, pack.contents, document, read)
        if warehouse is not None:
            verdicts += _of_rows(figures, pack.contents, warehouse)
    except KeyError as error:
        raise _no_pack(path, Text(f"pack.json 缺 {error}", f"its pack.json lacks {error}")) from error
    except (TypeError, AttributeError, ValueError) as error:
        why = Text(f"pack.json 的内容不合格式（{error}）", f"its pack.json is of another shape ({error})")
        raise _no_pack(path, why) from error
    except OSError as error:
        why = Text(f"--file 打不开（{error.strerror}）", f"--file cannot be opened ({error.strerror})")
        raise _no_pack(original or path, why) from error
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


@dataclass(frozen=True, slots=True)
class Readings:
    """The figures that this installation reads in a file; `others` names the versions that are not the pack's."""

    values: Mapping[tuple[str, str, str, int], float | None]
    others: str


def _readings(contents: Mapping[str, Any], document: Document) -> Readings:
    catalogue, lexicon = load_catalogue(), load_lexicon()
    ours = {"parser": parse.PARSER_VERSION, "extractor": extract.EXTRACTOR_VERSION, "catalogue": catalogue.version,
            "lexicon": lexicon.version}  # fmt: skip
    theirs = _versions(contents)
    others = [f"{name} {theirs.get(name)} ≠ {version}" for name, version in ours.items() if theirs.get(name) != version]
    period = ReportPeriod.parse(contents["submission"]["period"])
    read = extract.extract_document(document, period, extract.build_reader(catalogue, lexicon))
    values: dict[tuple[str, str, str, int], float | None] = {
        (one.indicator, one.measure, one.item, one.start): one.value for one in read.facts
    }
    return Readings(values, "; ".join(others))


def _by_version(what: Text, holds: bool, detail: str, others: str, figure: str) -> Verdict:
    """Return the verdict of a reading; one of other versions (`others`) can confirm the pack but not refute it."""
    if holds or not others:
        return _judged(what, holds, detail, figure)
    return Verdict(what, "not_evaluated", f"{detail} ({others})", figure)


def _of_figure(
    one: Mapping[str, Any], contents: Mapping[str, Any], document: Document | None, read: Readings | None
) -> Iterator[Verdict]:
    name = one["fact_id"]
    key = (one["indicator"], one["measure"], one["item"], one["start"])
    made = fact_id(contents["submission"]["submission_id"], *key)
    yield _judged(Text("指标值编号由报送件、指标和位置得出", "the figure is named by report, indicator and place"),
                  made == name, made, name)  # fmt: skip
    stands = Text("原文就在所说的位置", "the words stand where the pack says")
    reads = Text("重新取数得到同一数值", "reading it again gives the same value")
    if document is None or read is None:
        yield Verdict(stands, "not_evaluated", "", name)
        yield Verdict(reads, "not_evaluated", "", name)
    else:
        is_same_parser = _versions(contents).get("parser") == parse.PARSER_VERSION
        words = document.text[one["start"] : one["end"]]
        holds = words == one["surface"] or words.split() == one["surface"].split()
        yield _by_version(stands, holds, words, "" if is_same_parser else read.others, name)
        holds = key in read.values and read.values[key] == one["value"]
        value = f"{read.values.get(key)} {one['canonical_unit']}"
        yield _by_version(reads, holds, value, read.others, name)
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

"""Evidence packs: what a third person needs to verify a figure without the county's system.

A pack is a zip with `pack.json` (every figure with its place, rule, checks and decisions, the report's hash and the
version of the warehouse) and the file that was sent. The same contents give the same bytes.
"""

import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from tasks import fetch
from tasks.book.data import BookData, Row
from tasks.book.figures import decisions_about
from tasks.domain.errors import DecisionRefused, Place, Text

__all__ = ["FORMAT", "ORIGINAL", "digest_of", "figure_pack", "pack_contents", "pack_digest", "pack_path", "packed"]

FORMAT = "xianbao-evidence/1"
ORIGINAL = "original/"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can hold: packs of the same contents are the same bytes
_FACT = (
    "fact_id", "unit_code", "unit_name", "form", "period", "indicator", "indicator_name", "item", "measure", "value",
    "value_high", "low", "high", "canonical_unit", "stated_value", "stated_unit", "bound", "status", "live",
    "corrected_value", "decision_id", "page", "block", "start", "end", "bbox", "evidence", "ocr_confidence", "rule_id",
    "confidence", "catalogue_version", "extractor_version", "run_id", "loaded_at",
)  # fmt: skip
_SUBMISSION = (
    "submission_id", "sha256", "file_name", "bytes", "media_type", "received_at", "unit_code", "unit_name", "form",
    "period", "version", "state", "parser", "text_quality", "stage_versions",
)  # fmt: skip
_FINDING = (
    "finding_id",
    "rule",
    "severity",
    "status",
    "message_zh",
    "message_en",
    "observed",
    "expected",
    "decision_id",
)
_README = """证据包 · Evidence pack

pack.json  每个数的位置、取数规则、审核和决定；报送件的 sha256 和数据仓库版本
           the place, rule, checks and decisions of every figure; the report's sha256 and the warehouse version
original/  报送的原件 · the file that was sent

核对 · To verify:  county verify 证据包.zip
"""


def pack_path(submission: Row, data: BookData) -> str:
    """Return the place of a report's pack in the book."""
    return data.report_path(submission).replace("reports/", "evidence/", 1).removesuffix(".html") + ".zip"


def pack_contents(submission: Row, data: BookData, facts: Sequence[Row]) -> dict[str, Any]:
    """Return what `pack.json` says of `facts`, which stand in `submission`; without version and digest."""
    texts = data.blocks.get(submission["submission_id"], [])
    return {
        "format": FORMAT,
        "county": {"code": data.county.settings.county.code, "name": data.county.name},
        "submission": {name: submission[name] for name in _SUBMISSION},
        "figures": [_figure(one, texts, data) for one in facts],
    }


def _figure(fact: Row, blocks: Sequence[Row], data: BookData) -> dict[str, Any]:
    findings = data.findings_of_fact.get(fact["fact_id"], [])
    return {
        **{name: fact[name] for name in _FACT},
        "address": fact["address"],
        "surface": _surface(fact, blocks),
        "checks": [{name: one[name] for name in _FINDING} for one in findings],
        "decisions": decisions_about(fact, data),
    }


def _surface(fact: Row, blocks: Sequence[Row]) -> str:
    """Return the characters of the report that a figure was read from."""
    parts = [
        one["text"][max(0, fact["start"] - one["start"]) : max(0, fact["end"] - one["start"])]
        for one in blocks
        if one["start"] < fact["end"] and one["end"] > fact["start"]
    ]
    return "\n".join(parts)


def _plain(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    raise TypeError(f"{type(value)} in a pack")


def _canonical(contents: Mapping[str, Any]) -> bytes:
    return json.dumps(contents, ensure_ascii=False, sort_keys=True, default=_plain).encode("utf-8", "backslashreplace")


def digest_of(contents: Mapping[str, Any]) -> str:
    """Return the sha256 of a pack's contents without the digest itself, keys in order."""
    return hashlib.sha256(_canonical({key: value for key, value in contents.items() if key != "digest"})).hexdigest()


def pack_digest(contents: Mapping[str, Any], with_original: bool) -> str:
    """Return what tells that a pack has to be made anew: its contents, not the version of the warehouse.

    A pack that stays names the version at which its figures were as they are now.
    """
    return f"{digest_of(contents)[:24]}{'+' if with_original else '-'}"


def packed(contents: Mapping[str, Any], version: int | None, original: bytes | None, file_name: str) -> bytes:
    """Return the pack as a zip: contents, the version of the facts table, the file that was sent where it is given."""
    whole = {**contents, "warehouse": {"table": "facts", "version": version}}
    whole["digest"] = digest_of(whole)
    text = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True, default=_plain)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        members = [("pack.json", text.encode("utf-8", "backslashreplace")), ("README.txt", _README.encode())]
        if original is not None:
            members.append((ORIGINAL + file_name.replace("/", "／").replace("\\", "＼"), original))
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def figure_pack(about: str, data: BookData) -> tuple[str, bytes]:
    """Return a name for and the pack of one figure, chosen by the first digits of its id or by its address.

    Raises:
        DecisionRefused: no figure, or more than one, is called so.
        WarehouseError: the file that was sent is not in the raw store any more.
    """
    wanted = about.rsplit("/book/", 1)[-1]
    found = [
        one for one in data.fact_by_id.values()
        if one["fact_id"].startswith(about) or (one["live"] and one["address"] == wanted)
    ]  # fmt: skip
    if len(found) != 1:
        raise DecisionRefused(
            "figure_not_found", Place(about),
            Text(f"有 {len(found)} 个指标值以此为编号", f"{len(found)} figures are called so"),
            Text("编号见县情册中该数的卡片", "the id stands on the figure's card in the book"),
        )  # fmt: skip
    (fact,) = found
    submission = data.submissions.filter(data.submissions["submission_id"] == fact["submission_id"]).row(0, named=True)
    original = fetch.read_raw(data.county.raw, submission["sha256"])
    contents = pack_contents(submission, data, [fact])
    name = f"{fact['unit_name']}-{fact['period']}-{fact['indicator_name']}-{fact['fact_id']}.zip"
    return name.replace("/", "／"), packed(contents, data.versions.get("facts"), original, submission["file_name"])

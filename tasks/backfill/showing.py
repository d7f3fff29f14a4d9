"""Backfills as tables for people: keys with what is done and why, figures before and after with their words."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from tasks.domain.backfills import BackfillKey, FactChange
from tasks.domain.errors import Language

__all__ = ["backfill_rows", "change_rows", "key_rows", "manifest_rows", "narrow_change_rows", "plan_message"]

_ACTIONS = {"read": "重新读入", "judge": "重新审核", "review": "待复核", "none": "不动"}
_BECAUSE = {
    "missing": "没有入库的报告",
    "failed": "有文件在隔离区",
    "new_file": "有新到的文件",
    "outdated": "由旧版本的程序或词库读入",
    "asked": "要求全部重做",
    "rules": "规则结果有变",
    "depends": "前期数变动，核对要重做",
    "unchanged": "没有变化",
    "no_file": "没有可读的文件",
    "still_refused": "文件仍读不进来",
    "approved": "已审定",
    "locked": "已锁定",
}
_STATES = {
    "planned": "未开始", "running": "进行中", "done": "完成", "failed": "失败", "skipped": "不动", "review": "待复核",
    "cancelled": "已取消", "undone": "已撤销",
}  # fmt: skip
_KINDS = {"added": "新增", "removed": "消失", "changed": "变动", "moved": "换处", "status": "问题"}


def key_rows(keys: Iterable[BackfillKey], language: Language, *, with_errors: bool = False) -> list[dict[str, object]]:
    """Return a row per key: whose, for when, what is done, why, how much changes; `with_errors` what is wrong."""
    zh = language == "zh"
    rows: list[dict[str, object]] = []
    for one in keys:
        counts = _counts(one.changes)
        values = (
            one.unit_name, one.period, _ACTIONS[one.action] if zh else one.action,
            _BECAUSE.get(one.because, one.because) if zh else one.because, len(one.files),
            counts["added"], counts["removed"], counts["changed"],
        )  # fmt: skip
        said: dict[str, object] = dict(zip(_key_headings(zh), values, strict=True))
        error = one.error_zh if zh else one.error_en
        rows.append(said | {"错误" if zh else "error": error} if with_errors else said)
    return rows


def _key_headings(zh: bool) -> Sequence[str]:
    if zh:
        return "报送单位", "报告期", "做法", "原因", "文件", "新增", "消失", "变动"
    return "unit", "period", "action", "reason", "files", "added", "removed", "changed"


def change_rows(changes: Iterable[FactChange], language: Language) -> list[dict[str, object]]:
    """Return a row per figure that changes: before and after as stated and as counted, with the words of both."""
    if language == "zh":
        headings = "变化", "报送单位", "报告期", "指标", "口径", "细项", "之前", "之后", "原文（前）", "原文（后）"
    else:
        headings = (
            "change", "unit", "period", "indicator", "measure", "item", "before", "after", "quote before", "quote after"
        )  # fmt: skip
    return [
        dict(
            zip(
                headings,
                (_KINDS[one.kind] if language == "zh" else one.kind, one.unit_name, one.period, one.indicator_name,
                 one.measure, one.item, one.before, one.after, one.quote_before, one.quote_after),
                strict=True,
            )
        )
        for one in changes
    ]  # fmt: skip


def narrow_change_rows(changes: Iterable[FactChange], language: Language) -> list[dict[str, object]]:
    """Return `change_rows` for a page: indicator, item and measure in one column, both quotes in another."""
    zh = language == "zh"
    headings = (
        ("变化", "报送单位", "报告期", "指标", "之前", "之后", "原文")
        if zh
        else ("change", "unit", "period", "indicator", "before", "after", "quote")
    )
    rows: list[dict[str, object]] = []
    for one in changes:
        called = " ".join(part for part in (one.indicator_name, one.item, one.measure) if part not in {"", "level"})
        quotes = dict.fromkeys(quote for quote in (one.quote_before, one.quote_after) if quote)
        kind = _KINDS[one.kind] if zh else one.kind
        values = kind, one.unit_name, one.period, called, one.before, one.after, " → ".join(quotes)
        rows.append(dict(zip(headings, values, strict=True)))
    return rows


def plan_message(keys: Sequence[BackfillKey], language: Language) -> str:
    """Return what a plan would do, in counts."""
    own = [one for one in keys if one.role == "target"]
    to_do = sum(1 for one in own if one.action in {"read", "judge"})
    review, rest = sum(1 for one in own if one.action == "review"), sum(1 for one in own if one.action == "none")
    changes = sum(len(one.changes) for one in own)
    if language == "zh":
        return (f"应报{len(own)}项：将重做{to_do}项，待复核{review}项，不动{rest}项；指标值变动{changes}处；"
                f"另有{len(keys) - len(own)}项因前期变动而重新审核")  # fmt: skip
    return (f"{len(own)} owed: {to_do} to do, {review} for review, {rest} left alone; {changes} figures change; "
            f"{len(keys) - len(own)} later ones are judged again")  # fmt: skip


def manifest_rows(rows: pl.DataFrame, language: Language, *, with_errors: bool = False) -> list[dict[str, object]]:
    """Return the rows of a manifest as people read them, `with_errors` in a column of their own."""
    zh = language == "zh"
    shown: list[dict[str, object]] = []
    for row in rows.to_dicts():
        values = (
            row["unit_name"], row["period"], _STATES[row["key_state"]] if zh else row["key_state"],
            _ACTIONS[row["action"]] if zh else row["action"],
            _BECAUSE.get(row["because"], row["because"]) if zh else row["because"],
            row["attempt"], row["added"], row["removed"], row["changed"],
        )  # fmt: skip
        error = row["error_zh"] if zh else row["error_en"]
        headings = (
            ("报送单位", "报告期", "状态", "做法", "原因", "次数", "新增", "消失", "变动") if zh
            else ("unit", "period", "state", "action", "reason", "attempt", "added", "removed", "changed")
        )  # fmt: skip
        said = dict(zip(headings, values, strict=True))
        shown.append(said | {"错误" if zh else "error": error} if with_errors else said)
    return shown


def backfill_rows(rows: pl.DataFrame, language: Language) -> list[dict[str, object]]:
    """Return a row per backfill, the newest first: who, when, why, and its keys by state."""
    zh = language == "zh"
    shown: list[dict[str, object]] = []
    own = rows.filter(pl.col("role") == "target").sort("as_of", descending=True)
    for (backfill_id,), some in own.group_by("backfill_id", maintain_order=True):
        first: Mapping[str, object] = some.row(0, named=True)
        states = "，".join(
            f"{_STATES[state] if zh else state} {count}"
            for state, count in sorted(some.group_by("key_state").len().rows())
        )
        values = (
            backfill_id, str(first["as_of"])[:16], first["asked_by"], first["why"],
            "–".join(sorted({*some["period"].sort().head(1), *some["period"].sort().tail(1)})), states,
            int(some.select(pl.sum_horizontal("added", "removed", "changed").sum()).item()),
        )  # fmt: skip
        headings = (
            ("编号", "时间", "经办人", "理由", "报告期", "各项", "变动") if zh
            else ("id", "as of", "who", "reason", "periods", "keys", "figures")
        )  # fmt: skip
        shown.append(dict(zip(headings, values, strict=True)))
    return shown


def _counts(changes: Iterable[FactChange]) -> dict[str, int]:
    counts = {"added": 0, "removed": 0, "changed": 0}
    for one in changes:
        counts[one.kind if one.kind in counts else "changed"] += 1
    return counts

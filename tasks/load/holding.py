"""Held versions (待定): which checks keep a version from being live, and the finding that says so."""

import polars as pl

from tasks.domain.findings import UNSETTLED, Finding, finding_id
from tasks.domain.tables import TABLES

__all__ = ["HELD_RULE", "failing_submissions", "held_findings"]

HELD_RULE = "H1"
# A rule that broke says nothing about the report.
_BROKEN_RULE = "R0"
_MESSAGES = 10
_REASONS = {
    "hard_checks": ("有错误未解决", "it has open errors"),
    "awaiting_approval": ("按设置须经人工采用", "the settings want a person to accept it"),
    "locked": ("报告期已锁定，逾期收到", "the period was locked when it came"),
}


def failing_submissions(findings: pl.DataFrame, facts: pl.DataFrame, submissions: pl.DataFrame) -> dict[str, str]:
    """Return those of the live `submissions` that have open errors, each with the words of the errors (zh, then en).

    Shape: `findings` judged and settled, `facts` the live ones, `submissions` to be looked at; schemas of `TABLES`.
    """
    errors = findings.filter(
        (pl.col("severity") == "error") & pl.col("status").is_in(UNSETTLED) & (pl.col("rule") != _BROKEN_RULE)
        & (pl.col("rule") != HELD_RULE)
    )  # fmt: skip
    if errors.is_empty() or submissions.is_empty():
        return {}
    ids = submissions["submission_id"].to_list()
    by_fact = (
        errors.select("finding_id", fact_id="fact_ids")
        .explode("fact_id")
        .join(facts.select("fact_id", "submission_id"), on="fact_id")
        .select("finding_id", "submission_id")
    )
    # About a report as a whole (its text, what is missing in it): no figure says whose it is.
    whole = (
        errors.filter(pl.col("fact_ids").list.len() == 0)
        .join(submissions.select("unit_code", "period", "submission_id"), on=["unit_code", "period"])
        .select("finding_id", "submission_id")
    )
    own = pl.concat([by_fact, whole]).unique().filter(pl.col("submission_id").is_in(ids))
    told = own.join(errors, on="finding_id").sort("submission_id", "rule", "about", "finding_id")
    found = told.group_by("submission_id", maintain_order=True).agg(
        pl.col("message_zh").head(_MESSAGES).str.join("；"),
        pl.col("message_en").head(_MESSAGES).str.join("; "),
        pl.len().alias("errors"),
    )
    return {
        row[
            "submission_id"
        ]: f"{row['errors']} 个错误：{row['message_zh']}\n{row['errors']} errors: {row['message_en']}"
        for row in found.iter_rows(named=True)
    }


def held_findings(submissions: pl.DataFrame, revisions: pl.DataFrame) -> list[Finding]:
    """Return a finding for every held version: what holds it, what it would change, what to do.

    Shape: `submissions` all there are, `revisions` of the held ones as far as known; schemas of `TABLES`.
    """
    live = {
        (row["unit_code"], row["form"], row["period"]): row
        for row in submissions.filter(pl.col("state") == "loaded").iter_rows(named=True)
    }
    changes = {key: group for (key,), group in revisions.group_by("submission_id", maintain_order=True)}
    held = submissions.filter(pl.col("state") == "held").sort("submission_id").select(list(TABLES["submissions"]))
    return [
        _finding(row, live.get((row["unit_code"], row["form"], row["period"])), changes.get(row["submission_id"]))
        for row in held.iter_rows(named=True)
    ]


def _finding(row: dict[str, object], live: dict[str, object] | None, changes: pl.DataFrame | None) -> Finding:
    reason_zh, reason_en = _REASONS[str(row["held_reason"])]
    detail_zh, _, detail_en = str(row["held_detail"] or "").partition("\n")
    name, version, sha = row["file_name"], row["version"], str(row["sha256"])[:12]
    stays_zh = f"在用的仍是第 {live['version']} 版 {live['file_name']}" if live else "该报告期没有在用的报送件"
    stays_en = f"version {live['version']}, {live['file_name']}, stays live" if live else "nothing is live"
    count = 0 if changes is None else changes.height
    about = str(row["submission_id"])
    words = (f"（{detail_zh}）" if detail_zh else "", f" ({detail_en})" if detail_en else "")
    return Finding(
        finding_id=finding_id(HELD_RULE, str(row["unit_code"]), str(row["period"]), about),
        rule=HELD_RULE,
        level=2,
        severity="question",
        unit_code=str(row["unit_code"]),
        unit_name=str(row["unit_name"]),
        period=str(row["period"]),
        about=about,
        message_zh=f"{name}（第 {version} 版）待定：{reason_zh}{words[0]}；{stays_zh}；"
        f"与前一版相比有 {count} 个数不同。核实后用 county accept {sha} 采用，或请乡镇另报",
        message_en=f"{name} (version {version}) is held: {reason_en}{words[1]}; {stays_en}; "
        f"{count} figures differ from the version before. Look, then `county accept {sha}`, "
        "or ask the township for another",
        observed=str(row["held_reason"]),
        expected="",
        imbalance=None,
        fact_ids=(),
        quotes=(),
    )

"""Decisions from the command line."""

import datetime as dt
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console
from rich.markup import escape

from expectations.rules import load_rules
from flows.cli.messages import print_error
from tasks import decide, deciding, identify
from tasks.domain.county import County
from tasks.domain.decisions import Decision
from tasks.domain.errors import DecisionRefused, IdentityUnclear, Place, Text
from tasks.load import Warehouse

__all__ = ["assign_file", "print_subject", "take_request", "take_sheet", "write_findings"]

_out = Console(width=None if sys.stdout.isatty() else 140)
_err = Console(stderr=True)


_LEAST_DIGITS = 6


def assign_file(county: County, sha: str, unit: str, period: str, *, who: str, why: str, now: dt.datetime) -> Decision:
    """Record whose report the file is whose sha256 begins with `sha`, and return the decision.

    Raises:
        IdentityUnclear: no file or several files begin so, the unit is unknown, or nothing is owed for the period.
        WarehouseError: the decision cannot be written.
    """
    warehouse = Warehouse(county.warehouse)
    known = warehouse.known_submissions().select("sha256", "file_name").unique("sha256")
    found = known.filter(pl.col("sha256").str.starts_with(sha.lower())) if len(sha) >= _LEAST_DIGITS else known.clear()
    if found.height != 1:
        raise IdentityUnclear(
            "file_not_found",
            Place(sha),
            Text(f"以 {sha} 开头的文件有 {found.height} 个", f"{found.height} files begin with {sha}"),
            Text("county status 列出隔离文件的编号", "`county status` lists the files in quarantine"),
        )
    sha256, file_name = found.row(0)
    identity = identify.identity_by_decision(unit, period, county, file_name)
    decision = Decision("assignment", sha256, identity.unit_code, identity.form, identity.period, who, now, why)
    warehouse.record_decision(decision, run_id="cli", now=now)
    return decision


def take_request(county: County, words: Mapping[str, str]) -> None:
    """Record one decision, apply it, and say so.

    Raises:
        DecisionRefused: it cannot be taken as given.
        WarehouseError: the warehouse cannot be read or written.
    """
    recorded = _take(county, [("", decide.DecisionRequest.model_validate(dict(words)))])
    if recorded.refused:
        raise recorded.refused[0]


def take_sheet(county: County, file: Path, who: str) -> bool:
    """Record the decisions of a sheet or letter, apply them, name every bad row; return whether all were good.

    Raises:
        DecisionRefused: the file cannot be read as such a sheet or letter.
        WarehouseError: the warehouse cannot be read or written.
    """
    rows = (decide.read_letter if file.suffix.lower() == ".docx" else decide.read_sheet)(file, who)
    where = f"{file.name} 第{{0}}行 row {{0}}"
    bad = [row.error for row in rows if row.error is not None]
    for error in bad:
        print_error(_err, error)
    recorded = _take(county, [(where.format(row.number), row.request) for row in rows if row.request is not None], bad)
    for error in recorded.refused:
        print_error(_err, error)
    return not recorded.refused and not bad


def write_findings(county: County, findings: pl.DataFrame, file: Path) -> int:
    """Write those of `findings` that wait for an answer as a sheet to decide in; return how many they are.

    Raises:
        DecisionRefused: the file cannot be written.
    """
    rows = deciding.sheet_rows(county, findings)
    decide.write_sheet(rows, file)
    return rows.height


def print_subject(county: County, about: str) -> None:
    """Print the finding, figure or decision that `about` begins, and every decision about it.

    Raises:
        DecisionRefused: nothing, or several things, begin so.
    """
    world, zh = deciding.world_of(county), county.language == "zh"
    ids = pl.concat([world.findings["finding_id"], world.facts["fact_id"], world.decisions["decision_id"]])
    whole = decide.find_row(
        ids.to_frame("id"), "id", about, Text("问题、指标值或决定", "findings, figures or decisions"), "county findings"
    )["id"]
    decisions = world.decisions
    if whole in set(decisions["decision_id"]):
        history = decisions.filter((pl.col("decision_id") == whole) | (pl.col("target") == whole))
    elif whole in set(world.findings["finding_id"]):
        finding = world.findings.row(by_predicate=pl.col("finding_id") == whole, named=True)
        _print_finding(finding, county)
        own = world.facts.filter(pl.col("fact_id").is_in(list(finding["fact_ids"])))
        for fact in own.head(20).iter_rows(named=True):
            _print_fact(fact, world, county)
        history = _with_withdrawals(decide.about_facts(own, decisions), decisions, finding["finding_id"])
    else:
        own = world.facts.filter(pl.col("fact_id") == whole)
        _print_fact(own.row(0, named=True), world, county)
        history = _with_withdrawals(decide.about_facts(own, decisions), decisions, "")
    _out.print("决定 decisions" if zh else "decisions", style="bold")
    standing = set(decide.in_force(decisions)["decision_id"])
    for row in history.iter_rows(named=True):
        (line,) = decide.words_of([row], county.language, county.timezone)
        gone = row["kind"] != "withdrawal" and row["decision_id"] not in standing
        _out.print(f"  {escape(line)}{'  （已撤回 withdrawn）' if gone else ''}", highlight=False, soft_wrap=True)
    if history.is_empty():
        _out.print("  没有 none", highlight=False)


def _with_withdrawals(own: pl.DataFrame, decisions: pl.DataFrame, finding_id: str) -> pl.DataFrame:
    """Return `own`, the decisions about the finding, and what took any of them back, in order of time."""
    ids = set(own["decision_id"])
    if finding_id:
        ids |= set(decisions.filter(pl.col("finding_id") == finding_id)["decision_id"])
    return decisions.filter(pl.col("decision_id").is_in(list(ids)) | pl.col("target").is_in(list(ids)))


def _print_finding(finding: Mapping[str, Any], county: County) -> None:
    zh = county.language == "zh"
    rule = load_rules().get(finding["rule"])
    lines = [
        f"{finding['finding_id']}  {finding['rule']}  {finding['severity']}  {finding['status']}  "
        f"{finding['unit_name']} {finding['period']}",
        finding[f"message_{county.language}"],
    ]
    if rule is not None:
        words = (rule.title_zh, rule.how_zh) if zh else (rule.title_en, rule.how_en)
        lines.append(f"{'规则' if zh else 'rule'}: {'; '.join(words)}")
    lines += [f"“{quote}”" for quote in finding["quotes"]]
    if finding["symptoms"]:
        lines.append(f"{'同一原因还引起' if zh else 'same cause also raised'}: {', '.join(finding['symptoms'])}")
    if finding[f"decision_{county.language}"]:
        lines.append(f"↳ {finding[f'decision_{county.language}']}")
    for line in lines:
        _out.print(escape(line), highlight=False, soft_wrap=True)


def _print_fact(fact: Mapping[str, Any], world: decide.World, county: County) -> None:
    files = dict(world.submissions.select("submission_id", "file_name").rows())
    page = f" p.{fact['page']}" if fact["page"] is not None else ""
    corrected = fact["corrected_value"]
    zh = county.language == "zh"
    reported, right = ("填报值", "更正值") if zh else ("reported", "corrected")
    value = f"{reported} {fact['stated_value']}{fact['stated_unit']}"
    if fact["value"] is not None:
        value += f" = {fact['value']:.10g} {fact['canonical_unit']}"
    if corrected is not None:
        value += f"  {right} {corrected:.10g} {fact['canonical_unit']}"
    _out.print(
        escape(f"{fact['fact_id']}  {fact['unit_name']} {fact['period']} {fact['indicator_name']} {fact['item']} "
               f"{fact['measure']}  {value}  [{fact['status']}]\n    “{fact['evidence']}” "
               f"{files.get(fact['submission_id'], '?')}{page} [{fact['start']}:{fact['end']}]"),
        highlight=False, soft_wrap=True,
    )  # fmt: skip


def _take(
    county: County, requests: list[tuple[str, decide.DecisionRequest]], bad: Sequence[DecisionRefused] = ()
) -> deciding.Recorded:
    """Record `requests` and bring facts, findings and roster to what follows, here and now.

    `bad` are rows that were refused before; they count among the refused.
    """
    # The steps are called as plain functions: no server is needed, and Prefect keeps its state in the county's folder.
    os.environ.setdefault("PREFECT_HOME", str(county.prefect_home))
    from tasks import steps

    # Importing Prefect makes every library's notes appear; a person at a terminal wants none of them.
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    now = dt.datetime.now(dt.UTC)
    recorded = deciding.record_requests(county, requests, run_id="cli", now=now)
    # Before they are applied: should that fail, they can be taken back.
    for one in recorded.decisions:
        _out.print(f"+ {one.decision_id} {decide.KINDS[one.kind][0]} {one.kind}", highlight=False)
    # Also when all stood already: a run that was cut short between recording and applying is completed by the next.
    if recorded.decisions or recorded.standing:
        with steps.one_writer(county):
            steps.load_reports.fn(steps.validate_reports.fn([], county, now, "cli"), county, now, "cli")
    for warning in recorded.warnings:
        _err.print(f"[yellow]![/] {escape(warning.zh)}\n  {escape(warning.en)}", highlight=False, soft_wrap=True)
    every = replace(recorded, refused=(*bad, *recorded.refused))
    _out.print(every.counts(county.language), highlight=False)
    return recorded

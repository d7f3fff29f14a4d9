"""The pages about the county as a whole: at a glance, the roster, the lists, method and data dictionary."""

from typing import Any

import polars as pl

from expectations.relations import load_relations
from expectations.rules import load_rules
from tasks.book.data import BookData, Row
from tasks.book.figures import relation_words
from tasks.book.sums import county_sums, largest_changes
from tasks.domain.tables import KEYS, TABLES
from tasks.publish.labels import label
from tasks.publish.summary import roster_table

__all__ = ["glance_contents", "indicator_list", "method_contents", "roster_contents", "township_list"]

_CHANGES_SHOWN = 20
_SUMS_SHOWN = 15
_REPORTED = ("on_time", "late")


def glance_contents(data: BookData) -> dict[str, Any]:
    """Return what the first page shows of the newest period, and of every period in a line."""
    latest = data.latest
    sums = county_sums(latest, data) if latest else []
    # Those that most townships state say most about the county.
    first = sorted(sums, key=lambda row: -row.stated)[:_SUMS_SHOWN]
    kept = {row.indicator for row in first}
    return {
        "latest": latest,
        "periods": tuple(_period_line(code, data) for code in reversed(data.periods)
                         if code in set(data.reporting["period"]) or code in set(data.submissions["period"])),
        "sums": tuple(row for row in sums if row.indicator in kept),
        "sums_total": len(sums),
        "changes": tuple(largest_changes(latest, data, _CHANGES_SHOWN)) if latest else (),
        "absent": tuple(
            (one["unit_code"], one["unit_name"], one["state"])
            for one in data.reporting.filter((pl.col("period") == latest) & ~pl.col("state").is_in(_REPORTED))
            .iter_rows(named=True)
        ),
        "waiting": data.waiting.height,
    }  # fmt: skip


def _period_line(code: str, data: BookData) -> dict[str, Any]:
    owed = data.reporting.filter(pl.col("period") == code)
    states = dict(owed.group_by("state").len().rows())
    return {
        "period": code,
        "owed": owed.height,
        "on_time": states.get("on_time", 0),
        "late": states.get("late", 0),
        "missing": states.get("missing", 0) + states.get("expected", 0),
        "quarantined": states.get("quarantined", 0),
        "facts": data.facts.filter(pl.col("live") & (pl.col("report_period") == code)).height,
        "errors": int(owed["errors"].sum()),
        "questions": int(owed["questions"].sum()),
        "notes": int(owed["notes"].sum()),
        "completeness": owed["completeness"].mean(),
    }


def roster_contents(data: BookData) -> dict[str, Any]:
    """Return who owed what, when it came, and what lies in quarantine."""
    reports = {
        (one["unit_code"], one["period"]): data.report_path(one)
        for one in data.submissions.filter(pl.col("state") == "loaded").iter_rows(named=True)
    }
    rows = roster_table(data.reporting, timezone=data.county.timezone)
    quality = {(one["unit_code"], one["period"]): one for one in data.quality.iter_rows(named=True)}
    return {
        "rows": tuple(
            {**row, "report": reports.get((row["unit_code"], row["period"]), ""),
             "quality": _quality(quality.get((row["unit_code"], row["period"])))}
            for row in rows.iter_rows(named=True)
        ),
        "waiting": tuple(
            (one["file_name"], one["sha256"], (one["quarantine_detail"] or "").split("\n", 1)[0 if data.zh else -1])
            for one in data.waiting.sort("file_name").iter_rows(named=True)
        ),
    }  # fmt: skip


def _quality(row: Row | None) -> tuple[float | None, ...]:
    names = ("hard_failures", "soft_failures", "explained", "corrected", "mean_revision", "outlier_free")
    return tuple(None if row is None else row[name] for name in names)


def township_list(data: BookData) -> dict[str, Any]:
    """Return every township with its newest report and how many figures and findings it has."""
    counts = dict(data.figures.group_by("unit_code").len().rows())
    waiting = dict(data.findings.filter(pl.col("status").is_in(["open", "expired"])).group_by("unit_code").len().rows())
    states = {(one["unit_code"], one["period"]): one["state"] for one in data.reporting.iter_rows(named=True)}
    periods = tuple(code for code in data.periods if code in set(data.reporting["period"]))
    return {
        "periods": periods,
        "units": tuple(
            (code, name, counts.get(code, 0), waiting.get(code, 0),
             tuple(states.get((code, period), "") for period in periods))
            for code, name in data.unit_names.items()
        ),
    }  # fmt: skip


def indicator_list(data: BookData) -> dict[str, Any]:
    """Return the catalogue by group with the county's sum of the newest period where there is one."""
    sums = {row.indicator: row for row in county_sums(data.latest, data)} if data.latest else {}
    stated = dict(data.figures.group_by("indicator").agg(pl.col("unit_code").n_unique()).rows())
    groups: dict[str, list[Any]] = {}
    for one in data.indicators.iter_rows(named=True):
        if one["code"] in stated:
            groups.setdefault(one["group"], []).append(
                (one["code"], one["name"], one["unit"], one["kind"], stated[one["code"]], sums.get(one["code"]))
            )
    return {
        "groups": tuple((name, tuple(rows)) for name, rows in groups.items()),
        "latest": data.latest,
        "silent": tuple(one["name"] for one in data.indicators.iter_rows(named=True) if one["code"] not in stated),
    }


def method_contents(data: BookData) -> dict[str, Any]:
    """Return the rules, the relations, the catalogue and the tables of the warehouse."""
    names = {code: row["name"] for code, row in data.indicator_by_code.items()}
    rules = load_rules().values()
    return {
        "rules": tuple(
            (one.id, one.severity, one.title_zh if data.zh else one.title_en, one.formula,
             " ".join(f"{number:g}" for number in one.thresholds), one.source, one.how_zh if data.zh else one.how_en)
            for one in rules
        ),
        "relations": tuple((one.rule, relation_words(one, names), one.definition) for one in load_relations()),
        "catalogue": tuple(data.indicators.iter_rows()),
        "tables": tuple(
            (table, data.versions.get(table), KEYS.get(table, ()),
             tuple((name, str(dtype), label(name, data.zh)) for name, dtype in columns.items()))
            for table, columns in TABLES.items()
        ),
        "catalogue_version": next(iter(data.indicators["catalogue_version"]), ""),
        "readings": tuple(sorted(set(data.submissions["stage_versions"]))),
    }  # fmt: skip

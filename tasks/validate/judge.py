"""Great Expectations as the judge: suites over the facts and the checks of each period; its results become findings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from expectations.catalogue import Catalogue
from expectations.rules import Rule, load_rules
from tasks.domain.errors import Language, Place, Text, WarehouseError
from tasks.domain.facts import BOUNDS, MEASURES
from tasks.domain.findings import Finding, Severity, finding_id
from tasks.domain.tables import TABLES
from tasks.validate.causes import one_per_cause
from tasks.validate.checks import CheckInputs, Evidence, Verdicts, judge_checks
from tasks.validate.docs import DocsSite
from tasks.validate.ready import suites
from tasks.validate.scope import Scope, year_of
from tasks.validate.wide import INDEX_COLUMNS, lean_facts, wide_checks

__all__ = ["Validation", "validate_facts"]


@dataclass(frozen=True)
class Validation:
    """What the judge said: findings, the facts with their status, and where the Data Docs begin.

    `verdicts` counts the checks by period, rule, result and reason. These are all findings of the `years` (None: of
    all there are), save for the rules `unjudged`, whose checks raised.
    """

    findings: tuple[Finding, ...]
    facts: pl.DataFrame
    verdicts: pl.DataFrame
    data_docs_index: Path | None
    years: frozenset[int] | None
    unjudged: frozenset[str]


def validate_facts(
    evidence: Evidence,
    *,
    catalogue: Catalogue,
    mandatory: Mapping[str, tuple[str, ...]],
    language: Language,
    data_docs: Path | None,
    years: Collection[str] | None = None,
    scope: Scope | None = None,
) -> Validation:
    """Judge the facts of `evidence` and return findings and the facts with their status.

    With `years` only periods of these years are judged; those of the others are history.

    A fact whose own value fails (out of range, damaged, a part above its whole, digits that OCR was not sure of) is
    flagged, and so is every fact of a text of low quality; one with an impossible unit or code is rejected, every
    other accepted; a masked figure is accepted with a note, as it asserts no value.
    Data Docs are written to `data_docs` when given, per period. With a `scope` only the findings of its years are said,
    the facts and pages of the others stay as they are; without one every period is judged.

    Raises:
        WarehouseError: the facts table itself breaks its schema or keys: a defect of the system, nothing is loaded.
    """
    rules = load_rules()
    verdicts = _verdicts(CheckInputs(evidence, catalogue, rules, mandatory), scope)
    every = verdicts.counts["period"].unique().sort()
    of_scope = pl.lit(scope is None) | year_of().is_in(list(scope.said if scope else ()))
    of_years = pl.lit(years is None) | pl.col("period").str.slice(0, 4).is_in(list(years or ()))
    said = every.to_frame().filter(of_scope & of_years)["period"]
    facts, own = evidence.facts, pl.col("period").is_in(said.to_list())
    rows = verdicts.failures.with_row_index("row")
    # What other years than those of a scope failed in is known, and may be the cause of what these failed in.
    failed = rows.filter(~own)["row"].to_list() if years is None else []
    with DocsSite(data_docs, language) as site:
        for period in said:
            failed += _judge_period(
                site, period, facts.filter(pl.col("period") == period), rows.filter(pl.col("period") == period),
                verdicts.counts.filter(pl.col("period") == period), rules, catalogue, language,
            )  # fmt: skip
        index = site.publish([] if scope is None else every.filter(~every.is_in(said.to_list())).to_list())
    failures = _one_per_subject(rows.filter(pl.col("row").is_in(failed)))
    causes = one_per_cause(failures, rules).filter(own | (pl.col("rule") == "R0"))
    return Validation(
        findings=tuple(_finding(row, rules[row["rule"]]) for row in causes.iter_rows(named=True)),
        facts=_with_status(facts, failures, rules, own),
        verdicts=verdicts.counts,
        data_docs_index=index,
        years=None if scope is None or scope.whole else scope.said,
        unjudged=verdicts.unjudged,
    )


def _verdicts(inputs: CheckInputs, scope: Scope | None) -> Verdicts:
    if scope is None:
        return judge_checks(inputs)
    texts = judge_checks(inputs, texts=True)
    # A year whose neighbours were not read either has nothing true to say of its texts.
    seen = year_of().is_in(list(scope.seen)) | (pl.col("rule") == "R0")
    return scope.figures + Verdicts(texts.failures.filter(seen), texts.counts.filter(seen), texts.unjudged)


def _judge_period(
    site: DocsSite,
    period: str,
    facts: pl.DataFrame,
    failures: pl.DataFrame,
    counts: pl.DataFrame,
    rules: Mapping[str, Rule],
    catalogue: Catalogue,
    language: Language,
) -> list[int]:
    """Return the row numbers of the checks that Great Expectations finds failed."""
    site.open()
    units = {one.unit for one in catalogue} | {"%", "百分点"}
    table = suites().facts_suite(
        f"{period} 指标值 facts", list(TABLES["facts"]), catalogue.indicators, units, MEASURES, BOUNDS
    )
    _refuse_broken(site.validate(table, lean_facts(facts), ["fact_id"]))
    result = site.validate(
        suites().checks_suite(f"{period} 审核 checks", rules, language),
        wide_checks(failures, counts, rules),
        list(INDEX_COLUMNS) if site.has_pages else [],
    )
    # Without pages that show them the places in the frame do, where failures stand first and in order.
    return [
        int(index["row"]) if site.has_pages else int(failures["row"][index])
        for one in result.results
        for index in (one.result.get("unexpected_index_list") or ())
    ]


def _refuse_broken(result: Any) -> None:
    """Raise when the facts table breaks its own contract; codes out of the catalogue are rule V2's to report."""
    broken = [
        one.expectation_config.type + " " + str(one.expectation_config.kwargs.get("column", ""))
        for one in result.results
        if not one.success and one.expectation_config.kwargs.get("column") not in {"indicator", "canonical_unit"}
    ]
    if broken:
        raise WarehouseError(
            "facts_broken",
            Place("facts"),
            Text(f"指标值表不合约定：{'；'.join(broken)}", f"the facts break their contract: {'; '.join(broken)}"),
            Text(
                "这是系统缺陷，请交给维护人员；未写入任何数据", "a defect of the system; nothing was loaded, report it"
            ),
        )


def _one_per_subject(failures: pl.DataFrame) -> pl.DataFrame:
    """Return one row per finding id: the same figure said twice in one report is one finding about both places."""
    lists = ("fact_ids", "quotes")
    subject = ["rule", "unit_code", "period", "about"]
    return failures.group_by(subject, maintain_order=True).agg(
        pl.exclude(*lists, "place").first(),
        # The same figure in two places is one subject of several facts, and still one figure.
        pl.col("fact_ids").list.n_unique().max().alias("figures"),
        pl.col("place").unique(maintain_order=True).str.join("；"),
        *(pl.col(name).explode().drop_nulls().unique(maintain_order=True) for name in lists),
    )


def _finding(row: Mapping[str, Any], rule: Rule) -> Finding:
    subject = row["indicator_name"] or row["about"]
    observed, expected = row["observed"] or "", row["expected"] or ""
    said_zh = [f"报告：{observed}"] * bool(observed) + [f"应为：{expected}"] * bool(expected)
    said_en = [f"reported: {observed}"] * bool(observed) + [f"expected: {expected}"] * bool(expected)
    quotes = "".join(f"“{quote}”" for quote in row["quotes"])
    where = f"{quotes}（{row['place']}）" if row["place"] else quotes
    where_en = "".join(f" {one}" for one in (quotes, f"({row['place']})" if row["place"] else "") if one)
    severity: Severity = row["severity"]
    return Finding(
        finding_id=finding_id(rule.id, row["unit_code"], row["period"], row["about"]),
        rule=rule.id,
        level=rule.level,
        severity=severity,
        unit_code=row["unit_code"],
        unit_name=row["unit_name"],
        period=row["period"],
        about=row["about"],
        message_zh=f"{'；'.join([f'{subject}：{rule.title_zh}', *said_zh])}{where}。{rule.how_zh}",
        message_en=f"{'; '.join([f'{subject}: {rule.title_en}', *said_en])}{where_en}. {rule.how_en}",
        observed=observed,
        expected=expected,
        imbalance=row["imbalance"],
        fact_ids=tuple(row["fact_ids"]),
        quotes=tuple(row["quotes"]),
        symptoms=tuple(row["symptoms"]),
    )


def _with_status(
    facts: pl.DataFrame, failures: pl.DataFrame, rules: Mapping[str, Rule], judged: pl.Expr
) -> pl.DataFrame:
    def ids(effect: str) -> list[str]:
        having = [rule.id for rule in rules.values() if rule.effect == effect]
        return failures.filter(pl.col("rule").is_in(having))["fact_ids"].explode().drop_nulls().unique().to_list()

    return facts.with_columns(
        pl.when(~judged)
        .then("status")
        .when(pl.col("fact_id").is_in(ids("reject")))
        .then(pl.lit("rejected"))
        .when(pl.col("fact_id").is_in(ids("flag")))
        .then(pl.lit("flagged"))
        .otherwise(pl.lit("accepted"))
        .alias("status")
    )

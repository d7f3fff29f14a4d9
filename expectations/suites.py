"""Great Expectations suites built from the catalogue and the rules.

Importing this module imports Great Expectations, which takes seconds: import it only where a judgement is made.
"""

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# Read by Great Expectations when it is imported: nothing about a county's data is sent to anybody.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

from expectations.later import imported_when_used, taken_for_missing
from expectations.rules import Rule

# Four tenths of the import are for what no suite or source of ours has: distributions and charts, which are put off
# until asked for, and packages that Great Expectations can do without: databases, clouds, shapes.
with (
    imported_when_used("scipy.stats", "altair"),
    taken_for_missing("sqlalchemy", "shapely", "boto3", "botocore", "azure"),
):
    import great_expectations as gx
    from great_expectations import expectations as gxe

    from expectations.verdicts import ExpectRuleToHold

__all__ = ["checks_suite", "facts_suite", "new_context"]


def new_context() -> Any:
    """Return a context that keeps nothing on disk, shows no progress bars and tells no folder it makes for itself."""
    # The second has a level of its own, set when Great Expectations is imported.
    for name in ("great_expectations", "great_expectations.data_context.types.base"):
        logging.getLogger(name).setLevel(logging.WARNING)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context


def facts_suite(name: str, columns: Sequence[str], codes: Iterable[str], units: Iterable[str], measures: Iterable[str],
                bounds: Iterable[str]) -> Any:  # fmt: skip
    """Return the suite that the facts table itself must pass: schema, keys, code lists."""
    keys = ("fact_id", "unit_code", "period", "indicator", "measure", "submission_id", "evidence", "rule_id")
    sets = (("indicator", codes), ("canonical_unit", units), ("measure", measures), ("bound", bounds))
    return gx.ExpectationSuite(name=name, expectations=[
        gxe.ExpectTableColumnsToMatchSet(column_set=list(columns), exact_match=True),
        *(gxe.ExpectColumnValuesToNotBeNull(column=column) for column in keys),
        gxe.ExpectColumnValuesToBeUnique(column="fact_id"),
        *(gxe.ExpectColumnValuesToBeInSet(column=column, value_set=sorted(set(values))) for column, values in sets),
        gxe.ExpectColumnValuesToBeBetween(column="confidence", min_value=0, max_value=1),
    ])  # fmt: skip


def checks_suite(name: str, rules: Mapping[str, Rule], language: str) -> Any:
    """Return the suite over the checks frame: one column per rule, `pass` where it was evaluated and held."""
    return gx.ExpectationSuite(name=name, expectations=[_expectation(rule, language) for rule in rules.values()])


def _expectation(rule: Rule, language: str) -> ExpectRuleToHold:
    title, how = (rule.title_zh, rule.how_zh) if language == "zh" else (rule.title_en, rule.how_en)
    # What a page shows instead of "values must belong to this set"; a dollar sign would begin a parameter.
    said = f"{title}（{rule.formula}）。{how}" if language == "zh" else f"{title} ({rule.formula}); {how}"
    return ExpectRuleToHold(
        column=rule.id, value_set=["pass"], description=said.replace("$", "＄"),
        notes=f"{rule.id} {title}：{how}", meta={"severity": rule.severity},
    )  # fmt: skip

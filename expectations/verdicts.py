"""One expectation for each rule, and one metric that looks at the verdicts of all of them at once.

Great Expectations plans, resolves and looks up a dozen metrics for each column that it has an opinion of, which for
sixty rules took two thirds of the time it judges a county's period in. What a rule's column holds is a matter of one
look; what follows from it (success, counts, the rows that are named) is its own to say.

Importing this module imports Great Expectations (see `suites`).
"""

from typing import Any

from great_expectations import expectations as gxe
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.result_format import ResultFormat
from great_expectations.execution_engine import ExecutionEngine, PandasExecutionEngine
from great_expectations.expectations.expectation import parse_result_format
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

__all__ = ["ExpectRuleToHold", "RuleVerdicts"]

_METRIC = "table.rule_verdicts"
_INDEX = "unexpected_index_column_names"


class RuleVerdicts(TableMetricProvider):  # type: ignore[misc]
    """Computes of every column of categories how many cells are filled and which hold another verdict than `passes`.

    The others are named by `index_columns`, or by their place where there are none.
    """

    metric_name = _METRIC
    value_keys = ("passes", "index_columns")

    @metric_value(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
    def _pandas(
        cls,  # noqa: N805 - registered as a function of the class
        execution_engine: PandasExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> dict[str, Any]:
        frame, _, _ = execution_engine.get_compute_domain(
            domain_kwargs=metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE
        )
        passes, index_columns = metric_value_kwargs["passes"], list(metric_value_kwargs["index_columns"])
        columns: dict[str, Any] = {}
        for name in frame.columns[frame.dtypes == "category"]:
            column = frame[name].cat
            codes = column.codes.to_numpy()
            good = [code for code, verdict in enumerate(column.categories) if verdict in passes]
            filled = codes >= 0
            bad = filled.copy()
            for code in good:
                bad &= codes != code
            failing = bad.nonzero()[0]
            verdicts = [column.categories[code] for code in codes[failing]]
            named = (
                [{name: verdict, **row} for verdict, row in
                 zip(verdicts, frame[index_columns].iloc[failing].to_dict("records"), strict=True)]
                if index_columns else failing.tolist()
            )  # fmt: skip
            columns[name] = (int(filled.sum()), verdicts, named)
        return {"rows": len(frame), "columns": columns}


class ExpectRuleToHold(gxe.ExpectColumnValuesToBeInSet):  # type: ignore[misc]
    """Expects every verdict in the rule's column to be one of `value_set`; nulls are not evaluated."""

    def get_validation_dependencies(
        self,
        execution_engine: ExecutionEngine | None = None,
        runtime_configuration: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> ValidationDependencies:
        """Return the one metric that all rules of a suite share."""
        result_format = parse_result_format((runtime_configuration or {}).get("result_format", ResultFormat.BASIC))
        domain = {"batch_id": self.batch_id, "table": None, "row_condition": None, "condition_parser": None}
        value = {"passes": tuple(self.value_set), "index_columns": tuple(result_format.get(_INDEX) or ())}
        metric = MetricConfiguration(_METRIC, metric_domain_kwargs=domain, metric_value_kwargs=value)
        return ValidationDependencies(metric_configurations={_METRIC: metric}, result_format=result_format)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: ExecutionEngine | None = None,
    ) -> Any:
        verdicts = metrics[_METRIC]
        filled, failing, named = verdicts["columns"][self.column]
        seen = {
            "table.row_count": verdicts["rows"],
            "column_values.nonnull.unexpected_count": verdicts["rows"] - filled,
            f"{self.map_metric}.unexpected_count": len(failing),
            f"{self.map_metric}.unexpected_values": failing,
            f"{self.map_metric}.unexpected_index_list": named,
        }
        return super()._validate(seen, runtime_configuration, execution_engine)

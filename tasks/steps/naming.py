"""How task runs are called in the UI: a sentence in the county's language."""

from collections.abc import Callable
from typing import Any

from prefect.runtime import task_run
from prefect.utilities.annotations import quote

from tasks import identify
from tasks.domain.county import County
from tasks.domain.submissions import StoredFile
from tasks.reading import whose

__all__ = ["named"]


def named(zh: str, en: str) -> Callable[[], str]:
    """Return a task-run name in the county's language, filled from the task's own parameters."""

    def name() -> str:
        parameters: dict[str, Any] = {
            parameter: value.unquote() if isinstance(value, quote) else value
            for parameter, value in task_run.parameters.items()
        }
        county: County = parameters["county"]
        in_chinese = county.language == "zh"
        if "batch" in parameters:
            batch = parameters["batch"]
            stored: StoredFile = batch[0].stored
            first = whose(stored, identify.guess_identity(stored.source_file, county))
            others = f" 等{len(batch)}件" if in_chinese else f" and {len(batch) - 1} more"
            parameters["batch_name"] = f"{first}{others if len(batch) > 1 else ''}"
        if "files" in parameters:
            parameters["file_count"] = len(parameters["files"])
        if "refused" in parameters:
            refused = parameters["refused"]
            known = f"{refused.identity.unit_name} {refused.identity.period} {refused.stored.file_name}"
            parameters["refused_name"] = known.strip()
        return (zh if in_chinese else en).format(**parameters)

    return name

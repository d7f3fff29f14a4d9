"""How task runs are called in the UI: a sentence in the county's language."""

from collections.abc import Callable
from typing import Any

from prefect.runtime import task_run

from tasks import identify
from tasks.domain.county import County
from tasks.domain.submissions import StoredFile

__all__ = ["named"]


def named(zh: str, en: str) -> Callable[[], str]:
    """Return a task-run name in the county's language, filled from the task's own parameters."""

    def name() -> str:
        parameters: dict[str, Any] = task_run.parameters
        county: County = parameters["county"]
        template = zh if county.language == "zh" else en
        if "planned" in parameters:
            stored: StoredFile = parameters["planned"].stored
            guess = identify.guess_identity(stored.source_file, county)
            parameters = {**parameters, "whose": f"{guess.unit_name} {guess.period} {stored.file_name}".strip()}
        return template.format(**parameters)

    return name

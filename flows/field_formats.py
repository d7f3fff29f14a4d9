"""What may be typed into the fields of the UI's forms, as JSON Schema formats.

Before it sends a form the UI has the server check it, with a copy of the schema that keeps `enum`, `required` and
`format` but neither `pattern` nor lengths nor bounds; what the server finds wrong then stands beside the field. So what
a typed field takes is a format, whose name is what a person reads there ("… is not a …"). `flows.cli.serving` makes
them known to the server it starts; another ignores them, and what the flow itself refuses stands in the page's corner.
"""

import re
from collections.abc import Callable, Mapping

from jsonschema.validators import Draft202012Validator  # type: ignore[import-untyped]

__all__ = ["FIGURE", "ID", "NAME", "register_formats"]

ID = "编号（数字和 a–f） id of digits and a–f"
FIGURE = "数字和单位，如 5.27万亩 · number and unit"
NAME = "姓名 name"

_TAKEN: Mapping[str, Callable[[str], bool]] = {
    ID: lambda typed: re.fullmatch(r"[0-9a-f]*", typed.strip()) is not None,
    FIGURE: lambda typed: not typed.strip() or re.search(r"[\d零〇一二两三四五六七八九十]", typed) is not None,
    NAME: lambda typed: bool(typed.strip()),
}


def register_formats() -> None:
    """Have every validator of this process check the formats; Prefect's server shares these."""
    for name, takes in _TAKEN.items():
        Draft202012Validator.FORMAT_CHECKER.checks(name)(_of_text(takes))


def _of_text(takes: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda typed: not isinstance(typed, str) or takes(typed)

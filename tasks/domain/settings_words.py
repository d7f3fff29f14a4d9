"""What is wrong in county.toml or province.toml, in the words of the person who wrote it."""

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tasks.domain.errors import Text

__all__ = ["settings_problems"]

# Pydantic's kinds of error; the braces hold what the error says of itself.
_ZH: Mapping[str, str] = {
    "missing": "缺少此项",
    "extra_forbidden": "没有这一项，请核对写法",
    "string_type": "应为文字，加引号",
    "string_too_short": "至少 {min_length} 个字",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "list_type": "应为列表，如 [\"…\", \"…\"]",
    "tuple_type": "应为列表，如 [\"…\", \"…\"]",
    "model_type": "应为一节 […]",
    "too_short": "至少 {min_length} 项",
    "literal_error": "应为 {expected}",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不得小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不得大于 {le}",
    "date_from_datetime_parsing": "应为日期，如 2024-03-01",
    "date_parsing": "应为日期，如 2024-03-01",
}  # fmt: skip
_DIGITS = "^[0-9]{12}$"


def settings_problems(error: ValidationError) -> Text:
    """Return every problem with the setting it is about, in both languages."""
    zh, en = [], []
    for one in error.errors():
        where = ".".join(str(part) for part in one["loc"])
        zh.append(f"{where}：{_said(one)}")
        en.append(f"{where}: {one['msg']}")
    return Text("；".join(zh), "; ".join(en))


def _said(problem: ErrorDetails) -> str:
    """Return the problem in Chinese; what our own checks say is of both languages or plain enough."""
    context = problem.get("ctx", {})
    if problem["type"] == "string_pattern_mismatch":
        return "应为12位数字" if context["pattern"] == _DIGITS else f"写法不对，应符合 {context['pattern']}"
    known = _ZH.get(problem["type"])
    return known.format(**context) if known else problem["msg"].removeprefix("Value error, ")

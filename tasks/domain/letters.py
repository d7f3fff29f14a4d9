"""What writers and readers of letters must agree about: the table of the question letter, the reminders' folders."""

from collections.abc import Mapping
from types import MappingProxyType

from tasks.domain.errors import Language

__all__ = ["ID_COLUMN", "LETTER_COLUMNS", "NUMBER_COLUMN", "REMINDERS", "REPLY_COLUMN"]

LETTER_COLUMNS: Mapping[Language, tuple[str, ...]] = MappingProxyType(
    {
        "zh": ("序号", "指标", "报告原文", "位置", "疑问", "请回复", "回复", "编号"),
        "en": ("No.", "Indicator", "The report says", "Place", "Question", "Please reply", "Reply", "Id"),
    }
)
NUMBER_COLUMN, REPLY_COLUMN, ID_COLUMN = 0, 6, 7
# The folders of reminders in a county's own.
REMINDERS: Mapping[Language, str] = MappingProxyType({"zh": "催报函", "en": "reminders"})

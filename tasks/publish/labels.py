"""What people read instead of column names and codes, in both languages."""

from collections.abc import Mapping
from types import MappingProxyType

from tasks.domain.dictionary import headings
from tasks.domain.errors import Language, Text

__all__ = ["BOUND_FORMATS", "COLUMNS", "STATES", "label", "state", "state_words"]

# Columns of tables are called as in the data dictionary; these are made for people, or are dates instead of times.
COLUMNS: Mapping[str, Text] = MappingProxyType(
    {
        **headings(),
        "received_at": Text("收到日期", "received"),
        "message": Text("问题", "problem"),
        "decision": Text("决定", "decision"),
    }
)

STATES: Mapping[str, Text] = MappingProxyType(
    {
        "on_time": Text("按时", "on time"),
        "late": Text("迟报", "late"),
        "missing": Text("未报", "missing"),
        "expected": Text("待报", "expected"),
        "quarantined": Text("隔离待处理", "quarantined"),
        "held": Text("待定", "held"),
        "error": Text("错误", "error"),
        "question": Text("疑问", "question"),
        "note": Text("提示", "note"),
        "open": Text("待处理", "open"),
        "explained": Text("已说明", "explained"),
        "fixed": Text("已改正", "fixed"),
        "waived": Text("已豁免", "waived"),
        "expired": Text("已失效", "expired"),
        "approved": Text("已审定", "approved"),
        "accepted": Text("通过", "accepted"),
        "flagged": Text("存疑", "flagged"),
        "rejected": Text("不通过", "rejected"),
        "corrected": Text("已更正", "corrected"),
        "level": Text("本期", "level"),
        "prior_level": Text("往期", "earlier level"),
        "growth_pct": Text("增长%", "growth %"),
        "growth_abs": Text("增减量", "growth"),
        "share_pct": Text("占比%", "share %"),
        "completion_pct": Text("完成%", "completion %"),
        "plan": Text("计划", "plan"),
        "forecast": Text("预计", "forecast"),
        "exact": Text("确数", "exact"),
        "at_least": Text("以上", "at least"),
        "at_most": Text("以内", "at most"),
        "approx": Text("左右", "about"),
        "range": Text("区间", "range"),
        "masked": Text("隐去", "masked"),
        "changed": Text("改动", "changed"),
        "added": Text("新增", "added"),
        "removed": Text("删去", "removed"),
        "damaged": Text("残缺", "damaged"),
    }
)

# How a bound is shown beside a number that stays a number.
BOUND_FORMATS: Mapping[str, str] = MappingProxyType({"at_least": '"≥"', "at_most": '"≤"', "approx": '"≈"'})


def label(column: str, zh: bool) -> str:
    """Return the heading of a column; its own name where it has none."""
    words = COLUMNS.get(column)
    return column if words is None else words.within("zh" if zh else "en")


def state(zh: bool) -> dict[str, str]:
    """Return the words of every code in one language."""
    return {code: words.within("zh" if zh else "en") for code, words in STATES.items()}


def state_words(language: Language) -> dict[str, str]:
    """Return the words of every code in `language`."""
    return state(zh=language == "zh")

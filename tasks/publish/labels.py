"""What people read instead of column names and codes, in both languages."""

from collections.abc import Mapping
from types import MappingProxyType

from tasks.domain.errors import Language, Text

__all__ = ["BOUND_FORMATS", "COLUMNS", "STATES", "label", "state", "state_words"]

COLUMNS: Mapping[str, Text] = MappingProxyType(
    {
        "unit_code": Text("区划代码", "unit code"),
        "unit_name": Text("报送单位", "unit"),
        "form": Text("报表", "form"),
        "period": Text("报告期", "period"),
        "indicator": Text("指标代码", "indicator code"),
        "indicator_name": Text("指标", "indicator"),
        "group": Text("分组", "group"),
        "item": Text("项目", "item"),
        "measure": Text("口径", "measure"),
        "value": Text("数值", "value"),
        "value_high": Text("数值上限", "value, high end"),
        "low": Text("下界", "low"),
        "high": Text("上界", "high"),
        "canonical_unit": Text("计量单位", "unit of measure"),
        "stated_value": Text("原文数字", "as stated"),
        "stated_unit": Text("原文单位", "unit as stated"),
        "bound": Text("约数", "bound"),
        "status": Text("状态", "status"),
        "evidence": Text("原文", "quote"),
        "file_name": Text("文件", "file"),
        "page": Text("页", "page"),
        "block": Text("段", "block"),
        "start": Text("起", "start"),
        "end": Text("止", "end"),
        "rule_id": Text("取数规则", "reading rule"),
        "confidence": Text("可信度", "confidence"),
        "submission_id": Text("报送件", "submission"),
        "version": Text("版本", "version"),
        "fact_id": Text("指标值编号", "fact id"),
        "severity": Text("严重程度", "severity"),
        "rule": Text("审核规则", "rule"),
        "level": Text("级别", "level"),
        "message": Text("问题", "problem"),
        "quotes": Text("原文", "quotes"),
        "observed": Text("实际", "observed"),
        "expected": Text("应为", "expected"),
        "imbalance": Text("差额", "imbalance"),
        "finding_id": Text("问题编号", "finding id"),
        "state": Text("报送状态", "state"),
        "due_at": Text("截止日期", "due"),
        "received_at": Text("收到日期", "received"),
        "days_late": Text("逾期天数", "days late"),
        "facts": Text("指标值数", "facts"),
        "completeness": Text("必报完整率", "completeness"),
        "errors": Text("错误", "errors"),
        "questions": Text("疑问", "questions"),
        "notes": Text("提示", "notes"),
        "decision": Text("决定", "decision"),
        "decision_id": Text("决定编号", "decision id"),
        "corrected_value": Text("更正值", "corrected"),
        "approval": Text("审定", "approval"),
        "response": Text("已报", "response"),
        "on_time": Text("按时", "on time"),
        "year": Text("年份", "year"),
        "hard_failures": Text("硬性不通过", "hard failures"),
        "soft_failures": Text("存疑不通过", "soft failures"),
        "explained": Text("已说明", "explained"),
        "corrected": Text("已更正", "corrected"),
        "explained_share": Text("说明占处理比", "explained of settled"),
        "mean_revision": Text("平均修订幅度", "mean revision"),
        "outlier_free": Text("无异常占比", "outlier-free share"),
        "first_seen_run": Text("首次发现", "first seen in"),
        "last_seen_run": Text("最近发现", "last seen in"),
    }
)

STATES: Mapping[str, Text] = MappingProxyType(
    {
        "on_time": Text("按时", "on time"),
        "late": Text("迟报", "late"),
        "missing": Text("未报", "missing"),
        "expected": Text("待报", "expected"),
        "quarantined": Text("隔离待处理", "quarantined"),
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
        "prior_level": Text("上期", "prior level"),
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

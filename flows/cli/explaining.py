"""`county extract --explain`: every figure with the name that decided, its rivals, or why it became no fact."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape

from expectations.catalogue import load_catalogue
from tasks.domain.documents import Document
from tasks.domain.facts import Bound, Fact
from tasks.domain.periods import ReportPeriod
from tasks.extract.explain import ExplainedFigure, ExplainedSentence, Name, explain_document
from tasks.rereading import reader

__all__ = ["explain_to"]


def explain_to(
    console: Console | None, name: str, document: Document, period: ReportPeriod | None
) -> list[dict[str, Any]]:
    """Print, where there is a console, why each figure of `document` was read as it was; return the same as rows."""
    sentences = explain_document(document, period, reader())
    if console is not None:
        console.print(f"[bold]{escape(name)}[/]", highlight=False)
        if not sentences:
            console.print("  没有数字 no figures", highlight=False)
        for sentence in sentences:
            for line in _lines(sentence):
                console.print(line, highlight=False, soft_wrap=True)
    return [{"file": name, **asdict(one)} for one in sentences]


def _lines(sentence: ExplainedSentence) -> Iterator[str]:
    yield f"\n[cyan]●[/] {escape(sentence.text)} [dim]\\[{sentence.start}:{sentence.end}][/]"
    for figure in sentence.figures:
        cell = f"  [dim]{escape(figure.cell)}[/]" if figure.cell else ""
        stated = _interval(figure.low, figure.high, figure.bound)
        yield f"  [bold]{escape(figure.surface)}[/]  {stated} {escape(figure.unit)} {figure.bound}{cell}"
        yield _fact(figure.fact) if figure.fact is not None else f"    [yellow]✗[/] {escape(figure.reason)}"
        yield from _names(figure)


def _fact(fact: Fact) -> str:
    title = load_catalogue()[fact.indicator].name
    item = f" @{escape(fact.item)}" if fact.item else ""
    period = f" {escape(fact.period)}" if fact.period else ""
    value = _interval(fact.value, fact.value if fact.value_high is None else fact.value_high, "exact")
    return (
        f"    [green]→[/] {fact.indicator} {escape(title)}{item} {fact.measure}{period} = {value} {escape(fact.unit)}"
        f"  规则 rule {escape(fact.rule_id)}  可信度 confidence {fact.confidence:.2f}"
    )


def _names(figure: ExplainedFigure) -> Iterator[str]:
    if figure.decided is not None:
        yield f"      定名 by {_name(figure.decided)}"
    heading = "      另可 or " if figure.fact is not None else "      近似 near "
    for one in figure.others:
        yield heading + _name(one)


def _name(one: Name) -> str:
    score = "" if one.score is None else f" {one.score:.1f}"
    behind = "" if one.behind is None else f" (−{one.behind:.1f})"
    why_not = f": {escape(one.why_not)}" if one.why_not else ""
    return f"{one.code} “{escape(one.words)}”{score}{behind} [dim]{escape(one.place)}[/]{why_not}"


def _interval(low: float | None, high: float | None, bound: Bound) -> str:
    """Return an interval as people write it; a masked figure has none."""
    if low is None and high is None:
        return "?" if bound in {"masked", "exact"} else "—"
    if low is None or high is None:
        return f"≤ {_number(high)}" if low is None else f"≥ {_number(low)}"
    return _number(low) if low == high else f"{_number(low)} – {_number(high)}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.6f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"

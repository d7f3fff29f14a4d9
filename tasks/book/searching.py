"""What can be searched: names, figures and sentences, as scripts that a page loads from a folder.

A page that was opened from a file may load scripts from beside it and may fetch nothing.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

import polars as pl

from tasks.book.data import BookData
from tasks.book.figures import fact_name, shown_value

__all__ = ["names_script", "period_script", "searched_periods"]

# A sentence ends with its mark; the mark belongs to it.
_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
_SHORTEST = 4


def searched_periods(data: BookData) -> list[str]:
    """Return the periods that have reports, newest first."""
    loaded = set(data.submissions.filter(pl.col("state") == "loaded")["period"])
    return [code for code in reversed(data.periods) if code in loaded]


def names_script(data: BookData) -> bytes:
    """Return townships (with former names) and indicators that have a page: name, other names, address."""
    former = {code: " ".join(names or ()) for code, names in data.units.select("unit_code", "former_names").rows()}
    stated = set(data.figures["indicator"])
    townships = [[name, f"{former.get(code, '')} {code}".strip(), f"townships/{code}.html"]
                 for code, name in data.unit_names.items()]  # fmt: skip
    indicators = [
        [one["name"], f"{one['code']} {one['group']} {one['unit']}", f"indicators/{one['code']}.html"]
        for one in data.indicators.iter_rows(named=True)
        if one["code"] in stated
    ]
    return _script("names", {"townships": townships, "indicators": indicators})


def period_script(period: str, data: BookData) -> bytes:
    """Return the figures (name, words, value, township, address) and sentences (text, township, address) of reports."""
    reports = data.submissions.filter((pl.col("state") == "loaded") & (pl.col("period") == period))
    figures: list[Sequence[str]] = []
    sentences: list[Sequence[str]] = []
    for report in reports.iter_rows(named=True):
        unit, path = report["unit_name"], data.report_path(report)
        figures += [
            [fact_name(one), f"{one['stated_value'] or ''}{one['stated_unit'] or ''}",
             shown_value(one, with_unit=True), unit, one["address"]]
            for one in data.facts_of.get(report["submission_id"], [])
        ]  # fmt: skip
        for block in data.blocks.get(report["submission_id"], []):
            sentences += [
                [words, unit, f"{path}#b{block['block']}"]
                for words in (one.group().strip() for one in _SENTENCE.finditer(block["text"]))
                if len(words) >= _SHORTEST
            ]
    return _script(period, {"figures": figures, "sentences": sentences})


def _script(name: str, contents: dict[str, Any]) -> bytes:
    said = json.dumps(contents, ensure_ascii=False, separators=(",", ":"))
    return f"bookSearch.take({json.dumps(name)},{said});\n".encode("utf-8", "replace")

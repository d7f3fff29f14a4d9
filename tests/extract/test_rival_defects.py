"""Forms that JioNLP and Recognizers-Text are known to misread: each is read whole, with the right value, and alone."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.domain.facts import Extraction, Mention

Reading = tuple[str, float | None, float | None, str]

_ROWS = list(csv.DictReader((Path(__file__).parent / "rival_defects.csv").read_text(encoding="utf-8").splitlines()))
# 万分之三 may be called 0.03 %, 0.3 ‰ or 3 ‱: these say the same.
_PARTS_OF_A_HUNDRED = {"%": 1.0, "‰": 0.1, "‱": 0.01}


def _reading(surface: str, low: float | None, high: float | None, unit: str) -> Reading:
    factor = _PARTS_OF_A_HUNDRED.get(unit)
    if factor is None:
        return surface, low, high, unit
    low, high = (None if value is None else round(value * factor, 12) for value in (low, high))
    return surface, low, high, "%"


def _expected(row: dict[str, str]) -> list[Reading]:
    low, high = (float(row[name]) if row[name] else None for name in ("low", "high"))
    return [_reading(row["surface"], low, high, row["unit"])] if row["surface"] else []


def _read(mention: Mention) -> Reading:
    return _reading(mention.surface, mention.low, mention.high, mention.unit)


@pytest.mark.parametrize("row", _ROWS, ids=[f"{row['source']} {row['surface']}" for row in _ROWS])
def test_form_that_others_misread_is_read_right(row: dict[str, str], read_text: Callable[[str], Extraction]) -> None:
    mentions = read_text(row["sentence"]).mentions
    assert [_read(one) for one in mentions] == _expected(row), row["note"]
    assert all(row["sentence"][one.start : one.end] == one.surface for one in mentions)

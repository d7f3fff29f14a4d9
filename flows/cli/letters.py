"""`county letter`: the question letters of a county."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from expectations.rules import load_rules
from tasks import publish
from tasks.domain.county import County
from tasks.load import Warehouse

__all__ = ["write_letters"]


def write_letters(
    console: Console, county: County, folder: Path, periods: Sequence[str] | None, unit: str | None
) -> None:
    """Write the letters into `folder` and say which townships got one and which have nothing to answer.

    Raises:
        ConfigurationError: units.csv has no such unit.
        WarehouseError: a table cannot be read or a letter cannot be written.
    """
    found = county.gazetteer.named(unit) if unit is not None else None
    settings = county.settings.letter
    head = publish.LetterHead(
        county=county.name,
        number=settings.number,
        office=settings.office,
        written_on=dt.datetime.now(county.timezone).date(),
        reply_days=settings.reply_days,
        book=county.settings.book.url,
    )
    letters = publish.write_letters(
        Warehouse(county.warehouse), folder, head, load_rules(),
        periods=periods, unit_codes={found.unit_code} if found else None, language=county.language,
    )  # fmt: skip
    zh = county.language == "zh"
    for one in letters:
        if one.path is not None:
            console.print(f"+ {one.path}  {one.questions}{'项' if zh else ' items'}", highlight=False, soft_wrap=True)
    silent = [f"{one.unit_name} {one.period}" for one in letters if one.path is None and one.has_report]
    if silent:
        names = "、".join(silent) if zh else ", ".join(silent)
        words = f"无待核实事项，不发函：{names}" if zh else f"nothing to ask, no letter: {names}"
        console.print(words, highlight=False, soft_wrap=True)
    owing = [f"{one.unit_name} {one.period}" for one in letters if one.path is None and not one.has_report]
    if owing:
        names = "、".join(owing) if zh else ", ".join(owing)
        words = f"报告未报或未能读入，无从核实：{names}" if zh else f"no report has come or could be read: {names}"
        console.print(words, highlight=False, soft_wrap=True)
    if not letters:
        console.print("还没有收过报告 nothing collected yet: county collect", highlight=False)

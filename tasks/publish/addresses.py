"""Permanent addresses in the county book (县情册): where a figure is found now and after every later publication.

An address is made of what a figure is called, never of bytes, offsets or versions: a report read anew, resubmitted or
corrected keeps the addresses of its figures. The book shows the live version at the address and links the older ones.
"""

from urllib.parse import quote

import polars as pl

__all__ = ["fact_address", "fact_anchor", "finding_address", "report_address", "with_fact_addresses"]

# Of several statements of one figure in a report, in the order of the text, the second has ~2.
_SAME_FIGURE = ("submission_id", "period", "indicator", "measure", "item")


def report_address(unit_code: str, period: str) -> str:
    """Return the place in the book of what `unit_code` reported for `period`, relative to the book's folder.

    >>> report_address("530999101000", "2023")
    'reports/530999101000/2023.html'
    """
    return f"reports/{quote(unit_code)}/{quote(period)}.html"


def fact_anchor(indicator: str, measure: str, item: str = "", *, other_period: str = "", occurrence: int = 1) -> str:
    """Return the id of a figure within the page of its report.

    `other_period` is the figure's period where it is not the report's (1—9月… in an annual report); `occurrence` counts
    from 1 where one report states one figure several times.

    >>> fact_anchor("agri.crop_area", "level", "水稻", occurrence=2)
    'agri.crop_area.level.水稻~2'
    """
    name = f"{indicator}.{measure}"
    if item:
        # An id may hold anything but blanks.
        name += "." + "_".join(item.split())
    if other_period:
        name += f"@{other_period}"
    return name if occurrence == 1 else f"{name}~{occurrence}"


def fact_address(
    unit_code: str, report_period: str, indicator: str, measure: str, item: str = "", *, period: str = "",
    occurrence: int = 1,
) -> str:  # fmt: skip
    """Return the place of a figure in the book, relative to the book's folder, ready for a link.

    `report_period` is that of the report that states it, `period` the figure's own (empty: the same).

    >>> fact_address("530999101000", "2023", "agri.grain_area", "level")
    'reports/530999101000/2023.html#agri.grain_area.level'
    """
    other = "" if period == report_period else period
    anchor = fact_anchor(indicator, measure, item, other_period=other, occurrence=occurrence)
    return f"{report_address(unit_code, report_period)}#{quote(anchor, safe='~@')}"


def finding_address(period: str, finding_id: str) -> str:
    """Return the place of a finding in the book, relative to the book's folder.

    >>> finding_address("2023", "4bfd16fb6ed2b00d")
    'findings/2023.html#4bfd16fb6ed2b00d'
    """
    return f"findings/{quote(period)}.html#{quote(finding_id)}"


def with_fact_addresses(facts: pl.DataFrame, *, column: str = "address") -> pl.DataFrame:
    """Return `facts` with the place of each in the book in `column`, relative to the book's folder, ready for a link.

    Shape: `facts` in the schema `TABLES["facts"]` or a part of it with unit_code, submission_id, period, indicator,
    measure, item, start; all facts of a submission together, or a second statement of a figure cannot be told from the
    first. The order of rows stays.
    """
    keyed = facts.with_columns(pl.col("item").fill_null(""))
    rank = pl.struct("start", "fact_id").rank("ordinal").over(_SAME_FIGURE).cast(pl.Int64).alias("occurrence")
    words = keyed.select(
        "unit_code", report_period_of(), "indicator", "measure", "item", "period", rank
    )  # fmt: skip
    addresses = [
        fact_address(unit, report, indicator, measure, item, period=period, occurrence=occurrence)
        for unit, report, indicator, measure, item, period, occurrence in words.rows()
    ]
    return facts.with_columns(pl.Series(column, addresses, dtype=pl.String))


def report_period_of() -> pl.Expr:
    """Return the period of the report that a fact stands in: the last part of its submission's id."""
    # A figure may be about another period than its report; the submission is named `sha-unit-period`.
    return pl.col("submission_id").str.splitn("-", 3).struct.field("field_2").alias("report_period")

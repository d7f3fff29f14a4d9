"""What the charts of the book are drawn from: rows from the frames, and words for those who do not see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from tasks.book import charts
from tasks.book.data import BookData
from tasks.book.maps import CountyMap
from tasks.publish.labels import state

__all__ = ["Drawing", "heat_map_chart", "indicator_charts", "timeliness_chart"]

_ROWS_SHOWN = 60  # more rows are no picture any more, and a page stays well below a megabyte
_LEAST_UNITS = 4


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart that is drawn when its page is made, and only then; equal rows are the same drawing.

    `kind` is trend, heat_map, timeliness or map; `setting` what else its drawing needs (see `tasks.book.charts`).
    """

    kind: str
    rows: tuple[dict[str, Any], ...]
    words: str
    setting: Any

    def __html__(self) -> str:
        """Return the chart as SVG; templates take it for markup."""
        if self.kind == "trend":
            return charts.trend(self.rows, self.words, self.setting)
        if self.kind == "heat_map":
            return charts.heat_map(self.rows, self.words, self.setting)
        if self.kind == "timeliness":
            return charts.timeliness(self.rows, self.words, dict(self.setting))
        return charts.map_of(self.rows, self.words, *self.setting)


def indicator_charts(
    code: str, levels: pl.DataFrame, county_map: CountyMap | None, data: BookData
) -> Mapping[str, Drawing | None]:
    """Return the charts of an indicator: `trend` where it has two periods, `map` where the county has one."""
    indicator = data.indicator_by_code[code]
    own = levels.filter((pl.col("item") == "") & (pl.col("measure") == "level") & pl.col("shown").is_not_null())
    made: dict[str, Drawing | None] = {"trend": None, "map": None}
    if own["period"].n_unique() > 1 and own["unit_code"].n_unique() > 1:
        rows = own.sort("period", "unit_code").select(unit="unit_name", period="period", value="shown").to_dicts()
        said = "各单位各期走势、中位数和分布，数字见下表" if data.zh else "townships, median, distribution; table below"
        words = f"{indicator['name']} {said}"
        made["trend"] = Drawing("trend", tuple(rows), words, data.language)
    if county_map is not None and own.height:
        newest = str(own["period"].max())
        latest = own.filter(pl.col("period") == newest)
        values = dict(latest.select("unit_code", "shown").rows())
        words = f"{indicator['name']} {newest}"
        made["map"] = Drawing("map", tuple(county_map.with_values(values)), words, (indicator["unit"], data.language))
    return made


def heat_map_chart(data: BookData) -> Drawing | None:
    """Return the indicators that most townships state in the newest period, by township; None where there are few."""
    levels = data.figures.filter(
        (pl.col("period") == data.latest) & (pl.col("measure") == "level") & (pl.col("item") == "")
        & pl.col("shown").is_not_null() & (pl.col("status") != "flagged")
    )  # fmt: skip
    order = data.indicators.with_row_index("place").select(indicator="code", place="place")
    often = (
        levels.group_by("indicator").len().filter(pl.col("len") >= _LEAST_UNITS).join(order, on="indicator")
        .sort("len", "place", descending=[True, False]).head(_ROWS_SHOWN)
    )  # fmt: skip
    if often.is_empty():
        return None
    below = (pl.col("shown").rank("average").over("indicator") - 1) / (pl.len().over("indicator") - 1) * 100
    rows = (
        levels.join(often.select("indicator", "place"), on="indicator").with_columns(below.round(0).alias("share"))
        .sort("place", "unit_code").select(indicator="indicator_name", unit="unit_name", share="share")
    )  # fmt: skip
    words = "指标乘乡镇的热力图：各乡镇在全县的位次" if data.zh else "heat map: place in the county"
    return Drawing("heat_map", tuple(rows.to_dicts()), words, data.language)


def timeliness_chart(data: BookData) -> Drawing | None:
    """Return the townships by periods with their state and days early (−) or late (+); None where nothing is owed."""
    if data.reporting.is_empty():
        return None
    words = state(data.zh)
    days = ((pl.col("received_at") - pl.col("due_at")).dt.total_seconds() / 86_400).ceil().cast(pl.Int64)
    rows = data.reporting.sort("unit_code", "period").select(
        unit="unit_name", period="period", state=pl.col("state").replace(words),
        days=pl.when(pl.col("state").is_in(["on_time", "late"])).then(
            pl.when(days > 0).then(pl.format("+{}", days)).otherwise(days.cast(pl.String))
        ).otherwise(pl.lit("")),
    )  # fmt: skip
    said = "各乡镇各期报送时间：距截止日天数" if data.zh else "when each township reported: days from the due day"
    return Drawing("timeliness", tuple(rows.to_dicts()), said, tuple(words.items()))

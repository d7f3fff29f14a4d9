"""Reporting periods (报告期): `2023`, `2023H1`, `2023Q3`, `2023M09`, cumulative `2023M01-09`, five years `2023Y5`."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass

__all__ = ["ReportPeriod"]

_CODE = re.compile(r"(?P<year>(?:19|20)\d\d)(?:(?P<kind>[HQMY])(?P<first>\d{1,2})(?:-(?P<last>\d{2}))?)?")
_MONTHS_PER = {"H": 6, "Q": 3, "M": 1}
_MOST_YEARS = 30


@dataclass(frozen=True, slots=True, order=True)
class ReportPeriod:
    """A reporting period as first and last month of one year, or `years` whole years that end with it.

    No report is about several years; some of its figures are (五年来累计…).

    >>> ReportPeriod.parse("2023H1").end
    datetime.date(2023, 6, 30)
    >>> ReportPeriod.parse("2023M01-09").name_zh
    '2023年1—9月'
    >>> ReportPeriod.parse("2023Y5").name_zh
    '2019—2023年'
    """

    year: int
    first_month: int
    last_month: int
    years: int = 1

    @classmethod
    def parse(cls, code: str) -> "ReportPeriod":
        """Return the period that `code` names.

        Raises:
            ValueError: `code` is not one of the six forms, or names a month, quarter or half that does not exist.
        """
        match = _CODE.fullmatch(code.strip())
        if match is None:
            raise ValueError(f"{code!r} is no period; write 2023, 2023H1, 2023Q3, 2023M09 or 2023M01-09")
        year, kind = int(match["year"]), match["kind"]
        if kind is None:
            return cls(year, 1, 12)
        if kind == "Y" and not match["last"] and 2 <= int(match["first"]) <= _MOST_YEARS:
            return cls(year, 1, 12, int(match["first"]))
        if kind == "Y":
            raise ValueError(f"{code!r} is no period: of several years there are two to {_MOST_YEARS}")
        size, number = _MONTHS_PER[kind], int(match["first"])
        last = int(match["last"]) if match["last"] else number * size
        first = number if match["last"] else last - size + 1
        if (match["last"] and kind != "M") or not 1 <= first <= last <= 12:
            raise ValueError(f"{code!r} is no period: there is no such month, quarter or half of a year")
        return cls(year, first, last)

    @property
    def code(self) -> str:
        """The code, the inverse of `parse`."""
        span = (self.first_month, self.last_month)
        if self.years > 1:
            return f"{self.year}Y{self.years}"
        if span == (1, 12):
            return f"{self.year}"
        months = self.last_month - self.first_month + 1
        if months == 6 and self.last_month % 6 == 0:
            return f"{self.year}H{self.last_month // 6}"
        if months == 3 and self.last_month % 3 == 0:
            return f"{self.year}Q{self.last_month // 3}"
        if months == 1:
            return f"{self.year}M{self.last_month:02d}"
        return f"{self.year}M{self.first_month:02d}-{self.last_month:02d}"

    @property
    def kind(self) -> str:
        """`year`, `half`, `quarter`, `month`, `cumulative` or `years`."""
        code = self.code
        if self.years > 1:
            return "years"
        if code == str(self.year):
            return "year"
        return {"H": "half", "Q": "quarter"}.get(code[4], "cumulative" if "-" in code else "month")

    @property
    def name_zh(self) -> str:
        """The period as a Chinese reader writes it."""
        if self.kind == "year":
            return f"{self.year}年"
        if self.kind == "years":
            return f"{self.year - self.years + 1}—{self.year}年"
        if self.kind == "half":
            return f"{self.year}年{'上' if self.last_month == 6 else '下'}半年"
        if self.kind == "quarter":
            return f"{self.year}年第{'一二三四'[self.last_month // 3 - 1]}季度"
        if self.kind == "month":
            return f"{self.year}年{self.last_month}月"
        return f"{self.year}年{self.first_month}—{self.last_month}月"

    @property
    def start(self) -> dt.date:
        """The first day."""
        return dt.date(self.year - self.years + 1, self.first_month, 1)

    @property
    def end(self) -> dt.date:
        """The last day."""
        return dt.date(self.year, self.last_month, calendar.monthrange(self.year, self.last_month)[1])

    def __str__(self) -> str:
        return self.code

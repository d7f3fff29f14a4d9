"""From table cells to readings: the row names the indicator, or the column does and the row its item."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Final

from expectations.catalogue import Catalogue
from tasks.domain.documents import Document
from tasks.extract.candidates import Zone
from tasks.extract.mentions import MentionFinder, Quantity
from tasks.extract.names import NameFinder
from tasks.extract.numerals import MULTIPLIERS
from tasks.extract.readings import Reading
from tasks.extract.scene import AliasIndex, Scene
from tasks.extract.tables import TableCell, table_cells, unit_of
from tasks.lexicon import Lexicon, UnitWord

__all__ = ["TableReader"]

_OF_CROP: Final = {"area": "agri.crop_area", "mass": "agri.crop_output", "money": "agri.crop_output_value"}
_SCALED: Final = re.compile(r"(\s*-?\d[\d,.]*)\s*([万亿])\s*")
# 降3.1%, 同比增2.2%, ↓5.2: a cell says in words or with an arrow which way its figure went.
_WENT: Final = re.compile(
    r"\s*(?:同比|比上年|较上年)?(?:(?P<down>下?降|减少?|下滑|负|[↓▼])|增长?|增加|上?升|[↑▲])了?(?=\s*\d)"
)
_CHANGES: Final = frozenset({"growth_pct", "growth_abs"})
_TOTALS: Final = frozenset(("合计", "总计", "小计", "共计", "全镇", "全乡"))
# 青稞产量, 油菜种植面积: what a row tells of a crop
_CROP_MEASURED: Final = {
    "area": re.compile(r"(?:种植|播种|栽培)?总?面积$"), "mass": re.compile(r"总?产量$|总产$"),
    "money": re.compile(r"总?产值$"),
}  # fmt: skip
_NOTHING: Final = re.compile(r"$^")


class TableReader:
    """Reads the tables of a document; holds only data."""

    def __init__(
        self, catalogue: Catalogue, lexicon: Lexicon, finder: MentionFinder, index: AliasIndex, names: NameFinder
    ) -> None:
        self._catalogue = dict(catalogue.indicators)
        self._lexicon = lexicon
        self._finder = finder
        self._index = index
        self._names = names

    def read(self, document: Document, scene: Scene) -> list[Reading]:
        """Return one reading per cell that holds a figure."""
        found = [(cell, self._quantity(scene, cell)) for cell in table_cells(document)]
        units: dict[tuple[int | None, int | None], UnitWord] = {}
        for cell, quantity in found:
            if quantity is not None and quantity.unit.unit not in {"个", "%"}:
                units.setdefault(cell.row, quantity.unit)  # 5400万元, 54%, 降3.1%: units that stand in the cells
        return [self._reading(scene, cell, one, units.get(cell.row)) for cell, one in found if one is not None]

    def _quantity(self, scene: Scene, cell: TableCell) -> Quantity | None:
        start, end = scene.view_span(cell.block.start, cell.block.end)
        went = _WENT.match(scene.text, start, end)
        start = went.end() if went else start
        words = scene.text[start:end]
        unit = unit_of(cell.unit_words, self._lexicon) or ("", self._lexicon.units["个"])
        multiplier, word = unit
        # 790万 in a column of 元, as a number format shows it; in a column of 万元 it says nothing sure.
        scaled = _SCALED.fullmatch(words) if not multiplier else None
        if scaled:
            multiplier = scaled[2]
        quantity = self._finder.bare(scaled[1] if scaled else words, start, word)
        if quantity is None or quantity.value is None:
            stated = self._finder.find(words)
            if len(stated) != 1:
                return None
            one = stated[0]
            return replace(
                one,
                start=one.start + start,
                end=one.end + start,
                outer_start=one.outer_start + start,
                outer_end=one.outer_end + start,
            )
        if multiplier:
            factor = MULTIPLIERS[multiplier]
            quantity = replace(
                quantity,
                value=quantity.value * factor,
                step=max(quantity.step, Decimal(1)) * factor,
            )
        return quantity

    def _reading(self, scene: Scene, cell: TableCell, quantity: Quantity, stated: UnitWord | None) -> Reading:
        zone = Zone(quantity.start, quantity.start, quantity.end, quantity.end)
        reading = Reading(quantity, zone, scene.place(quantity.start))
        label = cell.label.replace("其中：", "").replace("其中:", "").replace("#", "").strip()
        row_unit = unit_of(cell.row_unit, self._lexicon)
        unit = row_unit[1] if row_unit else stated or quantity.unit
        is_known = row_unit is not None or stated is not None or quantity.unit.unit != "个"
        code, item = self._named(label, unit) if is_known else ("", "")
        if not code:
            code, item = self._of_column(cell, label, unit)
        if not code:
            return reading
        measure = cell.measure
        if quantity.unit.unit == "百分点":
            measure = "growth_abs"
        reading.take(code, measure, item, "table", 0.9)
        went = _WENT.match(scene.text, scene.view_span(cell.block.start, cell.block.end)[0])
        is_down = quantity.stated_value.startswith("-") or (
            went is not None and went["down"] is not None and measure in _CHANGES
        )
        reading.negative = is_down and quantity.value is not None and quantity.value > 0
        return reading

    def _of_column(self, cell: TableCell, label: str, unit: UnitWord) -> tuple[str, str]:
        """Return indicator and item where the column names the indicator and the row the item (产业发展类, 合计)."""
        code, item = self._named(cell.head, unit, alone=True)
        if not code or cell.measure in {"growth_pct", "completion_pct"}:
            return "", ""
        if label in _TOTALS:
            return code, item
        return (code, label) if self._catalogue[code].item else ("", "")

    def _named(self, label: str, unit: UnitWord, *, alone: bool = False) -> tuple[str, str]:
        """Return indicator and item of a label: the longest name that it is, or that begins or ends it."""
        forms = [label, *(label[:end] for end in range(len(label) - 1, 1, -1))]
        forms += [label[start:] for start in range(1, len(label) - 1)]
        for form in sorted(forms, key=len, reverse=True):
            for alias in self._index.named(form):
                if any(word.lstrip("^~") in label for word in alias.excludes):
                    continue
                if not alone and not all(any(word in label for word in group) for group in alias.needs):
                    continue
                if self._names.fits(unit, alias.code):
                    return alias.code, alias.words if alias.item == "=" else alias.item
        crop = _CROP_MEASURED.get(unit.dimension, _NOTHING).sub("", label)
        known = self._lexicon.crops.get(crop, "") if unit.dimension in _OF_CROP else ""
        return (_OF_CROP[unit.dimension], known) if known else ("", "")

"""The reading engine: one pass for quantities, one for names, one reading per figure."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Final

from expectations.catalogue import Catalogue, Indicator
from tasks.domain.collector import resting
from tasks.domain.documents import Document
from tasks.domain.errors import ConfigurationError, Place, Text
from tasks.domain.facts import Extraction
from tasks.domain.periods import ReportPeriod
from tasks.extract.assemble import assemble
from tasks.extract.mentions import MentionFinder
from tasks.extract.resolve import Resolver
from tasks.extract.scene import AliasIndex, Scene
from tasks.extract.table_readings import TableReader
from tasks.extract.years import report_year
from tasks.lexicon import Lexicon, Weights, load_weights
from tasks.native import hash_of

__all__ = ["EXTRACTOR_VERSION", "Reader", "build_reader", "extract_document"]

# Rules of reading are code as well as data (`Lexicon.version`), so results depend on the text of both: a rule that was
# mended is never hidden behind figures that were kept from before, though nobody thought of a number.
EXTRACTOR_VERSION: Final = f"8-{hash_of(('tasks/extract',))[:8]}"


@dataclass(frozen=True, slots=True)
class Reader:
    """The compiled engine; holds only data, shared by threads."""

    catalogue: Catalogue
    indicators: dict[str, Indicator]  # of the catalogue
    lexicon: Lexicon
    finder: MentionFinder
    index: AliasIndex
    resolver: Resolver
    tables: TableReader


def build_reader(catalogue: Catalogue, lexicon: Lexicon, weights: Weights | None = None) -> Reader:
    """Return the engine for `catalogue` and `lexicon`; `weights` are those that ship with the project, unless given.

    Raises:
        ConfigurationError: an alias names an indicator that the catalogue does not have, or an indicator's unit is none
            that figures are stated in.
    """
    named = [(alias.line, alias.code) for alias in lexicon.aliases]
    named += [("words.toml [newly]", code) for pair in lexicon.words["newly"].items() for code in pair]
    unknown = sorted({f"{line} {code}" for line, code in named if code not in catalogue})
    if unknown:
        listed = ", ".join(unknown)
        raise _wrong(
            "tasks/lexicon",
            Text(f"指标目录里没有这些指标：{listed}", f"the catalogue lacks indicators that are named here: {listed}"),
            Text(
                "请在 expectations/indicators.csv 加上，或改正叫法",
                "add them to expectations/indicators.csv, or correct the name",
            ),
        )
    index, finder = AliasIndex(lexicon), MentionFinder(lexicon)
    resolver = Resolver(catalogue, lexicon, index, load_weights() if weights is None else weights)
    unread = [f"{one.code} ({one.unit})" for one in catalogue if not resolver.names.is_stated(one.code)]
    if unread:
        listed = ", ".join(unread)
        raise _wrong(
            "expectations/indicators.csv",
            Text(
                f"指标的单位不在 units.csv 中，读不到数：{listed}", f"no figure is ever stated in the unit of {listed}"
            ),
            Text("请在 tasks/lexicon/units.csv 加上单位", "add the unit to tasks/lexicon/units.csv"),
        )
    tables = TableReader(catalogue, lexicon, finder, index, resolver.names)
    return Reader(catalogue, dict(catalogue.indicators), lexicon, finder, index, resolver, tables)


def _wrong(place: str, what: Text, next_step: Text) -> ConfigurationError:
    return ConfigurationError("lexicon", Place(place), what, next_step)


def extract_document(document: Document, period: ReportPeriod | None, reader: Reader) -> Extraction:
    """Return every mention of `document`, and the facts in order of their place.

    `period` is what the report is about; where it is not known, the document's own words tell the year.
    """
    with resting():
        return _read(document, period, reader)


def _read(document: Document, period: ReportPeriod | None, reader: Reader) -> Extraction:
    scene = Scene(document, reader.index)
    cells = sorted(
        scene.view_span(block.start, block.end) for block in document.blocks if block.kind == "table_cell"
    )  # fmt: skip
    quantities = reader.finder.find(scene.view.text)
    if cells:
        quantities = [one for one in quantities if not _is_in(cells, one.start)]
    year = period.year if period else report_year(scene.view.text)
    readings = reader.resolver.resolve(scene, quantities, year, period)
    if cells:
        readings += reader.tables.read(document, scene)
    zeros = reader.resolver.zeros(scene, year)
    ends = {one.start: one.end for one in zeros}
    for one in readings:
        if one.quantity.start in ends and not one.quantity.value:
            # 没有发生一起群体性事件和越级上访: what says that there was none ends where the statement does.
            one.quantity = replace(one.quantity, end=ends[one.quantity.start])
    return assemble(document, scene, readings, zeros, reader.indicators)


def _is_in(cells: Sequence[tuple[int, int]], place: int) -> bool:
    """Return whether `place` lies in one of `cells`, which are in order."""
    position = bisect_right(cells, place, key=itemgetter(0)) - 1
    return position >= 0 and place < cells[position][1]

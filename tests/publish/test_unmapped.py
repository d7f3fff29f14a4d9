"""Figures that became no fact, grouped by unit and name: which words name a figure, counts, reasons, examples."""

from collections.abc import Callable

import polars as pl
import pytest

from tasks.domain.facts import Extraction
from tasks.domain.tables import TABLES
from tasks.parse import document_from_text
from tasks.publish import rows_of_document, unmapped_figures, unmapped_in_warehouse, write_csv
from tasks.publish.unmapped import UNMAPPED_COLUMNS

ReadText = Callable[[str], Extraction]


def listed(reports: dict[str, str], read_text: ReadText) -> pl.DataFrame:
    rows = [rows_of_document(name, document_from_text(text), read_text(text)) for name, text in reports.items()]
    mentions, blocks = (pl.concat(frames) for frames in zip(*rows, strict=True))
    return unmapped_figures(mentions.lazy(), blocks.lazy())


@pytest.mark.parametrize(
    ("sentence", "unit", "words"),
    [
        ("图书馆藏书量达到3万册。", "册", "图书馆藏书量"),
        ("全镇粮食烘干塔共有4座。", "座", "粮食烘干塔"),
        ("年末无人机保有量约12架。", "架", "年末无人机保有量"),
        ("宣传教育之后，3架无人机巡山。", "架", "无人机巡山"),
        ("其中：120余架闲置无人机入库。", "架", "闲置无人机入库"),
        ("“智慧”无人机12架。", "架", "智慧无人机"),
        ("栽12架。", "架", "栽"),
        ("无人机12架、直升机3架。", "架", "直升机"),
        ("12架。", "架", ""),
    ],
)
def test_the_words_that_name_a_figure(sentence: str, unit: str, words: str, read_text: ReadText) -> None:
    rows = listed({"r": sentence}, read_text)
    assert (unit, words) in rows.select("unit", "words").rows()


def test_names_are_cut_to_ten_characters_and_to_their_own_clause(read_text: ReadText) -> None:
    rows = listed({"r": "各村各组各户共同出资购置的无人机巡检编队12架，编队9架。"}, read_text)
    assert set(rows["words"]) == {"购置的无人机巡检编队", "编队"}


def test_figures_are_counted_over_reports_with_reasons_and_an_example(read_text: ReadText) -> None:
    rows = listed(
        {
            "一镇": "概况。全镇无人机12架，运转正常。\n无人机达到3架。",
            "二镇": "无人机共5架。全县粮食播种面积42万亩。粮食播种面积3万亩。",
        },
        read_text,
    )
    assert rows.columns == list(UNMAPPED_COLUMNS)
    first, second = rows.to_dicts()
    assert first == {
        "unit": "架", "words": "无人机", "count": 3, "reports": 2, "reason": "no indicator",
        "example": "全镇无人机12架，运转正常",
    }  # fmt: skip
    assert (second["words"], second["reason"], second["count"]) == ("全县粮食播种面积", "background", 1)


def test_the_commonest_reason_stands_first() -> None:
    sentence = "无人机12架。"
    mentions = pl.DataFrame(
        [
            ("s", 0, start, start + 3, "12架", "架", None, reason)
            for start, reason in ((3, "part"), (10, "no indicator"), (17, "no indicator"))
        ],
        schema=["submission_id", "block", "start", "end", "surface", "unit", "fact_id", "reject_reason"],
        orient="row",
    )
    blocks = pl.DataFrame({"submission_id": ["s"], "block": [0], "start": [0], "text": [sentence * 3]})
    rows = unmapped_figures(mentions.lazy(), blocks.lazy())
    assert rows.rows() == [("架", "无人机", 3, 1, "no indicator | part", "无人机12架")]


def test_a_figure_between_blocks_shows_itself(read_text: ReadText) -> None:
    mentions, blocks = rows_of_document("r", document_from_text("无人机12架。"), read_text("无人机12架。"))
    adrift = mentions.with_columns(pl.lit(None, dtype=pl.Int32).alias("block"))
    assert unmapped_figures(adrift.lazy(), blocks.lazy()).select("words", "example").rows() == [("", "12架")]


def test_no_figures_give_no_rows(read_text: ReadText) -> None:
    assert listed({"r": "各项工作有序推进。"}, read_text).is_empty()


class Shelf:
    """A warehouse in memory: two submissions, of which only one is loaded."""

    def __init__(self, read_text: ReadText) -> None:
        text = "无人机12架。"
        held = [rows_of_document(name, document_from_text(text), read_text(text)) for name in ("old", "new")]
        mentions, blocks = (pl.concat(frames) for frames in zip(*held, strict=True))
        state = {"submission_id": ["old", "new"], "state": ["superseded", "loaded"], "period": ["2023", "2023"]}
        self._tables = {"mentions": mentions, "blocks": blocks, "submissions": pl.DataFrame(state)}

    def scan(self, table: str, version: int | None = None) -> pl.LazyFrame:
        return self._tables[table].lazy()

    def versions(self) -> dict[str, int]:
        return dict.fromkeys(self._tables, 0)

    def live_facts(self, periods: object) -> pl.DataFrame:
        return pl.DataFrame(schema=dict(TABLES["facts"]))


def test_only_loaded_reports_of_the_periods_asked_for_count(read_text: ReadText) -> None:
    shelf = Shelf(read_text)
    assert unmapped_in_warehouse(shelf)["count"].to_list() == [1]
    assert unmapped_in_warehouse(shelf, ["2022"]).is_empty()


def test_csv_opens_in_excel_and_runs_nothing(tmp_path, read_text: ReadText) -> None:
    rows = listed({"r": "=无人机12架。"}, read_text)
    write_csv(rows, tmp_path / "out.csv")
    data = (tmp_path / "out.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert "'=无人机12架" in data.decode("utf-8-sig")

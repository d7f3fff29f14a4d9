"""Spans of a Document lead back to their places in the file."""

from tasks.domain.documents import Anchor, Box, Document, Location

TEXT = "粮食产量\n5.27万吨"
PAGE_ONE = Location(page=1, box=Box(100, 50, 140, 62))
PAGE_TWO = Location(page=2, box=Box(80, 20, 130, 32))
DOCUMENT = Document(
    TEXT, (), "application/pdf", "test",
    anchors=(
        Anchor(0, 4, PAGE_ONE, (100, 110, 120, 130, 140)),
        Anchor(5, 11, PAGE_TWO, (80, 85, 88, 93, 98, 110, 130)),
    ),
)  # fmt: skip


def test_part_of_a_line_has_that_part_of_its_box() -> None:
    assert DOCUMENT.locate(2, 4) == [Location(page=1, box=Box(120, 50, 140, 62))]


def test_a_span_over_two_pages_has_two_places() -> None:
    assert [place.page for place in DOCUMENT.locate(0, len(TEXT))] == [1, 2]
    assert DOCUMENT.locate(3, 6)[1].box == Box(80, 20, 85, 32)


def test_a_line_break_of_the_parser_has_no_place() -> None:
    assert DOCUMENT.locate(4, 5) == []


def test_words_without_edges_have_the_place_of_their_run() -> None:
    run = Location(paragraph=3, run=2)
    assert Document(TEXT, (), "", "", anchors=(Anchor(0, 11, run),)).locate(5, 9) == [run]


def test_plain_text_has_no_places() -> None:
    assert Document(TEXT, (), "text/plain", "text").locate(0, 4) == []

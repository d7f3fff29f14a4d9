"""A row of the lexicon changed: only reports with its words are read again, none is parsed, and nothing is lost."""

import pytest
from polars.testing import assert_frame_equal

from tasks.lexicon import load_lexicon

WORDS = "农村常住居民人均可支配收入"
TABLES = ("submissions", "facts", "mentions", "blocks", "findings", "reporting", "quality", "indicators", "units")


@pytest.fixture
def without_words():
    """The lexicon before somebody added the name."""
    return tuple(one for one in load_lexicon().aliases if one.words != WORDS)


def test_only_reports_with_the_new_name_are_read_again(make_county, noted, use_lexicon, without_words):
    county = make_county()
    use_lexicon(aliases=without_words, version="before")
    county.collect("r1")
    texts = {path.name: path.read_text(encoding="utf-8") for path in (county.folder / "inbox").rglob("*.txt")}
    holding = {name for name, text in texts.items() if WORDS in text}
    assert 0 < len(holding) < len(texts)
    before = county.rows("facts")
    noted["parsed"].clear()
    noted["extracted"].clear()

    use_lexicon(version="after")
    planned, _ = county.collect("r2")

    assert not noted["parsed"]
    assert {one.stored.file_name for one in planned.to_read} == holding
    assert {f"{words.split(' ')[0]}{words.split(' ')[1]}年工作总结.txt" for words in noted["extracted"]} == holding
    assert len(planned.carried) == len(texts) - len(holding)
    assert county.rows("facts").height > before.height
    whole = make_county("重算")
    whole.collect("r1")
    for table in TABLES:
        assert_frame_equal(
            county.rows(table).drop("uri", strict=False),
            whole.rows(table).drop("uri", strict=False),
            check_row_order=False,
        )

    versions = county.warehouse.versions()
    planned, loaded = county.collect("r3")
    assert (planned.to_read, planned.carried, loaded.committed) == ((), (), ())
    assert county.warehouse.versions() == versions


def test_a_new_unit_reads_every_report_again_and_parses_none(make_county, noted, use_lexicon):
    county = make_county(reports=("雾山乡-2023", "青槐街道-2023"))
    county.collect("r1")
    noted["parsed"].clear()
    units = load_lexicon().units
    use_lexicon(units={**units, "撮": next(iter(units.values()))}, version="after")
    planned, _ = county.collect("r2")
    assert len(planned.to_read) == 2
    assert not noted["parsed"]


def test_a_lexicon_that_was_never_used_here_reads_every_report_again(make_county, use_lexicon, without_words):
    county = make_county(reports=("雾山乡-2023",))
    use_lexicon(aliases=without_words, version="before")
    county.collect("r1")
    (county.county.store / "lexicon").rename(county.folder / "lost")
    use_lexicon(version="after")
    planned, _ = county.collect("r2")
    assert len(planned.to_read) == 1


def test_what_lies_in_quarantine_for_its_file_takes_the_version_without_being_read(make_county, noted, use_lexicon):
    county = make_county(reports=("雾山乡-2023",))
    county.send("青槐街道2023年工作总结.txt", "", year="2023")
    use_lexicon(version="before")
    county.collect("r1")
    noted["parsed"].clear()
    use_lexicon(version="after")
    planned, _ = county.collect("r2")
    assert len(planned.carried) == 2
    assert not noted["parsed"]
    assert not county.rows("submissions")["stage_versions"].str.contains("before").any()


def test_a_damaged_document_is_parsed_again(make_county, noted, use_lexicon, caplog):
    county = make_county(reports=("雾山乡-2023",))
    county.collect("r1")
    (entry,) = (county.county.store / "parse").rglob("*.txt")
    entry.write_bytes(entry.read_bytes()[:-3])
    noted["parsed"].clear()
    facts = county.rows("facts")
    units = load_lexicon().units
    use_lexicon(units={**units, "撮": next(iter(units.values()))}, version="after")
    county.collect("r2")
    assert len(noted["parsed"]) == 1
    assert_frame_equal(county.rows("facts"), facts)

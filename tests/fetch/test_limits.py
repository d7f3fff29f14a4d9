"""The limits in county.toml: safe when nothing is said, checked when something is."""

from pathlib import Path

import pytest

from tasks.domain.county import County, read_county
from tasks.domain.errors import ConfigurationError
from tasks.domain.limits import ParseLimits


def with_limits(county: County, lines: str) -> Path:
    settings = county.folder / "county.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + f"[limits]\n{lines}\n", encoding="utf-8")
    return county.folder


def test_without_a_word_the_defaults_hold(county: County) -> None:
    assert county.limits == ParseLimits()


def test_what_is_written_counts_in_its_unit(county: County) -> None:
    limits = read_county(with_limits(county, "seconds = 30\nmemory_mib = 512\nmegapixels = 50\nfile_mib = 10")).limits
    assert (limits.seconds, limits.memory_bytes, limits.pixels) == (30, 512 * 2**20, 50_000_000)
    assert limits.file_bytes == 10 * 2**20
    assert limits.pages == ParseLimits().pages


@pytest.mark.parametrize("line", ["seconds = 0", "memory_mib = 10", "nesting = 100", "pages = -1", "secnods = 5"])
def test_a_limit_that_makes_no_sense_is_named(county: County, line: str) -> None:
    with pytest.raises(ConfigurationError, match=f"limits.{line.split(maxsplit=1)[0]}"):
        read_county(with_limits(county, line))


def test_the_settings_that_init_writes_are_the_defaults(tmp_path: Path) -> None:
    from flows.cli.new_county import create_county

    create_county(tmp_path / "县", None, "县", "530000000000")
    assert read_county(tmp_path / "县").limits == ParseLimits()

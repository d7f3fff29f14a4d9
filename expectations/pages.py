"""How Great Expectations' pages are rendered: with its own templates, whose compiled form is kept between runs.

Importing this module imports Great Expectations (see `suites`); its class is named in the configuration of a site.
"""

from contextlib import suppress
from typing import Any

from great_expectations.render.view import DefaultJinjaPageView
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from jinja2.bccache import Bucket

__all__ = ["PageView"]


class _Kept(FileSystemBytecodeCache):
    """Jinja's cache in the user's temporary folder; one that cannot be written is no reason to have no pages."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _cache() -> BytecodeCache | None:
    try:
        return _Kept()
    except (OSError, RuntimeError):  # no temporary folder, or one that somebody else could write into
        return None


class PageView(DefaultJinjaPageView):  # type: ignore[misc]
    """A view that does not compile its forty templates anew each time: a third of the time that pages take."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what Great Expectations hands over."""
        super().__init__(*args, **kwargs)
        self.env.bytecode_cache = _cache()

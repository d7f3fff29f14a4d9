"""Read figures out of a Document: quantities become mentions, mentions become facts."""

from tasks import native

native.prefer_compiled(native.ENGINE, __path__)

from tasks.extract.engine import EXTRACTOR_VERSION, Reader, build_reader, extract_document  # noqa: E402 (see native)
from tasks.extract.years import report_year  # noqa: E402

__all__ = ["EXTRACTOR_VERSION", "Reader", "build_reader", "extract_document", "report_year"]

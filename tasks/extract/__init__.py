"""Read figures out of a Document: quantities become mentions, mentions become facts."""

from tasks.extract import _native

_native.prefer_compiled(__path__)

from tasks.extract.engine import EXTRACTOR_VERSION, Reader, build_reader, extract_document  # noqa: E402 (see _native)

__all__ = ["EXTRACTOR_VERSION", "Reader", "build_reader", "extract_document"]

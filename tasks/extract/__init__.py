"""Read figures out of a Document: quantities become mentions, mentions become facts."""

from tasks.extract.engine import EXTRACTOR_VERSION, Reader, build_reader, extract_document

__all__ = ["EXTRACTOR_VERSION", "Reader", "build_reader", "extract_document"]

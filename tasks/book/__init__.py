"""The county book (县情册): a static site in which every figure opens its sentence and its place on the page."""

from tasks.book.publishing import BookOutcome, publish_book

__all__ = ["BookOutcome", "publish_book"]

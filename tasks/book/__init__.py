"""The county book (县情册): a static site in which every figure opens its sentence and its place on the page."""

from tasks.book.data import read_book_data
from tasks.book.evidence import figure_pack
from tasks.book.publishing import BookOutcome, publish_book
from tasks.book.verifying import Verdict, verify_pack

__all__ = ["BookOutcome", "Verdict", "figure_pack", "publish_book", "read_book_data", "verify_pack"]

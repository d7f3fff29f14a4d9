"""How far a text can be trusted, from what is known of its characters."""

from collections.abc import Sequence

from tasks.domain.documents import Anchor, Quality

__all__ = ["quality_of"]

_LOW_CONFIDENCE = 0.8  # characters that OCR is less sure of than this are counted as low


def quality_of(length: int, unknown: int, anchors: Sequence[Anchor], order_doubts: float = 0.0) -> Quality:
    """Return the quality of a text of `length` characters; the score is the product of its components.

    Components: the share of known characters (all but `unknown`); what OCR says of itself (mean, and the share of
    characters it was less than 80 % sure of); the share of lines that lie over one another, whose order nobody can
    know.
    """
    known = max(0.0, 1 - unknown / max(1, length)) * (1 - order_doubts)
    read: list[tuple[float, int]] = []
    for _, anchor in enumerate(anchors):
        start, end, _, _, sure = anchor
        if sure is not None:
            read.append((sure, end - start))
    if not read:
        return Quality(known, unknown, order_doubts=order_doubts)
    total = sum(count for _, count in read)
    mean = sum(sure * count for sure, count in read) / total
    low = sum(count for sure, count in read if sure < _LOW_CONFIDENCE) / total
    return Quality(known * (1 - (1 - mean) * total / max(1, length)), unknown, mean, low, order_doubts)

"""Several files that are one report (report and annexes) as one Document."""

from collections.abc import Sequence
from dataclasses import replace

from tasks.domain.documents import Anchor, Block, Document

__all__ = ["joined"]


def joined(parts: Sequence[tuple[str, Document]]) -> Document:
    """Return the Documents of `parts` (path, Document) as one, in order; every place says which file it is in.

    Pages count within their file. A single part comes back as it is, without the path.
    """
    if len(parts) == 1:
        return parts[0][1]
    blocks: list[Block] = []
    anchors: list[Anchor] = []
    texts: list[str] = []
    offset = tables = 0
    for path, document in parts:
        for block in document.blocks:
            table = None if block.table is None else block.table + tables
            blocks.append(
                block._replace(index=len(blocks), start=block.start + offset, end=block.end + offset, table=table)
            )
        anchors += [
            one._replace(start=one.start + offset, end=one.end + offset, location=one.location._replace(file=path))
            for one in document.anchors
        ]
        tables += 1 + max((block.table for block in document.blocks if block.table is not None), default=-1)
        texts.append(document.text)
        offset += len(document.text) + 1
    first = parts[0][1]
    worst = min((one.quality for _, one in parts), key=lambda one: one.score)
    quality = replace(worst, replaced_characters=sum(one.quality.replaced_characters for _, one in parts))
    pages = [one.pages for _, one in parts if one.pages is not None]
    return replace(
        first,
        text="\n".join(texts),
        blocks=tuple(blocks),
        anchors=tuple(anchors),
        parser="+".join(dict.fromkeys(one.parser for _, one in parts)),
        pages=sum(pages) if pages else None,
        encoding=None,
        quality=quality,
    )

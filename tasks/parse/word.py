"""Word (.docx): paragraphs and tables in their order; page headers and footers are not the report's text."""

import io
import zlib
from collections.abc import Iterator
from zipfile import BadZipFile

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph

from tasks.domain.documents import Block, BlockKind, Document, Quality
from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.parse.text import HeadingPath

__all__ = ["parse_docx"]

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


# What python-docx, lxml (its XMLSyntaxError is a SyntaxError) and zipfile raise on damaged packages.
_DAMAGE = (PackageNotFoundError, BadZipFile, SyntaxError, zlib.error, KeyError, IndexError, AttributeError,
           TypeError, ValueError, OSError)  # fmt: skip


def parse_docx(data: bytes, file_name: str) -> Document:
    """Return the Document of a Word file: one block per paragraph and per table cell, merged cells once.

    Raises:
        SourceMalformed: `truncated_file` when Word's package cannot be opened.
    """
    try:
        parts = list(_pieces(docx.Document(io.BytesIO(data))))
    except _DAMAGE as error:
        raise SourceMalformed(
            "truncated_file",
            Place(file_name),
            Text(f"Word 文档打不开：{error}", f"the Word document cannot be opened: {error}"),
            Text("请乡镇重新报送", "ask the township to send it again"),
        ) from error
    pieces: list[str] = []
    blocks: list[Block] = []
    path = HeadingPath()
    offset = 0
    for kind, words, cell in parts:
        text = words.strip()
        if not text:
            continue
        block_kind: BlockKind = kind
        if kind == "paragraph":
            block_kind = path.see(text)
        table, row, column = cell or (None, None, None)
        blocks.append(
            Block(len(blocks), block_kind, offset, offset + len(text), str(path), table=table, row=row, column=column)
        )
        pieces.append(text)
        offset += len(text) + 1
    text = "\n".join(pieces)
    replaced = text.count("\ufffd")
    return Document(
        text, tuple(blocks), MEDIA_TYPE, "python-docx", quality=Quality(1 - replaced / max(1, len(text)), replaced)
    )


def _pieces(word: WordDocument) -> Iterator[tuple[BlockKind, str, tuple[int, int, int] | None]]:
    tables = 0
    for part in word.iter_inner_content():
        if isinstance(part, Paragraph):
            yield "paragraph", part.text.replace("\n", " "), None
        elif isinstance(part, Table):
            seen = set()
            for row_index, row in enumerate(part.rows):
                for column_index, cell in enumerate(row.cells):
                    if cell._tc in seen:
                        continue
                    seen.add(cell._tc)
                    yield "table_cell", cell.text.replace("\n", ""), (tables, row_index, column_index)
            tables += 1

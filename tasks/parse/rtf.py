"""Rich Text Format, by striprtf: paragraphs; rows of a table come as cells between bars and are read as such."""

from striprtf.striprtf import rtf_to_text

from tasks.domain.documents import Anchor, Block, Document, Location
from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.parse.content import FileKind
from tasks.parse.damage import damage_told
from tasks.parse.text import document_from_text

__all__ = ["parse_rtf"]


def parse_rtf(data: bytes, file_name: str) -> Document:
    """Return the Document of an RTF file; offsets count the text without its control words, paragraphs are told.

    Raises:
        SourceMalformed: `truncated_file` when its groups are not closed, `damaged_file`.
    """
    if data.rstrip(b"\x00\r\n\t ")[-1:] != b"}":
        raise SourceMalformed(
            "truncated_file", Place(file_name),
            Text("RTF 文档不完整，结尾缺失", "the RTF document is not whole, its end is missing"),
            Text("请乡镇重新报送", "ask the township to send it again"),
        )  # fmt: skip
    with damage_told(file_name, "RTF"):
        # Text outside ASCII is escaped, in the code page the file names (936 where it names none: written in China).
        text = rtf_to_text(data.decode("latin-1"), encoding="gb18030", errors="replace")
    document = document_from_text(text)
    anchors = tuple([Anchor(one.start, one.end, _place(one)) for one in document.blocks])
    return Document(
        document.text, document.blocks, FileKind.RTF.value, "striprtf", quality=document.quality, anchors=anchors
    )


def _place(block: Block) -> Location:
    """Return the place of `block` as Word's documents tell it: the number of the paragraph, and the cell of a table."""
    cell = None
    if block.table is not None and block.row is not None and block.column is not None:
        cell = f"T{block.table + 1}R{block.row + 1}C{block.column + 1}"
    return Location(paragraph=block.index + 1, cell=cell)

"""Bytes to a Document: text in any encoding, Word, spreadsheets, PDF and more; chosen by content, not by name.

`parse_report` is called in a worker process (`tasks.parse.workers`) wherever a file comes from outside.
"""

from collections.abc import Sequence

from tasks import native
from tasks.domain.documents import Document
from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.domain.limits import ParseLimits

native.prefer_compiled(native.PAGES, __path__)

from tasks.parse.content import FileKind, recognise  # noqa: E402 (see native)
from tasks.parse.spaced_tables import with_spaced_tables  # noqa: E402
from tasks.parse.text import document_from_text  # noqa: E402

__all__ = ["PARSER_VERSION", "FileKind", "document_from_text", "parse_report", "read_head", "recognise"]

PARSER_VERSION = "14"

_SEND_AGAIN = Text(
    "请乡镇重新报送文字版（txt、docx 或 pdf）", "ask the township to send the text again (txt, docx or pdf)"
)
_LOCKABLE = {FileKind.LOCKED_OFFICE, FileKind.OLD_OFFICE, FileKind.XLS}
_WITH_PAGES = {FileKind.PDF, FileKind.OFD, FileKind.IMAGE}


def parse_report(
    data: bytes, file_name: str, limits: ParseLimits | None = None, passwords: Sequence[str] = ()
) -> Document:
    """Return the Document in `data`; the kind of file is told by its content.

    `passwords` are tried on files that have one. Without `limits` the default ones hold.

    Raises:
        SourceMalformed: the file is empty, truncated, not what its name says, locked, too large, or holds no text.
    """
    from tasks.parse.office import unlocked
    from tasks.parse.readers import read_kind

    limits = limits or ParseLimits()
    kind = recognise(data, file_name, limits)
    if kind in _LOCKABLE:
        data = unlocked(data, file_name, passwords)
        kind = recognise(data, file_name, limits)
    document = read_kind(kind, data, file_name, limits, passwords)
    if not document.text.strip():
        code, zh, en = (
            ("no_text", "文件中读不出文字", "no text can be read in the file")
            if kind in _WITH_PAGES
            else ("empty_file", "文件中没有文字", "the file holds no text")
        )
        raise SourceMalformed(code, Place(file_name), Text(zh, en), _SEND_AGAIN)
    # Where there are pages, columns were told by their places.
    return document if kind in _WITH_PAGES else with_spaced_tables(document)


def read_head(document: Document, characters: int = 600) -> str:
    """Return the title and first lines: whole blocks from the top, up to about `characters`."""
    lines: list[str] = []
    length = 0
    for block in document.blocks:
        lines.append(document.block_text(block))
        length += block.end - block.start
        if length >= characters:
            break
    return "\n".join(lines)[: characters * 2]

"""Plain text: decoding, and the blocks and headings of a text that has lines."""

import re
from functools import cache

import charset_normalizer

from tasks.domain.documents import Block, Document, Quality
from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.parse.headings import HeadingPath, sections_of
from tasks.parse.loops import count_in
from tasks.parse.spaced_tables import Cells, with_spaced_tables

__all__ = [
    "common_share",
    "decode_text",
    "document_from_text",
    "replaced_quality",
]

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# Shares of common characters; measured on reports, see `common_share`.
_SURELY_CHINESE, _HARDLY_CHINESE = 0.9, 0.55
_ENOUGH_TO_TELL = 20
_BIG5_COMMON, _CLEARLY_BETTER = (0xA1, 0xC6), 0.2
_LAST_COMMON_ROW = 0xD7  # GB 2312 rows 16 to 55 (B0 to D7) hold its 3,755 common characters
_LINE = re.compile(r"[^\r\n]+")


def decode_text(data: bytes, file_name: str) -> tuple[str, str]:
    """Return the text in `data` without a byte order mark, and the encoding it was in.

    Raises:
        SourceMalformed: `unknown_encoding`, naming the byte where decoding broke, or `not_text` for binary noise.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decode(data[len(mark) :], encoding, file_name), encoding
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    # Every other byte of ASCII in UTF-16 is zero, and such text is valid UTF-8 too.
    if text and text.count("\x00") * 20 < len(text):
        return _checked(text, file_name), "utf-8"
    for encoding in ("utf-16-le", "utf-16-be") if len(data) % 2 == 0 else ():
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if common_share(text) > _SURELY_CHINESE and "\x00" not in text:
            return _checked(text, file_name), encoding
    big5 = _as_big5(data)
    if big5:
        return _checked(big5, file_name), "big5"
    text = _decode(data, "gb18030", file_name)
    if len(text) >= _ENOUGH_TO_TELL and common_share(text) < _HARDLY_CHINESE:
        raise _unknown_encoding(data, file_name, "解码后大多是生僻字", "most of the decoded characters are rare")
    return text, "gb18030"


def common_share(text: str) -> float:
    """Return the share of common characters (GB 2312: signs, level 1) among those that are not ASCII.

    Simplified reports have 0.99, traditional text in GBK 0.68, Big5 read as GB18030 0.37, UTF-16 read so near 0.
    """
    text = text[:5000]
    wide = len(text) - len(text.encode("ascii", "ignore"))
    if not wide:
        return 1.0
    common: int = count_in(text, _common_characters())
    return common / wide


@cache
def _common_characters() -> bytes:
    """Return a bit for each code of the basic plane: whether it is a sign or a common character of GB 2312."""
    bits = bytearray(0x2000)
    every = "\n".join(map(chr, range(0x80, 0x10000))).encode("gb2312", "ignore")
    # Two bytes a character, row and cell; what GB 2312 does not have is left out.
    for code, cell in enumerate(every.split(b"\n"), 0x80):
        if cell and cell[0] <= _LAST_COMMON_ROW:
            bits[code >> 3] |= 1 << (code & 7)
    return bytes(bits)


def _as_big5(data: bytes) -> str:
    """Return `data` read as Big5 when that is what it surely is, else ''.

    Nearly every Big5 text is also valid GB18030, of rare characters. Measured on reports: Big5 text has 0.99 of its
    characters among the signs and the 5,401 common characters of Big5 (A1 to C6) and 0.37 as GB18030; simplified
    text in GB18030 that happens to be valid Big5 has less than 0.6 there.
    """
    try:
        text = data.decode("cp950")
        as_gb18030 = common_share(data.decode("gb18030"))
    except UnicodeDecodeError as error:
        # GB18030 fails where a Big5 pair has no place in it; then only Big5 is left.
        if error.encoding != "gb18030":
            return ""
        as_gb18030 = 0.0
    wide = [character.encode("cp950")[0] for character in text[:5000] if character > "\x7f"]
    common = sum(_BIG5_COMMON[0] <= lead <= _BIG5_COMMON[1] for lead in wide)
    share = common / max(1, len(wide))
    return text if share > _SURELY_CHINESE and share > as_gb18030 + _CLEARLY_BETTER else ""


def _decode(data: bytes, encoding: str, file_name: str) -> str:
    try:
        return _checked(data.decode(encoding), file_name)
    except UnicodeDecodeError as error:
        where_zh, where_en = f"第 {error.start} 字节起不可解码", f"byte {error.start} breaks it"
        raise _unknown_encoding(data, file_name, where_zh, where_en) from error


def _unknown_encoding(data: bytes, file_name: str, zh: str, en: str) -> SourceMalformed:
    guess = charset_normalizer.from_bytes(data[:20_000]).best()
    name = guess.encoding if guess else "?"
    return SourceMalformed(
        "unknown_encoding",
        Place(file_name),
        Text(
            f"编码无法识别：不是 UTF-8、UTF-16 或 GB18030（{zh}，可能是 {name}）",
            f"unknown encoding: neither UTF-8, UTF-16 nor GB18030 ({en}; perhaps {name})",
        ),
        Text("请用记事本另存为 UTF-8 后重新报送", "save it as UTF-8 and send it again"),
    )


def _checked(text: str, file_name: str) -> str:
    noise = sum(1 for character in text[:5000] if character < " " and character not in "\r\n\t\f\v")
    if noise > len(text[:5000]) // 20:
        raise SourceMalformed(
            "not_text",
            Place(file_name),
            Text(
                f"不是文字：前 5000 字中有 {noise} 个控制字符", f"no text: {noise} control characters in the first 5000"
            ),
            Text("请乡镇报送 txt、docx 或 pdf", "ask the township for txt, docx or pdf"),
        )
    return text


def _cell_mark(line: str) -> str:
    """Return what separates the cells of `line`, or '' when it is no row of a table."""
    if len(line.strip().split("\t")) >= 2:
        return "\t"
    return next((mark for mark in "|│┃" if line.count(mark) >= 2), "")


def _marked_cells(line: str, mark: str) -> Cells:
    """Return where the words of each cell begin and end; an empty cell is an empty span."""
    cells, offset = [], 0
    for cell in line.split(mark):
        start = offset + len(cell) - len(cell.lstrip())
        cells.append((start, start + len(cell.strip())))
        offset += len(cell) + 1
    return tuple(cells)


def document_from_text(text: str, *, encoding: str | None = None) -> Document:
    """Return the Document of a plain text: one block per line that is not blank; lines of cells are table rows.

    Cells stand between tabs or bars (| 指标 | 单位 | 2022年 |), or apart by blanks below a line of names; a line of
    dashes under the header is no row.
    """
    path = HeadingPath()
    blocks: list[Block] = []
    table, row = -1, 0
    previous_was_row = False
    for match in _LINE.finditer(text):
        line = match.group()
        if not line.strip():
            previous_was_row = False
            continue
        mark = _cell_mark(line)
        if mark and previous_was_row and not line.strip(f"-:= {mark}\t"):
            continue
        if mark:
            table, row = (table, row + 1) if previous_was_row else (table + 1, 0)
            previous_was_row = True
            for column, (start, end) in enumerate(_marked_cells(line, mark)):
                if end > start:
                    blocks.append(
                        Block(len(blocks), "table_cell", match.start() + start, match.start() + end, str(path),
                              table=table, row=row, column=column)
                    )  # fmt: skip
            continue
        previous_was_row = False
        for first, last in sections_of(line):
            words = line[first:last]
            kind = path.see(words)
            start = match.start() + first + len(words) - len(words.lstrip())
            blocks.append(Block(len(blocks), kind, start, start + len(words.strip()), str(path)))
    document = Document(
        text, tuple(blocks), "text/plain", "text", encoding=encoding, quality=replaced_quality(text)
    )  # fmt: skip
    return with_spaced_tables(document)


def replaced_quality(text: str) -> Quality:
    """Return the quality of a text that was decoded: the share of characters that are not replacement characters."""
    replaced = text.count("\ufffd")
    return Quality(1 - replaced / max(1, len(text)), replaced)

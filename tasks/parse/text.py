"""Plain text: decoding, and the blocks and headings of a text that has lines."""

import re

import charset_normalizer

from tasks.domain.documents import Block, BlockKind, Document, Quality
from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.parse.spaced_tables import Cells, spaced_rows

__all__ = [
    "HeadingPath",
    "common_share",
    "decode_text",
    "document_from_text",
    "opens_section",
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
# Levels of numbering in official documents: GB/T 9704 sets 一、 （一） 1. （1）.
_LEVELS = (
    re.compile(r"\s*(?:第[一二三四五六七八九十]{1,3}(?:部分|章)|[一二三四五六七八九十]{1,3}、)"),
    re.compile(r"\s*[（(][一二三四五六七八九十]{1,3}[）)]"),
    # 3.5 is a number; 19．2023年 is the nineteenth heading and a year.
    re.compile(r"\s*\d{1,2}(?:[.．、](?!\d)|[．、](?=(?:19|20)\d\d年))"),
)
_ANNEX = re.compile(r"\s*附(?:表|件|录)?[一二三四五六七八九十\d]{0,2}\s*[：:]|\s*附[表件]")
_OPENING = re.compile(r"\s*[第附（(\d一二三四五六七八九十]")  # how each of them begins; most lines begin otherwise
_HEADING_LENGTH = 40
_SENTENCE_END = "。；！？，：,;"


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
    wide = [character for character in text[:5000] if character > "\x7f"]
    if not wide:
        return 1.0
    common = 0
    for character in wide:
        code = character.encode("gb2312", errors="ignore")
        common += bool(code) and code[0] <= _LAST_COMMON_ROW
    return common / len(wide)


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


# 明年打算, 2014年工作任务, （2024年工作思路）; the title's second line names both years and what both are about.
_PLAIN_HEADING = re.compile(r"[（(【]?(?:20\d\d年)?[\u4e00-\u9fff“”]{4,14}[）)】]?")
_TITLE = re.compile(r"(?:总结|回顾|报告|汇报).*(?:计划|打算|安排|思路)")


def opens_section(line: str) -> bool:
    """Return whether `line` begins as a heading does (一、 （一） 1.) or as an annex (附表：)."""
    return _OPENING.match(line) is not None and any(pattern.match(line) for pattern in (*_LEVELS, _ANNEX))


class HeadingPath:
    """The headings above the present place: one per level of numbering, and one without a number.

    A line of few Chinese letters and no punctuation (明年打算) is a heading without a number; it stands until a section
    of the first level begins. Where that begins to count again (一、), the sections that follow are under it too.
    """

    def __init__(self) -> None:
        self._levels: list[str] = ["", "", ""]
        self._plain = ""
        self._counts_below = False
        self._is_first = True
        self._shown: str | None = ""  # None: to be written anew

    def see(self, line: str) -> BlockKind:
        """Note the heading that `line` is or begins with; return the kind of block it is."""
        stripped = line.strip()
        is_short = len(stripped) <= _HEADING_LENGTH and stripped[-1:] not in _SENTENCE_END
        opens = _OPENING.match(line) is not None
        if opens and is_short and _ANNEX.match(line):
            # What is annexed belongs to no section: a table of results after the plans is not a plan.
            self._levels = [stripped[:_HEADING_LENGTH], "", ""]
            self._shown = None
        for level, pattern in enumerate(_LEVELS):
            if opens and pattern.match(line):
                words = re.split(r"[。；！？\n]", stripped, maxsplit=1)[0][:_HEADING_LENGTH]
                self._levels[level:] = [words] + [""] * (len(self._levels) - level - 1)
                if level == 0:
                    begins = words.startswith(("一", "第一"))
                    if begins == self._counts_below:
                        self._plain = ""
                    self._counts_below = begins or (self._counts_below and bool(self._plain))
                self._is_first = False
                self._shown = None
                return "heading" if is_short else "paragraph"
        is_first, self._is_first = self._is_first, False
        if is_first or not is_short or not _PLAIN_HEADING.fullmatch(stripped) or _TITLE.search(line):
            return "paragraph"
        self._plain, self._counts_below, self._levels[1:] = stripped, False, ["", ""]
        self._shown = None
        return "heading"

    def __str__(self) -> str:
        if self._shown is None:
            self._shown = " / ".join([words for words in (self._levels[0], self._plain, *self._levels[1:]) if words])
        return self._shown


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
    lines = list(_LINE.finditer(text))
    spaced = spaced_rows([match.group() for match in lines])
    for number, match in enumerate(lines):
        line = match.group()
        if not line.strip():
            previous_was_row = False
            continue
        spaced_row = spaced.get(number)
        mark = "" if spaced_row else _cell_mark(line)
        if mark and previous_was_row and not line.strip(f"-:= {mark}\t"):
            continue
        if spaced_row and spaced_row.is_head:
            previous_was_row = False
        if mark or spaced_row:
            table, row = (table, row + 1) if previous_was_row else (table + 1, 0)
            previous_was_row = True
            for column, (start, end) in enumerate(spaced_row.cells if spaced_row else _marked_cells(line, mark)):
                if end > start:
                    blocks.append(
                        Block(len(blocks), "table_cell", match.start() + start, match.start() + end, str(path),
                              table=table, row=row, column=column)
                    )  # fmt: skip
            continue
        previous_was_row = False
        kind = path.see(line)
        start = match.start() + len(line) - len(line.lstrip())
        blocks.append(Block(len(blocks), kind, start, start + len(line.strip()), str(path)))
    return Document(
        text, tuple(blocks), "text/plain", "text", encoding=encoding, quality=replaced_quality(text)
    )  # fmt: skip


def replaced_quality(text: str) -> Quality:
    """Return the quality of a text that was decoded: the share of characters that are not replacement characters."""
    replaced = text.count("\ufffd")
    return Quality(1 - replaced / max(1, len(text)), replaced)

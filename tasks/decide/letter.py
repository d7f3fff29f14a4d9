"""The reply to a question letter (回函): the reply column of its table, read back row by row as decisions."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import docx
from docx.opc.exceptions import OpcError
from pydantic import ValidationError

from tasks.decide.requests import DecisionRequest
from tasks.decide.sheet import SheetRow
from tasks.decide.world import refused
from tasks.domain.letters import ID_COLUMN, LETTER_COLUMNS, NUMBER_COLUMN, REPLY_COLUMN

__all__ = ["read_letter"]

_MARKS = "：:，,。；;、 \t\n"
_NUMBER = r"[-－]?\d[\d,，.．]*\s*[万亿千百]*\s*(?!年)[^\s\d，,。；;（(]{0,8}"
_SAYS = r"(?:更正|改正|补报)(?:值|数据|数字|数)?(?:为|是)?|应(?:该)?(?:更正|改)?(?:为|是)|(?:更)?改为"
_RIGHT = r"(?:准确|正确|实际|真实)的?(?:数字|数据|数值|数|值|面积|产量|情况)?应?(?:为|是)"
# What may stand before the right figure without changing whose it is: 经核实系笔误，应为5.27万亩.
_LEAD = (
    r"(?:经(?:再次)?(?:核实|核对|核查|查)|说明|原因|由于|因|数据|数字|此数|该数|原稿|原文|原报告|报告|填报|录入|打印|统计|"
    rf"确认有误|确有错误|有误|错误|笔误|填错|写错|不准确|系|属|是|为|[{_MARKS}])*+"
)
# 更正：5.27万亩，笔误 · 应为5.27万亩 · 5.27万亩（笔误) · 原因是笔误，应为5.27万亩 · correct: 5.27万亩, a slip
_CORRECTED = re.compile(
    rf"(?P<lead>(?:{_LEAD}(?=应|更|改|补|准|正|实|真))?)"
    rf"(?P<says>{_SAYS}|{_RIGHT}|correct(?:ed|ion)?(?:\s*to)?|should\s*be|is)?[{_MARKS}]*(?P<value>{_NUMBER})"
    rf"(?P<why>[{_MARKS}（(].*)?",
    re.IGNORECASE | re.DOTALL,
)
# Words that a figure is wrong, anywhere in a reply: then it confirms nothing, whatever it begins with.
_SAYS_WRONG = re.compile(
    rf"{_SAYS}|{_RIGHT}\s*[-\d]|有误|有错|错误|笔误|差错|写错|填错|报错|不准确|不正确|不属实|不实(?![施行])|不对|有出入|"
    r"incorrect|not\s+(?:correct|right)|wrong|mistake|typo|should\s+be|correct(?:ed|ion)|^correct\b",
    re.IGNORECASE,
)
_NO_FAULT = re.compile(
    r"(?:没有|并?无|不存在|并?非|不是)(?:任何)?(?:有误|错误|笔误|差错|误)|没错|no (?:mistake|error)s?"
)
_CONFIRMS = re.compile(r"确认(?!有误)|属实|无误|confirm", re.IGNORECASE)
_CONFIRMED = re.compile(r"(?:数据|数字|情况)?(?:确认|属实|无误|准确|confirmed|explained|说明|原因)", re.IGNORECASE)
_NONE = re.compile(r"(?:确?无此项|确无|没有此项|无该项|未开展|there is none|none)", re.IGNORECASE)


def read_letter(path: Path, who: str) -> list[SheetRow]:
    """Return the rows of the letter `path` whose reply was filled in, each read or refused by itself.

    确认 with a reason, or 无此项, is an explanation; 更正 with a figure, or a figure alone, a correction.

    Raises:
        DecisionRefused: the file cannot be read, or no table of it is that of a question letter.
    """
    try:
        letter = docx.Document(str(path))
    except (OSError, OpcError, BadZipFile, KeyError, ValueError) as error:
        raise refused(
            "letter_unreadable", str(path),
            f"不是可读的 Word 文件（{error}）", f"no Word file that can be read ({error})",
            "请用 county letter 写出、填好回复栏的 .docx 文件",
            "use the .docx of `county letter` with its replies filled in",
        ) from error  # fmt: skip
    tables = [table for table in letter.tables if table.rows and _heads(table) in set(LETTER_COLUMNS.values())]
    if not tables:
        heads = "、".join(LETTER_COLUMNS["zh"])
        raise refused(
            "letter_columns", path.name, f"没有表头为“{heads}”的表格", "it has no table of a question letter",
            "请用 county letter 写出的文件，不要改表头和编号",
            "use the letter as it was written, headings and ids as they are",
        )  # fmt: skip
    return [row for table in tables for row in _rows(table, path.name, who)]


def _heads(table: Any) -> tuple[str, ...]:
    return tuple(cell.text.strip() for cell in table.rows[0].cells)


def _rows(table: Any, name: str, who: str) -> Iterator[SheetRow]:
    for number, row in enumerate(table.rows[1:], start=1):
        cells = [cell.text.strip() for cell in row.cells]
        if len(cells) <= ID_COLUMN or not cells[REPLY_COLUMN]:
            continue
        where = f"{name} 第{cells[NUMBER_COLUMN] or number}项 item {cells[NUMBER_COLUMN] or number}"
        yield _row(number, where, cells[REPLY_COLUMN], cells[ID_COLUMN], who)


def _row(number: int, where: str, reply: str, finding: str, who: str) -> SheetRow:
    def bad(zh: str, en: str, next_zh: str, next_en: str) -> SheetRow:
        return SheetRow(number, None, refused("reply_refused", where, zh, en, next_zh, next_en))

    if not finding:
        return bad("编号为空", "the id is empty", "请保留函中的编号", "keep the id of the letter")
    sound = _NO_FAULT.sub("无误", reply)
    corrected = _CORRECTED.fullmatch(reply)
    if corrected is not None and not corrected["says"] and _CONFIRMS.search(sound):
        return bad(f"“{reply}”既有数字又说无误，看不出是不是更正", f"{reply!r} both gives a figure and confirms",
                   "请写“确认：原因”或“更正：数字和单位，原因”",
                   "answer “confirmed: reason” or “correct: figure and unit, reason”")  # fmt: skip
    if corrected is not None:
        why = (corrected["why"] or "").strip(f"{_MARKS}（()）")
        why = reply if corrected["lead"] else why or "乡镇回函更正 corrected in the reply"
        words = {"kind": "correction", "value": corrected["value"].strip(), "why": why}
    elif _SAYS_WRONG.search(sound):
        return bad(f"“{reply}”说有误或有更正，却看不出本项的更正值",
                   f"{reply!r} says that something is wrong or corrected, but not what the figure should be",
                   "有误请写“更正：数字和单位，原因”；无误请写“确认：原因”，其中不写“应为、有误”等",
                   "write “correct: figure and unit, reason”, or “confirmed: reason” without words of "
                   "correction")  # fmt: skip
    elif _NONE.match(reply):
        words = {"kind": "explanation", "why": reply}
    elif (confirmed := _CONFIRMED.match(sound)) is not None:
        if not sound[confirmed.end() :].strip(_MARKS):
            return bad(f"“{reply}”没有说明原因", f"{reply!r} gives no reason",
                       "请写“确认：原因”", "write “confirmed: reason”")  # fmt: skip
        words = {"kind": "explanation", "why": reply}
    else:
        return bad(f"看不出“{reply}”是确认还是更正", f"{reply!r} neither confirms nor corrects",
                   "请以“确认：原因”或“更正：数字和单位，原因”答复",
                   "answer “confirmed: reason” or “correct: figure and unit, reason”")  # fmt: skip
    try:
        return SheetRow(number, DecisionRequest.model_validate({**words, "about": finding, "who": who}), None)
    except ValidationError as error:
        return bad(error.errors()[0]["msg"], error.errors()[0]["msg"], "请改正此项", "correct the row")

"""Build the sample county's inbox from its sources: texts as authored in, files as the townships sent them out.

`python deploy/sample_county/build_inbox.py [--font FONT.ttc] [--out DIR]`. The same sources and font give the same
bytes. `sources/files.csv` says which text becomes which file, when it arrived and what was done to it.
"""

import argparse
import csv
import datetime as dt
import io
import sys
import zipfile
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import docx
import xlsxwriter
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph
from fpdf import FPDF

sys.path.insert(0, str(Path(__file__).resolve().parent))
import scanning

HERE = Path(__file__).resolve().parent
FONT = Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc")
REGISTER = "收文登记.csv"
# Formats of the plain text files, and the codec each is written with.
ENCODINGS = {"utf-8": "utf-8", "utf-8-bom": "utf-8-sig", "gb18030": "gb18030", "utf-16": "utf-16"}
_FIXED = dt.datetime(2024, 1, 2, 8, 0, tzinfo=dt.UTC)
_ZIP_DATE = (2024, 1, 2, 8, 0, 0)
_ERROR_PAGE = (
    "<!DOCTYPE html>\n<html><head><meta charset='utf-8'><title>502</title></head>\n"
    "<body><h1>502 Bad Gateway</h1><p>文件下载失败，请稍后重试。</p></body></html>\n"
)


def blocks_of(text: str) -> list[str | list[list[str]]]:
    """Return paragraphs and tables in order; consecutive lines that start with '| ' are one table."""
    blocks: list[str | list[list[str]]] = []
    for line in text.splitlines():
        if line.startswith("| "):
            row = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if blocks and isinstance(blocks[-1], list):
                blocks[-1].append(row)
            else:
                blocks.append([row])
        elif line.strip():
            blocks.append(line)
    return blocks


def is_heading(line: str) -> bool:
    """Return whether a line is a heading: short, numbered with 一、, and no sentence."""
    return (
        len(line) <= 30
        and line[:4].find("、") in (1, 2)
        and line[0] in "一二三四五六七八九十"
        and line[-1] not in "。；"
    )


def write_text(text: str, encoding: str) -> bytes:
    """Return `text` in `encoding`, table rows with tabs between the cells."""
    lines = []
    for block in blocks_of(text):
        lines += [block] if isinstance(block, str) else ["\t".join(row) for row in block]
    data = "\n".join(lines) + "\n"
    if encoding == "utf-16":
        return b"\xff\xfe" + data.encode("utf-16-le")
    return data.encode(ENCODINGS[encoding])


def write_docx(text: str) -> bytes:
    """Return a Word file with title, headings, tables and a header that shows the page."""
    document = docx.Document()
    properties = document.core_properties
    properties.created = properties.modified = _FIXED
    properties.author = properties.last_modified_by = "党政办"
    document.styles["Normal"].font.size = Pt(12)
    _page_field(document.sections[0].header.paragraphs[0])
    for index, block in enumerate(blocks_of(text)):
        if isinstance(block, list):
            table = document.add_table(rows=len(block), cols=len(block[0]), style="Table Grid")
            for cells, row in zip(table.rows, block, strict=True):
                for cell, words in zip(cells.cells, row, strict=True):
                    cell.text = words
        elif index == 0:
            document.add_heading(block, level=0)
        elif is_heading(block):
            document.add_heading(block, level=1)
        else:
            document.add_paragraph(block)
    buffer = io.BytesIO()
    document.save(buffer)
    return _fixed_zip(buffer.getvalue())


def _page_field(paragraph: Paragraph) -> None:
    """Put Word's PAGE field between 第 and 页."""
    paragraph.add_run("第 ")
    run = paragraph.add_run()
    for kind in ("begin", None, "end"):
        part = OxmlElement("w:instrText" if kind is None else "w:fldChar")
        if kind is None:
            part.text = "PAGE"
        else:
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)
    paragraph.add_run(" 页")


def _fixed_zip(data: bytes) -> bytes:
    """Return the archive with one fixed date on every member: zip otherwise records the time of building."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, _ZIP_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, old.read(name), compresslevel=9)
    return buffer.getvalue()


def write_rtf(text: str) -> bytes:
    """Return what WPS writes as RTF: characters outside ASCII as bytes of code page 936."""
    lines = []
    for block in blocks_of(text):
        for line in [block] if isinstance(block, str) else ["\t".join(row) for row in block]:
            plain = line.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}").encode("gb18030")
            lines.append("".join(chr(one) if one < 0x80 else f"\\'{one:02x}" for one in plain))
    body = "\\par\r\n".join(lines)
    font = "{\\fonttbl{\\f0\\fnil\\fcharset134 SimSun;}}"
    return f"{{\\rtf1\\ansi\\ansicpg936\\deff0{font}\\f0\\fs24 {body}\\par}}".encode("ascii")


def write_xlsx(text: str) -> bytes:
    """Return a workbook with a line of the report in each row, tables as cells."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": _FIXED.replace(tzinfo=None), "author": "党政办"})
    sheet = book.add_worksheet("工作报告")
    row = 0
    for block in blocks_of(text):
        for cells in [[block]] if isinstance(block, str) else block:
            for column, words in enumerate(cells):
                sheet.write_string(row, column, words)
            row += 1
    book.close()
    return _fixed_zip(buffer.getvalue())


class _GbkName(zipfile.ZipInfo):
    """A member as Windows in China writes it: its name in GBK, without the flag that says UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 (zipfile's own hook for names)
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def write_zip(members: dict[str, bytes]) -> bytes:
    """Return a zip of `members` with their names in GBK."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            entry = _GbkName(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data, compresslevel=9)
    return buffer.getvalue()


def write_mail(subject: str, attachment: str, data: bytes) -> bytes:
    """Return a mail with a few words and the report as its attachment."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "dangzhengban@example.cn", "tongji@example.cn", subject
    mail["Date"] = _FIXED
    mail.set_content("县统计局：\n现报送我镇述职报告，请查收。\n", cte="base64")
    mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=attachment)
    mail.set_boundary("----=_Part_0001")
    return mail.as_bytes()


class _Report(FPDF):
    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("body", size=9)
        self.cell(0, 8, f"- {self.page_no()} -", align="C")


def write_pdf(text: str, font: Path) -> bytes:
    """Return an A4 PDF with the page number in the footer and a subset of `font` embedded."""
    pdf = _Report(format="A4")
    pdf.set_creation_date(_FIXED)
    pdf.set_margins(28, 30, 26)
    pdf.set_auto_page_break(True, 25)
    pdf.add_font("body", fname=font)
    pdf.add_page()
    for index, block in enumerate(blocks_of(text)):
        pdf.set_font("body", size=18 if index == 0 else 12)
        if isinstance(block, list):
            pdf.set_font("body", size=10)
            widths = (4, *[2] * (len(block[0]) - 1))
            with pdf.table(width=150, col_widths=widths, first_row_as_headings=False) as table:
                for row in block:
                    table.row(row)
        elif index == 0:
            pdf.multi_cell(0, 12, block, align="C", new_x="LMARGIN", new_y="NEXT")
        else:
            indent = "" if is_heading(block) else "　　"
            pdf.multi_cell(0, 8.5, indent + block, align="L", wrapmode="CHAR", new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def build(out: Path, font: Path) -> list[str]:
    """Write every file of `sources/files.csv` and the register into `out`; return their paths inside it.

    Raises:
        ValueError: an edit's old words do not occur in the text, or a format is unknown.
    """
    with (HERE / "sources" / "files.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    edits: dict[str, list[tuple[str, str]]] = {}
    with (HERE / "sources" / "edits.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            edits.setdefault(row["file"], []).append((row["old"], row["new"]))
    for row in rows:
        target = out / row["file"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_file(row, edits.get(row["file"], []), font))
    with (out / REGISTER).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, ["file", "received_at", "unit", "period", "note"], extrasaction="ignore",
                                lineterminator="\n")  # fmt: skip
        writer.writeheader()
        writer.writerows(rows)
    return [row["file"] for row in rows]


def _file(row: dict[str, str], edits: list[tuple[str, str]], font: Path) -> bytes:
    if row["format"] == "empty":
        return b""
    if row["format"] == "html":
        return _ERROR_PAGE.encode()
    text = (HERE / "sources" / f"{row['text']}.txt").read_text(encoding="utf-8")
    for old, new in edits:
        if old not in text:
            raise ValueError(f"{row['file']}: {old!r} does not occur in {row['text']}")
        text = text.replace(old, new)
    if row["format"] == "docx":
        return write_docx(text)
    if row["format"] == "rtf":
        return write_rtf(text)
    if row["format"] == "xlsx":
        return write_xlsx(text)
    title = text.splitlines()[0]
    if row["format"] == "zip-gbk":
        return write_zip({f"{title}.txt": write_text(text, "gb18030")})
    if row["format"] == "eml-docx":
        return write_mail(f"报送：{title}", f"{title}.docx", write_docx(text))
    if row["format"] == "docx-truncated":
        data = write_docx(text)
        return data[: len(data) * 3 // 5]
    if row["format"] == "pdf":
        return write_pdf(text, font)
    if row["format"] in {"scan", "photo"}:
        pages = scanning.rendered(write_pdf(text, font))
        if row["format"] == "scan":
            return scanning.fax_pdf([scanning.scanned(page, number) for number, page in enumerate(pages)])
        return scanning.jpeg(scanning.photographed(pages[0]))
    if row["format"] in ENCODINGS:
        return write_text(text, row["format"])
    raise ValueError(f"{row['file']}: unknown format {row['format']!r}")


def main() -> None:
    """Read the arguments and build."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--font", type=Path, default=FONT)
    parser.add_argument("--out", type=Path, default=HERE / "inbox")
    arguments = parser.parse_args()
    build(arguments.out, arguments.font)


if __name__ == "__main__":
    main()

"""Small files of every kind that there is a reader for, made on the spot; each states the same figure."""

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Iterable, Sequence
from email.message import EmailMessage

import docx
import openpyxl
import xlsxwriter
from fpdf import FPDF

FIGURE = "全镇粮食总产量12345吨"
TITLE = "示例镇2023年工作总结"
REPORT = f"{TITLE}\n一、农业\n{FIGURE}，比上年增长4.6%，各项工作有序推进。\n"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"


def zipped(members: Iterable[tuple[str, bytes | str]], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of `members` in their order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def word(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines or REPORT.splitlines():
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def word_of(body: str, *, numbering: str = "", footnotes: str = "", extra: dict[str, str] | None = None) -> bytes:
    """A Word file whose body is the given WordprocessingML, with numbering.xml and footnotes.xml where wanted."""
    names = (
        f'xmlns:w="{_W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {"numbering": numbering, "footnotes": footnotes}
    types = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        f'wordprocessingml.{name}+xml"/>'
        for name, content in parts.items()
        if content
    )
    relations = "".join(
        f'<Relationship Id="r{name}" Type="{office}/{name}" Target="{name}.xml"/>'
        for name, content in parts.items()
        if content
    )
    members = {
        "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml'
        '"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>' + types + "</Types>",
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships">{relations}</Relationships>',
        "word/document.xml": f"<w:document {names}><w:body>{body}</w:body></w:document>",
        **{f"word/{name}.xml": f"<w:{name} {names}>{content}</w:{name}>" for name, content in parts.items() if content},
        **(extra or {}),
    }
    return zipped(members.items())


def excel(*, hide: bool = False) -> bytes:
    """A workbook as a township makes it: title, unit line, head, figures with number formats, a note."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("主要指标")
    per_cent, grouped = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": "#,##0"})
    sheet.merge_range("B1:F1", "示例镇2023年主要指标")
    sheet.write("B2", "单位：万元")
    sheet.write_row("B4", ["指标", "单位", "本年", "上年", "增减%"])
    sheet.write_row("B5", ["粮食总产量", "吨"])
    sheet.write_number("D5", 12345, grouped)
    sheet.write_number("E5", 11800.5, grouped)
    sheet.write_number("F5", 0.0461, per_cent)
    sheet.write_row("B6", ["财政收入", "万元", 3210.75, 3000, "7.0%"])
    sheet.write("B7", "注：粮食总产量为抽样调查数，与上年口径一致，仅供参考。")
    sheet.write_datetime("B9", dt.datetime(2024, 1, 5), book.add_format({"num_format": "yyyy-mm-dd"}))
    if hide:
        secret = book.add_worksheet("草稿")
        secret.write("A1", "隐藏的数字999")
        secret.hide()
        sheet.set_row(5, None, None, {"hidden": True})
    book.close()
    return out.getvalue()


def scaled_excel() -> bytes:
    """A workbook whose figures are scaled, and given their unit, by number formats alone."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("主要指标")
    sheet.write("A1", "示例镇2023年主要指标（单位：万元）")
    sheet.write_row("A2", ["指标", "2023年"])
    rows = [("财政收入", 7_900_000, "0!.0,"), ("粮食播种面积（亩）", 5.27, '0.00"万亩"'),
            ("人口自然增长率（‰）", 5.6, '0.0"‰"'), ("总人口（人）", 31_000, '0!.0,"万"')]  # fmt: skip
    for at, (label, value, form) in enumerate(rows, start=2):
        sheet.write(at, 0, label)
        sheet.write_number(at, 1, value, book.add_format({"num_format": form}))
    book.close()
    return out.getvalue()


def excel_plain() -> bytes:
    book = openpyxl.Workbook()
    book.active.append([TITLE])
    book.active.append([FIGURE])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pdf() -> bytes:
    document = FPDF()
    document.set_font("helvetica")
    document.add_page()
    document.cell(text="grain output 12345 t")
    return bytes(document.output())


def rtf() -> bytes:
    def escaped(text: str) -> str:
        raw = text.encode("gb18030")
        return "".join(chr(one) if one < 0x80 else f"\\'{one:02x}" for one in raw)

    lines = "\\par ".join(escaped(line) for line in REPORT.splitlines())
    table = "{\\trowd\\cellx1000\\cellx2000 " + escaped("指标") + "\\cell 2023\\cell\\row}"
    return ("{\\rtf1\\ansi\\ansicpg936{\\fonttbl{\\f0 SimSun;}}\\f0 " + lines + "\\par " + table + "}").encode(
        "latin-1"
    )


def odt() -> bytes:
    names = " ".join(f'xmlns:{one}="{_ODF}{full}:1.0"' for one, full in
                     (("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing")))  # fmt: skip
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>删去的999</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        + "".join(f"<text:p>{line}</text:p>" for line in REPORT.splitlines())
        + "<text:p>有注<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>注文7</text:p>"
        "</text:note-body></text:note>的段</text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>指标</text:p></table:table-cell>"
        "<table:table-cell><text:p>2023</text:p></table:table-cell></table:table-row></table:table>"
    )
    return zipped(
        [
            ("mimetype", "application/vnd.oasis.opendocument.text"),
            ("META-INF/manifest.xml", "<manifest/>"),
            ("content.xml", f"<office:document-content {names}><office:body><office:text>{body}</office:text>"
                            "</office:body></office:document-content>"),
        ]
    )  # fmt: skip


def ods() -> bytes:
    """A sheet whose last row is repeated a million times, beside a hidden one."""
    names = " ".join(f'xmlns:{one}="{_ODF}{full}:1.0"' for one, full in
                     (("office", "office"), ("text", "text"), ("table", "table"), ("style", "style")))  # fmt: skip

    def row(*words: str, repeated: str = "") -> str:
        cells = "".join(f"<table:table-cell><text:p>{one}</text:p></table:table-cell>" for one in words)
        return f"<table:table-row{repeated}>{cells}</table:table-row>"

    last = ' table:number-rows-repeated="1048000"'
    rows = (
        row("指标", "单位", "本年")
        + row("粮食总产量", "吨", "12,345")
        + f"<table:table-row{last}><table:table-cell/></table:table-row>"
    )
    return zipped(
        [
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", f"<office:document-content {names}><office:automatic-styles>"
                            '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
                            "</office:automatic-styles><office:body><office:spreadsheet>"
                            f'<table:table table:name="表一">{rows}</table:table>'
                            f'<table:table table:name="草稿" table:style-name="h">{row("草稿", "999")}</table:table>'
                            "</office:spreadsheet></office:body></office:document-content>"),
        ]
    )  # fmt: skip


def html() -> bytes:
    lines = "".join(f"<p>{line}</p>\n" for line in REPORT.splitlines())
    return (
        "<html><head><meta charset='gb2312'><title>OA</title><script>var x = 999;</script></head><body>"
        f"<div style='display: none'>隐藏999</div>{lines}<table><tr><th>指标</th><th>2023年</th></tr>"
        "<tr><td>粮食\n  总产量</td><td>12345</td></tr></table></body></html>"
    ).encode("gb18030")


def csv() -> bytes:
    return '指标,单位,本年,上年\r\n粮食总产量,吨,"12,345",11800\r\n其中：水稻,吨,5000,4800\r\n'.encode("gb18030")


def ofd(pages: Iterable[Iterable[str]] = (), drawn: str = "") -> bytes:
    """An OFD of text lines: each starts 30 mm from the left, its characters 5 mm apart by DeltaX.

    `drawn` are further objects of each page.
    """
    name = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    contents = []
    listed = ""
    for number, lines in enumerate(pages or [REPORT.splitlines()]):
        objects = "".join(
            f'<ofd:TextObject ID="{number}{row}" Boundary="30 {40 + 9 * row} 150 6" Font="1" Size="5">'
            f'<ofd:TextCode X="0" Y="5" DeltaX="g {max(1, len(line) - 1)} 5">{line}</ofd:TextCode></ofd:TextObject>'
            for row, line in enumerate(lines)
        )
        listed += f'<ofd:Page ID="{number + 1}" BaseLoc="Pages/Page_{number}/Content.xml"/>'
        contents.append(
            (f"Doc_0/Pages/Page_{number}/Content.xml", f"<ofd:Page {name}><ofd:Content><ofd:Layer>{objects}{drawn}"
             f'<ofd:TextObject ID="9" Boundary="100 285 20 4" Size="4"><ofd:TextCode X="0" Y="4">— {number + 1} —'
             "</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>")
        )  # fmt: skip
    return zipped(
        [
            ("OFD.xml", f"<ofd:OFD {name}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
                        "</ofd:OFD>"),
            ("Doc_0/Document.xml", f"<ofd:Document {name}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
             f"</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>"),
            *contents,
        ]
    )  # fmt: skip


def ofd_table(rows: Iterable[Sequence[str]], widths: Sequence[float], *, ruled: bool) -> str:
    """Cells as converters of Word write them: a text object for each, 4 mm a character; rules as paths."""
    objects = ""
    for row, cells in enumerate(rows):
        for column, words in enumerate(cells):
            x, y = 30 + sum(widths[:column]), 100 + 8 * row
            objects += (
                f'<ofd:TextObject ID="7" Boundary="{x + 1} {y + 1} {widths[column]} 6" Size="4">'
                f'<ofd:TextCode X="0" Y="5">{words}</ofd:TextCode></ofd:TextObject>'
            )
            if ruled:
                objects += (
                    f'<ofd:PathObject ID="8" Boundary="{x} {y} {widths[column]} 8"><ofd:AbbreviatedData>M 0 0 '
                    f"L {widths[column]} 0 L {widths[column]} 8 L 0 8 C</ofd:AbbreviatedData></ofd:PathObject>"
                )
    return objects


def mail(*attachments: tuple[str, bytes], body: str = REPORT) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "zhen@example.cn", "xian@example.cn", TITLE
    message.set_content(body)
    for name, data in attachments:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


# File name and bytes of each kind that needs nothing beyond Python packages.
EVERY_KIND: dict[str, bytes] = {
    "总结.txt": REPORT.encode(),
    "总结.docx": word(),
    "总结.xlsx": excel_plain(),
    "指标.xlsx": excel(),
    "总结.rtf": rtf(),
    "总结.odt": odt(),
    "指标.ods": ods(),
    "总结.html": html(),
    "指标.csv": csv(),
    "总结.ofd": ofd(),
    "总结.eml": mail(),
    "总结.pdf": pdf(),
}


def compound(*streams: str) -> bytes:
    """An OLE compound file, as old Office and Outlook write, with empty streams of these names (three at most)."""
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0, 0)
    allocation = struct.pack("<II", 0xFFFFFFFD, end).ljust(512, b"\xff")

    def entry(name: str, kind: int, right: int, child: int) -> bytes:
        written = name.encode("utf-16-le")
        return (
            written.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(written) + 2, kind, 1, free, right, child)
            + bytes(36)
            + struct.pack("<IQ", end, 0)
        )

    directory = entry("Root Entry", 5, free, 1)
    for at, name in enumerate(streams, start=1):
        directory += entry(name, 2, at + 1 if at < len(streams) else free, free)
    return header.ljust(512, b"\xff") + allocation + directory.ljust(512, b"\0")

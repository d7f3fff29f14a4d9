"""A county of as many townships as wanted, each with one report: the authored texts of the sample county by turns."""

import shutil
from pathlib import Path

from tasks.domain.county import County, read_county

__all__ = ["make_county", "make_mixed_county"]

_SAMPLE = Path(__file__).resolve().parents[2] / "deploy" / "sample_county"
_FIRST, _SECOND = "青白红金玉石云松竹梅兰柳桃杏桂枫", "山河川岭坪溪湖塘湾桥沟坡原洲泉峰"
_THIRD = ("", "东", "西", "南", "北", "上", "下", "新", "老", "大")


def township_names(count: int) -> list[str]:
    """Return `count` (at most 2,560) different names of townships, none a part of another."""
    names = [f"{a}{b}{c}镇" for c in _THIRD for a in _FIRST for b in _SECOND]
    return names[:count]


def make_county(folder: Path, reports: int, townships: int | None = None, bad: int = 0) -> County:
    """Make a county in `folder`: `reports` texts of 2023, one a township, of which the first `bad` are no text."""
    folder.mkdir(parents=True)
    settings = (_SAMPLE / "county.toml").read_text(encoding="utf-8")
    (folder / "county.toml").write_text(settings, encoding="utf-8")
    names = township_names(townships or reports)
    rows = [f"53990110{number:04d},{name},,," for number, name in enumerate(names)]
    header = "unit_code,name,former_names,valid_from,valid_to"
    (folder / "units.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    inbox = folder / "inbox" / "2023年度"
    inbox.mkdir(parents=True)
    texts = sorted((_SAMPLE / "sources").glob("*-2023.txt"))
    for number, name in enumerate(names[:reports]):
        source = texts[number % len(texts)]
        path = inbox / f"{name}2023年工作总结.txt"
        if number < bad:
            path.write_bytes(b"\x00\x01\x02" * 1000)
            continue
        theirs = source.stem.split("-")[0]
        path.write_text(source.read_text(encoding="utf-8").replace(theirs, name), encoding="utf-8")
    return read_county(folder)


def make_mixed_county(folder: Path, times: int) -> County:
    """Make a county in `folder` that received the inbox of the sample county so many times over.

    Each time the bytes of every file differ from those of the other times, and what is read in them does not.
    """
    shutil.copytree(_SAMPLE, folder, ignore=shutil.ignore_patterns("sources", "*.py", "inbox"))
    for file in sorted((_SAMPLE / "inbox").rglob("*.*")):
        if file.suffix == ".csv":
            continue  # the register speaks of one time only
        for number in range(times):
            copy = folder / "inbox" / str(number) / file.relative_to(_SAMPLE / "inbox")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(_made_different(file.read_bytes(), number))
    return read_county(folder)


def _made_different(data: bytes, number: int) -> bytes:
    """Return `data` with `number` in it where no reader looks: a comment of a zip, ends of lines after all else."""
    if data[-22:].startswith(b"PK\x05\x06"):  # a zip ends so, with the length of a comment that is none
        comment = str(number).encode()
        return data[:-2] + len(comment).to_bytes(2, "little") + comment
    return data + ("\r\n" * number).encode("utf-16-le" if data.startswith(b"\xff\xfe") else "ascii")


def remove_county(folder: Path) -> None:
    """Remove what was made."""
    shutil.rmtree(folder, ignore_errors=True)

"""`county init`: a county's folder to begin with."""

import json
import re
import shutil
from pathlib import Path

from tasks.domain.errors import ConfigurationError, Place, Text

__all__ = ["create_county"]

_SETTINGS = """# 县的设置 · the county's settings. Secrets never stand here: they come from the environment.
language = "zh"            # zh or en: messages, tables, artifacts

[county]
code = "{code}"    # 12-digit division code
name = {name}

[calendar]
timezone = "Asia/Shanghai"
schedule = "30 6 * * 1-5"  # when `county up` collects (cron)

[[sources]]
name = "inbox"
url = "inbox"              # a folder in here, or any fsspec address: sftp://…, s3://…, https://…

[[forms]]
code = "annual-work-report"
name = "年度工作报告"
period_type = "year"       # year, half, quarter, month or cumulative: every period must be of this kind
periods = ["2023", "2024", "2025"]
due_days = 15              # after the period's end
grace_days = 5
mandatory = ["pop.total", "pop.households"]

[storage]                  # where things lie: a folder in here, or s3://bucket/path (keys: environment, AWS_*)
warehouse = "warehouse"    # the tables
raw = "raw"                # every received file, untouched

[limits]                   # what one file may cost; beyond it the file is quarantined with the reason
seconds = 600
memory_mib = 2048
pages = 2000
megapixels = 100
decompressed_mib = 1024
members = 2000             # files in one archive, inner archives counted
nesting = 3
file_mib = 200
"""
_CODE = re.compile(r"[0-9]{12}")
_UNITS = "unit_code,name,former_names,valid_from,valid_to\n"


def create_county(folder: Path, template: Path | None, name: str, code: str) -> list[Path]:
    """Make `folder` a county; with `template`, from that county's settings, units and inbox.

    What exists is kept as it is, so running it again adds what is missing and changes nothing. Returns what was made.

    Raises:
        ConfigurationError: `template` is no county's folder, or `code` no division code.
    """
    if template is None and not _CODE.fullmatch(code):
        raise ConfigurationError(
            "county_code", Place("--code"),
            Text(f"{code} 不是12位行政区划代码", f"{code} is no division code of 12 digits"),
            Text("请写12位数字，如 530000000000", "write 12 digits, e.g. 530000000000"),
        )  # fmt: skip
    if template is not None and not (template / "county.toml").is_file():
        raise ConfigurationError(
            "no_county",
            Place(str(template)),
            Text("此文件夹不是县文件夹：没有 county.toml", "this folder is no county: it has no county.toml"),
            Text("请核对 --from", "check --from"),
        )
    made: list[Path] = []
    contents = {
        "county.toml": _SETTINGS.format(name=json.dumps(name, ensure_ascii=False), code=code),
        "units.csv": _UNITS,
    }
    (folder / "inbox").mkdir(parents=True, exist_ok=True)
    for file_name, text in contents.items():
        target = folder / file_name
        if target.exists():
            continue
        if template is not None:
            shutil.copyfile(template / file_name, target)
        else:
            target.write_text(text, encoding="utf-8")
        made.append(target)
    for source in sorted((template / "inbox").rglob("*")) if template is not None else []:
        target = folder / "inbox" / source.relative_to(template / "inbox")  # type: ignore[operator]
        if source.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            made.append(target)
    return made

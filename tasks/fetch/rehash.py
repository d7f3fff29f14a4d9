"""Raw files held against their names: the name is the sha256 of the bytes, so damage on the disk shows."""

import hashlib
import random
from dataclasses import dataclass

from tasks.domain.errors import Text
from tasks.fetch.byte_stores import open_store
from tasks.fetch.raw import RESTORE, raw_address, raw_fault

__all__ = ["RawCheck", "check_raw_sample"]

_NAME = 64  # hex digits of a sha256


@dataclass(frozen=True, slots=True)
class RawCheck:
    """How many raw files there are, how many were read, and what is wrong with some, in both languages."""

    files: int
    checked: int
    faults: tuple[Text, ...]


def check_raw_sample(raw: str, count: int, seed: str) -> RawCheck:
    """Return what is wrong with `count` raw files, chosen by `seed`; all of them where there are no more.

    Raises:
        WarehouseError: the raw store cannot be listed.
    """
    try:
        names = [name for path in open_store(raw).names() if len(name := path.rsplit("/", 1)[-1]) == _NAME]
    except OSError as error:
        said = Text(f"原件库无法读取：{error}", f"the raw store cannot be listed: {error}")
        raise raw_fault(raw, error, said, RESTORE) from error
    chosen = names if count >= len(names) else random.Random(seed).sample(names, count)
    faults = [fault for name in chosen if (fault := _fault(raw, name))]
    return RawCheck(len(names), len(chosen), tuple(faults))


def _fault(raw: str, sha256: str) -> Text | None:
    address = raw_address(raw, sha256)
    try:
        data = open_store(raw).read(f"{sha256[:2]}/{sha256}")
    except OSError as error:
        return Text(
            f"原件 {address} 无法读取：{error} → 请检查磁盘，从备份恢复此文件",
            f"raw file {address} cannot be read: {error} → check the disk and restore the file from a backup",
        )
    found = hashlib.sha256(data).hexdigest()
    if found == sha256:
        return None
    return Text(
        f"原件 {address} 内容已损坏（应为 {sha256[:12]}，实为 {found[:12]}）→ {RESTORE.zh}",
        f"raw file {address} is damaged ({sha256[:12]} expected, {found[:12]} found) → {RESTORE.en}",
    )

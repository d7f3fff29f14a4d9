"""Raw files held against their names: the name is the sha256 of the bytes, so damage on the disk shows."""

import hashlib
import random
from dataclasses import dataclass
from pathlib import Path

from tasks.domain.errors import Text

__all__ = ["RawCheck", "check_raw_sample"]

_CHUNK = 1 << 20
_NAME = 64  # hex digits of a sha256


@dataclass(frozen=True, slots=True)
class RawCheck:
    """How many raw files there are, how many were read, and what is wrong with some, in both languages."""

    files: int
    checked: int
    faults: tuple[Text, ...]


def check_raw_sample(raw: Path, count: int, seed: str) -> RawCheck:
    """Return what is wrong with `count` raw files, chosen by `seed`; all of them where there are no more."""
    paths = sorted(path for path in raw.glob("*/*") if len(path.name) == _NAME)
    chosen = paths if count >= len(paths) else random.Random(seed).sample(paths, count)
    faults = [fault for path in chosen if (fault := _fault(path))]
    return RawCheck(len(paths), len(chosen), tuple(faults))


def _fault(path: Path) -> Text | None:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        return Text(
            f"原件 {path} 无法读取：{error} → 请检查磁盘，从备份恢复此文件",
            f"raw file {path} cannot be read: {error} → check the disk and restore the file from a backup",
        )
    if digest.hexdigest() == path.name:
        return None
    return Text(
        f"原件 {path} 内容已损坏（应为 {path.name[:12]}，实为 {digest.hexdigest()[:12]}）→ 请从备份恢复此文件",
        f"raw file {path} is damaged ({path.name[:12]} expected, {digest.hexdigest()[:12]} found) → "
        "restore it from a backup",
    )

"""The journal of arrivals (收文日志): beside the raw bytes, where each came from and when.

With it the warehouse can be made again from the raw store. A line of JSON for each place where bytes were seen,
appended and never changed; a line cut short by a crash is passed over, its file is seen again in the next run.
"""

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.domain.submissions import SourceFile, StoredFile
from tasks.fetch.byte_stores import open_store
from tasks.fetch.raw import CANNOT_WRITE, raw_fault

__all__ = ["JOURNAL", "note_arrivals", "read_journal"]

JOURNAL = "arrivals"


def note_arrivals(raw: str, files: Iterable[StoredFile]) -> int:
    """Append those of `files` that the journal in the raw store does not hold; return how many.

    Raises:
        WarehouseError: the raw store cannot be written.
    """
    known = {_line(one) for one in read_journal(raw)}
    lines = list(dict.fromkeys(line for one in files if (line := _line(one)) not in known))
    if not lines:
        return 0
    try:
        open_store(raw).append(JOURNAL, "\n".join(lines).encode())
    except OSError as error:
        said = Text(f"收文日志写入失败：{error}", f"the journal of arrivals cannot be written: {error}")
        raise raw_fault(f"{raw}/{JOURNAL}.jsonl", error, said, CANNOT_WRITE) from error
    return len(lines)


def read_journal(raw: str) -> list[StoredFile]:
    """Return every arrival that the journal holds, in the order they were noted; none where there is no journal.

    Raises:
        WarehouseError: the journal is there and cannot be read.
    """
    try:
        text = open_store(raw).lines(JOURNAL).decode(errors="replace")
    except OSError as error:
        said = Text(f"收文日志读取失败：{error}", f"the journal of arrivals cannot be read: {error}")
        raise raw_fault(f"{raw}/{JOURNAL}.jsonl", error, said, RESTORE_JOURNAL) from error
    return [one for line in text.split("\n") if line and (one := _arrival(line)) is not None]


RESTORE_JOURNAL = Text("请从备份恢复该文件", "restore this file from the backup")


def _line(one: StoredFile) -> str:
    file = one.source_file
    words: dict[str, Any] = {
        "sha256": one.sha256, "source": file.source, "uri": file.uri, "path": file.path, "size": file.size,
        "modified_at": file.modified_at.isoformat(), "received_at": file.received_at.isoformat(),
    }  # fmt: skip
    if file.registered_unit or file.registered_period:
        words |= {"registered_unit": file.registered_unit, "registered_period": file.registered_period}
    if one.container:
        words["container"] = one.container
    if one.refused is not None:
        error = one.refused
        words["refused"] = [error.code, error.place.file, *error.what, *error.next_step]
    return json.dumps(words, ensure_ascii=False, sort_keys=True)


def _arrival(line: str) -> StoredFile | None:
    try:
        words = json.loads(line)
        file = SourceFile(
            source=words["source"],
            uri=words["uri"],
            path=words["path"],
            size=words["size"],
            modified_at=dt.datetime.fromisoformat(words["modified_at"]),
            received_at=dt.datetime.fromisoformat(words["received_at"]),
            registered_unit=words.get("registered_unit", ""),
            registered_period=words.get("registered_period", ""),
        )
        refused = words.get("refused")
        error = None
        if refused:
            code, place, *said = refused
            error = SourceMalformed(code, Place(place), Text(*said[:2]), Text(*said[2:]))
        return StoredFile(file, words["sha256"], is_new=False, container=words.get("container", ""), refused=error)
    except (ValueError, KeyError, TypeError):
        return None  # cut short by a crash

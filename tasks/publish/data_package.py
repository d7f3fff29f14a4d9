"""Plain Parquet with a data package descriptor (Frictionless Data) and the data dictionary, for any tool at all."""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tasks.domain.dictionary import column_entry, dictionary_frame, table_entry
from tasks.domain.errors import Place, Text, WarehouseError
from tasks.domain.frames import empty_frame
from tasks.domain.tables import KEYS, TABLES
from tasks.publish.csv_files import DICTIONARY, write_csv
from tasks.publish.files import cannot_write, sha256_of, written_whole
from tasks.publish.reader import WarehouseReader, periods_of, rows_of, seen_facts, written_at

__all__ = ["DESCRIPTOR", "chunks_of", "export_parquet"]

DESCRIPTOR = "datapackage.json"
# Frictionless does not count the bytes of Parquet files; `sha256sum -c` does.
CHECKSUMS = "SHA256SUMS"
# References that hold in every export: to (table, column).
_REFERENCES = {
    "facts": {"submission_id": ("submissions", "submission_id"), "indicator": ("indicators", "code")},
    "blocks": {"submission_id": ("submissions", "submission_id")},
    "mentions": {"submission_id": ("submissions", "submission_id")},
}


def export_parquet(
    warehouse: WarehouseReader,
    folder: Path,
    *,
    periods: Sequence[str] | None = None,
    county_name: str = "",
    progress: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Write every table as one Parquet file, `dictionary.csv`, `SHA256SUMS` and `datapackage.json`; return the files.

    Facts are those of every version that was ever live (`live` says which are); lists stay lists. The descriptor is
    taken away first and written last: a folder with one is whole.

    Raises:
        WarehouseError: a table cannot be read or a file cannot be written.
    """
    wanted = periods_of(warehouse, periods)
    descriptor = folder / DESCRIPTOR
    try:
        descriptor.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(descriptor, error) from error
    written = []
    for table in TABLES:
        path = folder / f"{table}.parquet"
        progress(path.name)
        with written_whole(path) as unfinished:
            _write_parquet(unfinished, chunks_of(warehouse, table, wanted))
        written.append(path)
    write_csv(dictionary_frame(), folder / DICTIONARY)
    written.append(folder / DICTIONARY)
    with written_whole(folder / CHECKSUMS) as unfinished:
        unfinished.write_text("".join(f"{sha256_of(path)}  {path.name}\n" for path in written), encoding="utf-8")
    content = _descriptor(warehouse, written[:-1], folder / DICTIONARY, county_name)
    with written_whole(descriptor) as unfinished:
        unfinished.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return [*written, folder / CHECKSUMS, descriptor]


def chunks_of(warehouse: WarehouseReader, table: str, periods: Sequence[str]) -> list[Callable[[], pl.DataFrame]]:
    """Return readers of the rows of `table`, a period each: what is written never lies in memory as a whole.

    Rows without a period come with the first one. There is always at least one reader, and its frame has the schema.
    """
    if table == "facts":
        return [partial(seen_facts, warehouse, [code]) for code in periods] or [partial(empty_frame, "facts")]
    if "period" not in TABLES[table] or not periods:
        return [partial(rows_of, warehouse, table, periods)]
    first, *others = periods
    return [
        partial(rows_of, warehouse, table, [first]),
        *(partial(_rows_with, warehouse, table, one) for one in others),
    ]


def _rows_with(warehouse: WarehouseReader, table: str, period: str) -> pl.DataFrame:
    return rows_of(warehouse, table, [period]).filter(pl.col("period") == period)


def _write_parquet(path: Path, chunks: Sequence[Callable[[], pl.DataFrame]]) -> None:
    writer = None
    try:
        for chunk in chunks:
            # Old types on purpose: string views are still unknown to many readers of Parquet.
            rows: pa.Table = chunk().to_arrow(compat_level=pl.CompatLevel.oldest())
            if writer is None:
                writer = pq.ParquetWriter(path, rows.schema, compression="zstd")
            writer.write_table(rows)
    finally:
        if writer is not None:
            writer.close()


def _descriptor(
    warehouse: WarehouseReader, files: Sequence[Path], dictionary: Path, county_name: str
) -> dict[str, Any]:
    """Return the descriptor, checked by frictionless.

    Raises:
        WarehouseError: frictionless says that it is no data package; a fault of ours.
    """
    from frictionless import Package  # a second to import

    versions, created = warehouse.versions(), written_at(warehouse)
    content = {
        "name": "xianbao",
        "title": f"{county_name}工作报告数据 · figures of work reports".strip(),
        "profile": "data-package",
        "resources": [
            *(_resource(path, versions.get(path.stem)) for path in files),
            {
                "name": "dictionary",
                "title": "数据字典 · data dictionary",
                "encoding": "utf-8",
                **_file(dictionary, "csv", "text/csv"),
                "schema": {"fields": [{"name": name, "type": "string"} for name in dictionary_frame().columns]},
            },
        ],
    }
    if created is not None:
        content["created"] = created.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    problems = [error.message for error in Package.metadata_validate(content)]
    if problems:
        raise WarehouseError(
            "data_package",
            Place(DESCRIPTOR),
            Text(f"数据包描述不合规范：{'；'.join(problems)}", f"no valid data package: {'; '.join(problems)}"),
            Text("这是程序错误，请报告", "a fault of the program: please report it"),
        )
    return content


def _resource(path: Path, version: int | None) -> dict[str, Any]:
    table = path.stem
    entry = table_entry(table)
    rows = pl.scan_parquet(path)
    gaps = rows.null_count().collect().row(0, named=True)
    schema: dict[str, Any] = {
        "fields": [_field(table, column, dtype, gaps[column] > 0) for column, dtype in TABLES[table].items()],
        "primaryKey": list(KEYS[table]),
    }
    references = _REFERENCES.get(table, {})
    if references:
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": other, "fields": [key]}}
            for column, (other, key) in references.items()
        ]
    return {
        "name": table,
        "title": f"{entry.name.zh} · {entry.name.en}",
        "description": f"{entry.meaning.zh}\n\n{entry.meaning.en}",
        **_file(path, "parquet", "application/vnd.apache.parquet"),
        "schema": schema,
        # Ours: how many rows, and which version of the Delta table this is.
        "rows": rows.select(pl.len()).collect().item(),
        "warehouse_version": version,
    }


def _file(path: Path, kind: str, media_type: str) -> dict[str, Any]:
    return {"type": "table", "path": path.name, "scheme": "file", "format": kind, "mediatype": media_type}


def _field(table: str, column: str, dtype: pl.DataType, has_gaps: bool) -> dict[str, Any]:
    entry = column_entry(table, column)
    return {
        "name": column,
        "type": _field_type(dtype, has_gaps),
        "title": f"{entry.name.zh} · {entry.name.en}",
        "description": f"{entry.meaning.zh}\n\n{entry.meaning.en}",
    }


def _field_type(dtype: pl.DataType, has_gaps: bool) -> str:
    if isinstance(dtype, pl.List):
        # Parquet keeps a list of its own; Table Schema's `array` is JSON text, which it is not.
        return "any"
    if dtype.is_float() or (dtype.is_integer() and has_gaps):
        # Frictionless reads Parquet through pandas, where a whole number that may be missing is a float.
        return "number"
    if dtype.is_integer():
        return "integer"
    if isinstance(dtype, pl.Datetime):
        return "datetime"
    return {pl.Boolean(): "boolean", pl.Date(): "date"}.get(dtype, "string")

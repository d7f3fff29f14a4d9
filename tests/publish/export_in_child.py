"""A process that exports, to be killed: export_in_child.py WAREHOUSE FOLDER FORMAT; says when it begins and ends."""

import sys
from pathlib import Path

from tasks import publish
from tasks.load import Warehouse

WRITERS = {
    "csv": publish.export_csv,
    "xlsx": publish.export_xlsx,
    "parquet": publish.export_parquet,
    "duckdb": publish.export_duckdb,
}

if __name__ == "__main__":
    warehouse, folder, form = sys.argv[1:]
    sys.stdout.write("begins\n")
    sys.stdout.flush()
    WRITERS[form](Warehouse(warehouse), Path(folder))
    sys.stdout.write("ends\n")

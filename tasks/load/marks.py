"""Which tables were once committed: without its log such a table is broken, not new. An empty file each, or object."""

from pathlib import Path

import fsspec

from tasks.load.faults import table_error

__all__ = ["Marks"]


class Marks:
    """The files `.tables/<table>` under the address of a warehouse."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._noted: set[str] = set()

    def has(self, table: str) -> bool:
        """Return whether `table` was once committed.

        Raises:
            WarehouseError: the store cannot be asked.
        """
        if "://" not in self._uri:
            return (Path(self._uri) / ".tables" / table).exists()
        try:
            # What another process has written since must be seen: nothing listed is kept.
            files, path = fsspec.core.url_to_fs(f"{self._uri}/.tables/{table}", use_listings_cache=False)
            return bool(files.exists(path))
        except Exception as error:
            # Whatever the library of the store raises: not all of it is an OSError.
            raise table_error(f"{self._uri}/{table}", error) from error

    def note(self, table: str) -> None:
        """Note that `table` was committed.

        Raises:
            WarehouseError: the place cannot be written.
        """
        if table in self._noted or self.has(table):
            return
        try:
            if "://" not in self._uri:
                mark = Path(self._uri) / ".tables" / table
                mark.parent.mkdir(exist_ok=True)
                mark.touch()
            else:
                files, path = fsspec.core.url_to_fs(f"{self._uri}/.tables/{table}", use_listings_cache=False)
                files.pipe_file(path, b"")
        except Exception as error:
            raise table_error(f"{self._uri}/{table}", error) from error
        self._noted.add(table)

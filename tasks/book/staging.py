"""All files of a publication take their places together, or none does.

What is made stands in a folder of its own beside the pages. When all of it is on the disk, an order is written that
says which files take their places and which go; from then on the publication happens, also when the program is killed:
the next one carries out the order it finds. Without an order what stands aside is the rest of one that was killed.
"""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tasks.publish.files import cannot_write, written_whole

__all__ = ["Staging"]

_ORDER = "order.json"


@dataclass(frozen=True, slots=True)
class Staging:
    """The files that are to take their places in `folder`; they wait in `aside`, which lies in the same file system."""

    folder: Path
    aside: Path

    def make_ready(self) -> None:
        """Make the folder.

        Raises:
            WarehouseError: it cannot be made.
        """
        try:
            self.aside.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    @property
    def waiting(self) -> bool:
        """Whether a file waits to take its place."""
        return self.aside.is_dir()

    def put(self, path: str, data: bytes) -> None:
        """Let `data` wait for its place at `path`.

        Raises:
            WarehouseError: it cannot be written.
        """
        waits = self.aside / "files" / path
        try:
            waits.parent.mkdir(parents=True, exist_ok=True)
            waits.write_bytes(data)
        except OSError as error:
            raise cannot_write(self.folder / path, error) from error

    def commit(self, gone: Sequence[str]) -> None:
        """Put every waiting file in its place and take away those of `gone`.

        Raises:
            WarehouseError: the folder cannot be written.
        """
        files = self.aside / "files"
        try:
            waiting = sorted(one for one in files.rglob("*") if one.is_file())
            # All on the disk before any has its name: after a power cut too a page is the old one or the whole new one.
            for one in waiting:
                with one.open("rb+") as written:
                    os.fsync(written.fileno())
        except OSError as error:
            raise cannot_write(self.folder, error) from error
        order = {"files": [one.relative_to(files).as_posix() for one in waiting], "gone": list(gone)}
        with written_whole(self.aside / _ORDER) as partial:
            partial.write_text(json.dumps(order, ensure_ascii=False), encoding="utf-8")
        self.recover()

    def recover(self) -> None:
        """Carry out the order that is there; without one take away what an earlier publication left.

        Raises:
            WarehouseError: the folder cannot be written.
        """
        order = self.aside / _ORDER
        try:
            if order.is_file():
                self._carry_out(json.loads(order.read_text(encoding="utf-8")))
            # The order first: what is left without one is of no use any more.
            order.unlink(missing_ok=True)
            if self.aside.is_dir():
                shutil.rmtree(self.aside)
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    def _carry_out(self, order: dict[str, list[str]]) -> None:
        for path in order["files"]:
            # Those that have taken their places already do not wait any more.
            if (waits := self.aside / "files" / path).is_file():
                place = self.folder / path
                place.parent.mkdir(parents=True, exist_ok=True)
                waits.replace(place)
        for path in order["gone"]:
            (self.folder / path).unlink(missing_ok=True)

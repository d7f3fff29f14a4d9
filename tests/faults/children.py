"""A process that has everything imported and forks a child for each order, so that many runs can be killed quickly."""

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["Children"]

ROOT = Path(__file__).resolve().parents[2]


class Children:
    """The process of `program`; what it says is `WORD PID`, a line each, and what it complains of is in `log`."""

    def __init__(self, program, log):
        self._log = log.open("w")
        self._process = subprocess.Popen(
            [sys.executable, str(program)], env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True,
        )  # fmt: skip
        self.expect("up")

    def order(self, what, folder):
        self._process.stdin.write(f"{what} {folder}\n")
        self._process.stdin.flush()

    def expect(self, *words):
        """Return the next of `words` that is said, and the process that says it."""
        for line in self._process.stdout:
            word, pid = line.split()
            if word in words:
                return word, int(pid)
        raise AssertionError(f"none of {words} was said: {self._complaints()}")

    def until_ended(self):
        """Return every word said until no child is left."""
        words = []
        for line in self._process.stdout:
            word = line.split()[0]
            if word == "ended":
                return words
            words.append(word)
        raise AssertionError(self._complaints())

    def do(self, what, folder):
        """Give an order and return how many children ended well."""
        self.order(what, folder)
        words = self.until_ended()
        assert "failed" not in words, self._complaints()
        return words.count("done")

    def close(self):
        self._process.stdin.close()
        self._process.wait(60)
        self._log.close()

    def _complaints(self):
        return Path(self._log.name).read_text(encoding="utf-8")

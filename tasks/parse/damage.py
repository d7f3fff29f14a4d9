"""Telling a damaged file from a defect of ours, when a library fails on it."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.domain.errors import Place, SourceMalformed, Text, XianbaoError

__all__ = ["damage_told", "not_opened"]

_OURS = Path(__file__).resolve().parents[2]


def not_opened(what: str, error: Exception) -> str:
    """Return for a clerk that `what` does not open; what a library says of it, in English, stands in the English text.

    >>> not_opened("Word 文档", ValueError("File is not a zip file"))
    'Word 文档打不开，文件不完整或已损坏'
    """
    return _told(what, error, "打不开，文件不完整或已损坏")


@contextmanager
def damage_told(file_name: str, what: str) -> Iterator[None]:
    """Turn a library's failure on a file into `damaged_file`, naming `what` was being read.

    Libraries raise whatever comes up on bytes that nobody meant (IndexError, AssertionError …), so no list of types is
    complete. What counts is where it was raised: inside a library, the file is at fault; in a line of ours, we are,
    and the error goes on as it is.

    Raises:
        SourceMalformed: `damaged_file`, or `too_deep` where structures nest beyond the interpreter's stack.
    """
    try:
        yield
    except (XianbaoError, MemoryError):
        raise
    except RecursionError as error:
        raise SourceMalformed(
            "too_deep", Place(file_name),
            Text(f"{what}内部嵌套过深", f"{what}: its structures nest too deeply"),
            Text("请乡镇另存后重新报送", "ask the township to save it anew and send it again"),
        ) from error  # fmt: skip
    except Exception as error:
        if _raised_here(error):
            raise
        raise SourceMalformed(
            "damaged_file", Place(file_name),
            Text(_told(what, error, "已损坏，读不出"), f"{what}: damaged, cannot be read: {error!r}"[:300]),
            Text("请乡镇打开原文件另存后重新报送",
                 "ask the township to open the original, save it anew and send it again"),
        ) from error  # fmt: skip


def _told(what: str, error: Exception, otherwise: str) -> str:
    """Return what is wrong with `what`: the one thing that no file has by accident, `otherwise` the rest."""
    is_bomb = "amplification" in str(error)  # XML whose entities unfold to gigabytes
    wrong = "打不开：其中的 XML 实体层层展开，可能是恶意文件" if is_bomb else otherwise
    return f"{what}{' ' if what.isascii() else ''}{wrong}"


def _raised_here(error: Exception) -> bool:
    """Return whether `error` was raised by a line of this project (rather than by what that line called)."""
    frames = traceback.extract_tb(error.__traceback__)
    innermost = Path(frames[-1].filename)
    is_ours = innermost.is_relative_to(_OURS) and "site-packages" not in innermost.parts
    # Errors that compiled libraries define are theirs, though the last Python frame is ours.
    return is_ours and type(error).__module__ == "builtins"

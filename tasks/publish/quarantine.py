"""The quarantine folder: a copy of every file that could not be loaded, with the reason beside it."""

from collections.abc import Callable
from pathlib import Path

from tasks.domain.county import County
from tasks.domain.errors import Text
from tasks.publish.files import cannot_write, sha256_of, written_whole

__all__ = ["clear_quarantine", "write_quarantine"]

_NOTE = ".原因.txt"
_SHA_DIGITS = 12
# Common file systems allow 255 bytes in a name; a Chinese character takes three.
_NAME_BYTES = 255


def write_quarantine(
    county: County, sha256: str, file_name: str, original: Callable[[], bytes] | None, reason: Text
) -> Path:
    """Write what `original` returns into the quarantine as `<sha12>-<file name>` with the reason; return the copy.

    Without it (bytes that were never stored) only the reason is written. `reason` is the whole message (place,
    what was seen, what to do). Doing it again changes nothing but a reason that has changed.

    Raises:
        WarehouseError: the copy or the note cannot be written.
    """
    copy = county.quarantine / _stored_name(sha256, file_name)
    note = copy.with_name(copy.name + _NOTE)
    words = f"{file_name}\nsha256 {sha256}\n\n{reason.zh}\n\n{reason.en}\n"
    try:
        county.quarantine.mkdir(parents=True, exist_ok=True)
        if original is not None and not (copy.exists() and sha256_of(copy) == sha256):
            with written_whole(copy) as partial:
                partial.write_bytes(original())
        if not note.exists() or note.read_text(encoding="utf-8-sig") != words:
            # With a byte order mark: the note is opened with whatever editor an office computer has.
            note.write_text(words, encoding="utf-8-sig")
    except OSError as error:
        raise cannot_write(copy, error) from error
    return copy


def clear_quarantine(county: County, sha256: str) -> list[Path]:
    """Remove copy and reason of a file that was loaded or assigned; return what was removed, nothing if nothing was.

    Raises:
        WarehouseError: a file cannot be removed.
    """
    removed = sorted(county.quarantine.glob(f"{sha256[:_SHA_DIGITS]}-*"))
    for path in removed:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise cannot_write(path, error) from error
    return removed


def _stored_name(sha256: str, file_name: str) -> str:
    plain = "".join("_" if character in '/\\:*?"<>|' or ord(character) < 32 else character for character in file_name)
    # The longest name made of it is the note's.
    room = _NAME_BYTES - _SHA_DIGITS - 1 - len(_NOTE.encode())
    stem, suffix = Path(plain).stem, Path(plain).suffix
    if len(suffix.encode()) > room // 4:
        stem, suffix = plain, ""
    kept = stem.encode()[: room - len(suffix.encode())].decode(errors="ignore")
    return f"{sha256[:_SHA_DIGITS]}-{kept}{suffix}"

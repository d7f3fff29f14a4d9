"""What a worker says, as plain data: a reader that a hostile file has taken over can send wrong words but no code.

A result is packed by the return type of the function that was asked, and what comes back is checked against it; an
answer of another shape is no answer. Bytes and names that are no Unicode (file names of another encoding) cross whole.
"""

import builtins
import traceback
from collections.abc import Callable
from functools import lru_cache
from typing import Any, get_type_hints

import msgpack
from pydantic import TypeAdapter

from tasks.domain.documents import Document
from tasks.domain.errors import SourceMalformed

__all__ = ["Forged", "packed", "unpacked"]

_READ, _REFUSED, _FAILED = "read", "refused", "failed"
_NAMES = "surrogatepass"  # how msgpack writes what the system gave for bytes of file names that are no UTF-8


class Forged(Exception):
    """Raised when what came from a worker is no answer of ours."""


def packed(function: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]) -> bytes:
    """Return what `function(*args, **kwargs)` returns or raises, as `unpacked` takes it.

    Raises:
        MemoryError: there was not enough.
    """
    try:
        result = function(*args, **kwargs)
        try:
            return _bytes([_READ, _adapter(_returns(function)).dump_python(result, warnings=False)])
        except (TypeError, ValueError, OverflowError) as error:
            raise TypeError(f"{result!r:.200} cannot be sent: {error}") from error
    except MemoryError:
        raise
    except SourceMalformed as error:
        return _bytes([_REFUSED, _adapter(SourceMalformed).dump_python(error)])
    except Exception as error:  # noqa: BLE001 - raised again where the answer is waited for
        return _bytes([_FAILED, [type(error).__name__, str(error), traceback.format_exc()]])


def unpacked(answer: bytes, function: Callable[..., object]) -> tuple[object, Exception | None]:
    """Return what `function` returned in the worker, or the exception that it raised there.

    That is a `SourceMalformed`, or one of Python's own (RuntimeError for another) whose notes say where it was raised.

    Raises:
        Forged: the answer is none.
    """
    try:
        how, said = msgpack.unpackb(answer, unicode_errors=_NAMES)
        if how == _READ:
            return _adapter(_returns(function)).validate_python(said), None
        if how == _REFUSED:
            return None, _adapter(SourceMalformed).validate_python(said)
        if how == _FAILED:
            return None, _failure(*_adapter(tuple[str, str, str]).validate_python(said))
    except (ValueError, TypeError, RecursionError, msgpack.UnpackException) as error:
        raise Forged(f"{error!s:.400}") from error
    raise Forged(f"{how!r:.40}")


def _bytes(answer: object) -> bytes:
    said: bytes = msgpack.packb(answer, unicode_errors=_NAMES)
    return said


def _failure(name: str, words: str, where: str) -> Exception:
    """Return a defect of ours: an exception of Python's own by its name."""
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, UnicodeError):
        error = kind(words)
    else:
        error = RuntimeError(f"{name}: {words}")
    error.add_note(where)  # tracebacks cannot be sent
    return error


@lru_cache(maxsize=64)
def _returns(function: Callable[..., object]) -> Any:
    """Return the type that `function` says it returns; any plain data where it says nothing, as built-in ones do."""
    try:
        return get_type_hints(function, include_extras=True).get("return", Any)
    except TypeError:
        return Any


@lru_cache(maxsize=64)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


_adapter(Document)  # made before workers are forked, for all of them
_adapter(SourceMalformed)

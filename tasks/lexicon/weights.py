"""What traits of a figure speak for, as numbers: `likeness.bin`, which `tests/golden/learn.py` writes from gold."""

import json
import sys
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tasks.domain.errors import ConfigurationError, Place, Text

__all__ = ["NOTHING_LEARNT", "Weights", "load_weights", "read_weights", "written"]

_FORM = 1
_PLACE = "tasks/lexicon/likeness.bin"


@dataclass(frozen=True, slots=True)
class Weights:
    """For each trait (a hash, cut to one of `buckets`) the kinds of figure it speaks for or against, and how much.

    The weights of bucket b are `weights[starts[b]:starts[b + 1]]`, for the kinds of the same places in `of_kind`; a
    weight times `scale` is added to the log odds of its kind, which are `bias` where nothing is known. `told_from` says
    what they were learnt from.
    """

    kinds: Sequence[str]
    bias: Sequence[float]
    scale: float
    buckets: int
    starts: Sequence[int]
    of_kind: Sequence[int]
    weights: Sequence[int]
    told_from: str = ""


# With these no figure is like any: rules alone read.
NOTHING_LEARNT = Weights(kinds=("",), bias=(0.0,), scale=1.0, buckets=1, starts=(0, 0), of_kind=(), weights=())


def written(weights: Weights) -> bytes:
    """Return `weights` as the file that `read_weights` reads."""
    head = json.dumps(
        {
            "form": _FORM, "kinds": list(weights.kinds), "bias": [round(one, 4) for one in weights.bias],
            "scale": weights.scale, "buckets": weights.buckets, "told_from": weights.told_from,
        },
        ensure_ascii=False,
    ).encode()  # fmt: skip
    parts = [array("I", weights.starts), array("H", weights.of_kind), array("b", weights.weights)]
    return zlib.compress(b"\n".join((head, b"".join(_in_order(one).tobytes() for one in parts))), 9)


def read_weights(content: bytes) -> Weights:
    """Return the weights written in `content`.

    Raises:
        ConfigurationError: it is damaged, or was written by another version.
    """
    try:
        head, _, body = zlib.decompress(content).partition(b"\n")
        told = json.loads(head)
        if told["form"] != _FORM:
            raise ValueError(f"form {told['form']}")
        starts, of_kind, weights = array("I"), array("H"), array("b")
        edge = (told["buckets"] + 1) * starts.itemsize
        starts.frombytes(body[:edge])
        count = _in_order(starts)[-1]
        of_kind.frombytes(body[edge : edge + 2 * count])
        weights.frombytes(body[edge + 2 * count :])
        if len(_in_order(of_kind)) != count or len(weights) != count or len(told["bias"]) != len(told["kinds"]):
            raise ValueError("its parts do not fit")
    except (zlib.error, ValueError, KeyError, TypeError, IndexError) as error:
        raise ConfigurationError(
            "lexicon",
            Place(_PLACE),
            Text(f"文件已损坏：{error}", f"the file is damaged: {error}"),
            Text("请重新安装，或用 make learn 重新生成", "install again, or write it anew with make learn"),
        ) from error
    return Weights(
        told["kinds"], told["bias"], told["scale"], told["buckets"], starts, of_kind, weights, told["told_from"]
    )


def _in_order(numbers: "array[int]") -> "array[int]":
    """Return `numbers` with the bytes of each in the order of the file, lowest first; swaps in place."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


@cache
def load_weights() -> Weights:
    """Return the weights that ship with the project, read once per process.

    Raises:
        ConfigurationError: the file is damaged.
    """
    return read_weights((files("tasks.lexicon") / "likeness.bin").read_bytes())

"""The course of a figure as a line the height of a word: points for a small SVG template."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["HEIGHT", "WIDTH", "Sparkline", "sparkline_of"]

WIDTH, HEIGHT = 80, 20
_EDGE = 2


@dataclass(frozen=True, slots=True)
class Sparkline:
    """`lines` are runs of points `x,y x,y` without a gap, `dots` every point; y grows downwards."""

    lines: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]


def sparkline_of(values: Sequence[float | None]) -> Sparkline | None:
    """Return the line of `values` at equal steps; None where fewer than two are known.

    >>> sparkline_of([1.0, None, 3.0]).dots
    ((2.0, 18.0), (78.0, 2.0))
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    low, span = min(known), max(known) - min(known)
    step = (WIDTH - 2 * _EDGE) / (len(values) - 1)
    runs: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        share = (value - low) / span if span else 0.5
        runs[-1].append((round(_EDGE + place * step, 1), round(HEIGHT - _EDGE - share * (HEIGHT - 2 * _EDGE), 1)))
    lines = tuple(" ".join(f"{x},{y}" for x, y in run) for run in runs if len(run) > 1)
    return Sparkline(lines, tuple(point for run in runs for point in run))

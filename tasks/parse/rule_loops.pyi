"""The compiled loops: rule_loops.c."""

from array import array

from tasks.parse.python_rule_loops import Matrix

def rules_of_points(
    counts: array[int], points: array[float], kinds: array[int], closes: array[int], matrices: array[float],
    frames: array[float], shown: Matrix, straight: float, shortest: float, /,
) -> tuple[bytes, bytes] | None: ...  # fmt: skip
def crossings(
    across: list[tuple[float, float, float]], down: list[tuple[float, float, float]], snap: float, /
) -> list[tuple[int, ...]]: ...  # fmt: skip
def merged_rules(rules: array[float], snap: float, /) -> list[tuple[float, float, float]]: ...

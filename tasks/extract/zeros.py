"""Zero statements: 没有发生重大安全事故 states 0 of each kind of event it names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tasks.extract.context import Scene

__all__ = ["ZeroStatement", "find_zero_statements"]

_STATEMENT = re.compile(
    r"(?P<neg>(?:未|没有?)(?:再)?(?:发生|出现)过?|(?:无|实现零)(?=(?:一起|重大|较大|群体|安全|森林))|零发生)"
    r"(?P<what>[^。；！？\n]{2,40})"
)
_KINDS = (
    ("safety.major_accidents", re.compile(r"[^，,]{0,16}?(?:安全|生产|责任|交通|消防|伤亡|质量)[^，,]{0,14}?事故")),
    ("safety.major_accidents", re.compile(r"(?:一起|任何)?(?:重特?大|较大|特大)[^，,病情疫]{0,8}?事故")),
    ("stability.mass_incidents", re.compile(r"[^，,]{0,14}?群体性[^，,]{0,6}?事件")),
    ("forest.fires", re.compile(r"[^，,]{0,8}?(?:森林|草原|山林)[^，,]{0,6}?火[灾情]")),
)


@dataclass(frozen=True, slots=True)
class ZeroStatement:
    """One kind of event that a phrase says did not happen; `start:end` spans the phrase."""

    code: str
    start: int
    end: int


def find_zero_statements(scene: Scene) -> Iterator[ZeroStatement]:
    """Yield the zero statements of the text in order."""
    for match in _STATEMENT.finditer(scene.text):
        seen: set[str] = set()
        for code, kind in _KINDS:
            hit = kind.search(match["what"].split("，")[0])
            if hit and code not in seen:
                seen.add(code)
                yield ZeroStatement(code, match.start(), match.start("what") + hit.end())

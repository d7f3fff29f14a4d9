"""How fast something grew or fell, then and now: 固定资产投资增速由上半年的12%回落至6.3%."""

import re
from typing import Final, Literal, NamedTuple

from tasks.extract.quantities import Quantity
from tasks.extract.readings import Reading

__all__ = ["PACE_THEN", "Pace", "pace_of"]

PACE_THEN: Final = "pace of an earlier time"
_FROM: Final = re.compile(r"(?P<pace>增速|增幅|增长率|涨幅|降幅|跌幅)(?:则|也|已|却)?[由从][^，。；\d]{1,12}$")
_TO: Final = re.compile(
    r"(?:小幅|进一步|逐步|大幅|明显)?(?:收窄|回落|放缓|扩大|提高|提升|加快|下降|回升|缩小|上升|反弹|拉升)?(?:到|至|为)"
)


class Pace(NamedTuple):
    """Whether a percentage is the pace of then or of now, whether it falls, and where what it is of is named."""

    when: Literal["then", "now"]
    falls: bool
    start: int
    end: int


def pace_of(text: str, q: Quantity, own: str, clause: int, previous: Reading | None) -> Pace | None:
    """Return the pace that `q` is, with `own` before it in a clause from `clause` on, or None where it is none."""
    if "由" not in own and "从" not in own:
        if previous is None or previous.reason != PACE_THEN or _TO.fullmatch(own) is None:
            return None
        clause, end, when = previous.place.clause[0], previous.quantity.outer_start, "now"
    else:
        end, when = q.outer_start, "then"
    told = _FROM.search(text, clause, end)
    if told is None:
        return None
    return Pace("now" if when == "now" else "then", told["pace"] in {"降幅", "跌幅"}, clause, told.start())

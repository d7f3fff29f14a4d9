"""What decisions can be about, and how the thing that is meant is found by its id or name."""

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from tasks.decide.applying import correct_facts
from tasks.domain.decisions import Decision
from tasks.domain.errors import DecisionRefused, Place, Text
from tasks.domain.gazetteer import Gazetteer

__all__ = ["LEAST_DIGITS", "NEAREST", "World", "find_row", "nearest", "refused", "unit_code_of"]

LEAST_DIGITS = 4
NEAREST = 5


@dataclass(frozen=True)
class World:
    """What decisions can be about: live facts, all findings, submissions and decisions (schemas of `TABLES`).

    `due` is the day until which a unit has time for a period, by both, as county.toml says: without extensions.
    """

    facts: pl.DataFrame
    findings: pl.DataFrame
    submissions: pl.DataFrame
    decisions: pl.DataFrame
    gazetteer: Gazetteer
    due: Mapping[tuple[str, str], dt.date] = field(default_factory=dict)

    def with_decision(self, decision: Decision) -> "World":
        """Return the world after `decision`: what it corrects is corrected for those that follow it."""
        row = {name: getattr(decision, name) for name in self.decisions.columns}
        decisions = pl.concat([self.decisions, pl.DataFrame([row], schema=self.decisions.schema, orient="row")])
        return replace(self, facts=correct_facts(self.facts, decisions), decisions=decisions)


def find_row(rows: pl.DataFrame, column: str, prefix: str, what: Text, command: str) -> dict[str, Any]:
    """Return the one row of `rows` whose `column` begins with `prefix`.

    Raises:
        DecisionRefused: none, or several; the nearest ids are named.
    """
    ids = rows[column].unique().sort().to_list()
    found = [one for one in ids if one == prefix] or [
        one for one in ids if len(prefix) >= LEAST_DIGITS and one.startswith(prefix)
    ]
    if len(found) == 1:
        return rows.filter(pl.col(column) == found[0]).row(0, named=True)
    near = found[:NEAREST] or nearest(prefix, ids)
    named = "、".join(near) or "—"
    raise refused(
        "not_found" if not found else "not_unique", prefix,
        f"以 {prefix} 开头的{what.zh}有 {len(found)} 个；相近的：{named}",
        f"{len(found)} {what.en} begin with {prefix!r}; nearest: {named}",
        f"{command} 列出编号", f"`{command}` lists the ids",
    )  # fmt: skip


def refused(code: str, where: str, zh: str, en: str, next_zh: str, next_en: str) -> DecisionRefused:
    """Return the error for a decision that cannot be taken as given."""
    return DecisionRefused(code, Place(where), Text(zh, en), Text(next_zh, next_en))


def unit_code_of(name: str, world: World) -> str:
    """Return the code of the unit called `name`.

    Raises:
        DecisionRefused: there is none; the nearest names are told.
    """
    found = world.gazetteer.find(name)
    if found is not None:
        return found.unit_code
    near = "、".join(nearest(name, (one.name for one in world.gazetteer))) or "—"
    raise refused("unit_unknown", name, f"不认识这个单位；相近的：{near}", f"no such unit; nearest: {near}",
                   "请写 units.csv 中的名称或代码", "use a name or code of units.csv")  # fmt: skip


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """Return the words of `known` that look most like `word`."""
    return difflib.get_close_matches(word, sorted(set(known)), n=NEAREST, cutoff=0.0)

"""A part of what is stated as a whole elsewhere in the document is no fact of the whole.

规上企业完成产值63.8亿元 is what a report has of its industry, or a part where it also states 工业总产值71.3亿元.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from tasks.extract.readings import Reading
from tasks.extract.scene import Scene
from tasks.lexicon import Lexicon

__all__ = ["Wholes"]

_INSPECTIONS: Final = "safety.inspections"
_ROUNDS: Final = frozenset({"次", "场", "轮", "场次", "趟", "组次", "批次"})
_PROJECTS: Final = "econ.attracted_projects"
_REVENUE: Final = "fiscal.revenue"
_RANK: Final = re.compile(r"[省市县国][定级]")
_ADDED: Final = re.compile(r"[，、]增加值(?:同比|比上年|较上年)?(?:增长|增幅|增加|下降)")
_STATED: Final = frozenset({"level", "forecast", "plan"})
_CHANGES: Final = frozenset({"growth_pct", "growth_abs", "share_pct", "completion_pct"})
_OVER_TARGET: Final = re.compile(r"超(?!额完成|额实现)(?:出|过|额)?[^，。；\d]{0,14}(?:任务|目标|计划|指标)")
_TOWN_AND_COUNTRY: Final = re.compile(r"城乡")
_CENTRE: Final = re.compile(r"建成区|集镇区?(?!中心学校|小学)|镇区|场镇|城区")
_LEAST_PASSED: Final = 100  # what is past a target is more than all of it


class Wholes:
    """Knows by `words.toml` [parts] which words narrow an indicator to a part of it; holds only data."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._parts: Mapping[str, re.Pattern[str]] = {
            code: re.compile(pattern) for code, pattern in lexicon.words["parts"].items()
        }

    def refuse_parts(self, scene: Scene, readings: Sequence[Reading]) -> None:
        """Refuse, in place, parts of indicators whose whole another figure states, and what is said about them."""
        stated: dict[str, list[int]] = {}
        for number, one in enumerate(readings):
            if one.code in self._parts and one.measure in _STATED:
                stated.setdefault(one.code, []).append(number)
        self._refuse_places(readings)
        self._refuse_ranks(scene, readings)
        self._refuse_peoples(readings)
        self._refuse_of_centre(scene, readings)
        self._tell_added(scene, readings)
        self._refuse_over_target(scene, readings)
        self._refuse_joint_incomes(scene, readings)
        for code, positions in stated.items():
            parts = [one for one in positions if self._is_part(scene, readings[one])]
            wholes = [one for one in positions if one not in parts]
            if wholes and code != _REVENUE:
                self._refuse_changes(scene, readings, code)
            for position in parts:
                # A whole that is planned makes no part of what was reached; of projects any whole tells what is meant.
                is_planned = readings[position].measure == "plan"
                if any(
                    self._are_told_together(readings[one], readings[position])
                    and ((readings[one].measure == "plan") == is_planned or (is_planned and code == _PROJECTS))
                    for one in wholes
                ):
                    self._refuse(readings, position, code)

    def _refuse_changes(self, scene: Scene, readings: Sequence[Reading], code: str) -> None:
        """Refuse what is said of a part under its own name: 规上工业产值占全县的9.6% where 工业总产值 is stated."""
        for one in readings:
            if one.code == code and one.measure in _CHANGES and one.named is not None and self._is_part(scene, one):
                one.refuse("part")

    @staticmethod
    def _are_told_together(whole: Reading, part: Reading) -> bool:
        """Return whether `whole` makes `part` one: 地方财政收入 is a part only where 财政总收入 stands beside it."""
        if whole.code != _REVENUE:
            return True
        is_total = whole.named is not None and "总" in whole.named.hit.words
        return is_total and whole.place.sentence == part.place.sentence

    @staticmethod
    def _refuse_places(readings: Sequence[Reading]) -> None:
        """Refuse places inspected where the sentence counts the rounds too: 安全检查1420次，检查企业3.2万家次."""
        rounds = {
            one.place.sentence
            for one in readings
            if one.code == _INSPECTIONS and one.measure == "level" and one.quantity.unit.unit in _ROUNDS
        }
        for one in readings:
            is_other = one.code == _INSPECTIONS and one.measure == "level" and one.quantity.unit.unit not in _ROUNDS
            if is_other and one.place.sentence in rounds:
                one.refuse("places, of the rounds counted beside them")

    @staticmethod
    def _refuse_ranks(scene: Scene, readings: Sequence[Reading]) -> None:
        """Refuse poor villages told by their rank, where several ranks stand together: 省定贫困村6个、市定贫困村5个."""
        ranked: dict[tuple[int, int], list[Reading]] = {}
        for one in readings:
            if one.code == "poverty.poor_villages" and one.measure == "level" and one.named is not None:
                start = one.named.hit.start
                if _RANK.search(scene.text, max(0, start - 2), one.named.hit.end):
                    ranked.setdefault(one.place.sentence, []).append(one)
        for together in ranked.values():
            for one in together if len(together) > 1 else ():
                one.refuse("part")

    @staticmethod
    def _refuse_peoples(readings: Sequence[Reading]) -> None:
        """Refuse shares of single peoples, where several stand together: 满族占62.5%，朝鲜族占14.5%."""
        told: dict[tuple[int, int], list[Reading]] = {}
        for one in readings:
            is_of_all = one.named is None or one.named.hit.words.startswith(("少数民族", "各少数民族"))
            if one.code == "pop.minority_share" and one.measure == "level" and not is_of_all:
                told.setdefault(one.place.sentence, []).append(one)
        for together in told.values():
            for one in together if len(together) > 1 else ():
                one.refuse("part")

    @staticmethod
    def _refuse_of_centre(scene: Scene, readings: Sequence[Reading]) -> None:
        """Refuse those who live in the built-up part: 人口5.2万人，集镇建成区面积3平方公里，常住人口1万."""
        told: tuple[tuple[int, int], int] = ((0, 0), 0)
        for one in readings:
            if one.code != "pop.total" or one.measure != "level":
                continue
            if told[0] == one.place.sentence and _CENTRE.search(scene.text, told[1], one.quantity.outer_start):
                one.refuse("part")
            else:
                told = one.place.sentence, one.quantity.end

    @staticmethod
    def _tell_added(scene: Scene, readings: Sequence[Reading]) -> None:
        """Give the growth of added value to its own indicator: 规上工业总产值23.55亿元，增加值同比增长23.3%."""
        for one in readings:
            if one.code == "econ.industry_output" and one.measure in _CHANGES:
                start = one.quantity.outer_start
                if _ADDED.search(scene.text, max(0, start - 14), start):
                    one.code = "econ.industry_added"

    @staticmethod
    def _refuse_over_target(scene: Scene, readings: Sequence[Reading]) -> None:
        """Refuse by how much a target was passed as how much of it was reached: 分别超年初任务数的16%和9%."""
        for one in readings:
            start = one.quantity.outer_start
            is_small = one.measure == "completion_pct" and (one.quantity.value or 0) < _LEAST_PASSED
            if one.code and is_small and _OVER_TARGET.search(scene.text, one.place.clause[0], start):
                one.refuse("over the target")

    @staticmethod
    def _refuse_joint_incomes(scene: Scene, readings: Sequence[Reading]) -> None:
        """Refuse one income of town and country together as one of either: 城乡居民人均可支配收入28416元."""
        joint: dict[tuple[int, int], str] = {}
        for one in readings:
            if not one.code.startswith("income."):
                continue
            named = one.named.hit if one.named is not None else None
            if named is not None and named.end <= one.quantity.start and one.rule.startswith(("name_before", "topic")):
                is_joint = _TOWN_AND_COUNTRY.search(scene.text, max(0, named.start - 3), named.end) is not None
                if is_joint and "分别" not in scene.text[named.end : one.quantity.start]:
                    joint[one.place.sentence] = one.code
                elif joint.get(one.place.sentence) == one.code:
                    del joint[one.place.sentence]
            if joint.get(one.place.sentence) == one.code:
                one.refuse("town and country together")

    def _is_part(self, scene: Scene, one: Reading) -> bool:
        pattern = self._parts[one.code]
        start, q = one.place.clause[0], one.quantity
        if pattern.search(scene.text, start, q.outer_start) or pattern.match(scene.text, q.outer_end):
            return True
        # 规上企业39家，完成产值63.8亿元: a clause that names nothing itself speaks of the one before.
        named = one.named.hit.words if one.named is not None else ""
        return named in _SUBJECTLESS and pattern.search(scene.text, one.place.segment[0], start) is not None

    @staticmethod
    def _refuse(readings: Sequence[Reading], position: int, code: str) -> None:
        part = readings[position]
        part.refuse("part of a whole stated elsewhere")
        changes = []
        for one in readings[position + 1 :]:
            if one.code != code or one.measure not in _CHANGES or one.place.sentence != part.place.sentence:
                break
            changes.append(one)
        if changes and changes[0].rule == "list_change":
            changes = changes[-1:]  # 总收入8640万元、经营性收入4920万元，分别增长11.2%和14.6%
        for one in changes:
            one.refuse("part of a whole stated elsewhere")


_SUBJECTLESS: Final = frozenset({"总产", "总产量", "产量", "完成产值", "产值", "实现产值", "总产值", "实现总产值"})

"""Sentences with arithmetic of their own, added to clean reports: dual units, parts, completion, yields, shares.

The sample county's texts have few of these; real reports have many. Each township gets some of them, in every year,
with figures that change from year to year and always agree.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.checks_benchmark.reports import Figure, Report

__all__ = ["Extra", "with_extras"]

# Words, or a figure: its words, code, measure, item, value and unit.
Pieces = list[str | tuple[str, str, str, str, float, str]]


@dataclass(frozen=True)
class Extra:
    """A sentence as pieces: words, or (words of a figure, code, measure, item, value, unit)."""

    name: str
    word: str
    codes: tuple[str, ...]
    pieces: Callable[[float, random.Random], Pieces]


def _n(value: float, decimals: int = 0) -> str:
    return f"{value:.{decimals}f}"


def _dual(size: float, rng: random.Random) -> Pieces:
    hectares = round(40 * size)
    mu = hectares * 15
    return ["新建成高标准农田", (f"{hectares}公顷", "land.high_standard", "level", "", mu, "亩"), "（折合",
            (f"{mu}亩", "land.high_standard", "dual", "", mu, "亩"), "），沟渠机耕路同步配套。"]  # fmt: skip


def _parts(size: float, rng: random.Random) -> Pieces:
    a, b, c = round(21 * size), round(14 * size), round(6 * size)
    total = a + b + c
    return ["现有农民专业合作社", (f"{total}个", "agri.cooperatives", "level", "", total, "个"), "，其中种植类",
            (f"{a}个", "agri.cooperatives", "part", "种植类", a, "个"), "、养殖类",
            (f"{b}个", "agri.cooperatives", "part", "养殖类", b, "个"), "、服务类",
            (f"{c}个", "agri.cooperatives", "part", "服务类", c, "个"), "。"]  # fmt: skip


def _land(size: float, rng: random.Random) -> Pieces:
    a, b, c = (round(x * size) for x in (2360, 1275, 884))
    total = a + b + c
    return ["累计流转土地", (f"{total}亩", "land.transferred", "level", "", total, "亩"), "，其中：流转给合作社",
            (f"{a}亩", "land.transferred", "part", "合作社", a, "亩"), "，流转给种植大户",
            (f"{b}亩", "land.transferred", "part", "种植大户", b, "亩"), "，流转给企业",
            (f"{c}亩", "land.transferred", "part", "企业", c, "亩"), "。"]  # fmt: skip


def _completion(size: float, rng: random.Random) -> Pieces:
    target = round(2000 * size, -2)
    actual = round(target * rng.uniform(0.91, 1.08))
    rate = actual / target * 100
    return [
        "招商引资到位资金",
        (f"{actual}万元", "econ.attracted_investment", "level", "", actual * 1e4, "元"),
        "，完成全年目标任务",
        (f"{_n(target)}万元", "econ.attracted_investment", "target", "", target * 1e4, "元"),
        "的",
        (f"{_n(rate, 1)}%", "econ.attracted_investment", "completion_pct", "", round(rate, 1), "%"),
        "。",
    ]


def _crop(size: float, rng: random.Random) -> Pieces:
    area, per_mu = round(1460 * size), round(rng.uniform(1480, 1660))
    output = area * per_mu / 1000
    return ["马铃薯种植面积", (f"{area}亩", "agri.crop_area", "level", "马铃薯", area, "亩"), "，平均亩产",
            (f"{per_mu}公斤", "agri.crop_output", "yield", "马铃薯", per_mu, "公斤/亩"), "，总产量",
            (f"{_n(output)}吨", "agri.crop_output", "level", "马铃薯", round(output), "吨"), "。"]  # fmt: skip


def _per_head(size: float, rng: random.Random) -> Pieces:
    people = round(3400 * size)
    each = round(rng.uniform(290, 350))
    total = round(people * each / 1e4, 2)
    return ["发放耕地地力保护补贴", (f"{total:.2f}万元", "social.subsidies_paid", "level", "", total * 1e4, "元"),
            "，惠及", (f"{people}人", "social.subsidies_paid", "heads", "", people, "人"), "，人均",
            (f"{_n(total * 1e4 / people)}元", "social.subsidies_paid", "per_head", "", each, "元"), "。"]  # fmt: skip


def _shares(size: float, rng: random.Random) -> Pieces:
    first, second = round(rng.uniform(30, 34), 1), round(rng.uniform(21, 24), 1)
    third = round(100 - first - second, 1)
    return [
        "三次产业结构比调整为",
        (f"{first:.1f}:{second:.1f}:{third:.1f}", "econ.structure", "shares", "", 100.0, "%"),
        "。",
    ]


def _share(size: float, rng: random.Random) -> Pieces:
    whole = round(1180 * size)
    part = round(whole * rng.uniform(0.31, 0.44))
    return ["创业担保和技能培训惠及返乡青年", (f"{whole}人", "jobs.young", "whole", "", whole, "人"), "，其中女青年",
            (f"{part}人", "jobs.young", "women", "", part, "人"), "，占",
            (f"{_n(part / whole * 100, 1)}%", "jobs.young", "share", "", 0.0, "%"), "。"]  # fmt: skip


def _table(size: float, rng: random.Random) -> Pieces:
    lamps = [round(rng.uniform(12, 60) * size) for _ in _VILLAGES]
    cost = [round(one * rng.uniform(0.18, 0.24), 2) for one in lamps]
    pieces: Pieces = ["各村太阳能路灯安装情况如下：\n| 村 | 路灯（盏） | 造价（万元） |\n"]
    for name, many, money in zip(_VILLAGES, lamps, cost, strict=True):
        pieces.append(f"| {name} | {many} | {money:.2f} |\n")
    pieces += ["| 合计 | ", (f"{sum(lamps)}", "infra.lamps", "sum", "", sum(lamps), "盏"), " | ",
               (f"{sum(cost):.2f}", "infra.lamps", "sum", "", sum(cost), "万元"), " |\n"]  # fmt: skip
    return pieces


_VILLAGES = ("大坪村", "岩脚村", "新田村", "白果村", "沙坝村")
EXTRAS = (
    Extra("dual", "高标准农田", ("land.high_standard",), _dual),
    Extra("parts", "合作社", ("agri.cooperatives",), _parts),
    Extra("land", "流转", ("land.transferred",), _land),
    Extra("completion", "招商引资", ("econ.attracted_investment",), _completion),
    Extra("crop", "马铃薯", (), _crop),
    Extra("per_head", "补贴", ("social.subsidies_paid",), _per_head),
    Extra("shares", "产业结构", (), _shares),
    Extra("share", "返乡青年", (), _share),
    Extra("table", "太阳能路灯", (), _table),
)
_EACH = 5


def with_extras(reports: list[Report], rng: random.Random) -> list[Report]:
    """Return one township's reports with the same few kinds of sentences added to each, before the plans."""
    stated = {one.code for report in reports for one in report.figures}
    words = "".join(report.text for report in reports)
    fitting = [one for one in EXTRAS if not stated & set(one.codes) and one.word not in words]
    chosen = rng.sample(fitting, min(_EACH, len(fitting)))
    size, new = rng.uniform(0.8, 1.3), []
    sizes = {one.name: size * rng.uniform(0.8, 1.25) for one in chosen}
    for report in reports:
        for one in chosen:
            sizes[one.name] *= 1 + rng.uniform(0.02, 0.06)
        new.append(_added(report, [one.pieces(sizes[one.name], rng) for one in chosen]))
    return new


def _added(report: Report, sentences: list[Pieces]) -> Report:
    """Return the report with a paragraph of `sentences` behind the last one that tells of this year's figures in prose.

    What was achieved must not stand among the plans: there it would be read as a plan, and rightly.
    """
    old = report.text if report.text.endswith("\n") else report.text + "\n"
    table = next((at for at in (old.find(mark) for mark in ("\n|", "\n附表")) if at >= 0), len(old))
    planned = [one.start for one in report.figures if one.measure == "plan" and one.start > len(old) // 2]
    limit = min([table, *planned])
    told = max(one.end for one in report.figures if one.measure == "level" and one.end < limit)
    start = old.index("\n", told) + 1
    text, figures = "", []
    for piece in (piece for sentence in sentences for piece in sentence):
        if isinstance(piece, str):
            text += piece
            continue
        words, code, measure, item, value, unit = piece
        begin = start + len(text)
        figures.append(Figure(code, measure, item, value, unit, "exact", begin, begin + len(words)))
        text += words
    text += "\n"
    moved = tuple(
        replace(one, start=one.start + len(text), end=one.end + len(text)) if one.start >= start else one
        for one in report.figures
    )
    return replace(report, text=old[:start] + text + old[start:], figures=(*moved, *figures))

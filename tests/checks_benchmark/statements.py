"""Operators that change what a report says as a text: a second statement, a sentence, a date, the whole report."""

import random
import re
from collections.abc import Iterator
from dataclasses import replace

from tests.checks_benchmark.planting import GROWTH, HISTORY, Case, Plant, levels, number_parts, operator, printed, said
from tests.checks_benchmark.reports import Edit, edited, number_of

__all__: list[str] = []

_ENOUGH_OLD = 10


@operator("contradiction", "Q21", "the same figure stated again elsewhere with another value", "S5 Q21", frozenset())
def _contradiction(case: Case, rng: random.Random) -> Iterator[Plant]:
    names = {
        "pop.total": "总人口", "income.rural_per_capita": "农村居民人均可支配收入",
        "agri.grain_output": "粮食总产量", "agri.grain_area": "粮食播种面积",
        "livestock.pigs_out": "生猪出栏", "fiscal.revenue": "财政收入",
    }  # fmt: skip
    for one in levels(case):
        if one.code in names:
            head, number, tail = number_parts(case.report, one)
            if not re.search(r"[一-鿿]", tail):
                continue  # a cell of a table has its unit elsewhere
            decimals = len(number.partition(".")[2])
            words = f"{head}{float(number.replace(',', '')) * rng.choice((0.93, 1.06, 1.11)):.{decimals}f}{tail}"
            end = case.report.text.index("\n", one.end)
            # 总人口 elsewhere may be the registered people: of the residents a report must speak by name.
            resident = one.code == "pop.total" and "常住" in case.report.text[max(0, one.start - 8) : one.start]
            again = f"全年{'常住人口' if resident else names[one.code]}为{words}。"
            yield Plant(
                edited(case.report, [Edit(end, end, again)]), (one.code,), words, f"{again} 前文 {number}{tail}"
            )


@operator("masked", "K1", "figure masked by XX", "K1", frozenset({"M6"}))
def _mask(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        head, _, tail = number_parts(case.report, one)
        if tail and one.unit != "%":
            yield said(case.report, one, f"{head}XX{tail}", None)


@operator("damaged", "K2", "digits broken by find-and-replace", "K2", frozenset({"Q24"}))
def _damage(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        head, number, tail = number_parts(case.report, one)
        if tail and len(number) > 2:
            at = rng.randrange(1, len(number) - 1)
            mark = rng.choice(("##待核##", "##REF##", "□"))
            yield said(case.report, one, f"{head}{number[:at]}{mark}{number[at:]}{tail}", None)


@operator("rate_over_100", "V3", "a share above a hundred per cent", "V3", frozenset({"Q3"}))
def _over(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        if one.unit == "%" and (one.value or 0) > 20:
            head, number, tail = number_parts(case.report, one)
            words = f"1{number}" if rng.random() < 0.5 else number.replace(".", "") + "0" * ("." not in number)
            yield said(case.report, one, head + words + tail, None)


@operator("zero", "Q8", "zero where the history is large", "Q41 Q8 Q7 Q5 Q6", HISTORY | {"V3", "Q10"})
def _zero(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        head, _, tail = number_parts(case.report, one)
        if tail and one.unit != "%" and case.steady(one) and min(case.past(one)) > 100:
            yield said(case.report, one, f"{head}0{tail}", 0.0)


@operator("stale", "Q23", "last year's report with the year changed", "Q42 Q23 Q22", frozenset({"V9"}))
def _stale(case: Case, rng: random.Random) -> Iterator[Plant]:
    last = case.before[0]
    text = re.sub(r"20\d\d", lambda match: str(int(match[0]) + 1), last.text)
    yield Plant(replace(last, year=last.year + 1, text=text), (), "", "去年的报告改了年份", whole=True)


@operator("copied", "Q22", "a neighbour's report with the names changed", "Q22", frozenset())
def _copied(case: Case, rng: random.Random) -> Iterator[Plant]:
    other = rng.choice(case.neighbours)
    own, theirs = case.report.unit, other.unit
    text = other.text.replace(theirs, own).replace(theirs[:-1], own[:-1])
    yield Plant(replace(other, unit=own, text=text), (), "", f"抄自{theirs}", True, theirs)


@operator("omitted_mandatory", "M6", "a mandatory figure left out", "M6", frozenset())
def _omitted(case: Case, rng: random.Random) -> Iterator[Plant]:
    for code in ("income.rural_per_capita", "agri.grain_area"):
        all_ = [one for one in case.report.figures if one.code == code]
        level = case.report.of(code)
        if level is None or len([one for one in all_ if one.measure == "level"]) > 1:
            continue
        text = case.report.text
        start = max(text.rfind(mark, 0, level.start) for mark in "。；，\n|") + 1
        last = max(one.end for one in all_ if one.measure != "plan")
        stop = next(i for i in range(last, len(text)) if text[i] in "。；\n")
        if "\n" not in text[start:stop] and "|" not in text[start:stop] and stop - start < 90:
            yield Plant(edited(case.report, [Edit(start, stop, "")]), (code,), "\0", f"删去：{text[start:stop]}")


@operator(
    "revised_past", "Q20", "last year's figure differs from last year's report", "Q20", frozenset({"Q10", "Q12", "S5"})
)
def _revised(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in case.report.figures:
        level = case.report.of(one.code, "level", one.item)
        if one.measure == "prior_level" and one.value and level and case.past(level):
            head, number, tail = number_parts(case.report, one)
            decimals = len(number.partition(".")[2])
            words = f"{float(number.replace(',', '')) * rng.choice((0.9, 0.94, 1.07, 1.12)):.{decimals}f}"
            yield said(case.report, one, head + words + tail, None)


@operator("omitted_regular", "Q40", "an indicator of every year left out (bad news dropped)", "Q40 M6", frozenset())
def _left_out(case: Case, rng: random.Random) -> Iterator[Plant]:
    text = case.report.text
    for level in levels(case):
        all_ = [one for one in case.report.figures if one.code == level.code and one.measure != "plan"]
        if len(case.past(level)) < 4 or len([one for one in all_ if one.measure == "level"]) > 1:
            continue
        start = max(text.rfind(mark, 0, level.start) for mark in "。；，\n|") + 1
        last = max(one.end for one in all_)
        stop = next((i for i in range(last, len(text)) if text[i] in "。；，\n"), last)
        inside = [one for one in case.report.figures if start <= one.start < stop]
        if set(inside) == set(all_) and not set("\n|") & set(text[start:stop]) and stop - start < 90:
            yield Plant(edited(case.report, [Edit(start, stop, "")]), (level.code,), "\0", f"删去：{text[start:stop]}")


@operator("foreign_place", "Q43", "a neighbour's name left in a sentence taken from its report", "Q43", frozenset())
def _foreign(case: Case, rng: random.Random) -> Iterator[Plant]:
    own, text = case.report.unit, case.report.text
    for match in list(re.finditer(f"{own[:-1]}|全[乡镇]|我[乡镇]", text)):
        if match.start() > 60:
            other = rng.choice(case.neighbours).unit
            new = edited(case.report, [Edit(match.start(), match.end(), other)])
            yield Plant(new, (), other, f"{match[0]} → {other}")


@operator("prose_table", "Q21", "the table at the end says another figure than the text", "Q21", frozenset({"S5"}))
def _table(case: Case, rng: random.Random) -> Iterator[Plant]:
    names = {
        "income.rural_per_capita": ("农村居民人均可支配收入", "元"), "agri.grain_output": ("粮食总产量", "吨"),
        "agri.grain_area": ("粮食播种面积", "亩"), "livestock.pigs_out": ("生猪出栏", "头"),
    }  # fmt: skip
    report = case.report
    if "\n|" in report.text:
        return
    for one in levels(case):
        name, unit = names.get(one.code, ("", ""))
        low, high = printed(report, one)
        told = round((one.value or 0) * rng.choice((0.93, 1.06, 1.11)))
        if not name or one.unit != unit or low <= told <= high:
            continue
        end = len(report.text)
        rows = f"附表 主要指标\n| 指标 | 单位 | 本年 |\n| {name} | {unit} | {told} |\n"
        rows = rows if report.text.endswith("\n") else "\n" + rows
        yield Plant(
            edited(report, [Edit(end, end, rows)]), (one.code,), str(told), f"表 {name} {told} 文 {report.surface(one)}"
        )


@operator("late_date", "V9", "figures of a date after the period", "V9", frozenset())
def _late(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one in levels(case):
        start = max(case.report.text.rfind(mark, 0, one.start) for mark in "。\n") + 1
        if "年" in case.report.text[start : one.end] or "|" in case.report.text[start : one.end]:
            continue
        date = f"截至{case.report.year + 1}年{rng.randint(5, 11)}月底，"
        new = edited(case.report, [Edit(start, start, date)])
        yield Plant(new, (one.code,), date[:-1], f"{date}{case.report.text[start : one.end]}")


@operator("old_numbers", "Q23", "a new text with last year's figures", "Q23", GROWTH)
def _old_numbers(case: Case, rng: random.Random) -> Iterator[Plant]:
    last, edits = case.before[0], []
    for one in levels(case):
        then = last.of(one.code, "level", one.item)
        head, number, tail = number_parts(case.report, one)
        if then is None or not then.value or then.value == one.value or not number_of(last.surface(then)):
            continue
        factor = (one.value or 0) / float(number.replace(",", ""))
        decimals = len(number.partition(".")[2])
        words = f"{then.value / factor:.{decimals}f}"
        if abs(float(words) * factor - then.value) < 1e-6 * then.value:
            edits.append(Edit(one.start, one.end, head + words + tail, then.value))
    if len(edits) >= _ENOUGH_OLD:
        yield Plant(edited(case.report, edits), (), "", f"{len(edits)} 个数字沿用上年", whole=True)

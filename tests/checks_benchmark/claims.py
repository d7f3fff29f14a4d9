"""Operators that imitate what reports claim: boasts that the figures do not bear, parts left out, a report cut off.

Written from the inventory of checks that the project began with, before any rule was held against them.
"""

import random
import re
from collections.abc import Iterator

from tests.checks_benchmark.planting import (
    GROWTH,
    HISTORY,
    Case,
    Plant,
    changes,
    levels,
    number_parts,
    operator,
    said,
)  # fmt: skip
from tests.checks_benchmark.reports import Edit, edited, number_of

__all__: list[str] = []

_NAMES = {
    "agri.grain_output": "粮食总产量", "econ.fixed_investment": "固定资产投资", "fiscal.revenue": "财政收入",
    "tourism.visitors": "接待游客", "livestock.pigs_out": "生猪出栏",
    "income.rural_per_capita": "农村居民人均可支配收入",
}  # fmt: skip
# Name, code, unit, the size of one township's figure: no report of the sample county tells of them.
_NEW_THINGS = (
    ("肉类总产量", "livestock.meat_output", "吨", 2600), ("禽蛋产量", "livestock.egg_output", "吨", 480),
    ("水果产量", "agri.fruit_output", "吨", 3400), ("油料产量", "agri.oil_output", "吨", 760),
    ("工业增加值", "econ.industry_added", "万元", 8200), ("社会消费品零售总额", "econ.retail_sales", "万元", 9400),
)  # fmt: skip
_PARTS_OF_PEOPLE = {
    "social.medical_insured": "参加城乡居民基本医疗保险", "social.minimum_living_people": "农村低保对象",
    "poverty.monitored_people": "防返贫监测对象", "edu.students": "在校学生", "jobs.transferred_people": "转移就业",
}  # fmt: skip


@operator("flat_said", "Q10", "与上年持平 said of what grew", "Q10 Q11 Q12", frozenset({"S5", "Q20"}))
def _flat(case: Case, rng: random.Random) -> Iterator[Plant]:
    report = case.report
    for one, _ in changes(case, "growth_pct"):
        found = re.search(r"(?:比上年|同比|较上年|比去年)?(?:增长|下降|增加|减少|提高)$", report.text[: one.start])
        if found and abs(one.value or 0) >= 4:
            new = edited(report, [Edit(found.start(), one.end, "与上年持平")])
            yield Plant(new, (one.code,), "与上年持平", f"{one.code}: {found[0]}{report.surface(one)} → 与上年持平")


@operator("times_said", "Q10", "增长2倍 said of what grew by some per cent", "Q10 Q11 G1", frozenset({"Q12"}))
def _times_said(case: Case, rng: random.Random) -> Iterator[Plant]:
    for one, _ in changes(case, "growth_pct"):
        if abs(one.value or 0) < 60 and case.report.text[one.start - 2 : one.start] in {"增长", "增加"}:
            yield said(case.report, one, rng.choice(("2倍", "1.5倍", "3倍")), None)


@operator("vague_claim", "S5", "突破 a round sum that the report's own figure does not reach", "S5 Q21", HISTORY)
def _vague_claim(case: Case, rng: random.Random) -> Iterator[Plant]:
    text = case.report.text
    for one in levels(case):
        head, number, tail = number_parts(case.report, one)
        if one.code in _NAMES and re.search(r"[一-鿿]", tail):
            decimals = len(number.partition(".")[2])
            words = f"{head}{float(number.replace(',', '')) * rng.choice((1.15, 1.3)):.{decimals}f}{tail}"
            end = text.index("\n", one.end)
            claim = f"全年{_NAMES[one.code]}突破{words}。"
            yield Plant(
                edited(case.report, [Edit(end, end, claim)]), (one.code,), words, f"{claim} 前文 {number}{tail}"
            )


@operator("none_and_some", "V6", "said not to have happened and told with a number", "V6 S5", frozenset({"Q8", "Q21"}))
def _none_and_some(case: Case, rng: random.Random) -> Iterator[Plant]:
    names = {
        "safety.major_accidents": "发生较大以上安全事故", "forest.fires": "发生森林火灾",
        "stability.mass_incidents": "发生群体性事件",
    }  # fmt: skip
    for one in case.report.figures:
        if one.code in names and one.measure == "level" and one.value == 0:
            end = case.report.text.index("\n", one.end)
            told = f"年内{names[one.code]}{rng.randint(1, 3)}起，已妥善处置。"
            new = edited(case.report, [Edit(end, end, told)])
            yield Plant(new, (one.code,), told[2:-8], f"{case.report.surface(one)} / {told}")


@operator("tables_announced", "S3", "more annexed tables announced than there are", "S3", frozenset())
def _tables_announced(case: Case, rng: random.Random) -> Iterator[Plant]:
    first = case.report.text.index("\n")
    words = rng.choice(("（附表3张）", "（附表三张）", "（后附统计表2张）"))
    yield Plant(edited(case.report, [Edit(first, first, words)]), (), words[1:-1], words, whole=True)


@operator("old_plan", "Q42", "last year's heading above the plans: 2023年工作安排 in the report of 2023", "Q42",
          frozenset({"V9", "S5", "M6", "Q21", "Q16"}))  # fmt: skip
def _old_plan(case: Case, rng: random.Random) -> Iterator[Plant]:
    report = case.report
    for match in re.finditer(rf"(?<!\d){report.year + 1}年(?=[^。\n]{{0,6}}(?:安排|打算|计划|怎么干))", report.text):
        new = edited(report, [Edit(match.start(), match.end(), f"{report.year}年")])
        line = report.text[match.start() : report.text.index("\n", match.start())][:20]
        yield Plant(
            new, (), line.replace(str(report.year + 1), str(report.year)), f"{line} → {report.year}", whole=True
        )


@operator("old_date", "Q42", "signed a year too early: a report of 2023 of January 2023", "Q42 V9", frozenset())
def _old_date(case: Case, rng: random.Random) -> Iterator[Plant]:
    text, year = case.report.text, case.report.year
    first = text.index("\n")
    dated = re.search(rf"{year + 1}年1月", text[: first + 60])
    place = (
        (dated.start(), dated.start() + 4, str(year))
        if dated
        else (first, first, f"\n（{year}年1月{rng.randint(5, 20)}日）")
    )
    new = edited(case.report, [Edit(*place)])
    yield Plant(new, (), f"{year}年1月", f"落款 {year}年1月", whole=True)


@operator("cut_off", "M6", "the report breaks off in the middle", "M6 M9 Q40", frozenset())
def _cut_off(case: Case, rng: random.Random) -> Iterator[Plant]:
    text = case.report.text
    end = text.find("。", int(len(text) * rng.uniform(0.3, 0.5))) + 1
    lost = [one for one in case.report.figures if one.start >= end]
    if len([one for one in lost if one.measure == "level" and len(case.past(one)) >= 4]) >= 5:
        new = edited(case.report, [Edit(end, len(text), "\n")])
        yield Plant(new, (), "", f"{end} / {len(text)} 字", whole=True)


@operator("new_part", "V7", "a part was added to a list, the total was left", "V7", frozenset({"V8"}))
def _new_part(case: Case, rng: random.Random) -> Iterator[Plant]:
    report = case.report
    parts = [one for one in report.figures if one.measure == "part"]
    if parts:
        last = max(parts, key=lambda one: one.start)
        _, number, tail = number_parts(report, last)
        name = {"agri.cooperatives": "、加工类", "land.transferred": "，流转给家庭农场"}[last.code]
        words = f"{name}{max(2, round(float(number) * rng.uniform(0.5, 1.2)))}{tail}"
        new = edited(report, [Edit(last.end, last.end, words)])
        yield Plant(new, (last.code,), words, words)


@operator("part_over_total", "V8", "one of the parts is more than their total", "V8 V7", frozenset())
def _part_over_total(case: Case, rng: random.Random) -> Iterator[Plant]:
    report = case.report
    for one in report.figures:
        whole = report.of(one.code, "level")
        if one.measure == "part" and whole and whole.value:
            _, _, tail = number_parts(report, one)
            value = round(whole.value * rng.uniform(1.05, 1.5)) + 1
            yield said(report, one, f"{value}{tail}", value)


@operator("more_than_people", "V8", "more people in a class than live there", "Q2 V8", HISTORY | GROWTH | {"V3"})
def _more_than_people(case: Case, rng: random.Random) -> Iterator[Plant]:
    report = case.report
    people = report.of("pop.total")
    for one in levels(case):
        head, _, tail = number_parts(report, one)
        if one.code in _PARTS_OF_PEOPLE and not one.item and tail == "人" and people and people.value:
            value = round(people.value * rng.uniform(1.1, 1.6))
            yield said(report, one, f"{head}{value}{tail}", value, f"全镇 {report.surface(people)}")


@operator("recruited_above_all", "V8", "more members of the party recruited than there are", "V8 Q2", HISTORY)
def _recruited(case: Case, rng: random.Random) -> Iterator[Plant]:
    report = case.report
    members, recruited = report.of("party.members"), report.of("party.members_recruited")
    if members and members.value and recruited and number_of(report.surface(recruited)):
        head, _, tail = number_parts(report, recruited)
        value = round(members.value * rng.uniform(1.05, 1.3))
        yield said(report, recruited, f"{head}{value}{tail}", value, f"党员 {report.surface(members)}")


@operator("overfulfilled", "Q16", "超额完成 said where the target was missed", "Q16", frozenset())
def _overfulfilled(case: Case, rng: random.Random) -> Iterator[Plant]:
    report = case.report
    target, done = report.of("econ.attracted_investment", "target"), report.of("econ.attracted_investment")
    rate = report.of("econ.attracted_investment", "completion_pct")
    if target and done and rate and (done.value or 0) < 0.99 * (target.value or 0) and target.end < rate.start:
        start = report.text.rindex("完成", 0, target.start)
        words = f"超额完成全年目标任务{report.surface(target)}"
        new = edited(report, [Edit(start, rate.end, words)])
        yield Plant(new, (done.code,), words, f"{report.surface(done)}，{words}")


@operator("target_changed", "Q16", "the target was lowered afterwards, the rate of completion left", "Q16", frozenset())
def _target(case: Case, rng: random.Random) -> Iterator[Plant]:
    report = case.report
    for one in report.figures:
        if one.measure == "target":
            head, number, tail = number_parts(report, one)
            yield said(report, one, f"{head}{float(number) * rng.choice((0.8, 0.9, 1.2)):.0f}{tail}", None)


@operator("old_share", "Q19", "one of three shares left from last year", "Q19", GROWTH)
def _old_share(case: Case, rng: random.Random) -> Iterator[Plant]:
    report = case.report
    for one in report.figures:
        if one.measure == "shares":
            first, *others = report.surface(one).split(":")
            value = f"{float(first) + rng.choice((-2.4, -1.1, 0.9, 1.7)):.1f}"
            new = edited(report, [Edit(one.start, one.end, ":".join([value, *others]))])
            yield Plant(new, (one.code,), "产业结构比", f"{report.surface(one)}: {first} → {value}")


@operator("increment_against_rate", "Q49", "rate and increment of a new figure that cannot both be: 增长5%，减产600吨",
          "Q49", frozenset({"G1", "V3"}))  # fmt: skip
def _increment_against_rate(case: Case, rng: random.Random) -> Iterator[Plant]:
    """Nothing is known of the year before but what the sentence says itself."""
    report = case.report
    told = {one.code for known in (report, *case.before) for one in known.figures}
    first = next((one for one in report.figures if one.measure == "level"), None)
    for name, code, unit, size in _NEW_THINGS:
        if code in told or first is None:
            continue
        value, rate = round(size * rng.uniform(0.7, 1.4)), rng.choice((-8.4, -5.2, 4.6, 6.3, 11.7))
        true = abs(value * rate / (100 + rate))
        grew, fell = ("增长", "减少") if rate > 0 else ("下降", "增加")
        # The other direction, a nought too many, or a digit that is not the right one.
        wrong = rng.choice((f"{fell}{true:.0f}", f"{fell if rate < 0 else grew}{true * 10:.0f}"))
        if rng.random() < 1 / 3:
            wrong = f"{'增加' if rate > 0 else '减少'}{true * rng.choice((0.7, 1.4)):.0f}"
        words = f"{name}{value}{unit}，比上年{grew}{abs(rate)}%，{wrong}{unit}。"
        end = report.text.index("\n", first.end)
        yield Plant(edited(report, [Edit(end, end, words)]), (code,), words[:-1], f"{words} {true:.0f}")

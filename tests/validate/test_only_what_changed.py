"""Only what changed is judged again, and the result is what judging everything would give.

XIANBAO_CHANGES sets how many random changes are tried (a few in the suite, some hundreds once by whoever touches this).
"""

import datetime as dt
import hashlib
import os
import random
from dataclasses import replace
from functools import cache

import polars as pl
import pytest

from expectations.catalogue import load_catalogue
from tasks.domain.frames import empty_frame, report_frames, submissions_frame
from tasks.domain.periods import ReportPeriod
from tasks.domain.submissions import StageVersions, Submission, submission_id
from tasks.extract import build_reader, extract_document
from tasks.lexicon import load_lexicon
from tasks.parse import document_from_text
from tasks.validate import Evidence, judge, scope_of_change, validate_facts

UNITS = {"雾山乡": "539901203000", "青槐街道": "539901001000", "龙潭沟乡": "539901204000", "石榴坪镇": "539901101000"}
YEARS = range(2014, 2024)
CHANGES = int(os.environ.get("XIANBAO_CHANGES", "4"))
VERSIONS = StageVersions("p", "e", load_catalogue().version, load_lexicon().version, "i")
MANDATORY = {"annual-work-report": ("pop.total", "agri.grain_area")}


@pytest.fixture(autouse=True)
def plain_judge(monkeypatch):
    """What fails, fails: Great Expectations has tests of its own."""
    monkeypatch.setattr(judge, "_judge_period", lambda site, period, facts, failures, *rest: failures["row"].to_list())


@cache
def reader():
    return build_reader(load_catalogue(), load_lexicon())


def text_of(unit, year, seed):
    """A report whose figures grow from year to year, some of which slipped, contradict each other or are left out."""
    rng = random.Random(f"{unit}{year}{seed}")
    grown = 1.04 ** (year - 2014)
    output = round(12_000 * grown * rng.uniform(0.95, 1.05))
    people, disputes = round(21_000 * rng.uniform(0.97, 1.03)), rng.randint(40, 90)
    mu = 800 + year % 7
    slip, lean = rng.choice((1, 1, 1, 10)), rng.random() < 0.2
    sentences = [
        f"全年粮食总产量{output * slip}吨，同比增长{rng.uniform(1, 9):.1f}%，粮食播种面积{round(output / 0.42)}亩。",
        f"全乡总人口{people}人，农村居民人均可支配收入{round(9000 * grown * rng.choice((1, 1, 1, 1.9)))}元。",
        f"种植马铃薯{mu}亩，平均亩产{rng.choice((1500, 1500, 2100))}公斤，总产量{mu * 1.5:g}吨。",
        f"排查矛盾纠纷{disputes}件，调解矛盾纠纷{disputes - rng.choice((2, 3, -9))}件。",
    ]
    if lean:
        sentences = sentences[:2]
    words = "".join(chr(0x4E00 + random.Random(f"{unit}{year // 2}").randint(0, 3000) + i * 7) for i in range(60))
    return f"{unit}{year}年工作总结\n\n{year}年，全乡上下团结一心。{words}\n\n" + "\n\n".join(sentences) + "\n"


@cache
def read(unit, year, seed):
    text, period = text_of(unit, year, seed), str(year)
    sha = hashlib.sha256(text.encode()).hexdigest()
    one = Submission(
        submission_id=submission_id(sha, UNITS[unit], period), sha256=sha, source="inbox", uri=f"file:///{unit}{year}",
        file_name=f"{unit}{year}.txt", bytes=len(text), received_at=dt.datetime(year + 1, 1, 10, tzinfo=dt.UTC),
        state="loaded", unit_code=UNITS[unit], unit_name=unit, form="annual-work-report", period=period, version=1,
        media_type="text/plain", chars=len(text), due_at=dt.datetime(year + 1, 1, 15, tzinfo=dt.UTC), on_time=True,
        parser="text", text_quality=0.9 if seed % 5 == 4 else 1.0, stage_versions=VERSIONS.text,
    )  # fmt: skip
    document = document_from_text(text)
    return one, report_frames(one, document, extract_document(document, ReportPeriod.parse(period), reader()),
                              load_catalogue(), VERSIONS)  # fmt: skip


def county_of(reports):
    """The evidence of `reports`: unit and year → the seed its text was made with."""
    made = [read(unit, year, seed) for (unit, year), seed in sorted(reports.items())]

    def all_of(table):
        return pl.concat([empty_frame(table), *(getattr(frames, table) for _, frames in made)])

    return Evidence(
        all_of("facts"), submissions_frame([one for one, _ in made]), blocks=all_of("blocks"),
        mentions=all_of("mentions"), office="539901000000",
    )  # fmt: skip


def judged(evidence, scope=None):
    return validate_facts(
        evidence, catalogue=load_catalogue(), mandatory=MANDATORY, language="zh", data_docs=None, scope=scope
    )


def texts_left_out(evidence, scope):
    """The evidence as a run has it: texts of the years it needs only."""

    def of(frame, years):
        return frame.filter(pl.col("year").is_in(list(years)))

    return replace(evidence, blocks=of(evidence.blocks, scope.texts), mentions=of(evidence.mentions, scope.seen))


def statuses(facts):
    return dict(facts.select("fact_id", "status").rows())


def change(reports, rng):
    """One to three reports arrive, are replaced or withdrawn."""
    after = dict(reports)
    for _ in range(rng.randint(1, 3)):
        key = (rng.choice(list(UNITS)), rng.choice(list(YEARS)))
        if key in after and rng.random() < 0.2:
            del after[key]
        else:
            after[key] = rng.randint(1, 99)
    return after


@pytest.mark.parametrize("seed", range(CHANGES))
def test_after_any_change_the_findings_are_those_of_judging_everything(seed):
    rng = random.Random(seed)
    reports = {(unit, year): 0 for unit in UNITS for year in YEARS if rng.random() < 0.85}
    before = county_of(reports)
    held = judged(before)
    new = change(reports, rng)
    after = county_of(new)
    known = held.facts.select("fact_id", held="status")
    after = replace(after, facts=after.facts.join(known, on="fact_id", how="left", maintain_order="left").with_columns(
        pl.coalesce("held", "status").alias("status")).drop("held"))  # fmt: skip
    rewritten = {str(year) for (_, year), _ in set(reports.items()) ^ set(new.items())}
    scope = scope_of_change(before, after, catalogue=load_catalogue(), mandatory=MANDATORY, texts=rewritten)
    part, whole = judged(texts_left_out(after, scope), scope), judged(after)

    kept = [one for one in held.findings if int(one.period[:4]) not in part.years]
    assert {*kept, *part.findings} == set(whole.findings)
    assert len(kept) + len(part.findings) == len(whole.findings)
    assert statuses(part.facts) == statuses(whole.facts)


def test_a_new_year_reads_the_texts_of_the_years_it_touches_and_of_three_before_them():
    reports = {(unit, year): 0 for unit in UNITS for year in range(2014, 2023)}
    before = county_of(reports)
    new = county_of({**reports, **{(unit, 2023): 7 for unit in UNITS}})
    scope = scope_of_change(before, new, catalogue=load_catalogue(), mandatory=MANDATORY, texts=["2023"])
    assert {2022, 2023} <= scope.said
    assert min(scope.texts) >= min(scope.said) - 3


def test_an_explained_or_corrected_figure_judges_its_year_and_what_looks_at_it():
    reports = {(unit, year): 0 for unit in UNITS for year in YEARS}
    before = county_of(reports)
    figure = before.facts.filter((pl.col("period") == "2017") & (pl.col("indicator") == "pop.total")).row(0, named=True)
    facts = before.facts.with_columns(
        pl.when(pl.col("fact_id") == figure["fact_id"]).then(figure["value"] + 1).alias("corrected_value")
    )
    scope = scope_of_change(
        before, replace(before, facts=facts), catalogue=load_catalogue(), mandatory=MANDATORY
    )  # fmt: skip
    assert {2016, 2017} <= scope.said <= {2016, 2017, 2018, 2019, 2020}


def test_nothing_changed_says_nothing_but_what_is_asked_for():
    before = county_of({(unit, year): 0 for unit in UNITS for year in YEARS})
    scope = scope_of_change(before, before, catalogue=load_catalogue(), mandatory=MANDATORY, also=["2019"])
    assert scope.said == {2018, 2019}

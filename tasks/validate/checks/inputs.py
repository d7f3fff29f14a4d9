"""What the checks look at: the evidence (facts, submissions, text) and the data they judge it by."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import polars as pl

from expectations.catalogue import Catalogue
from expectations.rules import Rule
from tasks.domain.county_figures import COUNTY_FIGURES_SCHEMA
from tasks.domain.frames import empty_frame

__all__ = ["Check", "CheckInputs", "Evidence", "corrected_bound"]

_CODE_DIGITS = 12


@dataclass(frozen=True)
class Evidence:
    """What is judged: schemas of `TABLES`; frames that a caller has not got are empty.

    `facts` and `submissions` are live, of whole periods, past ones included: they are the history too. `blocks` are
    the texts of those submissions. `replaced` are the facts of the versions before, for revisions. `units` are the
    reporting units of the county. `office` is the statistical code of the office that collects: one above the counties
    (its fifth and sixth digits are zero) compares townships of one county only, any other one compares all it has.
    `published` are the county's own figures (`COUNTY_FIGURES_SCHEMA`), which the townships must add up to.
    """

    facts: pl.DataFrame
    submissions: pl.DataFrame
    blocks: pl.DataFrame = field(default_factory=lambda: empty_frame("blocks"))
    mentions: pl.DataFrame = field(default_factory=lambda: empty_frame("mentions"))
    replaced: pl.DataFrame = field(default_factory=lambda: empty_frame("facts"))
    units: pl.DataFrame = field(default_factory=lambda: empty_frame("units"))
    office: str = ""
    published: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=dict(COUNTY_FIGURES_SCHEMA)))

    @property
    def county(self) -> pl.Expr:
        """What is the same for townships that are neighbours, as an expression over `unit_code`."""
        above = len(self.office) == _CODE_DIGITS and self.office[4:6] == "00"
        return pl.col("unit_code").str.slice(0, 6) if above else pl.lit("", pl.String)

    def of_units(self, codes: pl.Series) -> "Evidence":
        """Return what concerns the units `codes` alone."""
        own = pl.DataFrame({"unit_code": codes})

        def among(frame: pl.DataFrame) -> pl.DataFrame:
            return frame.join(own, on="unit_code", how="semi", maintain_order="left") if frame.height else frame

        return replace(
            self, facts=among(self.facts), submissions=among(self.submissions), blocks=among(self.blocks),
            mentions=among(self.mentions), replaced=among(self.replaced),
        )  # fmt: skip


@dataclass(frozen=True)
class CheckInputs:
    """One judgement: evidence, catalogue, rules, and what each form must state.

    `neighbours` are the figures of every township that is compared with these (`comparable.neighbours_of`), where the
    evidence holds only some of them.
    """

    evidence: Evidence
    catalogue: Catalogue
    rules: Mapping[str, Rule]
    mandatory: Mapping[str, tuple[str, ...]]
    neighbours: pl.DataFrame | None = None

    def about(self, indicators: Iterable[str]) -> "CheckInputs":
        """Return the same judgement with the facts of `indicators` alone: a county's are many."""
        facts = self.evidence.facts.filter(pl.col("indicator").is_in(list(indicators)))
        return replace(self, evidence=replace(self.evidence, facts=facts))

    @cached_property
    def indicators(self) -> pl.DataFrame:
        """The catalogue as columns beside a fact: indicator, unit, minimum, maximum, catalogue_name."""
        return pl.DataFrame(
            [(one.code, one.unit, one.minimum, one.maximum, one.name) for one in self.catalogue],
            schema={"indicator": pl.String, "unit": pl.String, "minimum": pl.Float64, "maximum": pl.Float64,
                    "catalogue_name": pl.String},
            orient="row",
        )  # fmt: skip

    @cached_property
    def known(self) -> pl.DataFrame:
        """Every live fact with `place` (file, page, span) and what the catalogue says of its indicator.

        Where a person corrected a figure, `value`, `low` and `high` are the corrected ones and `bound` is exact, also
        where it had been masked or damaged: checks judge what counts.
        """
        evidence = self.evidence
        page = pl.when(pl.col("page").is_not_null()).then(pl.format(" p.{}", "page")).otherwise(pl.lit(""))
        place = pl.concat_str(pl.col("file_name").fill_null("?"), page, pl.format(" [{}:{}]", "start", "end"))
        named = evidence.facts.join(
            evidence.submissions.select("submission_id", "file_name"),
            on="submission_id", how="left", maintain_order="left",
        ).with_columns(
            place.alias("place"),
            *(pl.coalesce("corrected_value", pl.col(name)).alias(name) for name in ("value", "low", "high")),
            corrected_bound(),
        )  # fmt: skip
        return named.join(self.indicators, on="indicator", how="left", maintain_order="left")


def corrected_bound() -> pl.Expr:
    """Return the bound of a figure as it counts: a corrected one is exact, whatever the report had said."""
    return pl.when(pl.col("corrected_value").is_not_null()).then(pl.lit("exact")).otherwise("bound").alias("bound")


@dataclass(frozen=True)
class Check:
    """A function that gives check rows (`CHECK_SCHEMA`) for the rules it names.

    `among` says whose evidence decides: one unit's at a time (its neighbours only through `CheckInputs.neighbours`), or
    a county's as a whole. `texts`: it reads blocks or mentions, so it says something only of reports whose text is
    there.
    """

    rules: tuple[str, ...]
    compute: Callable[[CheckInputs], pl.DataFrame | Iterable[pl.DataFrame]]
    among: Literal["unit", "county"] = "unit"
    texts: bool = False

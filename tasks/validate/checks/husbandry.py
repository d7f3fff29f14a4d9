"""Checks of what is not stated but follows: the yield behind area and output, the herd behind stock and slaughter."""

from collections.abc import Iterator

import polars as pl

from tasks.validate.checks.comparable import KEYS, single_levels
from tasks.validate.checks.frame import conform, number, operands
from tasks.validate.checks.inputs import Check, CheckInputs

__all__ = ["CHECKS"]

_ANIMALS = ("pigs", "cattle", "sheep", "poultry")
_GROWN = ("agri.crop_area", "agri.crop_output", "agri.grain_area", "agri.grain_output")
_PER_MAD = 0.6745


def _pair(left: pl.DataFrame, right: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """Join two figures of one report; columns of the second end in `_2`."""
    told = ("value", "low", "high", "fact_id", "evidence", "place")
    other = right.select(*on, *(pl.col(name).alias(f"{name}_2") for name in told))
    return left.join(other, on=on, how="left", maintain_order="left")


def _rows(frame: pl.DataFrame, rule: str, ok: pl.Expr, reason: str, about: pl.Expr, title: pl.Expr, observed: pl.Expr,
          expected: pl.Expr, imbalance: pl.Expr, of: tuple[pl.Expr, ...]) -> pl.DataFrame:  # fmt: skip
    return frame.select(
        pl.lit(rule).alias("rule"),
        pl.when(ok.is_null()).then(pl.lit("not_evaluated")).when(ok).then(pl.lit("pass")).otherwise(pl.lit("fail"))
        .alias("result"),
        pl.when(ok.is_null()).then(pl.lit(reason)).otherwise(pl.lit("")).alias("reason"),
        "unit_code", "unit_name", "period", about.alias("about"), title.alias("indicator_name"),
        observed.alias("observed"), expected.alias("expected"), imbalance.cast(pl.Float64).alias("imbalance"),
        pl.concat_list("fact_id", "fact_id_2").list.drop_nulls().alias("fact_ids"),
        pl.concat_list("evidence", "evidence_2").list.drop_nulls().list.unique(maintain_order=True).alias("quotes"),
        pl.concat_list("place", "place_2").list.drop_nulls().list.unique(maintain_order=True).list.join("；")
        .alias("place"),
        *of,
    ).pipe(conform)  # fmt: skip


def _implied_yields(inputs: CheckInputs) -> pl.DataFrame:
    """Q14: output over area of a crop (公斤/亩) against the yields of that crop in the county's other townships.

    The bands of `relations.csv` say what no field can give; this one says what the fields next door do not.
    """
    limit, enough, alike = inputs.rules["Q14"].thresholds
    grown = single_levels(inputs.about(_GROWN)).filter(pl.col("value") > 0)
    levels = grown.with_columns(inputs.evidence.county.alias("county"))

    def of(code: str) -> pl.DataFrame:
        return levels.filter(pl.col("indicator") == code)

    keys = ["unit_code", "period", "item"]
    crops = _pair(of("agri.crop_output"), of("agri.crop_area"), keys)
    grain = _pair(of("agri.grain_output"), of("agri.grain_area"), keys).with_columns(item=pl.lit("粮食"))
    near = ["county", "period", "item"]
    log = ((pl.col("value") * 1000) / pl.col("value_2")).log()
    yields = pl.concat([crops, grain]).with_columns(log=log).with_columns(
        median=pl.col("log").median().over(near), n=pl.col("log").count().over(near)
    ).with_columns(mad=(pl.col("log") - pl.col("median")).abs().median().over(near))  # fmt: skip
    gap = (pl.col("log") - pl.col("median")).abs()
    inside = (_PER_MAD * gap <= limit * pl.col("mad")) | (gap <= pl.lit(alike).log())
    ok = pl.when(pl.col("n") >= enough).then(inside)
    shown = yields.with_columns(per_mu=pl.col("log").exp(), usual=pl.col("median").exp())
    return _rows(
        shown, "Q14", ok, "too few townships state area and output of the crop",
        pl.concat_str(pl.lit("yield|"), "item"), pl.concat_str("item", pl.lit("亩产 yield")),
        pl.format("{} 公斤/亩", pl.col("per_mu").round(1)),
        pl.format("各乡镇中位数 townships' median {} 公斤/亩（{} 个）", pl.col("usual").round(1), "n"),
        pl.col("per_mu") - pl.col("usual"),
        operands(pl.col("value"), pl.col("value_2"), pl.when(pl.col("n") >= enough).then("usual")),
    )  # fmt: skip


def _herds(inputs: CheckInputs) -> Iterator[pl.DataFrame]:
    """Q17: what is left and what was slaughtered cannot be more than what was there and what can have been born.

    Births and purchases are in no report, so the balance is an inequality: closing + slaughter ≤ opening · factor. The
    factor is what one animal at the year's beginning can have become by its end; it is generous (fattened in batches).
    """
    factors = dict(zip(_ANIMALS, inputs.rules["Q17"].thresholds, strict=True))
    levels = single_levels(inputs)
    for animal, factor in factors.items():
        stock = levels.filter(pl.col("indicator") == f"livestock.{animal}_stock")
        opening = stock.with_columns(period=(pl.col("year") + 1).cast(pl.String) + pl.col("part"))
        out = levels.filter(pl.col("indicator") == f"livestock.{animal}_out")
        frame = _pair(out, opening, ["unit_code", "period", "item"]).join(
            stock.select(*KEYS[:2], "item", closing="low"), on=["unit_code", "period", "item"], how="left"
        )
        held = pl.col("low") + pl.col("closing").fill_null(0)
        ok = pl.when((pl.col("value_2") > 0) & (pl.col("part") == "")).then(held <= factor * pl.col("high_2"))
        yield _rows(
            frame.with_columns(held=held), "Q17", ok, "no stock of the year before, or part of a year",
            pl.concat_str(pl.lit(f"herd|livestock.{animal}_out|"), "item"), pl.col("indicator_name"),
            pl.concat_str(number("held"), pl.lit(" "), pl.col("unit")),
            pl.format("≤ {} × 上年末存栏 stock of the year before {}", pl.lit(f"{factor:g}"), number("value_2")),
            pl.col("held") - factor * pl.col("value_2"),
            # What is left may be unstated: it is nothing at least.
            operands(pl.col("low"), pl.col("high_2"), needless=pl.col("part") != ""),
        )  # fmt: skip


CHECKS = (Check(("Q14",), _implied_yields, among="county"), Check(("Q17",), _herds))

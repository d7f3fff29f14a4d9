"""One root cause is one finding: failed checks that one wrong figure explains are put together.

A figure that fails by itself (out of range, damaged, an outlier of its own history) is a cause: every relation that
fails and holds that figure is its symptom. Relations that fail without such a figure are one cause when they share two
figures or more: they are the same comparison made in two ways. Sharing one figure is not enough, for two errors can
meet in one total; each then stays a finding of its own.
"""

from collections.abc import Mapping

import polars as pl

from expectations.rules import Rule

__all__ = ["one_per_cause"]

# Rules from this rank on are about reports as wholes: their figures are all of a text, so they explain nothing.
REPORT_RANK = 90
SAME_COMPARISON = 2
# Rules that say of an indicator that a report passes it over; they are about no figure.
_MISSING = ("M6", "Q40")
_SEVERITIES = ("error", "question", "note")


def one_per_cause(failures: pl.DataFrame, rules: Mapping[str, Rule]) -> pl.DataFrame:
    """Return the failures that are findings, with `severity` and `symptoms`.

    `failures` has `CHECK_SCHEMA`, one row per subject, and `figures`: how many figures one check of it looked at. The
    finding is the failure whose rule has the lowest rank; `symptoms` are the other rules in order of rank, `severity`
    is the gravest of them all. Figures and quotes of the symptoms are added to the finding's own.
    """
    ranks = pl.DataFrame(
        [(rule.id, rule.rank, _SEVERITIES.index(rule.severity)) for rule in rules.values()],
        schema={"rule": pl.String, "rank": pl.Int64, "gravity": pl.Int64}, orient="row",
    )  # fmt: skip
    ranked = failures.join(ranks, on="rule", how="left", maintain_order="left").with_row_index("node")
    known = pl.concat([_causes(ranked), _found_elsewhere(ranked)])
    causes = ranked.join(known, on="node", how="left", maintain_order="left").with_columns(
        pl.col("cause").fill_null(pl.col("node"))
    )
    lists = ("fact_ids", "quotes")
    grouped = causes.sort("cause", "rank", "node").group_by("cause", maintain_order=True).agg(
        pl.exclude(*lists, "place", "gravity").first(),
        pl.col("place").filter(pl.col("place") != "").unique(maintain_order=True).str.join("；"),
        pl.col("rule").unique(maintain_order=True).alias("symptoms"),
        pl.col("gravity").min(),
        *(pl.col(name).explode().drop_nulls().unique(maintain_order=True) for name in lists),
    )  # fmt: skip
    return grouped.with_columns(
        pl.col("symptoms").list.set_difference(pl.concat_list("rule")),
        pl.col("gravity").replace_strict(dict(enumerate(_SEVERITIES)), return_dtype=pl.String).alias("severity"),
    ).sort("node").drop("node", "cause", "rank", "gravity", "figures")  # fmt: skip


def _causes(ranked: pl.DataFrame) -> pl.DataFrame:
    """Return node and cause of the failures that are about figures; causes are named by one of their nodes."""
    size = pl.col("fact_ids").list.n_unique()
    about = ranked.filter((pl.col("rank") < REPORT_RANK) & (size > 0))
    pairs = about.select("node", "rank", pl.col("fact_ids").list.unique(maintain_order=True).alias("fact"),
                         size.alias("size")).explode("fact")  # fmt: skip
    single = about.filter(pl.col("figures") == 1).select("node")
    alone = pairs.join(single, on="node", how="semi")
    anchors = alone.sort("rank", "node").unique("fact", keep="first", maintain_order=True)
    anchor_of = anchors.select("fact", pl.col("node").alias("cause"), pl.col("rank").alias("cause_rank"))
    anchored = (
        pairs.join(anchor_of, on="fact")
        .sort("node", "cause_rank", "cause")
        .unique("node", keep="first", maintain_order=True)
        .select("node", "cause")
    )
    free = pairs.join(anchored, on="node", how="anti")
    return pl.concat([anchored, _same_comparisons(free)])


def _found_elsewhere(ranked: pl.DataFrame) -> pl.DataFrame:
    """Return node and cause of figures that seem to be missing and stand there with no unit, or another one (V1)."""
    keys = ["unit_code", "period", "indicator"]
    there = ranked.filter((pl.col("rule") == "V1") & pl.col("about").str.contains(r"^[^|]+\|unit\|")).select(
        *keys[:2], pl.col("about").str.split("|").list.first().alias("indicator"), pl.col("node").alias("cause")
    )
    gone = ranked.filter(pl.col("rule").is_in(_MISSING)).select(*keys[:2], pl.col("about").alias("indicator"), "node")
    return gone.join(there.unique(keys, keep="first", maintain_order=True), on=keys).select("node", "cause")


def _same_comparisons(pairs: pl.DataFrame) -> pl.DataFrame:
    nodes = pairs["node"].unique(maintain_order=True)
    if nodes.is_empty():
        return pl.DataFrame(schema={"node": pairs.schema["node"], "cause": pairs.schema["node"]})
    place = pl.DataFrame({"node": nodes}).with_row_index("at")
    at = pairs.join(place, on="node").select("fact", "at")
    shared = (
        at.join(at, on="fact").filter(pl.col("at") < pl.col("at_right")).group_by("at", "at_right").len("shared")
        .filter(pl.col("shared") >= SAME_COMPARISON)
    )  # fmt: skip
    if shared.is_empty():
        return place.select("node", pl.col("node").alias("cause"))
    from scipy.sparse import coo_array  # takes as long to import as all causes to be told; most runs need none of it
    from scipy.sparse.csgraph import connected_components

    graph = coo_array(
        (shared["shared"].to_numpy(), (shared["at"].to_numpy(), shared["at_right"].to_numpy())),
        shape=(len(nodes), len(nodes)),
    )
    _, labels = connected_components(graph, directed=False)
    return place.with_columns(pl.Series("label", labels)).select(
        "node", pl.col("node").min().over("label").alias("cause")
    )

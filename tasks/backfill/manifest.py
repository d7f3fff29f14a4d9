"""The manifest of backfills: a row per key, frozen when a backfill begins; only its states change."""

import datetime as dt
import fcntl
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from pydantic import TypeAdapter

from tasks.backfill.selecting import fingerprint
from tasks.domain.backfills import BackfillFile, BackfillKey, BackfillPlan, BackfillRequest, FactChange, key_id
from tasks.domain.errors import BackfillRefused, Place, Text
from tasks.domain.periods import ReportPeriod
from tasks.domain.tables import TABLES
from tasks.load.changes import stamp
from tasks.load.delta import Change, DeltaStore

__all__ = ["ACTIVE", "Manifest", "changes_of", "files_of", "one_runner", "request_of"]

ACTIVE = ("planned", "running")
_STATES = {"read": "planned", "judge": "planned", "review": "review", "none": "skipped"}
_FILES = TypeAdapter(list[BackfillFile])
_CHANGES = TypeAdapter(list[FactChange])
_REQUEST = TypeAdapter(BackfillRequest)


class Manifest:
    """The table `backfills` of a warehouse."""

    def __init__(self, uri: str) -> None:
        self._store = DeltaStore(uri)

    def rows(self, backfill_id: str | None = None) -> pl.DataFrame:
        """Return the rows of one backfill, or of all, in order of period and unit."""
        held = self._store.scan("backfills").select(list(TABLES["backfills"]))
        chosen = held if backfill_id is None else held.filter(pl.col("backfill_id") == backfill_id)
        return chosen.sort(
            "as_of", "backfill_id", "role", "period", "unit_code", descending=[False, False, True, False, False]
        ).collect()

    def find(self, prefix: str) -> str:
        """Return the id of the backfill that begins with `prefix`.

        Raises:
            BackfillRefused: none does, or several do.
        """
        found = self.rows().filter(pl.col("backfill_id").str.starts_with(prefix))["backfill_id"].unique().to_list()
        if len(found) == 1 and prefix:
            return str(found[0])
        zh, en = ("没有这样的回填", "there is no such backfill") if not found else ("对应多次回填", "several begin so")
        if not prefix:
            zh, en = "没有填回填编号", "no id of a backfill is given"
        raise BackfillRefused(
            "backfill_unknown",
            Place(prefix or "回填编号 id"),
            Text(zh, en),
            Text("county backfill list 列出全部", "county backfill list shows all of them"),
        )

    def freeze(
        self,
        plan: BackfillPlan,
        backfill_id: str,
        now: dt.datetime,
        *,
        known: pl.DataFrame,
        table_versions: Mapping[str, int],
    ) -> bool:
        """Write the manifest of `plan` in one commit; return whether there was anything to write.

        Nothing is written where nothing is to do and every key for review stands there for review already. That no
        other backfill is at work on the same keys is looked at in the commit itself, so of two at once one is refused.

        Raises:
            BackfillRefused: another backfill that has not ended has a key of this one.
        """
        rows = _frame(plan, backfill_id, known, table_versions)
        add = stamp(f"backfill-{backfill_id}", now)

        def write(held: pl.LazyFrame) -> Change | None:
            present = held.select(list(TABLES["backfills"])).collect()
            _refuse_overlap(present, rows)
            reviewed = present.filter(pl.col("key_state") == "review").select(
                "unit_code", "form", "period", "stage_versions", "changes"
            )
            fresh = rows.filter(pl.col("key_state") == "review").join(reviewed, on=reviewed.columns, how="anti")
            if (
                fresh.is_empty()
                and rows.filter((pl.col("key_state") == "planned") & (pl.col("role") == "target")).is_empty()
            ):
                return None
            return Change(add(rows))

        if not plan.to_do and not any(one.action == "review" for one in plan.keys):
            return False
        return self._store.commit("backfills", write, {"backfill_id": backfill_id}).rows > 0

    def begin(self, backfill_id: str, keys: Sequence[str], now: dt.datetime) -> list[str]:
        """Mark rows as running and return those that are: what was cancelled meanwhile is not."""
        self._update(
            backfill_id,
            pl.col("key_id").is_in(list(keys)) & (pl.col("key_state") == "planned"),
            now,
            pl.lit("running").alias("key_state"),
            pl.lit(now).cast(pl.Datetime("us", "UTC")).alias("started_at"),
        )
        rows = self.rows(backfill_id).filter(pl.col("key_id").is_in(list(keys)) & (pl.col("key_state") == "running"))
        return [str(one) for one in rows["key_id"]]

    def finish(
        self,
        backfill_id: str,
        keys: Sequence[str],
        now: dt.datetime,
        *,
        known: pl.DataFrame,
        errors: Mapping[str, Text] | None = None,
    ) -> None:
        """Mark rows as done, or failed with what `errors` (by row) say; what their keys are now is noted."""
        errors = errors or {}
        rows = self.rows(backfill_id).filter(pl.col("key_id").is_in(list(keys)))
        told = pl.DataFrame(
            [
                (
                    one,
                    "failed" if one in errors else "done",
                    json.dumps(fingerprint(known, unit, form, period)),
                    errors[one].zh if one in errors else "",
                    errors[one].en if one in errors else "",
                )
                for one, unit, form, period in rows.select("key_id", "unit_code", "form", "period").rows()
            ],
            schema=dict.fromkeys(("key_id", "to_state", "to_after", "to_zh", "to_en"), pl.String),
            orient="row",
        )

        def settle(frame: pl.DataFrame) -> pl.DataFrame:
            return (
                frame.join(told, on="key_id", how="left", maintain_order="left")
                .with_columns(
                    pl.col("to_state").alias("key_state"),
                    pl.col("to_after").alias("after"),
                    pl.col("to_zh").alias("error_zh"),
                    pl.col("to_en").alias("error_en"),
                    pl.lit(now).cast(pl.Datetime("us", "UTC")).alias("finished_at"),
                )
                .select(frame.columns)
            )

        self._update(backfill_id, pl.col("key_id").is_in(told["key_id"].to_list()), now, change=settle)

    def cancel(self, backfill_id: str, now: dt.datetime) -> int:
        """Mark what has not begun as cancelled; return how many keys that are."""
        return self._update(backfill_id, pl.col("key_state") == "planned", now, pl.lit("cancelled").alias("key_state"))

    def retry(self, backfill_id: str, now: dt.datetime) -> int:
        """Mark failed keys as planned again, their next attempt; return how many they are."""
        return self._update(
            backfill_id,
            (pl.col("key_state") == "failed") & (pl.col("role") == "target"),
            now,
            pl.lit("planned").alias("key_state"),
            (pl.col("attempt") + 1).alias("attempt"),
        )

    def again(self, backfill_id: str, now: dt.datetime) -> int:
        """Mark what a run that was cut short had begun as planned; return how many keys that are."""
        return self._update(backfill_id, pl.col("key_state") == "running", now, pl.lit("planned").alias("key_state"))

    def undone(self, backfill_id: str, keys: Sequence[str], now: dt.datetime) -> None:
        """Mark rows as undone."""
        self._update(backfill_id, pl.col("key_id").is_in(list(keys)), now, pl.lit("undone").alias("key_state"))

    def _update(
        self,
        backfill_id: str,
        where: pl.Expr,
        now: dt.datetime,
        *columns: pl.Expr,
        change: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
    ) -> int:
        """Change the rows of a backfill for which `where` is true, in one commit; return how many they were."""
        add = stamp(f"backfill-{backfill_id}", now)

        def write(held: pl.LazyFrame) -> Change | None:
            rows = (
                held.select(list(TABLES["backfills"])).filter((pl.col("backfill_id") == backfill_id) & where).collect()
            )
            if rows.is_empty():
                return None
            ids = ", ".join(f"'{one}'" for one in rows["key_id"])
            settled = change(rows) if change is not None else rows.with_columns(*columns)
            return Change(add(settled), f"key_id IN ({ids})")

        return self._store.commit("backfills", write, {"backfill_id": backfill_id}).rows


def _frame(
    plan: BackfillPlan, backfill_id: str, known: pl.DataFrame, table_versions: Mapping[str, int]
) -> pl.DataFrame:
    def count(key: BackfillKey, *kinds: str) -> int:
        return sum(1 for one in key.changes if one.kind in kinds)

    request = _REQUEST.dump_json(plan.request).decode()
    rows = [
        {
            "key_id": key_id(backfill_id, *key.key),
            "backfill_id": backfill_id,
            "unit_code": key.unit_code,
            "period": key.period,
            "year": ReportPeriod.parse(key.period).year,
            "unit_name": key.unit_name,
            "form": key.form,
            "role": key.role,
            "action": key.action,
            "because": key.because,
            "key_state": _STATES[key.action],
            "request": request,
            "asked_by": plan.request.who,
            "why": plan.request.why,
            "as_of": plan.as_of,
            "stage_versions": plan.stage_versions,
            "table_versions": json.dumps(dict(table_versions)),
            "files": _FILES.dump_json(list(key.files)).decode(),
            "before": json.dumps(fingerprint(known, *key.key)),
            "after": "",
            "added": count(key, "added"),
            "removed": count(key, "removed"),
            "changed": count(key, "changed", "moved", "status"),
            "changes": _CHANGES.dump_json(list(key.changes)).decode(),
            "attempt": 1,
            "started_at": None,
            "finished_at": None,
            "error_zh": key.error_zh,
            "error_en": key.error_en,
        }
        for key in plan.keys
    ]
    return pl.DataFrame(rows, schema=dict(TABLES["backfills"]), orient="row")


def _refuse_overlap(present: pl.DataFrame, rows: pl.DataFrame) -> None:
    at_work = present.filter(pl.col("key_state").is_in(ACTIVE) & (pl.col("role") == "target"))
    ours = rows.filter((pl.col("key_state") == "planned") & (pl.col("role") == "target")).select(
        "unit_code", "form", "period"
    )
    shared = at_work.join(ours, on=ours.columns, how="semi", maintain_order="left")
    if shared.is_empty():
        return
    other = shared["backfill_id"][0]
    listed = "、".join(f"{unit} {period}" for unit, period in shared.select("unit_name", "period").head(5).rows())
    raise BackfillRefused(
        "backfill_overlaps",
        Place(other),
        Text(
            f"另一次未结束的回填也在做这些：{listed}（共{shared.height}个）",
            f"another backfill that has not ended has these too: {listed} ({shared.height} in all)",
        ),
        Text(
            f"等它结束，或 county backfill resume {other} 继续、cancel {other} 取消",
            f"wait for it, or go on with `county backfill resume {other}`, or `cancel {other}`",
        ),
    )


def files_of(row: Mapping[str, object]) -> list[BackfillFile]:
    """Return the files of a row of the manifest."""
    return _FILES.validate_json(str(row["files"]))


def changes_of(row: Mapping[str, object]) -> list[FactChange]:
    """Return the changes of a row of the manifest."""
    return _CHANGES.validate_json(str(row["changes"]))


def request_of(row: Mapping[str, object]) -> BackfillRequest:
    """Return what was asked for, from a row of the manifest."""
    return _REQUEST.validate_json(str(row["request"]))


@contextmanager
def one_runner(folder: Path, backfill_id: str) -> Iterator[None]:
    """Hold a backfill while it is worked on; the kernel lets go of it when the process ends, however it does.

    Raises:
        BackfillRefused: another process works on it now.
    """
    path = folder / "store" / f".backfill-{backfill_id}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackfillRefused(
                "backfill_running",
                Place(backfill_id),
                Text("这次回填正在进行", "it is being worked on now"),
                Text(
                    "等它结束，或 county backfill cancel 取消未开始的部分",
                    "wait for it, or cancel what has not begun with `county backfill cancel`",
                ),
            ) from error
        yield
    path.unlink(missing_ok=True)

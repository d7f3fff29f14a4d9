"""The Prefect tasks: each is policy (name, retries) and a few calls of plain functions; a module for each stage.

Read together the modules are the operating policy of the system. Only what can heal by itself is retried: a source
that is away, a warehouse that another run is writing. Reading the same bytes again would fail in the same way.
Nothing is cached by Prefect: what was read before is known from the warehouse (see `tasks.plan`).
"""

from tasks.steps.announcing import announce, announce_run, newly_late
from tasks.steps.arriving import (
    list_source,
    plan_run,
    stage_versions,
    store_file,
    store_files,
    tidy_store,
    unavailable_message,
)
from tasks.steps.backfilling import (
    BackfillOutcome,
    backfill_request,
    cancel_backfill,
    do_backfill,
    find_backfill,
    freeze_backfill,
    plan_backfill,
    retry_backfill,
    undo_backfill,
)
from tasks.steps.booking import publish_pages, show_book
from tasks.steps.chasing import notice_late, publish_reminders, write_reminders
from tasks.steps.deciding import publish_decisions, record_requests
from tasks.steps.judging import JudgedRun, load_reports, one_writer, one_writer_only, prepare_judge, validate_reports
from tasks.steps.maintaining import (
    Upkeep,
    check_raw_files,
    check_tables,
    keep_up_tables,
    look_at_disk,
    publish_upkeep,
)
from tasks.steps.overseeing import look_at_counties, look_at_county, publish_province
from tasks.steps.passing import as_it_is
from tasks.steps.plain_logs import leave_out_endings
from tasks.steps.reading import Elsewhere, read_elsewhere, read_reports, show_refused
from tasks.steps.rebuilding import (
    begin_rebuild,
    compare_rebuilt,
    first_arrivals,
    keep_older_readings,
    swap_warehouse,
)
from tasks.steps.showing import publish_run, show_tables, summarise, with_time
from tasks.steps.showing_backfills import show_backfill, show_backfill_plan
from tasks.steps.timing import Stopwatch, start_stopwatch
from tasks.steps.tracing import trace_book, trace_load

__all__ = [
    "BackfillOutcome",
    "Elsewhere",
    "JudgedRun",
    "Stopwatch",
    "Upkeep",
    "announce",
    "announce_run",
    "as_it_is",
    "backfill_request",
    "begin_rebuild",
    "cancel_backfill",
    "check_raw_files",
    "check_tables",
    "compare_rebuilt",
    "do_backfill",
    "find_backfill",
    "first_arrivals",
    "freeze_backfill",
    "keep_older_readings",
    "keep_up_tables",
    "list_source",
    "load_reports",
    "look_at_counties",
    "look_at_county",
    "look_at_disk",
    "newly_late",
    "notice_late",
    "one_writer",
    "one_writer_only",
    "plan_backfill",
    "plan_run",
    "prepare_judge",
    "publish_decisions",
    "publish_pages",
    "publish_province",
    "publish_reminders",
    "publish_run",
    "publish_upkeep",
    "read_elsewhere",
    "read_reports",
    "record_requests",
    "retry_backfill",
    "show_backfill",
    "show_backfill_plan",
    "show_book",
    "show_refused",
    "show_tables",
    "stage_versions",
    "start_stopwatch",
    "store_file",
    "store_files",
    "summarise",
    "swap_warehouse",
    "tidy_store",
    "trace_book",
    "trace_load",
    "unavailable_message",
    "undo_backfill",
    "validate_reports",
    "with_time",
    "write_reminders",
]

leave_out_endings()

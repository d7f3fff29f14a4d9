"""Running a backfill from the command line: the flow with a bar, or a look at what it would do without any server."""

import contextlib
import logging
import os
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from rich.console import Console

from flows.cli.running import with_bar
from flows.cli.server import prefect_server
from tasks.domain.county import County

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

    from tasks.steps import BackfillOutcome

__all__ = ["backfill_once", "without_server"]


def backfill_once(
    county: County, form: Mapping[str, Any], console: Console
) -> "tuple[str, BackfillOutcome | Exception | None, str]":
    """Run `backfill_periods` here and now; return its closing message, what came of it, and where its UI is.

    What came of it is None where nothing was to do, and an error where it was refused or failed.
    """
    with prefect_server(county) as server:
        # Prefect reads its settings when it is imported, so it must not be imported before the server is known.
        from flows.backfill_periods import BackfillForm, backfill_periods

        asked = BackfillForm.model_validate(dict(form))
        run = partial(backfill_periods, str(county.folder), asked, return_state=True)
        state = cast("State[Any]", with_bar(run, console, county, "回填 backfill"))
        result = state.result(raise_on_failure=False)
        return state.message or "", result, server.ui_url if not server.started else ""


@contextlib.contextmanager
def without_server(county: County) -> Iterator[None]:
    """Let the steps be called as plain functions: Prefect keeps what it must in the county's folder, and is quiet."""
    os.environ.setdefault("PREFECT_HOME", str(county.prefect_home))
    import prefect  # noqa: F401 - its logging is set up on import, and quietened after it

    for name in ("great_expectations", "py.warnings"):
        logging.getLogger(name).setLevel(logging.ERROR)
    yield

"""Where reports are read: threads of this process, processes of this machine, or a Dask cluster ([reading]).

The same task on the same batches in every place; which one is chosen changes how long a run takes and nothing else.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prefect import Task
from prefect.futures import PrefectFuture
from prefect.task_runners import ProcessPoolTaskRunner

from tasks import steps
from tasks.domain.county import County, Reading
from tasks.domain.errors import ConfigurationError, Place, Text
from tasks.parse.workers import READERS
from tasks.plan import PlannedReport, batch_size, costliest_first, in_batches

if TYPE_CHECKING:
    from prefect_dask.task_runners import DaskTaskRunner

__all__ = ["reading_place"]

Submit = Callable[[Task[Any, Any], dict[str, Any]], PrefectFuture[Any]]

_DASK = {
    # A worker of Dask starts processes of its own, in which untrusted files are opened; daemons may not.
    "distributed.worker.daemon": False,
    # Dask watches itself for a dashboard that nobody opens here, up to a hundred times a second in each of its
    # processes: measured idle, two workers and the scheduler took 93 ms of processor time a second, and 12 with these.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.system-monitor.disk": False,
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.client.scheduler-info-interval": "10s",
    "distributed.worker.memory.monitor-interval": "1s",
}


@dataclass(frozen=True, slots=True)
class ReadingPlace:
    """The batches to read, and what reads one of them wherever that is: the batch in, its future out."""

    batches: Sequence[Sequence[PlannedReport]]
    read: Callable[[Sequence[PlannedReport]], PrefectFuture[steps.ReadBatch]]

    def read_all(self) -> list[PrefectFuture[steps.ReadBatch]]:
        """Begin to read all batches, the costliest first; the futures are in the order of the batches."""
        begun = {at: self.read(self.batches[at]) for at in costliest_first(self.batches)}
        return [begun[at] for at in range(len(self.batches))]


@contextlib.contextmanager
def reading_place(county: County, period: str | None, planned: Sequence[PlannedReport]) -> Iterator[ReadingPlace]:
    """Give the place where the county reads its reports; processes and clusters end with the block.

    One batch is read here, wherever the others would be: a cluster takes longer to start than that.

    Raises:
        ConfigurationError: the Dask scheduler named in county.toml does not answer.
    """
    reading = county.settings.reading
    batches = in_batches(planned)
    if reading.where == "threads" or len(batches) < 2:
        yield ReadingPlace(batches, lambda batch: steps.read_reports.submit(batch, county, period))
        return
    with _runner(reading) as (submit, workers):
        sealed = steps.Sealed(county)

        def read(batch: Sequence[PlannedReport]) -> PrefectFuture[steps.ReadBatch]:
            return submit(steps.read_elsewhere, {"batch": steps.Sealed(batch), "county": sealed, "period": period})

        yield ReadingPlace(in_batches(planned, batch_size(planned, workers)), read)


@contextlib.contextmanager
def _runner(reading: Reading) -> Iterator[tuple[Submit, int]]:
    """Give what submits a task to the runner, and how many reports it reads at once."""
    workers = reading.workers or len(os.sched_getaffinity(0))
    if reading.where == "processes":
        with ProcessPoolTaskRunner(workers, initializer=steps.read_beside, initargs=(workers,)) as runner:
            yield runner.submit, workers
        return
    # Dask takes half a second to import, and most counties never need it.
    import dask
    from distributed import Client, LocalCluster
    from prefect_dask.task_runners import DaskTaskRunner

    with dask.config.set(_DASK), contextlib.ExitStack() as stack:
        if reading.scheduler:
            try:
                with Client(reading.scheduler, timeout="10s", set_as_default=False) as client:
                    workers = sum(client.nthreads().values()) or workers
            except (OSError, TimeoutError) as error:
                raise _no_scheduler(reading.scheduler, error) from error
            address = reading.scheduler
        else:
            cluster = LocalCluster(
                n_workers=workers, threads_per_worker=1,
                # What goes wrong comes back as the task's failure; as errors workers log, with a stack trace, that the
                # scheduler was closed before them.
                silence_logs="CRITICAL",
                # Any free port: without an address it takes 8787, and a second run complains.
                dashboard_address="127.0.0.1:0",
                env={READERS: str(workers)},
            )  # fmt: skip
            address = stack.enter_context(cluster).scheduler_address
        yield _submit_to(stack.enter_context(DaskTaskRunner(address=address))), workers


def _submit_to(runner: "DaskTaskRunner") -> Submit:
    """Return what submits a task to Dask under a name that nothing else has.

    The runner's own `submit` lets Dask make the name from the task and all of Prefect's context, which it pickles for
    that in Python, to find an answer that is there already. Reading is never answered from what was read before.
    """
    from prefect_dask.task_runners import PrefectDaskFuture

    def submit(task: Task[Any, Any], parameters: dict[str, Any]) -> PrefectFuture[Any]:
        future = runner.client.submit(task, parameters=parameters, return_type="state", pure=False)
        return PrefectDaskFuture(wrapped_future=future, task_run_id=future.task_run_id)

    return submit


def _no_scheduler(address: str, error: Exception) -> ConfigurationError:
    return ConfigurationError(
        "dask_away",
        Place("county.toml"),
        Text(f"Dask 调度器 {address} 没有应答（{error}）", f"the Dask scheduler {address} does not answer ({error})"),
        Text(
            "请启动它，或把 [reading] 的 where 改为 threads；已存档的文件不会丢失",
            'start it, or set where = "threads" in [reading]; what was stored is not lost',
        ),
    )

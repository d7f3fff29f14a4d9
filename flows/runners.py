"""Where reports are read: threads of this process, processes of this machine, or a Dask cluster ([reading]).

The same task on the same batches in every place; which one is chosen changes how long a run takes and nothing else.
"""

import contextlib
import math
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

from prefect.futures import PrefectFuture
from prefect.task_runners import ThreadPoolTaskRunner

from tasks import steps
from tasks.domain.county import County, Reading
from tasks.domain.errors import ConfigurationError, Place, Text
from tasks.domain.sealing import Sealed
from tasks.parse.workers import READERS
from tasks.plan import PlannedReport, batch_size, costliest_first, in_batches
from tasks.reading import ReadBatch, read_beside, read_sealed

__all__ = ["reading_place"]


class Called(Protocol):
    """A call of a function in another process, as `concurrent.futures` and Dask both give it."""

    def result(self) -> Any:
        """Wait for what it returns."""


Submit = Callable[..., Called]

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
    # Dask has its workers, and so the processes they start, give freed memory back at once. What recognises a scan
    # takes and frees large pieces all the time: 6.5 s of processor time a page for 5.6 (medians of six).
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
}

# How often a cluster is looked at while it reads, and how long it may be without a worker: most come back.
_LOOK_SECONDS: Final = 10
_ALONE_SECONDS: Final = 120


@dataclass(frozen=True, slots=True)
class ReadingPlace:
    """The batches to read, and what reads one of them wherever that is: the batch in, its future out."""

    batches: Sequence[Sequence[PlannedReport]]
    read: Callable[[Sequence[PlannedReport]], PrefectFuture[ReadBatch]]

    def read_all(self) -> list[PrefectFuture[ReadBatch]]:
        """Begin to read all batches, the costliest first; the futures are in the order of the batches."""
        begun = {at: self.read(self.batches[at]) for at in costliest_first(self.batches)}
        return [begun[at] for at in range(len(self.batches))]


@contextlib.contextmanager
def reading_place(county: County, period: str | None, planned: Sequence[PlannedReport]) -> Iterator[ReadingPlace]:
    """Give the place where the county reads its reports; processes and clusters end with the block.

    One batch is read here, wherever the others would be: a cluster takes longer to start than that.

    Raises:
        ConfigurationError: the Dask scheduler named in county.toml does not answer; reading, the processes died.
    """
    reading = county.settings.reading
    batches = in_batches(planned)
    if reading.where == "threads" or len(batches) < 2:
        yield ReadingPlace(batches, lambda batch: steps.read_reports.submit(batch, county, period))
        return
    with contextlib.ExitStack() as processes:
        submit, workers, died = processes.enter_context(_processes(reading))
        batches = in_batches(planned, batch_size(planned, workers))
        rest = (Sealed(county), period, steps.stage_versions(county))

        def elsewhere(batch: Sealed[Sequence[PlannedReport]]) -> Sealed[ReadBatch]:
            try:
                return cast("Sealed[ReadBatch]", submit(read_sealed, batch, *rest).result())
            except died as error:
                raise _readers_died(batch.opened(), error) from error

        # Each task waits in a thread: for what a process reads, or for what it reads next.
        threads: ThreadPoolTaskRunner[Any] = ThreadPoolTaskRunner(max_workers=min(2 * workers, len(batches)))
        with threads as waiting, _ended_at_once(processes):

            def read(batch: Sequence[PlannedReport]) -> PrefectFuture[ReadBatch]:
                given = {"batch": batch, "county": county, "elsewhere": elsewhere}
                return waiting.submit(steps.read_elsewhere, {name: steps.as_it_is(one) for name, one in given.items()})

            yield ReadingPlace(batches, read)


@contextlib.contextmanager
def _ended_at_once(processes: contextlib.ExitStack) -> Iterator[None]:
    """End the `processes` where the block fails: tasks that wait for them would be waited for."""
    try:
        yield
    except BaseException:
        processes.close()
        raise


@contextlib.contextmanager
def _processes(reading: Reading) -> Iterator[tuple[Submit, int, type[Exception]]]:
    """Give what has a function called in another process, how many of them there are, and how their death is told."""
    workers = reading.workers or len(os.sched_getaffinity(0))
    if reading.where == "processes":
        pool = ProcessPoolExecutor(
            workers, multiprocessing.get_context("spawn"), initializer=read_beside, initargs=(workers,)
        )
        try:
            yield pool.submit, workers, BrokenProcessPool
        finally:
            pool.shutdown(cancel_futures=True)
        return
    # Dask takes half a second to import, and most counties never need it.
    import dask
    from distributed import Client, KilledWorker, LocalCluster
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
        client = stack.enter_context(DaskTaskRunner(address=address)).client

        def submit(function: Callable[..., Any], *given: Any) -> Called:
            # Under a name that nothing else has: reading is never answered from what was read before.
            return _OnCluster(client.submit(function, *given, pure=False), client, address)

        yield submit, workers, KilledWorker


class _OnCluster:
    """A call on a Dask cluster; it is waited for as long as there is a worker that might take it.

    Dask itself waits for ever for a worker to come: a run whose readers' hosts are gone would be Running for a day.
    """

    def __init__(self, future: Any, client: Any, address: str) -> None:
        self._future, self._client, self._address = future, client, address

    def result(self) -> Any:
        """Wait for what it returns.

        Raises:
            ConfigurationError: the scheduler is gone, or has had no worker for two minutes.
        """
        from distributed.client import FutureCancelledError

        alone_since = math.inf
        while True:
            try:
                return self._future.result(timeout=_LOOK_SECONDS)
            except FutureCancelledError as error:
                raise _cluster_lost(self._address, "与调度器的连接中断", "the connection to it was lost") from error
            except TimeoutError:
                if self._future.done():  # what was called raised it
                    raise
            if self._has_workers():
                alone_since = math.inf
                continue
            alone_since = min(alone_since, time.monotonic())
            if time.monotonic() - alone_since > _ALONE_SECONDS:
                raise _cluster_lost(self._address, "已没有执行进程（dask worker）", "it has no worker any more")

    def _has_workers(self) -> bool:
        try:
            return bool(self._client.nthreads())
        except OSError:  # the scheduler's own connection, whose end cancels the call
            return True


def _cluster_lost(address: str, zh: str, en: str) -> ConfigurationError:
    return ConfigurationError(
        "dask_lost",
        Place("county.toml"),
        Text(f"Dask 调度器 {address}：{zh}", f"the Dask scheduler {address}: {en}"),
        Text(
            "请检查各执行机和网络，再运行一次；已读完的报告不再重读，已存档的文件不会丢失",
            "look at the workers' machines and the network, then run again: what was read is not read again, what was "
            "stored is not lost",
        ),
    )


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


def _readers_died(batch: Sequence[PlannedReport], error: Exception) -> ConfigurationError:
    names, many = batch[0].stored.file_name, len(batch)
    return ConfigurationError(
        "readers_died",
        Place(names),
        Text(
            f"读取这批报告（共 {many} 件）的进程中断（{type(error).__name__}），多为内存不足",
            f"the processes that read this batch of {many} died ({type(error).__name__}), mostly for want of memory",
        ),
        Text(
            "请查看系统日志（dmesg），减少 [reading] 的 workers，或把 where 改为 threads；已存档的文件不会丢失",
            "look at the system's log (dmesg), lower workers in [reading], or set where to threads; "
            "what was stored is not lost",
        ),
    )

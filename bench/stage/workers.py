"""Renders a take's frames side by side, one Mitsuba to a process."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.stage.base.llvm import load_mitsuba
from bench.stage.people.person import Casting
from bench.stage.settings import TakeSettings
from bench.stage.shots import describe_shot
from bench.stage.take import Stage
from doublure.core.errors import DoublureError

ENOUGH_LOST = 2
"""Times in a row that processes may die without a frame done."""


@dataclass(frozen=True)
class Job:
    """One piece of work: render a frame of one role, or describe a frame of roles that share it."""

    roles: tuple[str, ...]
    frame: int
    describe: bool = False


@dataclass(frozen=True)
class Failure:
    """A DoublureError's parts; the error itself does not survive the way between processes."""

    what: str
    file: str | None
    frame: int | None
    remedy: str | None


@dataclass(frozen=True)
class Place:
    """Where a worker finds and leaves things."""

    settings: TakeSettings
    assets: Path
    cache: Path
    out: Path


class Worker:
    """Does jobs one after another in one process."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.stage = Stage(place.settings, Casting(place.assets, place.cache))

    def do(self, job: Job) -> Any:
        """The description a job asked for, or None after rendering."""
        if job.describe:
            return describe_shot(self.stage, job.frame, job.roles)
        for role in job.roles:
            self.stage.render(role, job.frame, self.place.out)
        return None


_worker: Worker | None = None


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        # Queues do not tell a worker that nobody will ever read its results.
        os._exit(1)


def _start(place: Place) -> None:
    global _worker
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # The first process has said which variant it is.
    with contextlib.redirect_stderr(io.StringIO()):
        load_mitsuba()
    _worker = Worker(place)


def _do(job: Job) -> Any:
    if _worker is None:
        raise RuntimeError("a worker got a job before it was started")
    try:
        return _worker.do(job)
    except DoublureError as error:
        file = None if error.file is None else str(error.file)
        return Failure(error.what, file, error.frame, error.remedy)


def results(place: Place, jobs: Iterable[Job], workers: int) -> Iterator[tuple[Job, Any]]:
    """Does the jobs in up to `workers` processes; yields each with its result as it is done.

    The first failure is raised as the DoublureError it was; what is running then is finished first.
    """
    waiting = list(jobs)
    if workers == 1 or len(waiting) < 2:
        worker = Worker(place) if waiting else None
        for job in waiting:
            assert worker is not None
            yield job, worker.do(job)
        return
    count = min(workers, len(waiting))
    load_mitsuba()
    # The pool itself must not multiply: each process renders on one thread.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    waiting.reverse()
    lost = 0
    while waiting:
        before = len(waiting)
        try:
            yield from _in_processes(place, waiting, count)
        except BrokenProcessPool as error:
            lost = lost + 1 if len(waiting) == before else 1
            if lost > ENOUGH_LOST:
                raise DoublureError(
                    "rendering processes keep ending early",
                    remedy="run the command again with fewer --workers",
                ) from error
            print("stage: a rendering process ended early; its frames are rendered again", file=sys.stderr)


def _in_processes(place: Place, waiting: list[Job], count: int) -> Iterator[tuple[Job, Any]]:
    """Takes jobs from the end of the list and yields them as they are done; what a broken pool left undone is back in
    the list when BrokenProcessPool comes out."""
    context = multiprocessing.get_context("spawn")
    running: dict[Future[Any], Job] = {}
    with ProcessPoolExecutor(count, mp_context=context, initializer=_start, initargs=(place,)) as pool:
        try:
            while waiting or running:
                while waiting and len(running) < count:
                    future = pool.submit(_do, waiting[-1])
                    running[future] = waiting.pop()
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    result = future.result()
                    job = running.pop(future)
                    if isinstance(result, Failure):
                        raise DoublureError(
                            result.what,
                            file=result.file,
                            frame=result.frame or job.frame,
                            remedy=result.remedy,
                        )
                    yield job, result
        except BrokenProcessPool:
            waiting += reversed(running.values())
            raise


def report_progress(total: int, say: Callable[[str], Any] = sys.stderr.write) -> Callable[[int], None]:
    """A function that prints ``Progress: NN%`` each time the done count reaches another whole per cent."""
    last = -1

    def told(done: int) -> None:
        nonlocal last
        share = 100 if total == 0 else 100 * done // total
        if share != last:
            last = share
            say(f"Progress: {share}%\n")
            sys.stderr.flush()

    return told

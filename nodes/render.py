"""Render a graph over a range of frames, headless."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from doublure.core.cancel import Cancelled, cancellable, check
from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.nodes.ahead import AHEAD, look_ahead
from doublure.nodes.context import Context, Shared
from doublure.nodes.evaluate import Evaluation
from doublure.nodes.graph import Graph
from doublure.nodes.prepare import Progress, default_numbers, prepare_graph, sources_of
from doublure.nodes.report import RenderReport
from doublure.nodes.resume import Finished, finished

Sources = dict[str, Frame | DoublureError]


def render_graph(
    graph: Graph,
    numbers: Iterable[int] | None = None,
    *,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> RenderReport:
    """Render every output of a graph, frame by frame, reading ahead and writing behind.

    A frame whose outputs exist with the same key, and read in full, is skipped. A frame that fails does not stop
    the others. A kill at any moment leaves no half file.

    Args:
        graph: with at least one Write.
        numbers: frames to render; None: all that the sources have.
        progress: called with ``(phase, done, total)``; the phase of the frames themselves is "rendering".
        cancel: polled, also in the middle of a frame, from this thread and those that read ahead. When it answers True
            the frame in work is given up, frames already rendered are written, and the report says ``cancelled``.

    Raises:
        DoublureError: a fault of the set-up (connections, params, model, output folder…), before any frame.
    """
    start = time.monotonic()
    outputs = graph.outputs()
    if not outputs:
        raise DoublureError("the graph writes nothing", remedy="add a Write node")
    chosen = default_numbers(graph, outputs) if numbers is None else sorted(set(numbers))
    if not chosen:
        raise DoublureError("there are no frames to render", remedy="name a range")
    report = RenderReport()
    shared = Shared()
    try:
        order = prepare_graph(graph, outputs, chosen, shared, progress=progress, cancel=cancel)
        sources = sources_of(graph, order)
        report.source = next((str(graph.fixed_params(n).get("pattern", n)) for n in sources), "")
        with cancellable(cancel):
            _Run(graph, outputs, sources, shared, report).frames(chosen, progress)
    except Cancelled:
        report.cancelled = True
    report.failed.sort()
    bad = {number for number, _ in report.failed}
    report.rendered = sorted(set(report.rendered) - bad)
    report.faceless = sorted(pair for pair in report.faceless if pair[0] not in bad)
    report.seconds = time.monotonic() - start
    return report


class _Run:
    """The loop over frames, with what it reads ahead and writes behind."""

    def __init__(
        self,
        graph: Graph,
        outputs: Sequence[str],
        sources: Sequence[str],
        shared: Shared,
        report: RenderReport,
    ) -> None:
        self._graph, self._outputs, self._sources = graph, outputs, sources
        self._shared, self._report = shared, report
        self._writing: deque[tuple[int, Future[None]]] = deque()

    def frames(self, numbers: Sequence[int], progress: Progress | None) -> None:
        with ThreadPoolExecutor(1, "doublure-write") as writer:
            try:
                for done, (number, found) in enumerate(look_ahead(self._look, numbers)):
                    if progress is not None:
                        progress("rendering", done, len(numbers))
                    check()
                    if isinstance(found, Finished):
                        self._report.skipped.append(number)
                        if found.faceless is not None:
                            self._report.faceless.append((number, found.faceless))
                    else:
                        self._render(number, found, writer)
            finally:
                while self._writing:
                    self._collect()
        if progress is not None:
            progress("rendering", len(numbers), len(numbers))

    def _look(self, number: int) -> Finished | Sources:
        """A finished frame, or the sources' pictures; runs on a background thread."""
        done = finished(self._graph, self._outputs, Context(number, self._shared))
        if done is not None:
            return done
        evaluation = Evaluation(self._graph, Context(number, self._shared))
        sources: Sources = {}
        for name in self._sources:
            try:
                sources[name] = evaluation.frame(name)
            except DoublureError as error:
                sources[name] = error
        return sources

    def _render(self, number: int, sources: Sources, writer: ThreadPoolExecutor) -> None:
        ctx = Context(number, self._shared)
        evaluation = Evaluation(self._graph, ctx, sources)
        faults: list[str] = []
        for name in self._outputs:
            try:
                frame = evaluation.frame(name)
            except DoublureError as error:
                faults.append(_sentence(error, number))
                continue
            deliver = self._graph.nodes[name].type.deliver
            assert deliver is not None
            while len(self._writing) >= AHEAD:
                self._collect()
            params = self._graph.fixed_params(name)
            self._writing.append((number, writer.submit(deliver, frame, params, number)))
        if faults:
            self._report.failed.extend((number, fault) for fault in dict.fromkeys(faults))
            return
        self._report.rendered.append(number)
        self._report.faceless.extend((number, reason) for reason in ctx.faceless)

    def _collect(self) -> None:
        """Wait for the oldest write."""
        number, future = self._writing.popleft()
        try:
            future.result()
        except DoublureError as error:
            self._report.failed.append((number, _sentence(error, number)))


def _sentence(error: DoublureError, number: int) -> str:
    """An error's sentence, which names the frame even where the fault did not know it."""
    if error.frame is None:
        return str(DoublureError(error.what, file=error.file, frame=number, remedy=error.remedy))
    return str(error)

"""Before the first frame: every node checks its set-up and analyses what it must."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from doublure.core.cancel import cancellable, check
from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.nodes.ahead import look_ahead
from doublure.nodes.context import Context, Shared
from doublure.nodes.evaluate import Evaluation
from doublure.nodes.graph import Graph
from doublure.nodes.keys import Keys
from doublure.nodes.schema import Params

Progress = Callable[[str, int, int], None]
"""``(phase, done, total)``."""


def prepare_graph(
    graph: Graph,
    wanted: Sequence[str],
    numbers: Sequence[int],
    shared: Shared,
    *,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> list[str]:
    """Check a graph and let its nodes prepare, those upstream first.

    Args:
        graph: any.
        wanted: the nodes that will be pulled.
        numbers: the frames that will be rendered.
        shared: kept for the frames afterwards.
        progress: called between steps.
        cancel: polled, between steps and within them.

    Returns:
        The names of the nodes needed, in order.

    Raises:
        DoublureError: a fault of the set-up; no frame should then be tried.
        Cancelled: ``cancel`` said so.
    """
    order = graph.check(wanted)
    _refuse_overwriting(graph, order, numbers)
    with cancellable(cancel):
        for name in order:
            check()
            prepare = graph.nodes[name].type.prepare
            if prepare is not None:
                prepare(graph.fixed_params(name), _NodeSetup(graph, name, numbers, shared, progress))
    return order


def sources_of(graph: Graph, order: Sequence[str]) -> list[str]:
    """The nodes among ``order`` that bring pictures into the graph."""
    return [name for name in order if graph.nodes[name].type.numbers is not None]


def default_numbers(graph: Graph, wanted: Sequence[str]) -> list[int]:
    """Every frame that a source of the wanted nodes has, ascending. Raises DoublureError when a source has none."""
    numbers: set[int] = set()
    for name in sources_of(graph, graph.check(wanted)):
        listed = graph.nodes[name].type.numbers
        assert listed is not None
        numbers.update(listed(graph.fixed_params(name)))
    return sorted(numbers)


class _NodeSetup:
    """What ``Node.prepare`` is given (``context.Setup``)."""

    def __init__(
        self,
        graph: Graph,
        name: str,
        numbers: Sequence[int],
        shared: Shared,
        progress: Progress | None,
    ) -> None:
        self.name, self.numbers, self.shared = name, numbers, shared
        self._graph, self._progress = graph, progress

    def connected(self, name: str) -> bool:
        return name in self._graph.nodes[self.name].inputs

    def params_at(self, number: int) -> Params:
        return self._graph.params_at(self.name, number)

    def input_numbers(self, name: str) -> list[int]:
        numbers: set[int] = set()
        for source in self._sources(name):
            existing = self._graph.nodes[source].type.existing
            if existing is not None:
                numbers.update(existing(self._graph.fixed_params(source)))
        return sorted(numbers) or sorted(self.numbers)

    def input_key(self, name: str, number: int) -> str:
        return Keys(self._graph, Context(number, self.shared)).of(self._source(name))

    def input_frames(self, name: str, numbers: Sequence[int]) -> Iterator[tuple[int, Frame | DoublureError]]:
        source = self._source(name)

        def look(number: int) -> Frame | DoublureError:
            try:
                return Evaluation(self._graph, Context(number, self.shared)).frame(source)
            except DoublureError as error:
                return error

        return look_ahead(look, numbers)

    def input_source(self, name: str) -> str:
        for source in self._sources(name):
            return Path(str(self._graph.fixed_params(source).get("pattern", source))).name
        return self._source(name)

    def report(self, phase: str, done: int, total: int) -> None:
        check()
        if self._progress is not None:
            self._progress(phase, done, total)

    def _source(self, name: str) -> str:
        return self._graph.nodes[self.name].inputs[name]

    def _sources(self, name: str) -> list[str]:
        return sources_of(self._graph, self._graph.order([self._source(name)]))


def _refuse_overwriting(graph: Graph, order: Sequence[str], numbers: Sequence[int]) -> None:
    """No output may be a file that the graph reads, or that another output writes."""
    read: dict[Path, str] = {}
    for name in order:
        reads = graph.nodes[name].type.reads
        if reads is not None:
            params = graph.fixed_params(name)
            read.update({path.absolute(): name for number in numbers for path in reads(params, number)})
    written: dict[Path, str] = {}
    for name in order:
        target = graph.nodes[name].type.target
        if target is None:
            continue
        params = graph.fixed_params(name)
        paths = {target(params, number).absolute() for number in numbers}
        for other, verb in ((read, "reads"), (written, "writes")):
            clash = next((path for path in sorted(paths) if path in other), None)
            if clash is not None:
                raise DoublureError(
                    f"{name} would overwrite a file that {other[clash]} {verb}",
                    file=clash,
                    remedy="choose another output pattern",
                )
        written.update(dict.fromkeys(paths, name))

"""Whether a frame is done already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from doublure.core.errors import DoublureError
from doublure.core.exr import read_exr, read_header
from doublure.nodes.context import Context
from doublure.nodes.graph import Graph
from doublure.nodes.keys import Keys
from doublure.nodes.write import FACELESS, KEY


@dataclass(frozen=True)
class Finished:
    """A frame whose every output is there with the right key.

    Attributes:
        faceless: why it has no face, None where it has one.
    """

    faceless: str | None


def finished(graph: Graph, outputs: Sequence[str], ctx: Context) -> Finished | None:
    """The finished frame at ``ctx.number``, or None where an output is missing, unreadable or of another key.

    An output is read in full: a file cut short by a full disk has a sound header.
    """
    faceless: str | None = None
    keys = Keys(graph, ctx)
    for name in outputs:
        target = graph.nodes[name].type.target
        assert target is not None
        path = target(graph.fixed_params(name), ctx.number)
        if not path.exists():
            return None
        try:
            metadata = read_header(path).metadata
            stamped = metadata.get(KEY)
            if stamped is None or stamped.value != keys.of(name):
                return None
            read_exr(path, space="ACEScg")
        except DoublureError:
            # Whatever is wrong with the old file or with the plate, rendering the frame anew tells it properly.
            return None
        if FACELESS in metadata:
            faceless = str(metadata[FACELESS].value)
    return Finished(faceless)

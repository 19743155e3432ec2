"""What the tools know of Doublure's OpenFX plug-in: names of classes, clips and of the params beside a node's own.

A choice is saved by label and a param by its name, so all of these are file format.
"""

from __future__ import annotations

from dataclasses import dataclass

from doublure.nodes.ofx.descriptors import OFFERED
from doublure.nodes.registry import NODES
from doublure.nodes.schema import Node

MAJOR = 1
"""Major version of the plug-in."""


@dataclass(frozen=True)
class Extra:
    """A param that the plug-in adds to a node's own.

    Attributes:
        name: its script name.
        label: what a panel shows.
        help: its tooltip.
        kind: ``button`` or ``choice``.
        choices: labels of a choice; empty where they, and the default, depend on the host, which the plug-in knows.
        default: the label of the default, or "".
    """

    name: str
    label: str
    help: str
    kind: str
    choices: tuple[str, ...] = ()
    default: str = ""


INPUT_SPACE = Extra(
    "input_space",
    "Input space",
    "Colour space of the pictures that come in; the result is in the same.",
    kind="choice",
)
ANALYSE = Extra(
    "analyse",
    "Analyse",
    "Goes over the whole plate once, follows the face and writes the track. Needed before anything is seen.",
    kind="button",
)
ALPHA = Extra(
    "alpha",
    "Alpha",
    "What the result's alpha is: the plate's own, or the final matte of the face.",
    kind="choice",
    choices=("plate", "matte"),
    default="plate",
)


def extras(node: Node) -> tuple[Extra, ...]:
    """The params that the plug-in adds to this node's own."""
    added = {"org.doublure.track": (ANALYSE,), "org.doublure.blend": (ALPHA,)}
    own = {param.name for param in node.params}
    return tuple(item for item in (*added.get(node.id, ()), INPUT_SPACE) if item.name not in own)


def extra(node: Node, name: str) -> Extra | None:
    """The param of that name that the plug-in adds to this node, or None."""
    return next((item for item in extras(node) if item.name == name), None)


def hosted() -> tuple[Node, ...]:
    """The declarations of the nodes that hosts have."""
    return tuple(NODES[name] for name in OFFERED)


def nuke_class(node: Node) -> str:
    """The node's class in a Nuke script: ``OFX``, the plug-in's id, ``_v`` and the major version."""
    return f"OFX{node.id}_v{MAJOR}"


def clip_index(node: Node, name: str) -> int:
    """Number of an input in the host: clips are described, and so numbered, in the declaration's order.

    The first one is called Source there, the others by their names with a capital.

    Raises:
        DoublureError: the node has no such input.
    """
    return int(node.inputs.index(node.input(name)))

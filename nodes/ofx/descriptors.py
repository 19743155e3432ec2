"""The nodes' declarations as the OpenFX shim reads them: everything that hosts differ in is decided here."""

from __future__ import annotations

import math
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from doublure.core.blend.comp import MATTE
from doublure.nodes.registry import NODES
from doublure.nodes.schema import Node, Param, describe, describe_param

__all__ = ["OFFERED", "SPACES", "descriptor", "descriptors"]

OFFERED = ("org.doublure.track", "org.doublure.swap", "org.doublure.relight", "org.doublure.blend")
"""The nodes in hosts. Reading and writing files is the host's own."""

SPACES = ("ACEScg", "Linear Rec.709 (sRGB)", "ACES2065-1", "Linear P3-D65", "Linear Rec.2020")
"""Choices of Input space: scene-linear spaces by their OCIO names. File format of hosts' scripts: only appended to."""

_OWN_ALPHA = {"org.doublure.swap"}
_MATTES = {"org.doublure.blend": MATTE}
"""Nodes whose result has a matte as a further channel. A host has four, so the matte can be had as the fourth."""

_ANALYSES = {"org.doublure.track"}
_FAR = 1e6
_INT = (-(2**31), 2**31 - 1)


def descriptors(nodes: Iterable[Node] | None = None) -> dict[str, Any]:
    """The contents of the bundle's ``Resources/descriptors.json``; by default the nodes in ``OFFERED``."""
    chosen = [NODES[name] for name in OFFERED] if nodes is None else nodes
    return {"version": version("doublure"), "nodes": [descriptor(node) for node in chosen]}


def descriptor(node: Node) -> dict[str, Any]:
    """One node: ``describe`` with clip names, groups, and all four limits of every number.

    The first input becomes the clip Source, which a host's filters have: the data window of the result is its own.
    Further keys: ``own_alpha`` (the result has A whatever Source has), ``alpha`` (a param beside the node's own, by
    which a further channel goes out as A: its first choice is A itself, the others are channels; None where there is
    nothing to choose), ``analyses`` (has a button that goes over the whole clip), ``spaces``, ``groups``; of a param
    ``parent``, ``display_minimum`` and ``display_maximum``, and of a file ``exists`` (it is read, not written).
    """
    described = describe(node)
    groups = list(dict.fromkeys(param["group"] for param in described["params"] if param["group"]))
    return {
        **described,
        "inputs": [
            {
                **item,
                "clip": "Source" if index == 0 else item["name"].capitalize(),
                "label": item["name"].capitalize(),
            }
            for index, item in enumerate(described["inputs"])
        ],
        "params": [_param(param, node.id in _ANALYSES) for param in described["params"]],
        "groups": [{"name": _group_name(group), "label": group} for group in groups],
        "spaces": list(SPACES),
        "alpha": _alpha(_MATTES[node.id]) if node.id in _MATTES else None,
        "own_alpha": node.id in _OWN_ALPHA,
        "analyses": node.id in _ANALYSES,
    }


def _alpha(matte: str) -> dict[str, Any]:
    """The shim's own param. Its choices are channels of the result, so the matte's is file format."""
    param = Param(
        "alpha",
        "choice",
        "plate",
        "Alpha",
        "What the result's alpha is: the plate's own, or the final matte of the face.",
        choices=("plate", matte),
        animatable=False,
    )
    return _param(describe_param(param), written=False)


def _group_name(group: str) -> str:
    return "group_" + "".join(letter if letter.isalnum() else "_" for letter in group.lower())


def _param(param: dict[str, Any], written: bool) -> dict[str, Any]:
    extra: dict[str, Any] = {"parent": _group_name(param["group"]) if param["group"] else ""}
    if param["kind"] in ("float", "int", "point"):
        extra |= _limits(param)
    if param["kind"] == "file":
        extra["exists"] = not written
    return {**param, **extra}


def _limits(param: dict[str, Any]) -> dict[str, float]:
    """Hard and shown limits, all finite: some hosts refuse a number without them."""
    default = param["default"] if isinstance(param["default"], list) else [param["default"]]
    lowest, highest = _INT if param["kind"] == "int" else (-_FAR, _FAR)
    minimum = lowest if param["minimum"] is None else param["minimum"]
    maximum = highest if param["maximum"] is None else param["maximum"]
    reach = 10 ** math.ceil(math.log10(max(1.0, *map(abs, default))))
    shown = (param["soft_minimum"], param["soft_maximum"])
    return {
        "minimum": minimum,
        "maximum": maximum,
        "display_minimum": max(minimum, -reach if shown[0] is None else shown[0]),
        "display_maximum": min(maximum, reach if shown[1] is None else shown[1]),
    }

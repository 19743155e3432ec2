"""Params at a proxy's size: a feather of 12 pixels on the plate is one of 6 on a picture half as large."""

from __future__ import annotations

from typing import Any

from doublure.nodes.context import check_scale
from doublure.nodes.schema import Node, Param, Params


def scaled(node: Node, params: Params, scale: float) -> dict[str, Any]:
    """``params`` as they are to be given to ``node`` where it renders at ``Context.scale`` ``scale``.

    Args:
        node: whose params they are.
        params: checked values in the plate's pixels, all of them or some.
        scale: above 0, at most 1.

    Returns:
        The same params, those of unit "px" multiplied by ``scale``: points in both coordinates, whole numbers
        rounded, and nothing beyond the param's hard range (at least 1 px stays 1 px).

    Raises:
        DoublureError: no such scale, or the node has no such param.
    """
    check_scale(scale)
    return {name: _scaled(node.param(name), value, scale) for name, value in params.items()}


def _scaled(param: Param, value: Any, scale: float) -> Any:
    if param.unit != "px" or scale == 1:
        return value
    if isinstance(value, tuple):
        return tuple(_in_range(param, item * scale) for item in value)
    if param.kind == "int":
        return int(_in_range(param, round(value * scale)))
    return _in_range(param, value * scale)


def _in_range(param: Param, value: float) -> float:
    if param.minimum is not None:
        value = max(value, param.minimum)
    if param.maximum is not None:
        value = min(value, param.maximum)
    return value

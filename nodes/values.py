"""Values of params: from Python, JSON or the command line to the declared kind, or a sentence."""

from __future__ import annotations

import math
import os
from typing import Any

from doublure.core.errors import DoublureError
from doublure.nodes.names import did_you_mean
from doublure.nodes.schema import Param, Value

_SIZES = {"colour": 3, "point": 2}
_TRUE, _FALSE = ("true", "on", "yes", "1"), ("false", "off", "no", "0")


def check_value(param: Param, value: Any, owner: str) -> Value:
    """``value`` in the type of ``param.kind`` (see ``Param.check``, which is this)."""
    if param.kind == "bool":
        if isinstance(value, bool):
            return value
        raise _wrong(value, owner, "true or false")
    if param.kind == "choice":
        if isinstance(value, str) and value in param.choices:
            return value
        raise DoublureError(
            f"{owner} is {value!r}, which is not a choice", remedy=did_you_mean(str(value), param.choices)
        )
    if param.kind in ("string", "file"):
        return _text(param, value, owner)
    if param.kind == "int":
        if isinstance(value, bool) or not (isinstance(value, int) or _whole(value)):
            raise _wrong(value, owner, "a whole number")
        return int(_in_range(param, value, owner))
    if param.kind == "float":
        return float(_in_range(param, _number(value, owner), owner))
    size = _SIZES[param.kind]
    if not isinstance(value, list | tuple) or len(value) != size:
        raise _wrong(value, owner, f"{size} numbers")
    return tuple(float(_in_range(param, _number(item, owner), owner)) for item in value)


def parse_value(param: Param, text: str, owner: str) -> Value:
    """A value typed on a command line: ``0.5``, ``on``, ``gain``, ``12,-3``.

    Raises:
        DoublureError: as ``Param.check``.
    """
    if param.kind == "bool":
        folded = text.casefold()
        if folded not in _TRUE + _FALSE:
            raise _wrong(text, owner, "on or off")
        return folded in _TRUE
    if param.kind in ("choice", "string", "file"):
        return param.check(text, owner)
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise _wrong(
            text, owner, f"{_SIZES.get(param.kind, 1)} number(s), with commas between them"
        ) from error
    return param.check(numbers if param.kind in _SIZES else numbers[0] if len(numbers) == 1 else text, owner)


def _text(param: Param, value: Any, owner: str) -> str:
    if param.kind == "file" and isinstance(value, os.PathLike):
        value = os.fspath(value)
    if not isinstance(value, str):
        raise _wrong(value, owner, "a text")
    if "\0" in value:
        raise _wrong(value, owner, "a text without null characters")
    if param.required and not value:
        raise DoublureError(
            f"{owner} is empty", remedy=f"set it: {param.help[0].lower()}{param.help[1:].rstrip('.')}"
        )
    return value


def _whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


def _number(value: Any, owner: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _wrong(value, owner, "a number")
    return value


def _in_range(param: Param, value: float, owner: str) -> float:
    low, high = param.minimum, param.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        if low is None or high is None:
            wanted = f"of at least {low:g}" if high is None else f"of at most {high:g}"
        else:
            wanted = f"from {low:g} to {high:g}"
        raise DoublureError(f"{owner} is {value:g}", remedy=f"give a value {wanted}")
    return value


def _wrong(value: Any, owner: str, wanted: str) -> DoublureError:
    return DoublureError(f"{owner} is {value!r}", remedy=f"give {wanted}")

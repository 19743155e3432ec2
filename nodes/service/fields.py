"""Fields of a message, checked one by one. By hand: a schema library takes longer than the smallest render."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doublure.core.window import Window
from doublure.nodes.service.faults import BadRequest
from doublure.nodes.service.limits import CHANNELS, NAME, PLACE, SIDE, TEXT, WHOLE

Fields = Mapping[str, Any]
_MISSING = object()


def whole(fields: Fields, name: str, low: int, high: int = WHOLE, default: Any = _MISSING) -> int:
    """A whole number from ``low`` to ``high``."""
    value = _get(fields, name, default)
    if type(value) is not int or not low <= value <= high:
        raise BadRequest(f"{name} is no whole number from {low} to {high}")
    return value


def number(fields: Fields, name: str, low: float, high: float, default: Any = _MISSING) -> float:
    """A number from ``low`` to ``high``."""
    value = _get(fields, name, default)
    if type(value) not in (int, float) or not low <= value <= high:
        raise BadRequest(f"{name} is no number from {low:g} to {high:g}")
    return float(value)


def text(fields: Fields, name: str, longest: int = TEXT, default: Any = _MISSING) -> str:
    """A text of at most ``longest`` bytes, without null characters."""
    value = _get(fields, name, default)
    if not isinstance(value, str) or not _short(value, longest):
        raise BadRequest(f"{name} is no text of at most {longest} bytes")
    return value


def truth(fields: Fields, name: str, default: Any = _MISSING) -> bool:
    """True or false."""
    value = _get(fields, name, default)
    if not isinstance(value, bool):
        raise BadRequest(f"{name} is neither true nor false")
    return value


def choice(fields: Fields, name: str, choices: tuple[str, ...]) -> str:
    """One of a few words."""
    value = _get(fields, name, _MISSING)
    if not isinstance(value, str) or value not in choices:
        raise BadRequest(f"{name} is none of {', '.join(choices)}")
    return value


def mapping(fields: Fields, name: str, longest: int, default: Any = _MISSING) -> Fields:
    """An object with at most ``longest`` fields, whose names are names."""
    value = _get(fields, name, default)
    if not isinstance(value, dict) or len(value) > longest or not all(_short(key, NAME) for key in value):
        raise BadRequest(f"{name} is no object of at most {longest} fields")
    return value


def items(fields: Fields, name: str, longest: int) -> list[Any]:
    """A list of at most ``longest`` things."""
    value = _get(fields, name, _MISSING)
    if not isinstance(value, list) or len(value) > longest:
        raise BadRequest(f"{name} is no list of at most {longest}")
    return value


def channels(fields: Fields) -> tuple[str, ...]:
    """``channels``: names, each once."""
    names = items(fields, "channels", CHANNELS)
    if not names or not all(isinstance(each, str) and each and _short(each, NAME) for each in names):
        raise BadRequest("channels is no list of names")
    if len(set(names)) != len(names):
        raise BadRequest("channels names one twice")
    return tuple(names)


def window(fields: Fields, name: str) -> Window:
    """``[x0, y0, x1, y1]``, with at least one pixel."""
    value = _get(fields, name, _MISSING)
    if not isinstance(value, list) or len(value) != 4:
        raise BadRequest(f"{name} is no window [x0, y0, x1, y1]")
    if not all(type(each) is int and -PLACE <= each <= PLACE for each in value):
        raise BadRequest(f"{name} is no window of whole numbers between -{PLACE} and {PLACE}")
    found = Window(*value)
    if found.empty or found.width > SIDE or found.height > SIDE:
        raise BadRequest(f"{name} is empty or more than {SIDE} pixels wide or high")
    return found


def values(fields: Fields, name: str, longest: int) -> dict[str, Any]:
    """Values of params: booleans, numbers, texts and short lists of numbers. Their kinds are the node's to check."""
    found = mapping(fields, name, longest, {})
    for key, value in found.items():
        parts = value if isinstance(value, list) and len(value) <= 4 else [value]
        for part in parts:
            if not (_plain(part) or (part is value and isinstance(part, str) and _short(part, TEXT))):
                raise BadRequest(f"{name}.{key} is no value of a param")
    return dict(found)


def _plain(value: Any) -> bool:
    if type(value) is int:
        return -WHOLE <= value <= WHOLE
    return isinstance(value, bool | float)


def _short(value: str, longest: int) -> bool:
    return len(value) <= longest and "\0" not in value and len(value.encode("utf-8")) <= longest


def _get(fields: Fields, name: str, default: Any) -> Any:
    value = fields.get(name, default)
    if value is _MISSING:
        raise BadRequest(f"{name} is missing")
    return value

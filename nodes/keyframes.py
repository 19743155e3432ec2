"""Param values that change over frames."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doublure.core.errors import DoublureError
from doublure.nodes.names import did_you_mean
from doublure.nodes.schema import Param, Value

INTERPOLATIONS = ("linear", "smooth", "constant")


@dataclass(frozen=True)
class Animation:
    """Keyframes of one param.

    Attributes:
        keys: (frame, value), frames strictly ascending, at least one; values are checked.
        interpolation: ``linear``; ``smooth``, eased out of and into every key (3t² − 2t³); ``constant``, a value
            holds until the next key. Before the first key and after the last their values hold.
    """

    keys: tuple[tuple[float, Value], ...]
    interpolation: str = "linear"

    def at(self, frame: float) -> Value:
        """The value at a frame."""
        index = bisect_right([key[0] for key in self.keys], frame) - 1
        if index < 0:
            return self.keys[0][1]
        start, low = self.keys[index]
        if index + 1 == len(self.keys) or start == frame or self.interpolation == "constant":
            return low
        end, high = self.keys[index + 1]
        share = (frame - start) / (end - start)
        if self.interpolation == "smooth":
            share = share * share * (3.0 - 2.0 * share)
        if isinstance(low, tuple) and isinstance(high, tuple):
            return tuple(_mix(a, b, share) for a, b in zip(low, high, strict=True))
        if not isinstance(low, str | tuple) and not isinstance(high, str | tuple):
            return _mix(low, high, share)
        raise TypeError(f"{low!r} and {high!r} have nothing between them")


def read_animation(param: Param, data: Mapping[str, Any], owner: str) -> Animation:
    """Keyframes from ``{"keys": [[1001, 0.0], [1048, 1.0]], "interpolation": "linear"}``.

    ``interpolation`` is linear where it is not given, and always constant for whole numbers, switches and choices,
    between whose values nothing lies.

    Raises:
        DoublureError: the param cannot be animated, unknown fields, keys out of order, or a bad value at a key.
    """
    if not param.animatable:
        raise DoublureError(f"{owner} cannot be animated", remedy="give one value")
    for name in data:
        if name not in ("keys", "interpolation"):
            raise DoublureError(
                f"the animation of {owner} has an unknown field {name!r}",
                remedy=did_you_mean(name, ("keys", "interpolation")),
            )
    stepped = param.kind in ("int", "bool", "choice")
    interpolation = data.get("interpolation", "constant" if stepped else "linear")
    if interpolation not in INTERPOLATIONS:
        raise DoublureError(
            f"the interpolation of {owner} is {interpolation!r}",
            remedy=did_you_mean(str(interpolation), INTERPOLATIONS),
        )
    if stepped and interpolation != "constant":
        raise DoublureError(
            f"{owner} cannot be interpolated, nothing lies between its values", remedy='use "constant"'
        )
    pairs = data.get("keys")
    if not isinstance(pairs, list | tuple) or not pairs:
        raise DoublureError(
            f"the animation of {owner} has no keys", remedy="give keys like [[1001, 0.0], [1048, 1.0]]"
        )
    return Animation(tuple(_key(param, pair, owner) for pair in _in_order(pairs, owner)), interpolation)


def value_at(value: Value | Animation, frame: float) -> Value:
    """The value of a param at a frame, animated or not."""
    return value.at(frame) if isinstance(value, Animation) else value


def animation_json(animation: Animation) -> dict[str, Any]:
    """The reverse of ``read_animation``."""
    keys = [[frame, list(value) if isinstance(value, tuple) else value] for frame, value in animation.keys]
    return {"keys": keys, "interpolation": animation.interpolation}


def _mix(low: float, high: float, share: float) -> float:
    return low + (high - low) * share


def _in_order(pairs: Any, owner: str) -> Any:
    last = None
    for pair in pairs:
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise DoublureError(f"{owner} has a key {pair!r}", remedy="give every key as [frame, value]")
        frame = pair[0]
        if isinstance(frame, bool) or not isinstance(frame, int | float):
            raise DoublureError(f"{owner} has a key at frame {frame!r}", remedy="give the frame as a number")
        if last is not None and not frame > last:
            raise DoublureError(
                f"the keys of {owner} are not in order ({frame:g} comes after {last:g})",
                remedy="sort them, one key a frame",
            )
        last = frame
    return pairs


def _key(param: Param, pair: Any, owner: str) -> tuple[float, Value]:
    return pair[0], param.check(pair[1], f"{owner} at frame {pair[0]:g}")

"""How wide a person's eyes are: what a shot reads of them, and what is known of everybody, together.

The iris network reads some people's open eyes wider than they are and some narrower, shot after shot. Of how far a
person's open eyes are read from everybody's mean, half is theirs and half is the network's: so half is taken off. Shut
lids, which it reads alike in all, stay.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from doublure.core.face.topology import EYE_CORNERS, LEFT_EYE, RIGHT_EYE

ENOUGH = 5
"""In fewer frames than this nothing is known of how wide the eyes are when they are open."""
_OPEN = 0.7
"""The quantile of a shot's openings that stands for open eyes: lids are down less often than up."""
_SHUT = 0.016
_SHARE, _MEAN = 0.5, 0.094
"""True openings of open eyes over read ones, in distances of the outer eye corners: the line through 22 of the stage's
people, single frames (correlation 0.78). What is left has a spread of 0.005, before it 0.008."""
_BELIEVED = (0.06, 0.2)
"""Openings between these are open eyes: what is less may be a head in profile, or eyes that are shut throughout."""
_RIMS = tuple(np.asarray(rim) for rim in (RIGHT_EYE, LEFT_EYE))
_FACING = (16 - np.arange(16)) % 16
_MIDDLE = ((3, 13), (5, 11))


def openings(points: np.ndarray) -> np.ndarray:
    """(T,) mean opening of both eyes of (T, 468, 2+) landmarks, in distances of the outer eye corners."""
    unit = np.linalg.norm(points[:, EYE_CORNERS[0], :2] - points[:, EYE_CORNERS[3], :2], axis=1)
    apart = [
        np.linalg.norm(points[:, rim[a], :2] - points[:, rim[b], :2], axis=1)
        for rim in _RIMS
        for a, b in _MIDDLE
    ]
    return np.asarray(np.mean(apart, axis=0) / np.maximum(unit, 1e-9))


def evened(frames: Mapping[int, np.ndarray]) -> dict[int, np.ndarray]:
    """One person's landmarks (468, 3) by frame number, their lids as wide as is likely; in few frames as they are."""
    out = dict(frames)
    if len(frames) < ENOUGH:
        return out
    points = np.stack(list(frames.values()))
    read = openings(points)
    wide = float(np.quantile(read, _OPEN))
    if not _BELIEVED[0] < wide < _BELIEVED[1]:
        return out
    likely = _MEAN + _SHARE * (wide - _MEAN)
    growth = (likely - _SHUT) / (wide - _SHUT)
    wanted = np.where(read > _SHUT, _SHUT + growth * (read - _SHUT), read)
    factor = (wanted / np.maximum(read, 1e-9))[:, None, None]
    for rim in _RIMS:
        lids = points[:, rim, :2]
        middle = (lids + lids[:, _FACING]) / 2
        points[:, rim, :2] = middle + factor * (lids - middle)
    return dict(zip(frames, points, strict=True))

"""A track corrected by hand: keyframes of the head, interpolated, and frames switched off."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from doublure.core.errors import DoublureError
from doublure.core.face.pose import Pose
from doublure.core.face.sidecar import FaceFrame, Track
from doublure.core.face.table import HeadRow, row_of
from doublure.core.face.topology import RIGID

SWITCHED_OFF = "switched off by hand"

_MOVED = 0.05
"""Pixels by which a sidecar's and a table's rounding may move a point."""
_SIZE = 2
_ANGLES = slice(3, 6)


def corrected(track: Track, rows: Sequence[HeadRow]) -> Track:
    """A track that obeys keyframes.

    Args:
        track: see :class:`Track`.
        rows: every row with values is a keyframe, every row without switches its frame off; rising frames.

    Where the face was found, the difference between keyframe and track is interpolated between keyframes, and held
    before the first and after the last: the expression, and what moves between two keyframes, stay as tracked. A
    frame without the face that is itself a keyframe, or lies between two, gets the person's mean face in the
    interpolated pose, with a score of 0. Angles and places are interpolated linearly, size by its ratio.

    Raises:
        DoublureError: a row names a frame that the track does not cover.
    """
    for row in rows:
        track.at(row.frame)
    keys = {row.frame: row.values for row in rows if row.values is not None}
    off = {row.frame for row in rows if row.values is None}
    own = {
        face.number: row_of(face.number, face.pose, track.pixel_aspect).values
        for face in track
        if face.pose is not None
    }
    shifts = {n: _difference(keys[n], own[n]) for n in keys if own.get(n) is not None}
    frames = {}
    for face in track:
        if face.number in off:
            frames[face.number] = FaceFrame.lost(face.number, SWITCHED_OFF, by_hand=True)
        elif face.pose is not None and shifts:
            values = _shifted(own[face.number], _between(shifts, face.number))
            frames[face.number] = _moved(face, HeadRow(face.number, values), track)
        elif face.pose is None and keys and min(keys) <= face.number <= max(keys):
            frames[face.number] = _placed(_interpolated(keys, face.number), track)
        else:
            frames[face.number] = face
    return replace(track, frames=frames)


def switched_off(track: Track, numbers: Collection[int]) -> Track:
    """A track without the face in some frames, which are reported as switched off; numbers it lacks change nothing."""
    frames = {
        face.number: FaceFrame.lost(face.number, SWITCHED_OFF, by_hand=True)
        if face.number in numbers
        else face
        for face in track
    }
    return replace(track, frames=frames)


def _log_size(values: np.ndarray) -> np.ndarray:
    out = np.array(values, np.float64)
    out[_SIZE] = np.log(out[_SIZE])
    return out


def _difference(key: np.ndarray, own: np.ndarray | None) -> np.ndarray:
    if own is None:
        raise DoublureError("a keyframe has no face to differ from")
    apart = _log_size(key) - _log_size(own)
    apart[_ANGLES] = (apart[_ANGLES] + 180) % 360 - 180
    return apart


def _between(points: dict[int, np.ndarray], number: int) -> np.ndarray:
    """Linear interpolation of (6,) vectors by frame, held at both ends."""
    at = sorted(points)
    columns = np.stack([points[n] for n in at], axis=1)
    return np.array([np.interp(number, at, column) for column in columns])


def _shifted(own: np.ndarray | None, shift: np.ndarray) -> np.ndarray:
    assert own is not None
    out = _log_size(own) + shift
    out[_SIZE] = np.exp(out[_SIZE])
    return out


def _interpolated(keys: dict[int, np.ndarray], number: int) -> HeadRow:
    at = sorted(keys)
    columns = np.stack([_log_size(keys[n]) for n in at])
    columns[:, _ANGLES] = np.unwrap(columns[:, _ANGLES], axis=0, period=360)
    out = np.array([np.interp(number, at, column) for column in columns.T])
    out[_SIZE] = np.exp(out[_SIZE])
    return HeadRow(number, out)


def _moved(face: FaceFrame, row: HeadRow, track: Track) -> FaceFrame:
    """The face, and all of its expression, in the pose of a row."""
    assert face.points is not None
    assert face.pose is not None
    aspect = np.array([track.pixel_aspect, 1.0, 1.0])
    points, before, after = face.points * aspect, face.pose, row.pose(track.pixel_aspect)
    depth = float((points[list(RIGID), 2] - _depths(before, track.shape)[list(RIGID)]).mean())
    local = (points - [*before.translation, depth]) @ before.rotation / before.scale
    moved = after.scale * local @ after.rotation.T + [*after.translation, depth]
    pupils = face.pupils
    if pupils is not None:
        # Pupils have no depth: they go with the turn and the growth in the picture.
        turn, growth = np.radians(after.roll - before.roll), after.scale / before.scale
        spin = growth * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        pupils = ((pupils * aspect[:2] - before.translation) @ spin.T + after.translation) / aspect[:2]
    # A keyframe that says what the track says confirms it, and sets nothing by hand.
    by_hand = face.by_hand or float(np.abs(moved - points)[:, :2].max()) > _MOVED
    made = replace(
        face, points=(moved / aspect).astype(np.float32), pose=after, pupils=pupils, by_hand=by_hand
    )
    # A head that was fitted to where the face was is not where it is now.
    return replace(made, head=None, coefficients=None) if by_hand else made


def _placed(row: HeadRow, track: Track) -> FaceFrame:
    """The person's mean face in the pose of a row."""
    pose = row.pose(track.pixel_aspect)
    points = np.c_[pose.project(track.shape), _depths(pose, track.shape)] / (track.pixel_aspect, 1, 1)
    return FaceFrame(row.frame, True, None, 0.0, points.astype(np.float32), pose, by_hand=True)


def _depths(pose: Pose, shape: np.ndarray) -> np.ndarray:
    return np.asarray(pose.scale * shape @ pose.rotation[2])

"""Follows one face through frames: detect, read landmarks, carry on from the last, then solve the shot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from doublure.core.cancel import check
from doublure.core.errors import DoublureError
from doublure.core.face.follow import Follower, FollowSettings
from doublure.core.face.fuse import Reading, fuse
from doublure.core.face.guide import Guide
from doublure.core.face.hidden import hidden_points
from doublure.core.face.occlusion import COVERED, enough_in_view, in_place_of_covered, without_covered_steps
from doublure.core.face.pose import person_shape
from doublure.core.face.sidecar import FaceFrame, Track
from doublure.core.face.smooth import smooth_shot
from doublure.core.face.topology import EYE_CORNERS, canonical_shape
from doublure.core.frame import Frame

__all__ = ["FaceFrame", "Track", "TrackSettings", "track_frames"]

_UNSURE = 0.02
"""A remaining error, in distances of the outer eye corners, of which the compositor should know."""

_SHAPE_FRAMES = 48
"""A person's shape is measured on this many frames at most."""


@dataclass(frozen=True)
class TrackSettings:
    """How to track.

    Attributes:
        face_index: which face, by size: 0 is the largest in the first frame that has that many.
        threshold: lowest detector score and FaceMesh presence that count, 0..1.
        smoothing: how steady: half the half width in frames over which the head's pose is smoothed, and how much
            optical flow counts beside each frame's own landmarks (``fuse.fuse``); 0 is off, and right for frames
            that are not one continuous take.
    """

    face_index: int = 0
    threshold: float = 0.5
    smoothing: int = 2

    def __post_init__(self) -> None:
        FollowSettings(self.face_index, self.threshold)
        if self.smoothing < 0:
            raise DoublureError(f"smoothing {self.smoothing} is negative", remedy="give 0 to switch it off")


def track_frames(
    frames: Iterable[Frame],
    settings: TrackSettings | None = None,
    progress: Callable[[FaceFrame], None] | None = None,
    *,
    source: str | None = None,
    shape: np.ndarray | None = None,
    guide: Guide | None = None,
) -> Track:
    """Track one face through frames.

    Args:
        frames: in order; each is looked at once and not kept. A frame without a number counts on from the
            last (from 1).
        settings: see :class:`TrackSettings`.
        progress: called after each frame with the unsmoothed FaceFrame (its ``pose`` still None).
        source: what to call the sequence in the track; the first frame's path where None.
        shape: (468, 3) the person's known shape (another track's ``shape``); measured from these frames
            where None.
        guide: what is known of the shot beforehand.

    Every frame that came in is in the track: found, or not found with the reason. After the face was lost the
    detector looks for it again near the place where it was last seen.

    Raises:
        DoublureError: no frames at all; a frame number twice; frames of different sizes or pixel aspects.
    """
    settings = settings or TrackSettings()
    guide = guide or Guide()
    follower = Follower(FollowSettings(settings.face_index, settings.threshold), guide)
    covered: dict[int, np.ndarray] = {}
    seen: dict[int, FaceFrame] = {}
    readings: dict[int, Reading] = {}
    first: Frame | None = None
    number = 0
    for frame in frames:
        check()
        number = number + 1 if frame.number is None else frame.number
        if first is None:
            first = frame
        elif (frame.display, frame.pixel_aspect) != (first.display, first.pixel_aspect):
            raise frame.error(
                "its display window or pixel aspect differs from the first frame's",
                "track frames of one format at a time",
            )
        if number in seen:
            raise frame.error(f"frame number {number} came twice", "give each frame once")
        result = follower.follow(replace(frame, number=number))
        matte = guide.hidden(number) if guide.hidden is not None else None
        if matte is not None and not isinstance(result, str):
            covered[number] = matte.covers(_plate(result.points, frame.pixel_aspect))
            if not enough_in_view(covered[number]):
                result = COVERED
        if isinstance(result, str):
            seen[number] = FaceFrame.lost(number, result)
        else:
            readings[number] = result
            plate = _plate(result.points, frame.pixel_aspect)
            seen[number] = FaceFrame(number, True, None, result.presence, plate, None)
        if progress is not None:
            progress(seen[number])
    if first is None:
        raise DoublureError("there are no frames to track", file=source, remedy="name at least one frame")
    aspect = first.pixel_aspect
    ordered = without_covered_steps(dict(sorted(readings.items())), covered)
    steady = steadied(ordered, settings.smoothing)
    found = {n: one.points for n, one in steady.items()}
    if shape is None:
        shape = person_shape(_some(list(found.values()))) if found else canonical_shape().astype(np.float64)
    found |= {n: in_place_of_covered(found[n], marks, shape) for n, marks in covered.items() if n in found}
    for n, (points, pose) in smooth_shot(found, shape, settings.smoothing).items():
        one = ordered[n]
        pupils = one.pupils / (aspect, 1)
        sure = _uncovered(steady[n].confidence, covered.get(n))
        seen[n] = FaceFrame(n, True, None, one.presence, _plate(points, aspect), pose, sure, pupils)
    name = source if source is not None else str(first.path) if first.path is not None else ""
    frames_seen = dict(sorted(seen.items()))
    return Track(name, first.display.width, first.display.height, aspect, np.asarray(shape), frames_seen)


@dataclass(frozen=True)
class Steady:
    """One frame's face after the shot was looked at as a whole: ``points`` (468, 3) square pixels, ``confidence``
    (468,) float32 0..1, None where nothing was fused."""

    points: np.ndarray
    confidence: np.ndarray | None


def steadied(readings: Mapping[int, Reading], half: int) -> dict[int, Steady]:
    """The faces of a shot by frame number: every run of readings, fused with its flow.

    A reading without steps begins a run; at ``half`` 0 nothing is fused. A point whose remaining error
    (``Fused.spread``) is 0.02 distances of the outer eye corners has a confidence of 0.6; a hidden one has 0.
    """
    if half == 0:
        return {number: Steady(one.points, None) for number, one in readings.items()}
    runs: list[list[int]] = []
    for number, one in readings.items():
        if runs and one.steps is not None:
            runs[-1].append(number)
        else:
            runs.append([number])
    hidden = dict(zip(readings, hidden_points([one.colours for one in readings.values()]), strict=True))
    out = {}
    for run in runs:
        fused = fuse([readings[number] for number in run], half)
        for number, places, spread in zip(run, fused.points, fused.spread, strict=True):
            points = readings[number].points
            unit = float(np.linalg.norm(points[EYE_CORNERS[0]] - points[EYE_CORNERS[3]]))
            sure = np.exp(-0.5 * (spread / (_UNSURE * unit)) ** 2) * ~hidden[number]
            out[number] = Steady(np.c_[places, points[:, 2]], sure.astype(np.float32))
    return out


def _uncovered(sure: np.ndarray | None, covered: np.ndarray | None) -> np.ndarray | None:
    """Confidence with 0 where the matte is; where nothing else is known of a frame that has one, 1 elsewhere."""
    if covered is None or (sure is None and not covered.any()):
        return sure
    return np.where(covered, 0, 1 if sure is None else sure).astype(np.float32)


def _some(points: list[np.ndarray]) -> list[np.ndarray]:
    """Of many frames as many as tell a person's shape, evenly spread."""
    if len(points) <= _SHAPE_FRAMES:
        return points
    return [points[round(i)] for i in np.linspace(0, len(points) - 1, _SHAPE_FRAMES)]


def _plate(points: np.ndarray, pixel_aspect: float) -> np.ndarray:
    """Square pixels -> plate coordinates, float32."""
    return (points / (pixel_aspect, 1, 1)).astype(np.float32)

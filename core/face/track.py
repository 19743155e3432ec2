"""Follows one face through frames: detect, read landmarks, carry on from the last, then solve the shot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from doublure.core.cancel import check
from doublure.core.errors import DoublureError
from doublure.core.face.find import find_faces
from doublure.core.face.landmarks import Crop, Landmarks, settle, steady
from doublure.core.face.pose import person_shape
from doublure.core.face.sidecar import FaceFrame, Track
from doublure.core.face.smooth import smooth_shot
from doublure.core.face.topology import canonical_shape
from doublure.core.face.view import View, detector_view
from doublure.core.frame import Frame
from doublure.core.window import Window

__all__ = ["FaceFrame", "Track", "TrackSettings", "track_frames"]

_BRACKET = (0.0, 2.0, -2.0)
"""Exposure corrections, in stops, tried in turn where no face is found."""

_FAR = 1.5
"""A face found again further away than this many of its sizes per missing frame is another face."""


@dataclass(frozen=True)
class TrackSettings:
    """How to track.

    Attributes:
        face_index: which face, by size: 0 is the largest in the first frame that has that many.
        threshold: lowest detector score and FaceMesh presence that count, 0..1.
        smoothing: half width in frames of the two-sided smoothing of the expression (the head's pose gets twice
            that); 0 is off, and right for frames that are not one continuous take.
    """

    face_index: int = 0
    threshold: float = 0.5
    smoothing: int = 2

    def __post_init__(self) -> None:
        if self.face_index < 0:
            raise DoublureError(f"face index {self.face_index} is negative", remedy="count faces from 0")
        if not 0 < self.threshold < 1:
            raise DoublureError(
                f"threshold {self.threshold} is not between 0 and 1", remedy="give one such as 0.5"
            )
        if self.smoothing < 0:
            raise DoublureError(f"smoothing {self.smoothing} is negative", remedy="give 0 to switch it off")


@dataclass
class _Follower:
    """What is known from earlier frames: the last landmarks in plate coordinates, and their age."""

    settings: TrackSettings
    last: np.ndarray | None = None
    missing: int = 0

    def follow(self, frame: Frame) -> tuple[np.ndarray, float] | str:
        """(points (468, 3) in plate coordinates, presence), or the reason why there is no face."""
        reason, floor = "no face was found", self.settings.threshold
        if self.last is not None:
            view = self._close_up(frame, self.last)
            seen = settle(view.pixels, Crop.of_points(view.mapping.to_view(self.last)), floor=floor)
            if seen.presence >= floor:
                return self._accept(view, steady(view.pixels, Crop.of_points(seen.points)))
            self.missing += 1
            reason = "the face was lost"
        for stops in _BRACKET:
            view = detector_view(frame, stops=stops)
            seen_or_reason = self._acquire(view)
            if isinstance(seen_or_reason, Landmarks):
                points = view.mapping.to_plate(seen_or_reason.points)
                close = self._close_up(frame, points)
                again = settle(close.pixels, Crop.of_points(close.mapping.to_view(points)), floor=floor)
                if again.presence < floor:
                    close, again = view, seen_or_reason
                return self._accept(close, steady(close.pixels, Crop.of_points(again.points)))
            reason = seen_or_reason or reason
        return reason

    def _accept(self, view: View, seen: Landmarks) -> tuple[np.ndarray, float]:
        self.last, self.missing = view.mapping.to_plate(seen.points), 0
        return self.last, seen.presence

    @staticmethod
    def _close_up(frame: Frame, points: np.ndarray) -> View:
        """The part of the plate round a face, exposed for the face: quick on a 4K plate, and steady."""
        box = _box(points)
        return detector_view(frame, region=box.grow(max(box.width, box.height)), meter=box)

    def _acquire(self, view: View) -> Landmarks | str:
        index = self.settings.face_index
        seen = find_faces(view.pixels, threshold=self.settings.threshold, wanted=index + 1)
        if not seen:
            return ""
        if self.last is not None:
            return self._nearest(seen, view.mapping.to_view(self.last))
        if index >= len(seen):
            return f"face {index} was asked for, but the frame shows {len(seen)}"
        return seen[index]

    def _nearest(self, seen: list[Landmarks], lost: np.ndarray) -> Landmarks | str:
        place = Landmarks(lost, 0.0)
        nearest = min(seen, key=lambda mesh: float(np.linalg.norm(mesh.centre - place.centre)))
        if float(np.linalg.norm(nearest.centre - place.centre)) > _FAR * self.missing * place.size:
            return "the face was lost, and the one in view is too far from it to be the same"
        return nearest


def _box(points: np.ndarray) -> Window:
    """The pixels under landmarks in plate coordinates."""
    low, high = np.floor(points[:, :2].min(0)).astype(int), np.ceil(points[:, :2].max(0)).astype(int)
    return Window(int(low[0]), int(low[1]), int(high[0]), int(high[1]))


def _square(points: np.ndarray, pixel_aspect: float) -> np.ndarray:
    """Plate coordinates -> square pixels (x widened by the pixel aspect)."""
    return points * (pixel_aspect, 1, 1)


def track_frames(
    frames: Iterable[Frame],
    settings: TrackSettings | None = None,
    progress: Callable[[FaceFrame], None] | None = None,
    *,
    source: str | None = None,
    shape: np.ndarray | None = None,
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

    Every frame that came in is in the track: found, or not found with the reason. After the face was lost the
    detector looks for it again near the place where it was last seen.

    Raises:
        DoublureError: no frames at all; a frame number twice; frames of different sizes or pixel aspects.
    """
    settings = settings or TrackSettings()
    follower = _Follower(settings)
    seen: dict[int, FaceFrame] = {}
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
        result = follower.follow(frame)
        if isinstance(result, str):
            seen[number] = FaceFrame.lost(number, result)
        else:
            points, presence = result
            seen[number] = FaceFrame(number, True, None, presence, points.astype(np.float32), None)
        if progress is not None:
            progress(seen[number])
    if first is None:
        raise DoublureError("there are no frames to track", file=source, remedy="name at least one frame")
    aspect = first.pixel_aspect
    found = {n: _square(f.points.astype(np.float64), aspect) for n, f in seen.items() if f.points is not None}
    if shape is None:
        shape = person_shape(found.values()) if found else canonical_shape().astype(np.float64)
    for n, (points, pose) in smooth_shot(found, shape, settings.smoothing).items():
        plate = (points / (aspect, 1, 1)).astype(np.float32)
        seen[n] = FaceFrame(n, True, None, seen[n].score, plate, pose)
    name = source if source is not None else str(first.path) if first.path is not None else ""
    ordered = dict(sorted(seen.items()))
    return Track(name, first.display.width, first.display.height, aspect, np.asarray(shape), ordered)

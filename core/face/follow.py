"""One face from frame to frame: where flow says it went, the networks look; where it is lost, they search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doublure.core.errors import DoublureError
from doublure.core.face.eyes import RIMS, Eye, read_eyes, with_eyes
from doublure.core.face.find import find_faces
from doublure.core.face.flow import Steps, follow_points, grey_crop
from doublure.core.face.fuse import Reading
from doublure.core.face.guide import Guide
from doublure.core.face.hidden import skin_colours
from doublure.core.face.landmarks import TWO_LOOKS, Crop, Landmarks, settle, steady
from doublure.core.face.topology import RIGID
from doublure.core.face.view import Mapping, View, detector_view
from doublure.core.frame import Frame
from doublure.core.window import Window

_FAR = 1.5
"""A face found again further away than this many of its sizes per missing frame is another face."""

_AROUND = 0.5
"""What the close-up shows beyond the face's box on every side, in its longer sides."""

_DETAIL = 520
"""The close-up's longer side in pixels, at most: more than the networks and the flow can use."""

_ELSEWHERE = 0.06
"""A face read further than this, in sides of its crop, from where flow brought it was not brought there by flow."""

_ASTRAY = 0.02
"""Flow whose points come home with a median error above this share of the crop has failed."""


@dataclass(frozen=True)
class FollowSettings:
    """``face_index``: which face, by size. ``threshold``: lowest detector score and presence, 0..1."""

    face_index: int = 0
    threshold: float = 0.5

    def __post_init__(self) -> None:
        if self.face_index < 0:
            raise DoublureError(f"face index {self.face_index} is negative", remedy="count faces from 0")
        if not 0 < self.threshold < 1:
            raise DoublureError(
                f"threshold {self.threshold} is not between 0 and 1", remedy="give one such as 0.5"
            )


@dataclass(frozen=True)
class _Last:
    """The last face, in square pixels, and the picture it was seen in."""

    reading: Reading
    crop: Crop
    eyes: tuple[np.ndarray, np.ndarray]
    view: View


class Follower:
    """Follows one face; remembers the last picture of it."""

    def __init__(self, settings: FollowSettings, guide: Guide | None = None) -> None:
        self._settings = settings
        self._guide = guide or Guide()
        self._last: _Last | None = None
        self._missing = 0

    def follow(self, frame: Frame) -> Reading | str:
        """The face in the next frame, which has its number, in square pixels (plate x times the pixel aspect), or the
        reason why there is none."""
        number = frame.number or 0
        reason = "no face was found"
        if self._last is not None:
            if not self._missing:
                found = self._carried(frame, self._last) or self._close_by(frame, self._last)
            else:
                last, missing = self._last, self._missing
                found = self._close_by(frame, last)
                if found is not None and self._guide.ignores(
                    found.points / (frame.pixel_aspect, 1, 1), number
                ):
                    self._last, self._missing, found = last, missing, None
            if found is not None:
                return found
            self._missing += 1
            reason = "the face was lost"
        for region, stops in self._guide.looks(number):
            view = self._guide.masked(detector_view(frame, region=region, stops=stops), number)
            seen_or_reason = self._acquire(
                view, frame.pixel_aspect, self._settings.face_index * (region is None)
            )
            if isinstance(seen_or_reason, Landmarks):
                points = _square(view.mapping.to_plate(seen_or_reason.points), frame.pixel_aspect)
                return self._close_by_points(frame, points) or self._read(
                    frame, view, seen_or_reason.points, None
                )
            reason = seen_or_reason or reason
        return reason

    def _carried(self, frame: Frame, last: _Last) -> Reading | None:
        """The face where optical flow brings it; None where flow fails or the networks see no face there."""
        aspect = frame.pixel_aspect
        view = _close_up(frame, last.reading.points)
        start = grey_crop(last.view.pixels, _to_view(last.crop, last.view.mapping, aspect))
        end = grey_crop(view.pixels, _to_view(last.crop, view.mapping, aspect))
        steps = follow_points(start, end, last.crop, last.reading.points[:, :2])
        if not np.median(steps.doubt[list(RIGID)]) < _ASTRAY * last.crop.side:
            return None
        moved = last.reading.points.copy()
        moved[:, :2] += steps.moves
        crop = Crop.of_points(moved)
        seen = steady(view.pixels, _to_view(crop, view.mapping, aspect), rounds=1, looks=TWO_LOOKS)
        if seen.presence < self._settings.threshold:
            return None
        points = _square(view.mapping.to_plate(seen.points), aspect)
        if np.linalg.norm(np.median(points - moved, axis=0)[:2]) > _ELSEWHERE * crop.side:
            return None
        centres = []
        for rim, centre in zip(RIMS, last.eyes, strict=True):
            place = centre + steps.moves[[rim[0], rim[8]]].mean(0)
            centres.append(view.mapping.to_view(place / (aspect, 1)))
        eyes = read_eyes(view.pixels, seen.points, (centres[0], centres[1]))
        return self._accept(view, points, seen.presence, eyes, steps, crop, aspect)

    def _close_by(self, frame: Frame, last: _Last) -> Reading | None:
        """The face near its last place, looked for by the networks alone."""
        return self._close_by_points(frame, last.reading.points)

    def _close_by_points(self, frame: Frame, points: np.ndarray) -> Reading | None:
        view, floor = _close_up(frame, points), self._settings.threshold
        crop = _to_view(Crop.of_points(points), view.mapping, frame.pixel_aspect)
        seen = settle(view.pixels, crop, floor=floor)
        if seen.presence < floor:
            return None
        return self._read(frame, view, seen.points, None)

    def _read(self, frame: Frame, view: View, rough: np.ndarray, steps: Steps | None) -> Reading:
        """A careful reading from rough landmarks (468, 3) in the view."""
        aspect = frame.pixel_aspect
        seen = steady(view.pixels, Crop.of_points(rough))
        points = _square(view.mapping.to_plate(seen.points), aspect)
        eyes = read_eyes(view.pixels, seen.points)
        return self._accept(view, points, seen.presence, eyes, steps, Crop.of_points(points), aspect)

    def _accept(
        self,
        view: View,
        points: np.ndarray,
        presence: float,
        eyes: tuple[Eye, Eye],
        steps: Steps | None,
        crop: Crop,
        aspect: float,
    ) -> Reading:
        right, left = (
            Eye(*(_square(view.mapping.to_plate(part), aspect) for part in (eye.rim, eye.pupil)))
            for eye in eyes
        )
        local = view.mapping.to_view(points / (aspect, 1, 1))
        reading = Reading(
            with_eyes(points, (right, left)),
            presence,
            steps,
            np.stack([right.pupil, left.pupil]),
            skin_colours(view.pixels, local),
        )
        self._last = _Last(reading, crop, (right.centre, left.centre), view)
        self._missing = 0
        return reading

    def _acquire(self, view: View, aspect: float, index: int) -> Landmarks | str:
        seen = find_faces(view.pixels, threshold=self._settings.threshold, wanted=index + 1)
        if not seen:
            return ""
        if self._last is not None:
            plate = self._last.reading.points / (aspect, 1, 1)
            return self._nearest(seen, view.mapping.to_view(plate))
        if index >= len(seen):
            return f"face {index} was asked for, but the frame shows {len(seen)}"
        return seen[index]

    def _nearest(self, seen: list[Landmarks], lost: np.ndarray) -> Landmarks | str:
        place = Landmarks(lost, 0.0)
        nearest = min(seen, key=lambda mesh: float(np.linalg.norm(mesh.centre - place.centre)))
        if float(np.linalg.norm(nearest.centre - place.centre)) > _FAR * self._missing * place.size:
            return "the face was lost, and the one in view is too far from it to be the same"
        return nearest


def _close_up(frame: Frame, points: np.ndarray) -> View:
    """The part of the plate round a face, exposed for the face: quick on a 4K plate, and steady."""
    plate = points[:, :2] / (frame.pixel_aspect, 1)
    low, high = np.floor(plate.min(0)).astype(int), np.ceil(plate.max(0)).astype(int)
    box = Window(int(low[0]), int(low[1]), int(high[0]), int(high[1]))
    around = round(_AROUND * max(box.width, box.height))
    return detector_view(frame, region=box.grow(around), meter=box, longest=_DETAIL)


def _to_view(crop: Crop, mapping: Mapping, aspect: float) -> Crop:
    """A crop in square pixels as one in a view."""
    return Crop(mapping.to_view(crop.centre / (aspect, 1)), crop.side * mapping.step[1], crop.angle)


def _square(points: np.ndarray, aspect: float) -> np.ndarray:
    """Plate coordinates (…, 2 or 3) -> square pixels (x widened by the pixel aspect)."""
    return points * ((aspect, 1, 1)[: points.shape[-1]])

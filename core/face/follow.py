"""One face from frame to frame: where flow says it went, the networks look, and ask whether it is still the one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from doublure.core.errors import DoublureError
from doublure.core.face.eyes import RIMS, Eye, read_eyes, with_eyes
from doublure.core.face.flow import Steps, follow_points, grey_crop
from doublure.core.face.fuse import Reading
from doublure.core.face.hidden import skin_colours
from doublure.core.face.landmarks import TWO_LOOKS, Crop, Landmarks, settle, steady
from doublure.core.face.person import Person
from doublure.core.face.topology import RIGID
from doublure.core.face.view import Mapping, View, detector_view
from doublure.core.frame import Frame
from doublure.core.window import Window

FAR = 1.5
"""A face found again further away than this many of its sizes per missing frame is another face."""

_COASTS = 8
"""Frames for which a face that is not seen is thought to go on as it went."""

_SAME_PICTURE = 0.75
"""Correlation from which on what lay at a place in an earlier frame counts as the same thing."""

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
class Sight:
    """A face as it was seen in one frame, in square pixels (plate x times the pixel aspect)."""

    reading: Reading
    crop: Crop
    eyes: tuple[np.ndarray, np.ndarray]
    view: View
    frame: Frame

    @property
    def place(self) -> Landmarks:
        """Its points, for their ``centre`` and ``size``."""
        return Landmarks(self.reading.points, self.reading.presence)


class Follower:
    """Follows one face. It proposes sights; whoever leads it says which to ``take``, or that the face is ``lost``."""

    def __init__(self, settings: FollowSettings) -> None:
        self._settings = settings
        self._last: Sight | None = None
        self._velocity = np.zeros(2)
        self.person = Person()
        self.missing = 0
        """Frames since it was last seen."""

    @property
    def last(self) -> Sight:
        """The last sight that was taken."""
        if self._last is None:
            raise ValueError("nothing was followed yet")
        return self._last

    def take(self, sight: Sight) -> None:
        """This is the face, in the frame after the last one that was taken or lost."""
        if self._last is not None and not self.missing:
            self._velocity = sight.place.centre - self._last.place.centre
        self._last, self.missing = sight, 0
        self.person.learn(sight.reading.colours)

    def lose(self) -> None:
        """The face is not in the next frame."""
        self.missing += 1

    def away(self, frame: Frame) -> int:
        """Frames that were missed since the face was last seen, those that were never shown among them."""
        before = self.last.frame.number
        if before is None or frame.number is None:
            return self.missing
        return max(self.missing, frame.number - before - 1)

    def cut(self) -> None:
        """The next frame is of another shot: the face may be anywhere."""
        self._velocity = np.zeros(2)

    @property
    def expected(self) -> np.ndarray:
        """(468, 3) where the face should be in the next frame if it goes on as it went, square pixels."""
        points = self.last.reading.points.copy()
        points[:, :2] += self._velocity * min(self.missing, _COASTS)
        return points

    def carried(self, frame: Frame, *, wary: bool = False, rivals: Sequence[Person] = ()) -> Sight | None:
        """The face where optical flow brings it; None where flow fails, the networks see no face there, or it is
        somebody else's. ``wary``: somebody else is near. ``rivals``: the others who are followed."""
        last, aspect = self.last, frame.pixel_aspect
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
        sight = _sight(frame, view, points, seen.presence, eyes, steps, crop)
        return sight if self.person.still(sight.reading.colours, wary=wary, rivals=rivals) else None

    def near(
        self, frame: Frame, points: np.ndarray, *, wary: bool = True, rivals: Sequence[Person] = ()
    ) -> Sight | None:
        """The face near a place, (468, 3) square pixels, looked for by the networks alone; None where none is, or
        somebody else's. ``wary``: it may well be somebody else's; else only a clean other face is refused.
        ``rivals``: the others who are followed."""
        sight = read_near(frame, points, self._settings.threshold)
        if sight is None:
            return None
        colours = sight.reading.colours
        if self.person.known(colours, self.away(frame), rivals) or (not wary and self.person.still(colours)):
            return sight
        return None

    def was_there(self, sight: Sight) -> bool:
        """Whether what is seen now already lay at its place, beside our face, when our face was last seen: then it
        is somebody else's, or a picture on the wall."""
        last, now = self.last, sight.place
        if float(np.linalg.norm(now.centre - last.place.centre)) < max(now.size, last.place.size) / 2:
            return False
        before = _close_up(last.frame, sight.reading.points)
        here, there = (
            grey_crop(view.pixels, _to_view(sight.crop, view.mapping, sight.frame.pixel_aspect)).astype(float)
            for view in (sight.view, before)
        )
        here, there = (one - one.mean() for one in (here, there))
        spread = float(np.linalg.norm(here) * np.linalg.norm(there))
        return float((here * there).sum()) > _SAME_PICTURE * max(spread, 1.0)


def read_near(frame: Frame, points: np.ndarray, floor: float) -> Sight | None:
    """The face near a place, (468, 3) square pixels; None where the networks see none there."""
    view, aspect = _close_up(frame, points), frame.pixel_aspect
    crop = _to_view(Crop.of_points(points), view.mapping, aspect)
    rough = settle(view.pixels, crop, floor=floor)
    return None if rough.presence < floor else read_in(frame, view, rough.points)


def read_in(frame: Frame, view: View, rough: np.ndarray) -> Sight:
    """A careful reading from rough landmarks (468, 3) in a view of the frame."""
    seen = steady(view.pixels, Crop.of_points(rough))
    points = _square(view.mapping.to_plate(seen.points), frame.pixel_aspect)
    eyes = read_eyes(view.pixels, seen.points)
    return _sight(frame, view, points, seen.presence, eyes, None, Crop.of_points(points))


def _sight(
    frame: Frame,
    view: View,
    points: np.ndarray,
    presence: float,
    eyes: tuple[Eye, Eye],
    steps: Steps | None,
    crop: Crop,
) -> Sight:
    aspect = frame.pixel_aspect
    right, left = (
        Eye(*(_square(view.mapping.to_plate(part), aspect) for part in (eye.rim, eye.pupil))) for eye in eyes
    )
    local = view.mapping.to_view(points / (aspect, 1, 1))
    reading = Reading(
        with_eyes(points, (right, left)),
        presence,
        steps,
        np.stack([right.pupil, left.pupil]),
        skin_colours(view.pixels, local),
    )
    return Sight(reading, crop, (right.centre, left.centre), view, frame)


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

"""Landmarks for the measures: what FaceMesh sees in each frame, unsmoothed, result and truth read alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from doublure.core.errors import DoublureError
from doublure.core.face.find import find_faces
from doublure.core.face.landmarks import Crop, Landmarks, settle, steady
from doublure.core.face.pose import Pose, fit_pose, person_shape
from doublure.core.face.topology import EYE_CORNERS
from doublure.core.face.view import Mapping, View, detector_view
from doublure.core.frame import Frame
from doublure.core.measure.eyes import eye_crops, with_lids
from doublure.core.window import Window

BELIEF = 0.5
"""The least FaceMesh presence, 0..1, that counts as a face."""

SAME_PLACE = 0.12
"""A face that lies, by ``Crop.distance``, no further than this from its counterpart's crop is read in that one."""

SAME_EYE = 0.3
"""The same for an eye."""


@dataclass(frozen=True)
class Tracked:
    """One face in one frame.

    Attributes:
        number: the frame's number, if it has one.
        points: (468, 3) float64, plate pixels: x right, y down, z away from the camera in units of y. Lids are the
            iris network's (see ``eyes.with_lids``), all else is FaceMesh's.
        pose: the head's, in square pixels, by the person's mean shape over the frames tracked together.
        presence: FaceMesh's belief that this is a face, 0..1.
        crop: the square that FaceMesh read: centre in plate pixels, side in units of y.
        eyes: the squares the person's right and left eye were read in.
        box: the plate's pixels that exposure was metered on.
        pixel_aspect: width of a pixel over its height.
    """

    number: int | None
    points: np.ndarray
    pose: Pose
    presence: float
    crop: Crop
    eyes: tuple[Crop, Crop]
    box: Window
    pixel_aspect: float = 1.0

    @property
    def square(self) -> np.ndarray:
        """(468, 3) ``points`` with x widened by the pixel aspect: what angles and distances are taken of."""
        return _square(self.points, self.pixel_aspect)


def track_points(
    frames: Sequence[Frame], like: Sequence[Tracked | None] | None = None
) -> list[Tracked | None]:
    """FaceMesh landmarks and head poses of frames: one entry a frame, None where no face was found.

    Nothing is smoothed and no frame knows of another, except that the pose is fitted with the person's mean
    shape over all the frames given. Without ``like`` the largest face of each frame is found; its points are
    the mean of FaceMesh's readings of one crop slightly turned, resized and mirrored (``face.steady``).

    With ``like`` (the truth's, for a result or a plate) a face is read in the very crop its counterpart was read
    in, so that the crop's own wandering cancels and a picture against itself differs by exactly 0. A face that
    sits more than ``SAME_PLACE`` away from there is read in a crop of its own, and one that is not there at all
    is looked for. Exposure is metered on the same pixels, in each picture by itself: a gain changes nothing.

    Args:
        frames: any colour space OCIO can bring to ACEScg. like: one entry a frame.

    Raises:
        DoublureError: ``like`` has another length than ``frames``.
    """
    if like is not None and len(like) != len(frames):
        raise DoublureError(
            f"there are {len(frames)} frames and {len(like)} places to read them at",
            remedy="give one for each frame",
        )
    seen = [_read(frame, like[i] if like is not None else None) for i, frame in enumerate(frames)]
    found = [one.square for one in seen if one is not None]
    if not found:
        return list(seen)
    shape = person_shape(found)
    return [None if one is None else replace(one, pose=fit_pose(one.square, shape)) for one in seen]


def inter_ocular(points: np.ndarray) -> np.ndarray:
    """Distance of the outer corners of the eyes, (…) of landmarks (…, 468 or more, 2 or 3): the unit of length.

    In three dimensions, where z is given, a turned head keeps it. (The normalisation of the 300-W benchmark,
    Sagonas et al. 2013.)
    """
    return np.linalg.norm(points[..., EYE_CORNERS[0], :] - points[..., EYE_CORNERS[3], :], axis=-1)


_NO_POSE = Pose(np.eye(3), 1.0, np.zeros(2))


def _read(frame: Frame, like: Tracked | None) -> Tracked | None:
    if like is not None:
        view = _close_up(frame, like.box)
        crop = _to_view(like.crop, view.mapping)
        seen = steady(view.pixels, crop, rounds=1)
        if seen.presence >= BELIEF:
            own = Crop.of_points(seen.points)
            if own.distance(crop) <= SAME_PLACE:
                return _tracked(frame, view, seen, crop, like.box, like.eyes)
            return _settled(frame, like.box, _to_plate(own, view.mapping))
    view = detector_view(frame)
    faces = find_faces(view.pixels, threshold=BELIEF)
    if not faces:
        return None
    start = _to_plate(Crop.of_points(faces[0].points), view.mapping)
    box = _box(view.mapping.to_plate(faces[0].points))
    return _settled(frame, box, start) or _settled(frame, frame.data, start)


def _settled(frame: Frame, box: Window, start: Crop) -> Tracked | None:
    """The face near ``start`` (in the plate), exposed for the pixels of ``box``, in a crop that rests."""
    view = _close_up(frame, box)
    rough = settle(view.pixels, _to_view(start, view.mapping), floor=BELIEF)
    if rough.presence < BELIEF:
        return None
    crop = Crop.of_points(steady(view.pixels, Crop.of_points(rough.points), rounds=1).points)
    return _tracked(frame, view, steady(view.pixels, crop, rounds=1), crop, box)


def _tracked(
    frame: Frame,
    view: View,
    seen: Landmarks,
    crop: Crop,
    box: Window,
    like: tuple[Crop, Crop] | None = None,
) -> Tracked:
    pixels, mapping, _ = view
    eyes = eye_crops(pixels, seen.points)
    if like is not None:
        theirs = _to_view(like[0], mapping), _to_view(like[1], mapping)
        if all(own.distance(other) <= SAME_EYE for own, other in zip(eyes, theirs, strict=True)):
            eyes = theirs
    points = mapping.to_plate(with_lids(pixels, seen.points, eyes))
    places = [_to_plate(one, mapping) for one in (crop, *eyes)]
    return Tracked(
        frame.number,
        points,
        _NO_POSE,
        seen.presence,
        places[0],
        (places[1], places[2]),
        box,
        frame.pixel_aspect,
    )


def _close_up(frame: Frame, box: Window) -> View:
    return detector_view(frame, region=box.grow(max(box.width, box.height)), meter=box)


def _box(points: np.ndarray) -> Window:
    low, high = np.floor(points[:, :2].min(0)).astype(int), np.ceil(points[:, :2].max(0)).astype(int)
    return Window(int(low[0]), int(low[1]), int(high[0]), int(high[1]))


def _to_plate(crop: Crop, mapping: Mapping) -> Crop:
    return Crop(mapping.to_plate(crop.centre), crop.side / mapping.step[1], crop.angle)


def _to_view(crop: Crop, mapping: Mapping) -> Crop:
    return Crop(mapping.to_view(crop.centre), crop.side * mapping.step[1], crop.angle)


def _square(points: np.ndarray, pixel_aspect: float) -> np.ndarray:
    return points * (pixel_aspect, 1, 1)

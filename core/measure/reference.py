"""What is known of a take's truth and plate before any result: faces and descriptors, found once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from doublure.core.face.topology import POINTS
from doublure.core.face.view import detector_view
from doublure.core.frame import Frame
from doublure.core.measure import identity
from doublure.core.measure.landmarks import Tracked, track_points
from doublure.core.measure.motion import followed


class Reference:
    """The faces in the truth and the plate of a take; several results share one.

    Attributes:
        truths, plates: one entry a frame, None where no face was found; plates are read where the truths are.
    """

    def __init__(self, truths: Sequence[Frame], plates: Sequence[Frame]) -> None:
        self.truths = track_points(truths)
        self.plates = track_points(plates, self.truths)
        self._pictures = {"truth": truths, "plate": plates}
        self._known: dict[tuple[str, int], np.ndarray | None] = {}
        self._path: np.ndarray | None = None

    def truth_path(self, numbers: Sequence[int]) -> np.ndarray:
        """The ``face_path`` of the truth; numbers are those of its frames."""
        if self._path is None:
            self._path = face_path(self._pictures["truth"], self.truths, numbers)
        return self._path

    def descriptor(self, who: str, index: int) -> np.ndarray | None:
        """The identity descriptor of the "truth" or "plate" in frame ``index``; None without a face."""
        key = who, index
        if key not in self._known:
            faces = self.truths if who == "truth" else self.plates
            self._known[key] = descriptor(self._pictures[who][index], faces[index])
        return self._known[key]


def face_path(frames: Sequence[Frame], faces: Sequence[Tracked | None], numbers: Sequence[int]) -> np.ndarray:
    """The landmarks of a shot ``followed`` by its own motion, (T, 468, 2) square pixels from the picture's corner,
    NaN where no face was found."""
    if all(face is None for face in faces):
        return np.full((len(faces), POINTS, 2), np.nan)
    places = [
        None if face is None else face.points[:, :2] - [frame.data.x0, frame.data.y0]
        for frame, face in zip(frames, faces, strict=True)
    ]
    path = followed([frame.rgb for frame in frames], places, numbers)
    aspects = [1.0 if face is None else face.pixel_aspect for face in faces]
    path[..., 0] *= np.array(aspects)[:, None]
    return path


def descriptor(frame: Frame, face: Tracked | None) -> np.ndarray | None:
    """The identity descriptor (128,) of a face that was found in a frame; None for None.

    Raises:
        DoublureError: the extra ``identity`` is not installed.
    """
    if face is None:
        return None
    box = face.box
    view = detector_view(frame, region=box.grow(max(box.width, box.height)), meter=box)
    return identity.embedding(identity.chip(view.pixels, view.mapping.to_view(face.points)))


def distance(first: np.ndarray | None, second: np.ndarray | None) -> float | None:
    """The distance of two descriptors, None where one is None."""
    return None if first is None or second is None else identity.distance(first, second)


def mean_distance(first: Sequence[np.ndarray | None], second: Sequence[np.ndarray | None]) -> float | None:
    """The mean distance over the frames where both have a descriptor; None where no frame has."""
    pairs = [apart for a, b in zip(first, second, strict=True) if (apart := distance(a, b)) is not None]
    return float(np.mean(pairs)) if pairs else None

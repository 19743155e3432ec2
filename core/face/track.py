"""Follows faces through frames: detect, read landmarks, carry on from the last, then solve the shot."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from doublure.core.cancel import check
from doublure.core.errors import DoublureError
from doublure.core.face.crowd import Crowd
from doublure.core.face.cuts import CutWatch
from doublure.core.face.follow import FollowSettings
from doublure.core.face.fuse import Reading, fuse
from doublure.core.face.guide import Guide
from doublure.core.face.hidden import hidden_points
from doublure.core.face.lids import evened
from doublure.core.face.occlusion import COVERED, enough_in_view, in_place_of_covered, without_covered_steps
from doublure.core.face.pose import person_shape
from doublure.core.face.sidecar import FaceFrame, Track
from doublure.core.face.smooth import smooth_shot
from doublure.core.face.topology import EYE_CORNERS, canonical_shape
from doublure.core.frame import Frame

__all__ = ["FaceFrame", "Track", "TrackSettings", "track_faces", "track_frames"]

_UNSURE = 0.02
"""A remaining error, in distances of the outer eye corners, of which the compositor should know."""

_SHAPE_FRAMES = 24
"""A person's shape is measured on this many frames at most."""

_COMPANIONS = 2
"""Other faces, seen beside the one that was asked for, which are followed with it so that they are not taken for it."""


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

    Every frame that came in is in the track: found, or not found with the reason. The face that was chosen in the
    first frame stays the one: another person, or a picture on the wall, is not taken for it while it is not seen.

    Raises:
        DoublureError: no frames at all; a frame number twice; frames of different sizes or pixel aspects.
    """
    settings = settings or TrackSettings()
    chosen = settings.face_index
    follow = FollowSettings(chosen, settings.threshold)
    crowd = Crowd(follow, chosen + 1, chosen + 1 + _COMPANIONS, sought=chosen, guide=guide)
    shot = _Shot(source, guide)
    for number, frame, cut in shot.frames(frames):
        results = crowd.follow(frame, cut)
        seen = shot.note(0, number, _of(crowd, chosen if crowd.sought is None else crowd.sought, results))
        if progress is not None:
            progress(seen)
    return shot.solved(0, settings, shape)


def track_faces(
    frames: Iterable[Frame],
    settings: TrackSettings | None = None,
    count: int = 2,
    progress: Callable[[Sequence[FaceFrame]], None] | None = None,
    *,
    source: str | None = None,
) -> list[Track]:
    """Track several faces of a plate at once; each keeps its number, however they cross.

    Args:
        frames: as for :func:`track_frames`.
        settings: ``face_index`` does not count.
        count: as many faces at most: the largest of the first frame that shows any come first, then those that come
            in later, as they come.
        progress: called after each frame with one FaceFrame for each face seen so far.
        source: as for :func:`track_frames`.

    Returns:
        One track a face that was seen, by number, each with every frame: at least one, without the face where none
        was seen at all.

    Raises:
        DoublureError: as :func:`track_frames`; a count below 1.
    """
    if count < 1:
        raise DoublureError(f"{count} faces cannot be followed", remedy="ask for 1 or more")
    settings = settings or TrackSettings()
    crowd = Crowd(FollowSettings(0, settings.threshold), 1, count, grow=True)
    shot = _Shot(source)
    for number, frame, cut in shot.frames(frames):
        results = crowd.follow(frame, cut)
        seen = [shot.note(i, number, _of(crowd, i, results)) for i in range(max(1, len(results)))]
        if progress is not None:
            progress(seen)
    return [shot.solved(i, settings, None) for i in range(shot.faces)]


def _of(crowd: Crowd, index: int, results: Sequence[Reading | str]) -> Reading | str:
    return results[index] if index < len(results) else crowd.unseen(index)


class _Shot:
    """What was read of the faces of a shot, frame by frame."""

    def __init__(self, source: str | None, guide: Guide | None = None) -> None:
        self._source = source
        self._guide = guide or Guide()
        self._covered: dict[int, np.ndarray] = {}
        self._first: Frame | None = None
        self._numbers: list[int] = []
        self._readings: dict[int, dict[int, Reading]] = {}
        self._reasons: dict[int, dict[int, str]] = {}
        self._watch = CutWatch()

    @property
    def faces(self) -> int:
        return len(self._reasons)

    def frames(self, frames: Iterable[Frame]) -> Iterator[tuple[int, Frame, bool]]:
        """(number, frame, whether it may begin a new shot) of each, checked."""
        number, known = 0, set[int]()
        for frame in frames:
            check()
            number = number + 1 if frame.number is None else frame.number
            first = self._first = self._first or frame
            if (frame.display, frame.pixel_aspect) != (first.display, first.pixel_aspect):
                raise frame.error(
                    "its display window or pixel aspect differs from the first frame's",
                    "track frames of one format at a time",
                )
            if number in known:
                raise frame.error(f"frame number {number} came twice", "give each frame once")
            known.add(number)
            self._numbers.append(number)
            yield number, replace(frame, number=number), self._watch.look(frame, number)
        if self._first is None:
            raise DoublureError(
                "there are no frames to track", file=self._source, remedy="name at least one frame"
            )

    def note(self, face: int, number: int, result: Reading | str) -> FaceFrame:
        """Keep what was seen of a face, or why it was not; as an unsmoothed FaceFrame."""
        readings, reasons = self._readings.setdefault(face, {}), self._reasons.setdefault(face, {})
        assert self._first is not None
        matte = self._guide.hidden(number) if self._guide.hidden is not None else None
        if matte is not None and not isinstance(result, str):
            self._covered[number] = matte.covers(_plate(result.points, self._first.pixel_aspect))
            if not enough_in_view(self._covered[number]):
                result = COVERED
        if isinstance(result, str):
            reasons[number] = result
            return FaceFrame.lost(number, result)
        readings[number] = result
        plate = _plate(result.points, self._first.pixel_aspect)
        return FaceFrame(number, True, None, result.presence, plate, None)

    def solved(self, face: int, settings: TrackSettings, shape: np.ndarray | None) -> Track:
        """One face's track, from all that was read of it."""
        first, cuts = self._first, self._watch.cuts
        assert first is not None
        aspect = first.pixel_aspect
        covered = self._covered
        ordered = without_covered_steps(dict(sorted(self._readings[face].items())), covered)
        steady = steadied(ordered, settings.smoothing, cuts)
        found = evened({n: one.points for n, one in steady.items()})
        if shape is None:
            shape = (
                person_shape(_some(list(found.values()))) if found else canonical_shape().astype(np.float64)
            )
        found |= {
            n: in_place_of_covered(found[n], marks, shape) for n, marks in covered.items() if n in found
        }
        seen = {
            n: FaceFrame.lost(n, self._reasons[face].get(n, "it was not seen yet"))
            for n in sorted(self._numbers)
        }
        for n, (points, pose) in smooth_shot(found, shape, settings.smoothing, cuts).items():
            one = ordered[n]
            pupils = one.pupils / (aspect, 1)
            sure = _uncovered(steady[n].confidence, covered.get(n))
            seen[n] = FaceFrame(n, True, None, one.presence, _plate(points, aspect), pose, sure, pupils)
        path = "" if first.path is None else str(first.path)
        return Track(
            path if self._source is None else self._source,
            first.display.width,
            first.display.height,
            aspect,
            np.asarray(shape),
            seen,
            cuts=cuts,
        )


@dataclass(frozen=True)
class Steady:
    """One frame's face after the shot was looked at as a whole: ``points`` (468, 3) square pixels, ``confidence``
    (468,) float32 0..1, None where nothing was fused."""

    points: np.ndarray
    confidence: np.ndarray | None


def steadied(readings: Mapping[int, Reading], half: int, cuts: Collection[int] = ()) -> dict[int, Steady]:
    """The faces of a shot by frame number: every run of readings, fused with its flow.

    A reading without steps begins a run, and so does a cut; at ``half`` 0 nothing is fused. A point whose remaining
    error (``Fused.spread``) is 0.02 distances of the outer eye corners has a confidence of 0.6; a hidden one has 0.
    """
    if half == 0:
        return {number: Steady(one.points, None) for number, one in readings.items()}
    runs: list[list[int]] = []
    for number, one in readings.items():
        if runs and one.steps is not None and number not in cuts:
            runs[-1].append(number)
        else:
            runs.append([number])
    hidden = _hidden(readings, cuts)
    out = {}
    for run in runs:
        fused = fuse([readings[number] for number in run], half)
        for number, places, spread in zip(run, fused.points, fused.spread, strict=True):
            points = readings[number].points
            unit = float(np.linalg.norm(points[EYE_CORNERS[0]] - points[EYE_CORNERS[3]]))
            sure = np.exp(-0.5 * (spread / (_UNSURE * unit)) ** 2) * ~hidden[number]
            out[number] = Steady(np.c_[places, points[:, 2]], sure.astype(np.float32))
    return out


def _hidden(readings: Mapping[int, Reading], cuts: Collection[int]) -> dict[int, np.ndarray]:
    """(468,) bool by frame number: the points that something hides, each shot's face compared with itself."""
    shots: list[list[int]] = []
    for number in readings:
        if shots and not any(shots[-1][-1] < cut <= number for cut in cuts):
            shots[-1].append(number)
        else:
            shots.append([number])
    out: dict[int, np.ndarray] = {}
    for shot in shots:
        out.update(zip(shot, hidden_points([readings[n].colours for n in shot]), strict=True))
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

"""Two people who cross, and two shots put one behind the other, composed of two takes: whom does the track follow?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from bench.report import Row
from bench.track_plate import surroundings
from bench.track_truth import read_truth
from doublure.core.color import to_working
from doublure.core.face.track import Track, track_faces, track_frames
from doublure.core.frame import Frame
from doublure.core.measure.take import PLATE
from doublure.core.sequence import FrameReader
from doublure.core.sequence import Sequence as Files

_SIZE = (960, 540)
_SIDE = 320
_FRAMES = 25
_STEP = 22
_LAYERS = "layers/plate/plate.####.exr"
_FRONTAL = ("talk", "turn", "hardkey")


@dataclass(frozen=True)
class _Actor:
    """``pictures`` (H, W, 3) scene-linear and ``mattes`` (H, W, 1), one a frame."""

    pictures: list[np.ndarray]
    mattes: list[np.ndarray]

    @classmethod
    def of(cls, folder: Path) -> _Actor:
        numbers = read_truth(folder).numbers
        plates = FrameReader(Files.parse(folder / PLATE), numbers)
        layers = FrameReader(Files.parse(folder / _LAYERS), numbers)
        pictures = [to_working(plates.read(n)).rgb.permute(1, 2, 0).numpy() for n in numbers]
        return cls(pictures, [layers.read(n).channel("matte").numpy()[..., None] for n in numbers])

    def put(self, out: np.ndarray, moment: int, x: int, y: int) -> None:
        """Set the face into a picture, its square's corner at (x, y); there and back again in time."""
        count = len(self.pictures)
        at = moment % (2 * count - 2)
        at = min(at, 2 * count - 2 - at)
        size = (_SIDE, _SIDE)
        picture, share = (
            cv2.resize(one[at], size).reshape(_SIDE, _SIDE, -1) for one in (self.pictures, self.mattes)
        )
        part = out[y : y + _SIDE, x : x + _SIDE]
        part += share * (picture - part)


def rows(folders: Sequence[Path]) -> list[Row]:
    """Rows of the crossing and of the cuts; none where there are not two takes with layers.

    A cut-out face in profile has neither ear nor hair, by which the networks know it: such takes are used last.
    """
    able = [one for one in folders if (one / _LAYERS).parent.is_dir()]
    able = sorted(able, key=lambda one: one.name not in _FRONTAL)[:2]
    if len(able) < 2:
        return []
    near, far = (_Actor.of(one) for one in able)
    kept, stolen = _crossing(near, far)
    found, false = _cuts(near, far)
    return [
        Row("track.crossing_kept", kept, "share", 1.0, "higher"),
        Row("track.crossing_stolen", stolen, "share", 0.0, "lower"),
        Row("track.cuts_found", found, "share", 1.0, "higher"),
        Row("track.cuts_false", false, "cuts", 0.0, "lower"),
    ]


def _crossing(near: _Actor, far: _Actor) -> tuple[float, float]:
    """(share of the frames with both faces apart in which each is found as who it is, share of frames in which one
    is taken for the other): two faces walk through each other, one in front."""
    ground = surroundings(*_SIZE, seed=7)
    places = [(40 + _STEP * i, _SIZE[0] - _SIDE - 40 - _STEP * i) for i in range(_FRAMES)]
    frames = []
    for i, (behind, front) in enumerate(places):
        out = ground.copy()
        far.put(out, i // 3, behind, 110)
        near.put(out, i, front, 100)
        frames.append(_frame(out, i))
    tracks = track_faces(frames, count=2)
    kept, stolen, apart = 0, 0, 0
    for i, place in enumerate(places):
        free = abs(place[0] - place[1]) > _SIDE * 0.6
        apart += 2 * free
        for k, side in _sides(tracks, places[0]):
            x = _middle(tracks[k], i)
            if x is None:
                continue
            own, other = (abs(x - (place[s] + _SIDE / 2)) for s in (side, 1 - side))
            kept += free and own < _SIDE / 5
            stolen += other < own and free
    return kept / apart, stolen / (2 * _FRAMES)


def _sides(tracks: Sequence[Track], start: tuple[int, int]) -> list[tuple[int, int]]:
    """(number of a track, whom it began as: 0 behind, 1 in front)."""
    out = []
    for k, track in enumerate(tracks):
        x = _middle(track, 0)
        if x is not None:
            out.append((k, int(abs(x - start[1] - _SIDE / 2) < abs(x - start[0] - _SIDE / 2))))
    return out


def _cuts(one: _Actor, other: _Actor) -> tuple[float, float]:
    """(share of the cuts found, number of false ones) of shots of both takes with a flash in each."""
    shots = []
    for actor, seed in ((one, 1), (other, 2), (one, 3)):
        ground = surroundings(*_SIZE, seed=seed)
        for i in range(8):
            out = ground.copy()
            actor.put(out, i, 200 + 60 * seed, 100)
            shots.append(np.full_like(out, 8.0) if i == 4 else out)
    track = track_frames([_frame(out, i) for i, out in enumerate(shots)])
    true = {8, 16}
    return len(true & set(track.cuts)) / len(true), float(len(set(track.cuts) - true))


def _middle(track: Track, number: int) -> float | None:
    points = track.at(number).points
    return None if points is None else float(points[:, 0].mean())


def _frame(picture: np.ndarray, number: int) -> Frame:
    pixels = torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1), dtype=np.float32))
    return Frame.from_rgb(pixels, "ACEScg", number=number)

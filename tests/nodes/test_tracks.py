from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from doublure.core.face.pose import Pose
from doublure.core.face.topology import canonical_shape
from doublure.core.face.track import FaceFrame, Track
from doublure.core.swap.marks import PLACE
from doublure.core.swap.rest import LOWER, UPPER, _openings
from doublure.nodes.context import Shared
from doublure.nodes.tracks import rest_of

SHAPE = canonical_shape().astype(np.float64)


def track(path: Path, openings: list[float], aspect: float = 1.0) -> Path:
    """Somebody who looks into the lens and opens the mouth so far, frame by frame."""
    pose = Pose(np.eye(3), 30.0, np.array([60.0, 50.0]))
    frames = {}
    for number, opening in enumerate(openings, 1):
        seen = SHAPE + opening * _openings()[0]
        points = (seen * 30.0 + (60.0, 50.0, 0.0)) / (aspect, 1.0, 1.0)
        frames[number] = FaceFrame(number, True, None, 0.9, points.astype(np.float32), pose)
    frames[99] = FaceFrame.lost(99, "no face was found")
    Track("plate", 120, 100, aspect, SHAPE + float(np.mean(openings)) * _openings()[0], frames).save(path)
    return path


def gap(rest: torch.Tensor) -> float:
    return float(rest[PLACE[LOWER], 1] - rest[PLACE[UPPER], 1])


@pytest.mark.parametrize("aspect", [1.0, 2.0])
def test_a_face_at_rest_has_the_least_gap_of_the_shot(tmp_path: Path, aspect: float) -> None:
    closed = gap(rest_of(track(tmp_path / "a.json", [0.0] * 3, aspect), Shared()))
    spoken = gap(rest_of(track(tmp_path / "b.json", [0.0] * 3 + [0.5] * 30, aspect), Shared()))
    assert spoken == pytest.approx(closed, abs=1e-6)


def test_a_track_without_a_face_has_the_mean_face_at_rest(tmp_path: Path) -> None:
    path = track(tmp_path / "a.json", [0.3])
    one = Track.load(path)
    replace(one, frames={99: one.frames[99]}).save(tmp_path / "b.json")
    assert gap(rest_of(tmp_path / "b.json", Shared())) == pytest.approx(0.0, abs=1e-6)


def test_it_is_made_once_a_state_of_the_file(tmp_path: Path) -> None:
    shared, path = Shared(), track(tmp_path / "a.json", [0.1, 0.4])
    assert rest_of(path, shared) is rest_of(path, shared)

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from doublure.core.exr import read_exr
from doublure.core.face.still import still_faces
from doublure.core.face.topology import LEFT_EYE, RIGHT_EYE
from doublure.core.frame import Frame

FACE = Path(__file__).resolve().parents[2] / "data" / "face.exr"


def test_every_face_of_a_picture_is_found_where_it_is() -> None:
    face = read_exr(FACE).rgb
    alone = still_faces(Frame.from_rgb(face, "ACEScg"))
    both = still_faces(Frame.from_rgb(torch.cat([face, face], 2), "ACEScg"))
    assert (len(alone), len(both)) == (1, 2)
    left, right = sorted(both, key=lambda one: one.points[:, 0].mean())
    for seen, shift in ((left, 0), (right, face.shape[2])):
        apart = seen.points[:, :2] - alone[0].points[:, :2] - (shift, 0)
        assert np.linalg.norm(apart, axis=1).mean() < 1.5


def test_pupils_lie_between_the_corners_of_their_eyes() -> None:
    (seen,) = still_faces(read_exr(FACE))
    for pupil, rim in zip(seen.pupils, (RIGHT_EYE, LEFT_EYE), strict=True):
        outer, inner = seen.points[rim[0], :2], seen.points[rim[8], :2]
        along = (pupil - outer) @ (inner - outer) / ((inner - outer) @ (inner - outer))
        assert 0.2 < along < 0.8


def test_a_picture_without_a_face_has_none() -> None:
    assert still_faces(Frame.from_rgb(torch.full((3, 96, 96), 0.18), "ACEScg")) == []

from __future__ import annotations

import numpy as np
import pytest

from doublure.core.face import detect as module
from doublure.core.face.detect import Detection, detect, suppress


def box(score: float, x: float, y: float, side: float) -> Detection:
    return Detection(score, np.array([x, y]), np.array([side, side]), np.zeros((6, 2)))


@pytest.mark.parametrize(
    ("height", "width", "side"), [(100, 100, 100), (2160, 4096, 2048), (37, 512, 200), (10, 9, 50)]
)
def test_tiles_cover_every_pixel_and_stay_inside(height, width, side):
    covered = np.zeros((height, width), bool)
    for y, x in module._tiles(height, width, side):
        assert 0 <= y <= max(0, height - side)
        assert 0 <= x <= max(0, width - side)
        covered[y : y + side, x : x + side] = True
    assert covered.all()


def test_neighbouring_tiles_overlap_by_half_at_least():
    starts = sorted({x for _, x in module._tiles(100, 1000, 128)})
    assert max(np.diff(starts)) <= 64


def test_one_face_is_kept_once_and_the_best_score_first():
    kept = suppress([box(0.6, 52, 50, 40), box(0.9, 50, 50, 42), box(0.7, 150, 50, 40)])
    assert [face.score for face in kept] == [0.9, 0.7]


def test_nothing_is_found_in_an_empty_picture():
    assert detect(np.full((300, 500, 3), 90, np.uint8)) == []


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 400, 3), (700, 2, 3)])
def test_odd_pictures_are_looked_at(shape):
    assert detect(np.zeros(shape, np.uint8)) == []

from __future__ import annotations

import numpy as np
import pytest

from doublure.core.face.topology import canonical_shape
from doublure.core.faceset.light import describe_light
from doublure.core.relight.normals import normal_map
from doublure.core.window import Window

SIDE = 160
POINTS = canonical_shape().astype(np.float64) * 35 + [SIDE / 2, SIDE / 2, 0]


def lit_from(x: float, y: float, z: float, ambient: float = 0.1) -> np.ndarray:
    """The average face in one colour under one far light, that stands where (x, y, z) points: (H, W, 3)."""
    normals = normal_map(POINTS, Window.of_size(SIDE, SIDE)).normals
    way = np.array([x, y, z]) / np.linalg.norm([x, y, z])
    shade = ambient + np.maximum(normals @ way, 0)
    return (shade[..., None] * [0.4, 0.2, 0.1]).astype(np.float32)


@pytest.mark.parametrize(
    ("way", "sign"),
    [((1, 0, -1), (1, 0)), ((-1, 0, -1), (-1, 0)), ((0, -1, -1), (0, -1)), ((0, 1, -1), (0, 1))],
)
def test_light_is_seen_from_where_it_comes(way: tuple[float, float, float], sign: tuple[int, int]) -> None:
    light = describe_light(lit_from(*way), POINTS)
    for value, wanted in ((light.x, sign[0]), (light.y, sign[1])):
        assert (value > 0.4) if wanted > 0 else (value < -0.4) if wanted < 0 else abs(value) < 0.3


def test_a_gain_changes_the_exposure_alone() -> None:
    once, twice = (describe_light(lit_from(1, 0, -1) * gain, POINTS) for gain in (1, 4))
    assert twice.exposure - once.exposure == pytest.approx(2, abs=1e-3)
    assert (twice.x, twice.contrast, twice.warmth) == pytest.approx(
        (once.x, once.contrast, once.warmth), abs=1e-3
    )


def test_hard_light_has_more_contrast_than_soft() -> None:
    hard = describe_light(lit_from(1, 0, -0.5, ambient=0.05), POINTS)
    soft = describe_light(lit_from(1, 0, -0.5, ambient=2.0), POINTS)
    assert hard.contrast > soft.contrast + 1


def test_warmth_is_red_over_blue_in_stops() -> None:
    assert describe_light(lit_from(0, 0, -1), POINTS).warmth == pytest.approx(2, abs=0.01)


def test_black_is_no_fault() -> None:
    light = describe_light(np.zeros((SIDE, SIDE, 3), np.float32), POINTS)
    assert np.isfinite(list(vars(light).values())).all()

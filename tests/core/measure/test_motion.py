from __future__ import annotations

import numpy as np
import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.measure.jitter import jitter
from doublure.core.measure.masked_blur import gaussian_blur
from doublure.core.measure.motion import followed

SIZE = 96


def _texture(seed: int = 0) -> torch.Tensor:
    noise = torch.from_numpy(np.random.default_rng(seed).standard_normal((3, SIZE, SIZE)).astype(np.float32))
    smooth = gaussian_blur(noise, 2.0)
    return 0.3 + 0.1 * smooth / smooth.std()


def _points() -> np.ndarray:
    x, y = np.meshgrid(np.linspace(30, 66, 5), np.linspace(30, 66, 5))
    return np.stack([x.ravel(), y.ravel()], 1)


def _moved(offsets: list[tuple[int, int]]) -> list[torch.Tensor]:
    return [torch.roll(_texture(), (dy, dx), (1, 2)) for dx, dy in offsets]


def test_points_go_where_the_picture_goes() -> None:
    path = followed(_moved([(0, 0), (1, 0), (3, -1)]), [_points()] * 3)
    assert np.allclose(path[1] - path[0], [1, 0], atol=0.15)
    assert np.allclose(path[2] - path[1], [2, -1], atol=0.15)


def test_errors_of_finding_the_points_do_not_shake_them() -> None:
    r = np.random.default_rng(1)
    noisy = [_points() + r.normal(0, 1.0, (25, 2)) for _ in range(4)]
    path = followed([_texture()] * 4, noisy)
    assert np.allclose(path, path[:1], atol=0.02)


def test_a_shake_of_the_picture_is_in_the_jitter() -> None:
    still = followed([_texture()] * 5, [_points()] * 5)
    shaken = followed(_moved([(0, 0), (1, 0), (0, 0), (1, 0), (0, 0)]), [_points()] * 5)
    assert jitter(shaken, still, unit=40.0) == pytest.approx(2 / 40, rel=0.15)


def test_grain_hardly_shakes_them() -> None:
    r = np.random.default_rng(2)
    grained = [
        _texture() + 0.01 * torch.from_numpy(r.standard_normal((3, SIZE, SIZE)).astype(np.float32))
        for _ in range(5)
    ]
    still = followed([_texture()] * 5, [_points()] * 5)
    assert jitter(followed(grained, [_points()] * 5), still, unit=40.0) < 0.006


def test_a_gap_in_the_frames_or_in_the_face_starts_anew() -> None:
    pictures = _moved([(0, 0), (5, 0), (6, 0)])
    assert (followed(pictures, [_points()] * 3, [1, 3, 4])[1] == _points()).all()
    lost = followed(pictures, [_points(), None, _points()])
    assert np.isnan(lost[1]).all()
    assert (lost[2] == _points()).all()


def test_counts_that_differ_are_told() -> None:
    with pytest.raises(DoublureError, match="2 pictures, 1 point sets"):
        followed([_texture()] * 2, [_points()])

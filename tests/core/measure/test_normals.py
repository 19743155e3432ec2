from __future__ import annotations

import math

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.measure.normals import normal_angle, normal_angles

SIZE = 24


def _sphere() -> tuple[torch.Tensor, torch.Tensor]:
    axis = (torch.arange(SIZE) + 0.5) / SIZE * 2 - 1
    y, x = torch.meshgrid(-axis, axis, indexing="ij")
    inside = x * x + y * y < 0.9
    z = (1 - x * x - y * y).clamp_min(0).sqrt()
    return torch.stack([x, y, z]) * inside, inside.float()


def _turned(normals: torch.Tensor, degrees: float) -> torch.Tensor:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y, z = normals
    return torch.stack([x, c * y - s * z, s * y + c * z])


def test_the_truth_itself_is_zero() -> None:
    normals, matte = _sphere()
    assert normal_angle(normals, normals, matte) == 0


def test_a_known_angle_is_read_back() -> None:
    matte = torch.ones(4, 4)
    truth = torch.tensor([1.0, 0.0, 0.0])[:, None, None].expand(3, 4, 4)
    result = torch.tensor([math.cos(0.3), 0.0, math.sin(0.3)])[:, None, None].expand(3, 4, 4)
    assert normal_angle(result, truth, matte) == pytest.approx(math.degrees(0.3), abs=1e-4)


def test_a_turn_about_x_moves_a_sphere_by_at_most_the_turn() -> None:
    normals, matte = _sphere()
    assert 6 < normal_angle(_turned(normals, 10), normals, matte) < 10


def test_opposite_normals_are_180_degrees() -> None:
    normals, matte = _sphere()
    assert normal_angle(-normals, normals, matte) == pytest.approx(180)


def test_the_length_of_a_normal_does_not_matter() -> None:
    normals, matte = _sphere()
    other = _turned(normals, 10)
    assert normal_angle(7 * other, 0.1 * normals, matte) == pytest.approx(normal_angle(other, normals, matte))


def test_pixels_without_a_normal_are_left_out_and_counted() -> None:
    normals, _ = _sphere()
    holes = int((normals.norm(dim=0) < 1e-3).sum())
    angles = normal_angles(normals, normals, torch.ones(SIZE, SIZE))
    assert angles == (0.0, SIZE * SIZE - holes, holes)


def test_garbage_outside_the_matte_changes_nothing() -> None:
    normals, matte = _sphere()
    dirty = torch.where(matte > 0, _turned(normals, 10), 9.0)
    assert normal_angle(dirty, normals, matte) == normal_angle(_turned(normals, 10), normals, matte)


def test_the_matte_weighs_the_angle() -> None:
    truth = torch.zeros(3, 1, 2)
    truth[2] = 1
    result = truth.clone()
    result[:, 0, 0] = torch.tensor([1.0, 0.0, 0.0])
    matte = torch.tensor([[0.25, 1.0]])
    assert normal_angle(result, truth, matte) == pytest.approx(90 * 0.25 / 1.25)


def test_a_result_without_any_normal_is_refused() -> None:
    normals, matte = _sphere()
    with pytest.raises(DoublureError, match="no pixel of the matte has a normal"):
        normal_angle(0 * normals, normals, matte)


def test_an_empty_matte_is_refused() -> None:
    normals, matte = _sphere()
    with pytest.raises(DoublureError, match="the matte is empty"):
        normal_angle(normals, normals, 0 * matte)


def test_a_nan_is_refused() -> None:
    normals, matte = _sphere()
    with pytest.raises(DoublureError, match="the result holds NaN"):
        normal_angle(normals * torch.nan, normals, matte)

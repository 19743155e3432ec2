from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.measure.light_direction import LightError, face_light, light_difference, light_error

SIZE = 72


def _sphere() -> tuple[torch.Tensor, torch.Tensor]:
    axis = (torch.arange(SIZE) + 0.5) / SIZE * 2 - 1
    y, x = torch.meshgrid(-axis, axis, indexing="ij")
    inside = (x * x + y * y < 0.9).float()
    z = (1 - x * x - y * y).clamp_min(0).sqrt()
    return torch.stack([x, y, z]) * inside, inside


NORMALS, MATTE = _sphere()


def _towards(yaw: float, pitch: float = 0.0) -> torch.Tensor:
    a, b = math.radians(yaw), math.radians(pitch)
    return torch.tensor([math.sin(a) * math.cos(b), math.sin(b), math.cos(a) * math.cos(b)])


def _lit(direction: torch.Tensor, ambient: float = 0.3, seed: int = 0) -> torch.Tensor:
    """A Lambertian sphere with 3 % of texture under one light and an ambience."""
    rng = np.random.default_rng(seed)
    texture = torch.tensor(1 + 0.03 * rng.standard_normal((SIZE, SIZE)), dtype=torch.float32)
    light = (direction[:, None, None] * NORMALS).sum(0).clamp_min(0) + ambient
    return torch.tensor([0.4, 0.3, 0.2])[:, None, None] * light * texture * MATTE


TRUTH = _lit(_towards(20, 20))


def test_the_truth_itself_is_exactly_zero() -> None:
    assert light_error(TRUTH, TRUTH, MATTE, NORMALS) == LightError(0.0, 0.0)


@pytest.mark.parametrize("turn", [10, 25])
def test_light_turned_by_an_angle_reads_that_angle(turn) -> None:
    error = light_error(_lit(_towards(20 - turn)), _lit(_towards(20)), MATTE, NORMALS)
    assert error.direction == pytest.approx(turn, rel=0.2)


def test_the_direction_points_to_the_light_with_x_right_and_y_up() -> None:
    x, y, z = face_light(_lit(_towards(-35, 30)), MATTE, NORMALS).direction
    assert x < -0.1
    assert y > 0.1
    assert z > 0.1


def test_a_stop_more_light_reads_one_stop_and_no_direction() -> None:
    error = light_error(2 * TRUTH, TRUTH, MATTE, NORMALS)
    assert error.energy == pytest.approx(1, abs=1e-3)
    assert error.direction == pytest.approx(0, abs=0.01)


def test_a_stop_less_light_reads_one_stop_too() -> None:
    assert light_error(0.5 * TRUTH, TRUTH, MATTE, NORMALS).energy == pytest.approx(1, abs=1e-3)


def test_another_texture_hardly_moves_it() -> None:
    error = light_error(_lit(_towards(20, 20), seed=5), TRUTH, MATTE, NORMALS)
    assert error.direction < 1.5
    assert error.energy < 0.01


def test_a_glint_and_a_mole_hardly_move_it() -> None:
    spotted = TRUTH.clone()
    spotted[:, 30:34, 30:34] = 20.0
    spotted[:, 44:47, 40:43] = 0.0
    error = light_error(spotted, TRUTH, MATTE, NORMALS)
    assert error.direction < 3
    assert error.energy < 0.05


def test_a_truth_lit_evenly_has_no_direction_to_be_wrong_about() -> None:
    even = 0.2 * MATTE.expand(3, -1, -1)
    assert light_error(TRUTH, even, MATTE, NORMALS).direction == 0


def test_a_black_result_is_90_degrees_and_20_stops_off() -> None:
    assert light_error(0 * TRUTH, TRUTH, MATTE, NORMALS) == LightError(90.0, 20.0)


def test_the_length_of_the_normals_does_not_matter() -> None:
    one, other = _lit(_towards(20)), _lit(_towards(0))
    assert light_error(one, other, MATTE, 7 * NORMALS).direction == pytest.approx(
        light_error(one, other, MATTE, NORMALS).direction, abs=1e-3
    )


def test_pixels_without_a_normal_are_left_out() -> None:
    holed, dirty = NORMALS.clone(), TRUTH.clone()
    holed[:, 20:30, 20:30] = 0
    dirty[:, 20:30, 20:30] = 50.0
    assert light_error(dirty, TRUTH, MATTE, holed) == LightError(0.0, 0.0)


def test_a_beard_is_no_light_once_its_albedo_is_known() -> None:
    beard = torch.ones(3, SIZE, SIZE)
    beard[:, SIZE // 2 :] = 0.3
    truth = _lit(_towards(20), 0.3) * beard
    turned = _lit(_towards(-10), 0.3) * beard
    known = face_light(truth, MATTE, NORMALS, beard)
    assert light_difference(known, face_light(_lit(_towards(20)), MATTE, NORMALS)).direction < 5
    assert light_error(turned, truth, MATTE, NORMALS, beard).direction == pytest.approx(30, rel=0.2)
    hidden = face_light(truth, MATTE, NORMALS)
    assert light_difference(hidden, face_light(_lit(_towards(20)), MATTE, NORMALS)).direction > 15


def test_skin_too_dark_to_tell_is_left_out() -> None:
    albedo, dirty = torch.full((3, SIZE, SIZE), 0.5), TRUTH.clone()
    albedo[:, 20:30, 20:30] = 0
    dirty[:, 20:30, 20:30] = 50.0
    assert light_error(dirty, TRUTH, MATTE, NORMALS, albedo) == LightError(0.0, 0.0)


def test_an_albedo_of_another_size_is_refused() -> None:
    with pytest.raises(DoublureError, match="the albedo layer is"):
        light_error(TRUTH, TRUTH, MATTE, NORMALS, TRUTH[:, 1:])


def test_garbage_outside_the_matte_changes_nothing() -> None:
    dirty = torch.where(MATTE > 0, TRUTH, -700.0)
    assert light_error(dirty, TRUTH, MATTE, NORMALS) == LightError(0.0, 0.0)


def test_a_black_truth_is_refused() -> None:
    with pytest.raises(DoublureError, match="the truth's face is black"):
        light_error(TRUTH, 0 * TRUTH, MATTE, NORMALS)


def test_too_few_normals_are_refused() -> None:
    with pytest.raises(DoublureError, match="only 0 pixels of the face have a normal"):
        light_error(TRUTH, TRUTH, MATTE, 0 * NORMALS)


def test_normals_of_another_size_are_refused() -> None:
    with pytest.raises(DoublureError, match="the normals layer is"):
        light_error(TRUTH, TRUTH, MATTE, NORMALS[:, 1:])


def test_normals_that_are_not_finite_are_refused() -> None:
    with pytest.raises(DoublureError, match="not finite"):
        light_error(TRUTH, TRUTH, MATTE, NORMALS * torch.inf)


def test_an_empty_matte_is_refused() -> None:
    with pytest.raises(DoublureError, match="the matte is empty"):
        light_error(TRUTH, TRUTH, 0 * MATTE, NORMALS)

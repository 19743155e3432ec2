from __future__ import annotations

import numpy as np
import pytest
import torch

from doublure.core.blend.membrane import gain_field, solve_membrane

SIZE = 160
AXIS = torch.arange(SIZE) + 0.5 - SIZE / 2
RADIUS = torch.hypot(AXIS[:, None], AXIS[None])
MATTE = ((60 - RADIUS) / 8).clamp(0, 1)
X = (AXIS / 60)[None].expand(SIZE, SIZE)
FACE = torch.full((3, SIZE, SIZE), 0.2)


def test_the_pure_membrane_reproduces_a_harmonic_boundary():
    stops = 0.5 * X  # x is harmonic: the membrane through its boundary values is x itself
    field = gain_field(FACE * stops.exp2(), FACE, MATTE, leak=1.0, limit=4.0)
    inside = RADIUS < 55
    assert (field - stops)[:, inside].abs().max() < 0.06
    assert (field - stops)[:, inside].square().mean().sqrt() < 0.03


def test_a_seamless_face_is_left_alone():
    assert gain_field(FACE, FACE, MATTE, leak=1.0, limit=4.0).abs().max() < 1e-5


def test_leak_keeps_the_correction_near_the_edge():
    plate = FACE * 2.0
    near, far = (gain_field(plate, FACE, MATTE, leak=k, limit=4.0)[0] for k in (0.1, 1.0))
    assert float(near[80, 80]) < 0.1
    assert float(far[80, 80]) == pytest.approx(1.0, abs=0.07)
    edge = (RADIUS > 57) & (RADIUS < 59)
    assert float(near[edge].mean()) > 0.8


def test_the_limit_in_stops_holds():
    field = gain_field(FACE * 16.0, FACE, MATTE, leak=1.0, limit=1.5)
    assert float(field.max()) == 1.5


def test_one_highlight_on_the_edge_does_not_bleed_into_the_face():
    plate = FACE.clone()
    plate[:, 78:83, 20:25] = 40.0
    field = gain_field(plate, FACE, MATTE, leak=1.0, limit=4.0)
    assert field[:, RADIUS < 50].abs().max() < 0.1


def test_hair_across_a_part_of_the_edge_does_not_darken_the_face():
    plate = FACE.clone()
    plate[:, :45] = 0.03
    field = gain_field(plate, FACE, MATTE, leak=1.0, limit=4.0)
    assert field[:, RADIUS < 50].abs().max() < 0.5


def test_black_and_negative_pixels_stay_finite():
    plate = FACE.clone()
    plate[:, 60:100, :30] = -0.3
    field = gain_field(plate, torch.zeros_like(FACE), MATTE, leak=0.5, limit=4.0)
    assert torch.isfinite(field).all()


def test_a_matte_without_an_edge_gives_no_correction():
    field = gain_field(FACE * 2, FACE, torch.ones(SIZE, SIZE), leak=1.0, limit=4.0)
    assert not field.any()


def test_nothing_flows_across_the_frame_edge_where_the_face_is_cut():
    half = slice(80, None)
    plate = FACE * 2.0
    whole = gain_field(plate, FACE, MATTE, leak=1.0, limit=4.0)[:, :, half]
    cut = gain_field(plate[:, :, half], FACE[:, :, half], MATTE[:, half], leak=1.0, limit=4.0)
    assert (whole - cut).abs()[:, MATTE[:, half] > 0.5].max() < 0.1


def test_the_direct_solution_satisfies_the_equation():
    rng = np.random.default_rng(0)
    inside = np.zeros((20, 24), bool)
    inside[1:-1, 1:-1] = True
    values = rng.standard_normal((2, 20, 24))
    u = solve_membrane(values, ~inside, inside, 0.1)
    laplacian = u[:, :-2, 1:-1] + u[:, 2:, 1:-1] + u[:, 1:-1, :-2] + u[:, 1:-1, 2:] - 4 * u[:, 1:-1, 1:-1]
    assert np.abs(laplacian - 0.1 * u[:, 1:-1, 1:-1]).max() < 1e-6


def test_a_part_that_touches_nothing_fixed_is_0():
    inside = np.zeros((8, 8), bool)
    inside[2:4, 2:4] = True
    u = solve_membrane(np.ones((1, 8, 8)), np.zeros((8, 8), bool), inside, 0.0)
    assert not u.any()

from __future__ import annotations

import numpy as np
import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.measure.seam import contours, seam_excess, seam_ratio
from tests.core.measure.grainy import SIZE, blur, clean_face, grain, oval

FACE, MATTE = clean_face(), oval()
TRUTH = grain(FACE, 1)


def _inner(by: int) -> torch.Tensor:
    size = 2 * by + 1
    return -torch.nn.functional.max_pool2d(-MATTE[None], size, 1, by)[0]


def test_the_truth_itself_is_exactly_one() -> None:
    assert seam_excess(TRUTH, TRUTH, MATTE) == 1


def test_a_flat_picture_reads_exactly_one() -> None:
    flat = torch.full_like(FACE, 0.2)
    assert seam_ratio(flat, MATTE) == 1
    assert seam_excess(flat, 3 * flat, MATTE) == pytest.approx(1, abs=1e-4)
    assert seam_ratio(0 * flat, MATTE) == 1


def test_a_shaded_picture_that_knows_nothing_of_the_matte_reads_about_one() -> None:
    ramp = 0.2 * torch.linspace(0.5, 2, SIZE) * torch.ones(3, SIZE, 1)
    assert seam_ratio(ramp, MATTE) == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("gain", [0.95, 1.05])
def test_a_face_pasted_5_percent_off_is_a_seam(gain) -> None:
    pasted = TRUTH * (1 + (gain - 1) * MATTE)
    assert 2.5 < seam_excess(pasted, TRUTH, MATTE) < 6


@pytest.mark.parametrize("gain", [0.8, 1.2])
def test_a_face_pasted_20_percent_off_shows_in_one_picture_too(gain) -> None:
    assert seam_ratio(TRUTH * (1 + (gain - 1) * MATTE), MATTE) > 1.5 * seam_ratio(TRUTH, MATTE)


def test_a_larger_step_reads_more() -> None:
    readings = [seam_excess(TRUTH * (1 + step * MATTE), TRUTH, MATTE) for step in (0.0, 0.02, 0.05, 0.1)]
    assert readings == sorted(readings)
    assert readings[3] > 1.5 * readings[2] > 2 * readings[1]


def test_a_seam_a_little_inside_the_matte_is_found() -> None:
    assert seam_excess(TRUTH * (1 + 0.05 * _inner(4)), TRUTH, MATTE) > 2


def test_a_seam_along_half_of_the_edge_is_found() -> None:
    upper = torch.zeros_like(MATTE)
    upper[: SIZE // 2] = 1
    assert seam_excess(TRUTH * (1 + 0.1 * MATTE * upper), TRUTH, MATTE) > 1.7


@pytest.mark.parametrize(
    "result",
    [
        1.7 * TRUTH,
        TRUTH * torch.linspace(1 / 1.2, 1.2, SIZE),
        grain(FACE, 2),
        grain(FACE, 2, 2.0),
        TRUTH * (1 - MATTE) + grain(FACE, 2) * MATTE,
        FACE,
    ],
    ids=["gain", "relit", "regrained", "double grain", "regrained face", "no grain"],
)
def test_other_exposure_light_or_grain_is_no_seam(result) -> None:
    assert seam_excess(result, TRUTH, MATTE) < 1.4


def test_an_edge_that_the_truth_has_too_is_no_seam() -> None:
    before_backdrop = TRUTH * (0.3 + 0.7 * MATTE)
    assert seam_ratio(before_backdrop, MATTE) > 5
    assert seam_excess(before_backdrop, before_backdrop, MATTE) == 1


def test_the_seam_of_a_feathered_edge_reads_less() -> None:
    hard = seam_excess(TRUTH * (1 + 0.05 * MATTE), TRUTH, MATTE)
    soft = seam_excess(TRUTH * (1 + 0.05 * blur(MATTE[None], 5.0)[0]), TRUTH, MATTE)
    assert 1 < soft < 0.8 * hard


def test_frames_are_pooled() -> None:
    pasted = TRUTH * (1 + 0.05 * MATTE)
    one = seam_excess(pasted, TRUTH, MATTE)
    assert seam_excess([pasted] * 2, [TRUTH] * 2, [MATTE] * 2) == pytest.approx(one)


def test_a_face_cut_by_the_frame_is_judged_by_the_edge_that_is_left() -> None:
    cut = (slice(None), slice(88, None))
    pasted = TRUTH * (1 + 0.05 * MATTE)
    assert seam_excess(pasted[:, *cut], TRUTH[:, *cut], MATTE[cut]) > 2.5


def test_what_an_occluder_covers_is_left_out() -> None:
    pole = torch.zeros_like(MATTE)
    pole[:, 70:100] = 1
    matte = MATTE * (1 - pole)
    result = TRUTH * (1 - 0.5 * pole)
    assert seam_excess(result, TRUTH, matte, pole) == pytest.approx(1, abs=0.05)
    assert seam_excess(result, TRUTH, matte) > 1.5


def test_a_face_wholly_behind_an_occluder_is_refused() -> None:
    with pytest.raises(DoublureError, match="no part of the matte's edge"):
        seam_ratio(TRUTH, MATTE, torch.ones_like(MATTE))


def test_a_matte_that_fills_the_frame_is_refused() -> None:
    with pytest.raises(DoublureError, match="no part of the matte's edge"):
        seam_ratio(TRUTH, torch.ones_like(MATTE))


def test_one_pixel_of_matte_is_refused() -> None:
    dot = torch.zeros_like(MATTE)
    dot[80, 80] = 1
    with pytest.raises(DoublureError, match="no part of the matte's edge"):
        seam_ratio(TRUTH, dot)


def test_an_occlusion_of_another_size_is_refused() -> None:
    with pytest.raises(DoublureError, match="the occlusion is"):
        seam_ratio(TRUTH, MATTE, torch.zeros(4, 4))


def test_missing_occlusion_frames_are_refused() -> None:
    with pytest.raises(DoublureError, match="2 occlusion mattes for 1 frames"):
        seam_excess(TRUTH, TRUTH, MATTE, [MATTE, MATTE])


def test_an_empty_matte_is_refused() -> None:
    with pytest.raises(DoublureError, match="the matte is empty"):
        seam_ratio(TRUTH, 0 * MATTE)


def test_a_nan_is_refused() -> None:
    with pytest.raises(DoublureError, match="holds NaN"):
        seam_ratio(TRUTH * torch.nan, MATTE)


@pytest.mark.parametrize("softness", [0.5, 2.0, 6.0])
def test_the_contour_lies_where_a_soft_matte_is_one_half(softness) -> None:
    y, x = np.mgrid[:SIZE, :SIZE] + 0.5
    radius = np.hypot(x - 90.3, y - 85.6)
    matte = torch.tensor(np.clip((50 - radius) / (2 * softness) + 0.5, 0, 1), dtype=torch.float32)
    (edge,) = contours(matte)
    away = np.hypot(*(edge.points - [90.3, 85.6]).T)
    assert np.abs(away - 50).max() < 0.5
    outwards = (edge.points - [90.3, 85.6]) / away[:, None]
    assert (edge.normals * outwards).sum(1).min() > 0.98


def test_the_normals_of_a_hole_point_into_the_hole() -> None:
    matte = torch.zeros(80, 80)
    matte[5:75, 5:75] = 1
    matte[30:50, 30:50] = 0
    hole = min(contours(matte), key=lambda edge: len(edge.points))
    assert ((np.array([40, 40]) - hole.points) * hole.normals).sum(1).min() > 0

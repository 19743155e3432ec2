from __future__ import annotations

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.measure.flip import flip


def _grey_step(below: float, above: float) -> float:
    """FLIP of two flat greys of linear luminance: its remapped CIELAB lightness distance, by hand."""

    def lightness(y: float) -> float:
        return 116 * y ** (1 / 3) - 16

    distance, most = abs(lightness(below) - lightness(above)) ** 0.7, 41.2760
    return 0.95 * distance / (0.4 * most)


def test_the_truth_itself_is_zero(shot) -> None:
    assert flip(shot.truths[0], shot.truths[0], shot.mattes[0]) == 0


def test_two_flat_greys_read_the_paper_s_formula() -> None:
    truth = torch.full((3, 40, 40), 0.35)  # exposure scale 1
    result = torch.full((3, 40, 40), 0.38)
    assert flip(result, truth, torch.ones(40, 40)) == pytest.approx(_grey_step(0.35, 0.38), rel=0.002)


def test_the_exposure_of_the_shot_does_not_matter(shot) -> None:
    dim = flip(0.01 * shot.others[0], 0.01 * shot.truths[0], shot.mattes[0])
    assert dim == pytest.approx(flip(shot.others[0], shot.truths[0], shot.mattes[0]), abs=1e-4)


def test_garbage_outside_the_matte_changes_nothing(shot) -> None:
    matte, other = shot.mattes[0], shot.others[0]
    dirty = torch.where(matte > 0, other, -700.0)
    assert flip(dirty, shot.truths[0], matte) == flip(other, shot.truths[0], matte)


def test_only_the_share_of_the_matte_with_an_error_counts() -> None:
    truth = torch.full((3, 64, 256), 0.35)
    result, matte = truth.clone(), torch.ones(64, 256)
    result[:, :, :128] = 0.1
    whole = flip(result, truth, matte)
    matte[:, 128:] = 0.25
    assert flip(result, truth, matte) == pytest.approx(whole * (128 + 128) / (128 + 32), rel=0.02)


def test_a_larger_error_reads_more(shot) -> None:
    truth, matte = shot.truths[0], shot.mattes[0]
    values = [flip(truth + share * (shot.others[0] - truth), truth, matte) for share in (0.1, 0.3, 1.0)]
    assert 0 < values[0] < values[1] < values[2] < 1


def test_another_ocio_config_changes_nothing(shot, monkeypatch) -> None:
    plain = flip(shot.others[0], shot.truths[0], shot.mattes[0])
    monkeypatch.setenv("OCIO", "no_such_config.ocio")
    assert flip(shot.others[0], shot.truths[0], shot.mattes[0]) == plain


def test_one_pixel_of_matte_in_the_corner_is_measured() -> None:
    truth = torch.full((3, 9, 9), 0.35)
    matte = torch.zeros(9, 9)
    matte[0, 0] = 1
    result = truth.clone()
    result[:, 0, 0] = 0.1
    assert 0 < flip(result, truth, matte) < 1


def test_an_empty_matte_is_refused(shot) -> None:
    with pytest.raises(DoublureError, match="the matte is empty"):
        flip(shot.truths[0], shot.truths[0], 0 * shot.mattes[0])


def test_a_nan_is_refused(shot) -> None:
    broken = shot.truths[0].clone()
    broken[0, 0, 0] = torch.nan
    with pytest.raises(DoublureError, match="the result holds NaN"):
        flip(broken, shot.truths[0], shot.mattes[0])

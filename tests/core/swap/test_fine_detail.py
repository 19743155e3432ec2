from __future__ import annotations

import numpy as np
import torch

from doublure.core.frame import Frame
from doublure.core.swap.crop import footprint
from doublure.core.swap.fine_detail import fine_detail

SIZE = 32
WHOLE = np.ones((SIZE, SIZE), np.float32)


def _plate(noise: float) -> Frame:
    generator = torch.Generator().manual_seed(3)
    smooth = torch.linspace(0.1, 0.3, 200).expand(3, 160, 200)
    return Frame.from_rgb(smooth * (1 + noise * torch.randn(3, 160, 200, generator=generator)), "ACEScg")


def _matrix(scale: float) -> np.ndarray:
    return np.array([[scale, 0.0, 30.0], [0.0, scale, 20.0]])


def test_a_smooth_plate_has_nothing_finer_than_the_crop() -> None:
    inner = fine_detail(_plate(0.0), _matrix(3.0), WHOLE, 1.0)[8:-8, 8:-8]
    assert np.abs(inner).max() < 1e-3


def test_grain_finer_than_the_crop_is_kept_nearly_whole() -> None:
    plate = _plate(0.1)
    fine = fine_detail(plate, _matrix(4.0), WHOLE, 1.0)[8:-8, 8:-8]
    # 10 % of light is 0.0079 of ACEScct a per cent, to within the curve.
    assert 0.06 < float(fine.std()) * 17.52 * np.log(2) < 0.12


def test_a_crop_as_fine_as_the_plate_leaves_less() -> None:
    plate = _plate(0.1)
    coarse, same = (fine_detail(plate, _matrix(scale), WHOLE, 1.0).std() for scale in (4.0, 1.0))
    assert same < 0.3 * coarse


def test_it_covers_the_pixels_of_the_crop_on_the_plate() -> None:
    plate = _plate(0.1)
    window = footprint(_matrix(3.0), SIZE, plate.data, margin=0)
    assert fine_detail(plate, _matrix(3.0), WHOLE, 1.0).shape == (window.height, window.width, 3)


def test_a_crop_that_hangs_out_of_the_plate_is_cut() -> None:
    matrix = np.array([[4.0, 0.0, -40.0], [0.0, 4.0, -30.0]])
    window = footprint(matrix, SIZE, _plate(0.0).data, margin=0)
    assert fine_detail(_plate(0.1), matrix, WHOLE, 1.0).shape == (window.height, window.width, 3)


def test_beyond_the_plates_face_there_is_none() -> None:
    half = WHOLE.copy()
    half[:, : SIZE // 2] = 0
    fine = fine_detail(_plate(0.1), _matrix(4.0), half, 1.0)
    assert np.abs(fine[:, : fine.shape[1] // 2 - 12]).max() == 0
    assert fine[:, fine.shape[1] // 2 + 12 :].std() > 0.005

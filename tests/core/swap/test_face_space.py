from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from doublure.core.exr import read_exr, write_exr
from doublure.core.frame import Frame
from doublure.core.swap.face_space import MATRIX, canvas, inverse_st_map, st_map, with_matrix
from doublure.core.window import Window

SIZE = 32
TURN = np.array([[0.9, -0.3], [0.3, 0.9]])
PLACE = np.column_stack([TURN, [40.0, 20.0]])


def _plate(**changes: object) -> Frame:
    y, x = torch.meshgrid(torch.arange(90.0), torch.arange(120.0), indexing="ij")
    smooth = torch.stack([x / 120, y / 90, (x * 0.2).sin() * (y * 0.15).cos()])
    return replace(Frame.from_rgb(smooth, "ACEScg"), **changes)  # type: ignore[arg-type]


def st_mapped(source: Frame, by: Frame) -> np.ndarray:
    """What Nuke's STMap makes: (H, W, C) over ``by``, linearly filtered, black beyond the source."""
    window = source.display
    x = by.pixels[0].numpy() * window.width + window.x0 - source.data.x0 - 0.5
    y = (1 - by.pixels[1].numpy()) * window.height + window.y0 - source.data.y0 - 0.5
    pixels = np.ascontiguousarray(source.pixels.permute(1, 2, 0).numpy())
    return np.asarray(cv2.remap(pixels, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR))


def test_a_picture_goes_into_face_space_and_back() -> None:
    plate = _plate()
    crop, _ = canvas(plate, SIZE, 4)
    cut = crop.with_pixels(
        torch.from_numpy(st_mapped(plate, inverse_st_map(plate, crop, PLACE, SIZE))).permute(2, 0, 1),
        ("R", "G", "B"),
    )
    there = st_map(plate, PLACE, SIZE)
    back = st_mapped(cut, there)
    u, v = there.pixels[0].numpy(), there.pixels[1].numpy()
    inside = (np.minimum(u, v) > 0.02) & (np.maximum(u, v) < 0.98)
    assert inside.sum() > 500
    assert np.abs(back - plate.pixels.permute(1, 2, 0).numpy())[inside].max() < 0.01


def test_the_lower_left_corner_of_the_crop_is_0_and_y_runs_up() -> None:
    there = st_map(_plate(), np.array([[1.0, 0.0, 10.0], [0.0, 1.0, 20.0]]), SIZE).pixels
    assert there[:2, 20 + SIZE - 1, 10].tolist() == pytest.approx([0.5 / SIZE, 0.5 / SIZE])
    assert there[1, 20, 10] == pytest.approx(1 - 0.5 / SIZE)


def test_overscan_does_not_move_a_map() -> None:
    plain = st_map(_plate(), PLACE, SIZE)
    wide = st_map(_plate(data=Window(-16, -8, 104, 82)), PLACE, SIZE)
    assert torch.equal(wide.pixels[:, 8:, 16:], plain.pixels[:, :82, :104])


def test_the_matrix_says_what_the_maps_say() -> None:
    crop, _ = canvas(_plate(), SIZE, 4)
    made = with_matrix(inverse_st_map(_plate(), crop, PLACE, SIZE), PLACE, crop.data.width, SIZE)
    matrix = np.array(made.metadata[MATRIX].value).reshape(3, 3)
    x, y, _ = np.array([10.5, 70.5, 1.0]) @ matrix
    assert made.pixels[:2, 70, 10].tolist() == pytest.approx([x / 120, 1 - y / 90], abs=1e-6)


def test_a_map_is_data_and_comes_back_from_its_file_with_its_matrix(tmp_path: Path) -> None:
    made = with_matrix(st_map(_plate(), PLACE, SIZE), PLACE, SIZE, SIZE)
    write_exr(tmp_path / "map.exr", made, half=False)
    read = read_exr(tmp_path / "map.exr")
    assert read.space == "Raw"
    assert torch.equal(read.pixels, made.pixels)
    assert read.metadata[MATRIX].value == pytest.approx(made.metadata[MATRIX].value)


def test_alpha_tells_what_lies_inside() -> None:
    alpha = st_map(_plate(), PLACE, SIZE).alpha
    assert alpha is not None
    area = SIZE**2 * abs(np.linalg.det(TURN))
    assert float(alpha.sum()) == pytest.approx(area, rel=0.03)

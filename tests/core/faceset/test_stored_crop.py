from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from doublure.core.exr import read_exr
from doublure.core.face.still import still_faces
from doublure.core.faceset.stored_crop import CLASSES, SPAN, cut_stored
from doublure.core.frame import Frame
from doublure.core.swap.crop import place
from doublure.core.window import Window

FACE = Path(__file__).resolve().parents[2] / "data" / "face.exr"


@pytest.fixture(scope="module")
def frame() -> Frame:
    return read_exr(FACE)


@pytest.fixture(scope="module")
def points(frame: Frame) -> np.ndarray:
    return still_faces(frame)[0].points


def test_a_face_is_stored_at_its_own_resolution(frame: Frame, points: np.ndarray) -> None:
    crop = cut_stored(frame, points)
    assert crop is not None
    size = next(side for side in CLASSES if side >= crop.across)
    assert crop.rgb.shape == (3, round(size * SPAN), round(size * SPAN))


def test_placed_back_the_crop_is_the_plate(frame: Frame, points: np.ndarray) -> None:
    crop = cut_stored(frame, points)
    assert crop is not None
    middle = points[:, :2].mean(0).astype(int)
    window = Window(middle[0] - 24, middle[1] - 24, middle[0] + 24, middle[1] + 24)
    back = place(crop.rgb.permute(1, 2, 0).numpy(), crop.matrix, window)
    rows, columns = window.slices(frame.data)
    plate = frame.rgb[:, rows, columns].permute(1, 2, 0).numpy()
    assert np.abs(back - plate).mean() < 0.02 * plate.mean()


def test_a_highlight_keeps_its_value(frame: Frame, points: np.ndarray) -> None:
    rgb = frame.rgb.clone()
    x, y = points[151, :2].astype(int)
    rgb[:, y - 3 : y + 4, x - 3 : x + 4] = 40.0
    crop = cut_stored(Frame.from_rgb(rgb, "ACEScg"), points)
    assert crop is not None
    assert float(crop.rgb.max()) == pytest.approx(40, rel=1e-3)


def test_landmarks_lie_on_the_same_face(frame: Frame, points: np.ndarray) -> None:
    crop = cut_stored(frame, points)
    assert crop is not None
    back = crop.points[:, :2] @ crop.matrix[:, :2].T + crop.matrix[:, 2]
    assert np.allclose(back, points[:, :2], atol=1e-3)


def test_beyond_the_picture_nothing_is_visible(frame: Frame, points: np.ndarray) -> None:
    half = int(points[:, 0].mean())
    crop = cut_stored(Frame.from_rgb(frame.rgb[:, :, :half], "ACEScg"), points)
    assert crop is not None
    assert crop.inside == pytest.approx(0.5, abs=0.12)
    assert crop.visible[:, -4:].max() == 0


def test_hidden_points_are_not_visible(frame: Frame, points: np.ndarray) -> None:
    hidden = points[:, 0] > np.median(points[:, 0])
    crop = cut_stored(frame, points, hidden)
    assert crop is not None
    column, row = crop.points[hidden, :2].mean(0).astype(int)
    assert crop.visible[row, column] < 0.01


def test_a_face_outside_the_picture_has_no_crop(frame: Frame, points: np.ndarray) -> None:
    assert cut_stored(frame, points + np.float32([5000, 0, 0])) is None


def test_an_anamorphic_face_is_stored_unsqueezed(frame: Frame, points: np.ndarray) -> None:
    squeezed = Frame.from_rgb(
        torch.nn.functional.interpolate(frame.rgb[None], scale_factor=(1, 0.5), mode="area")[0],
        "ACEScg",
        pixel_aspect=2.0,
    )
    crop, straight = cut_stored(squeezed, points * np.float32([0.5, 1, 1])), cut_stored(frame, points)
    assert crop is not None
    assert straight is not None
    assert np.allclose(crop.points, straight.points, atol=0.05)


def test_the_pictures_matte_comes_along(frame: Frame, points: np.ndarray) -> None:
    left = torch.zeros(frame.rgb.shape[1:])
    left[:, : int(points[4, 0])] = 1.0
    crop = cut_stored(frame.with_channel("matte", left), points)
    assert crop is not None
    assert crop.cover is not None
    rows = np.arange(crop.cover.shape[0])
    nose = crop.points[4]
    row = int(nose[1])
    assert crop.cover[row, rows < nose[0] - 4].min() > 0.99
    assert crop.cover[row, rows > nose[0] + 4].max() < 0.01


def test_without_one_there_is_none(frame: Frame, points: np.ndarray) -> None:
    crop = cut_stored(frame, points)
    assert crop is not None
    assert crop.cover is None

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from doublure.core.color import convert
from doublure.core.face.cuts import WIDE, CutWatch, thumbnail
from doublure.core.frame import Frame


def world(seed: int) -> np.ndarray:
    """(400, 600, 3) scene-linear: things of all sizes."""
    rng = np.random.default_rng(seed)
    out = np.full((400, 600, 3), 0.1, np.float32)
    for _ in range(60):
        x, y, w, h = rng.integers(0, 600), rng.integers(0, 400), rng.integers(15, 90), rng.integers(15, 90)
        cv2.rectangle(out, (int(x), int(y)), (int(x + w), int(y + h)), tuple(rng.uniform(0.02, 0.8, 3)), -1)
    return cv2.GaussianBlur(out, (0, 0), 2)


def frame(picture: np.ndarray, x: int = 0, y: int = 0, gain: float = 1.0) -> Frame:
    part = np.ascontiguousarray(picture[y : y + 240, x : x + 320].transpose(2, 0, 1)) * np.float32(gain)
    return Frame.from_rgb(torch.from_numpy(part), "ACEScg")


def cuts(frames: list[Frame]) -> tuple[int, ...]:
    watch = CutWatch()
    for number, one in enumerate(frames, 1):
        watch.look(one, number)
    return watch.cuts


A, B = world(1), world(2)


def test_a_cut_is_the_first_frame_of_the_new_shot() -> None:
    assert cuts([frame(A, 2 * k) for k in range(5)] + [frame(B, 2 * k) for k in range(5)]) == (6,)


@pytest.mark.parametrize("step", [3, 12, 40])
def test_a_pan_is_no_cut(step: int) -> None:
    assert cuts([frame(A, step * k, 10) for k in range(7)]) == ()


@pytest.mark.parametrize("length", [1, 2])
def test_a_flash_is_no_cut(length: int) -> None:
    white = Frame.from_rgb(torch.full((3, 240, 320), 20.0), "ACEScg")
    assert cuts([frame(A)] * 4 + [white] * length + [frame(A)] * 4) == ()


def test_a_picture_of_something_else_for_two_frames_is_no_cut() -> None:
    assert cuts([frame(A)] * 4 + [frame(B)] * 2 + [frame(A)] * 4) == ()


def test_a_shot_of_five_frames_has_two_cuts() -> None:
    assert cuts([frame(A)] * 4 + [frame(B)] * 5 + [frame(A)] * 4) == (5, 10)


def test_a_cut_through_black_is_where_the_new_shot_shows() -> None:
    black = Frame.from_rgb(torch.zeros(3, 240, 320), "ACEScg")
    assert cuts([frame(A)] * 3 + [black] * 3 + [frame(B)] * 3) == (7,)


def test_light_and_exposure_are_no_cut() -> None:
    slant = np.linspace(0.3, 2, 600, dtype=np.float32)[None, :, None]
    assert cuts([frame(A), frame(A, gain=16), frame(A, gain=0.05), frame(A * slant), frame(A)]) == ()


def test_grain_as_strong_as_the_picture_is_no_cut() -> None:
    rng = np.random.default_rng(5)
    noisy = [frame(A + rng.normal(0, 0.5, A.shape).astype(np.float32)) for _ in range(6)]
    assert cuts(noisy) == ()


def test_a_thing_before_a_bare_wall_tells_nothing() -> None:
    def wall(x: int) -> Frame:
        rgb = torch.full((3, 240, 320), 0.2)
        rgb[:, 80:140, x : x + 50] = 0.8
        return Frame.from_rgb(rgb, "ACEScg")

    assert cuts([wall(10), wall(220), wall(20)]) == ()


def test_the_last_frame_can_be_a_cut() -> None:
    assert cuts([frame(A), frame(A), frame(B)]) == (3,)


def test_the_thumbnail_is_linear_light_of_square_pixels() -> None:
    one = replace(frame(A), pixel_aspect=2.0)
    assert thumbnail(one).shape == (36, WIDE)
    logged = thumbnail(convert(frame(A), "ACEScct"))
    assert np.abs(logged - thumbnail(frame(A))).max() < 0.1


def test_a_picture_of_a_few_pixels_is_looked_at_too() -> None:
    assert thumbnail(Frame.from_rgb(torch.ones(3, 2, 3), "ACEScg")).shape == (2, 3)
    assert cuts([Frame.from_rgb(torch.ones(3, 2, 3), "ACEScg")] * 3) == ()

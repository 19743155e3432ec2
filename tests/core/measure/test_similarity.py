from __future__ import annotations

import pytest
import torch

from doublure.core.measure.similarity import Similarity


def dot(x: int, y: int) -> torch.Tensor:
    yy, xx = torch.meshgrid(torch.arange(101.0), torch.arange(101.0), indexing="ij")
    spot = torch.exp(-((xx - x) ** 2 + (yy - y) ** 2) / 18)
    return (0.1 + spot)[None].expand(3, -1, -1)


def peak(picture: torch.Tensor) -> tuple[int, int]:
    at = int(picture[0].argmax())
    return at % 101, at // 101


@pytest.fixture
def matte() -> torch.Tensor:
    square = torch.zeros(101, 101)
    square[0:101, 0:101] = 0
    square[20:81, 30:71] = 1  # centre of mass on the centre of pixel (50, 50), 41 wide
    return square


def test_nothing_is_bit_exact(matte: torch.Tensor) -> None:
    picture = dot(40, 60)
    assert Similarity().apply(picture, matte) is picture


def test_a_shift_is_in_face_widths(matte: torch.Tensor) -> None:
    moved = Similarity(shift_x=4 / 41, shift_y=-8 / 41).apply(dot(50, 50), matte)
    assert peak(moved) == (54, 42)


def test_a_scale_pushes_away_from_the_centroid(matte: torch.Tensor) -> None:
    assert peak(Similarity(scale=1.1).apply(dot(70, 30), matte)) == (72, 28)


def test_a_positive_rotation_is_clockwise_on_the_screen(matte: torch.Tensor) -> None:
    assert peak(Similarity(rotation=90).apply(dot(70, 50), matte)) == (50, 70)


def test_a_highlight_survives_without_ringing_below_black(matte: torch.Tensor) -> None:
    picture = torch.full((3, 101, 101), 0.18)
    picture[:, 48:53, 48:53] = 40.0
    moved = Similarity(shift_x=0.5 / 41).apply(picture, matte)
    assert float(moved.max()) > 30
    assert float(moved.min()) > 0


def test_the_inverse_brings_a_point_back(matte: torch.Tensor) -> None:
    there = Similarity(scale=1.1, rotation=20, shift_x=5 / 41, shift_y=-3 / 41)
    back = there.inverse().apply(there.apply(dot(62, 44), matte), matte)
    assert peak(back) == (62, 44)

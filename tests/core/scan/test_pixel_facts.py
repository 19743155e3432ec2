from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from doublure.core.color import convert
from doublure.core.frame import Frame
from doublure.core.scan.channel_bands import ROWS
from doublure.core.scan.pixel_facts import PixelFacts, pixel_facts
from doublure.core.scan.raw_frame import read_raw
from tests.core.scan.conftest import HEIGHT, WIDTH, pixels, write

MATTE = np.zeros((HEIGHT, WIDTH), np.float16)
MATTE[4:12, 6:18] = 1
MATTE[4, 6:18] = 0.5


@pytest.fixture
def plate() -> np.ndarray:
    return pixels()


@pytest.fixture
def result(plate: np.ndarray) -> np.ndarray:
    """(16, 24, 4): R, G, B, matte; another face where the matte is."""
    inside = MATTE[..., None] > 0
    return np.concatenate([np.where(inside, pixels(9), plate), MATTE[..., None]], 2)


def facts(folder: Path, result: np.ndarray, plate: np.ndarray, **said: Any) -> PixelFacts:
    names = {
        "names": said.pop("names", ("R", "G", "B", "matte")),
        "plate_names": said.pop("plate_names", ("R", "G", "B")),
    }
    at = said.pop("at", (0, 0))
    a = write(folder / "result.exr", result, names["names"], at=at, **said)
    b = write(folder / "plate.exr", plate, names["plate_names"])
    return pixel_facts(read_raw(a, 1), read_raw(b, 1))


def test_a_clean_frame_counts_nothing(tmp_path: Path, result: np.ndarray, plate: np.ndarray) -> None:
    found = facts(tmp_path, result, plate)
    assert (found.nan, found.inf, found.negative, found.negative_made, found.above_half) == (0,) * 5
    assert (found.outside_differs, found.outside_far, found.matte_wrong) == (0, 0, 0)
    assert found.outside == WIDTH * HEIGHT - 96
    assert found.inside == 96
    assert found.coverage == 90
    assert (found.matte_minimum, found.matte_maximum) == (0, 1)
    assert found.alpha_differs is None


def test_one_bit_outside_the_matte_is_seen_and_placed(
    tmp_path: Path, result: np.ndarray, plate: np.ndarray
) -> None:
    result[2, 20, 1] = np.nextafter(result[2, 20, 1], np.float16(2))
    found = facts(tmp_path, result, plate)
    assert (found.outside_differs, found.first_outside, found.outside_far) == (1, (20, 2), 0)


def test_the_sign_of_zero_is_a_bit_too(tmp_path: Path, result: np.ndarray, plate: np.ndarray) -> None:
    result[0, 0, :3], plate[0, 0] = -0.0, 0.0
    found = facts(tmp_path, result, plate)
    assert found.outside_differs == 1
    assert found.negative == 0


def test_pixels_without_a_number_are_counted_and_not_told_twice(
    tmp_path: Path, result: np.ndarray, plate: np.ndarray
) -> None:
    result[0, 1, 0], result[0, 2, 1], result[8, 8, 2] = np.nan, np.inf, -np.inf
    found = facts(tmp_path, result, plate)
    assert (found.nan, found.inf, found.first_bad) == (1, 2, (1, 0))
    assert found.outside_differs == 0


def test_a_matte_without_a_number_is_no_matte_out_of_range(
    tmp_path: Path, result: np.ndarray, plate: np.ndarray
) -> None:
    result[8, 8, 3] = np.nan
    found = facts(tmp_path, result, plate)
    assert (found.nan, found.matte_wrong) == (1, 0)


def test_a_matte_out_of_range_is_counted(tmp_path: Path, result: np.ndarray, plate: np.ndarray) -> None:
    result[8, 8, 3], result[8, 9, 3] = 1.25, -0.5
    found = facts(tmp_path, result, plate)
    assert (found.matte_wrong, found.matte_minimum, found.matte_maximum) == (2, -0.5, 1.25)


def test_only_negatives_that_the_plate_has_not_are_made(
    tmp_path: Path, result: np.ndarray, plate: np.ndarray
) -> None:
    result[8, 8, 0] = result[8, 9, 0] = result[0, 0, 0] = -0.25
    plate[8, 9, 0] = plate[0, 0, 0] = -0.25
    found = facts(tmp_path, result, plate)
    assert (found.negative, found.negative_made, found.lowest) == (3, 1, -0.25)


def test_floats_beyond_half_are_counted(tmp_path: Path, result: np.ndarray, plate: np.ndarray) -> None:
    wide = result.astype(np.float32)
    wide[8, 8, 0] = 1e5
    found = facts(tmp_path, wide, plate)
    assert found.above_half == 1
    assert found.outside_differs == 0


def test_a_float_plate_is_compared_as_the_halves_that_a_half_result_can_hold(
    tmp_path: Path, result: np.ndarray, plate: np.ndarray
) -> None:
    fine = plate.astype(np.float32) * np.float32(1.00001)
    assert facts(tmp_path, result, fine).outside_differs == 0


def test_windows_that_differ_are_compared_where_they_overlap(
    tmp_path: Path, result: np.ndarray, plate: np.ndarray
) -> None:
    found = facts(tmp_path, result[2:, 3:], plate, at=(3, 2))
    assert found.outside_differs == 0
    assert found.outside == 14 * 21 - 96


def test_windows_that_do_not_meet_answer_nothing_about_the_plate(
    tmp_path: Path, result: np.ndarray, plate: np.ndarray
) -> None:
    assert facts(tmp_path, result, plate, at=(100, 100)).outside_differs is None


def test_without_a_matte_nothing_is_said_about_the_outside(
    tmp_path: Path, result: np.ndarray, plate: np.ndarray
) -> None:
    found = facts(tmp_path, result[..., :3], plate, names=("R", "G", "B"))
    assert found.outside_differs is None
    assert found.inside is None


def test_an_alpha_is_compared_bit_for_bit(tmp_path: Path, result: np.ndarray, plate: np.ndarray) -> None:
    alpha = np.ones((HEIGHT, WIDTH, 1), np.float16)
    both = np.concatenate([plate, alpha], 2)
    alpha = alpha.copy()
    alpha[3, 3] = 0.5
    five = np.concatenate([result[..., :3], alpha, result[..., 3:]], 2)
    rgba = ("R", "G", "B", "A")
    found = facts(tmp_path, five, both, names=(*rgba, "matte"), plate_names=rgba)
    assert found.alpha_differs == 1


def test_another_colour_space_is_compared_after_a_conversion(
    tmp_path: Path, result: np.ndarray, plate: np.ndarray
) -> None:
    rgb = torch.from_numpy(result[..., :3].astype(np.float32).transpose(2, 0, 1).copy())
    other = convert(Frame.from_rgb(rgb, "ACEScg"), "ACES2065-1").rgb.permute(1, 2, 0).numpy()
    delivered = np.concatenate([other.astype(np.float16), result[..., 3:]], 2)
    assert facts(tmp_path, delivered, plate, colorInteropID="lin_ap0_scene").outside_differs == 0
    delivered[0, 0, 0] *= 1.1
    assert facts(tmp_path, delivered, plate, colorInteropID="lin_ap0_scene").outside_differs == 1


def test_a_tall_frame_counts_and_places_what_lies_in_any_band(tmp_path: Path) -> None:
    rows = 3 * ROWS + 5
    high = np.random.default_rng(5).uniform(0.1, 1, (rows, 6, 4)).astype(np.float16)
    high[..., 3] = 0
    high[ROWS + 2 : ROWS + 4, :, 3] = 1
    plate = high[..., :3].copy()
    high[2 * ROWS + 1, 4, 0], high[rows - 1, 5, 1] = np.nan, np.inf
    high[ROWS + 2, 1, 2], high[rows - 1, 2, 2] = -0.5, 0.05
    high[ROWS - 1, 3, 0] = 0.05
    found = facts(tmp_path, high, plate)
    assert (found.nan, found.inf, found.first_bad) == (1, 1, (4, 2 * ROWS + 1))
    assert (found.negative, found.negative_made, found.lowest) == (1, 1, -0.5)
    assert (found.outside_differs, found.first_outside) == (2, (3, ROWS - 1))
    assert (found.inside, found.outside) == (12, rows * 6 - 12)
    assert (found.matte_minimum, found.matte_maximum, found.coverage) == (0, 1, 12)


def test_many_channels_and_one_alone_are_read_alike(
    tmp_path: Path, result: np.ndarray, plate: np.ndarray
) -> None:
    more = np.concatenate([result, pixels(4, 2)], 2)
    names = ("R", "G", "B", "matte", "depth", "id")
    assert facts(tmp_path, more, plate, names=names) == facts(tmp_path, result, plate)
    assert facts(tmp_path, result[..., 3:], plate, names=("matte",)).inside == 96

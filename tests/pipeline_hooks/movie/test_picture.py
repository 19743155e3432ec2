from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from doublure.core.display import display_view
from doublure.core.frame import Frame
from doublure.core.window import Window
from doublure.pipeline_hooks.movie.picture import LABEL, PANEL, Captions, review_picture

CAPTIONS = Captions("demo sq010_sh0100 v003", 1004)


def flat(value: float, width: int = 96, height: int = 54) -> Frame:
    return Frame.from_rgb(torch.full((3, height, width), value), "ACEScg")


def panels(picture: np.ndarray, width: int = 96) -> list[np.ndarray]:
    """The middle rows of plate, result and difference."""
    rows = picture[picture.shape[0] // 3 : picture.shape[0] // 2]
    return [rows[:, k * (width + 2) : k * (width + 2) + width] for k in range(3)]


def test_plate_and_result_are_shown_and_what_is_equal_is_grey_in_the_difference() -> None:
    plate, result, apart = panels(review_picture(flat(0.2), flat(0.2), CAPTIONS, display_view))
    expected = display_view(torch.full((3, 1, 1), 0.2))
    assert (plate == expected).all()
    assert (result == expected).all()
    assert (apart == 128).all()


def test_where_the_result_is_brighter_so_is_the_difference() -> None:
    *_, apart = panels(review_picture(flat(0.3), flat(0.2), CAPTIONS, display_view))
    assert (apart > 140).all()
    *_, apart = panels(review_picture(flat(0.0), flat(1.0), CAPTIONS, display_view))
    assert (apart == 0).all()


def test_number_title_and_note_are_burnt_in_above() -> None:
    def head(captions: Captions) -> np.ndarray:
        return review_picture(flat(0.2), flat(0.2), captions, display_view)[:18]

    usual = head(CAPTIONS)
    assert usual.max() > 150
    for other in (replace(CAPTIONS, number=1005), replace(CAPTIONS, note="handle"), Captions("x", 1004)):
        assert (head(other) != usual).any()


def test_the_disclosure_lies_over_the_result_alone() -> None:
    bare = review_picture(flat(0.2), flat(0.2), CAPTIONS, display_view)
    labelled = review_picture(flat(0.2), flat(0.2), replace(CAPTIONS, label=LABEL), display_view)
    columns = np.flatnonzero((bare != labelled).any((0, 2)))
    # The difference shows it too, as it shows the picture that will be seen.
    assert columns.min() >= 98
    assert columns.max() < 98 + 96


def test_a_large_picture_is_shown_smaller_and_in_its_shape() -> None:
    picture = review_picture(flat(0.2, 4096, 2160), flat(0.2, 4096, 2160), CAPTIONS, display_view)
    assert picture.shape[1] == 3 * PANEL + 4
    assert picture.shape[0] == pytest.approx(PANEL * 2160 / 4096 + 2 * PANEL / 20, abs=2)


def test_squeezed_pixels_are_shown_square() -> None:
    squeezed = [replace(flat(0.2), pixel_aspect=2.0)] * 2
    assert review_picture(*squeezed, CAPTIONS, display_view).shape[1] == 3 * 192 + 4


def test_overscan_is_left_out_and_what_is_not_there_is_black() -> None:
    window = Window(-10, -10, 50, 64)
    pixels = torch.full((3, 74, 60), 0.2)
    frame = Frame(pixels, ("R", "G", "B"), window, Window(0, 0, 96, 54), "ACEScg")
    plate, *_ = panels(review_picture(frame, frame, CAPTIONS, display_view))
    assert (plate[:, :50] > 0).all()
    assert (plate[:, 50:] == 0).all()


@pytest.mark.parametrize("size", [(33, 17), (208, 208), (2, 2)])
def test_both_sides_are_even(size: tuple[int, int]) -> None:
    picture = review_picture(flat(0.2, *size), flat(0.2, *size), CAPTIONS, display_view)
    assert [side % 2 for side in picture.shape[:2]] == [0, 0]

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from doublure.core.errors import DoublureError
from doublure.core.movie import write_movie

GREY = np.full((32, 48, 3), 90, np.uint8)


def test_a_movie_shows_the_pictures_in_order_and_in_their_colours(tmp_path: Path) -> None:
    colours = [(200, 60, 40), (40, 190, 70), (50, 60, 210)]
    pictures = [np.full((32, 48, 3), colour, np.uint8) for colour in colours]
    assert write_movie(tmp_path / "a.mp4", pictures, 24) == 3
    movie = cv2.VideoCapture(str(tmp_path / "a.mp4"))
    assert (movie.get(cv2.CAP_PROP_FPS), movie.get(cv2.CAP_PROP_FRAME_COUNT)) == (24, 3)
    for colour in colours:
        there, shown = movie.read()
        assert there
        # Limited range and a lossy codec; exchanged channels would be off by a hundred.
        assert np.abs(shown[..., ::-1].mean((0, 1)) - colour).max() < 25


def test_an_odd_row_and_column_are_left_out(tmp_path: Path) -> None:
    write_movie(tmp_path / "a.mp4", [np.zeros((33, 49, 3), np.uint8)], 23.976)
    movie = cv2.VideoCapture(str(tmp_path / "a.mp4"))
    assert (movie.get(cv2.CAP_PROP_FRAME_WIDTH), movie.get(cv2.CAP_PROP_FRAME_HEIGHT)) == (48, 32)


@pytest.mark.parametrize("fps", [0, -1, float("nan")])
def test_a_frame_rate_that_is_none_is_refused(tmp_path: Path, fps: float) -> None:
    with pytest.raises(DoublureError, match="no frame rate"):
        write_movie(tmp_path / "a.mp4", [GREY], fps)


def test_no_pictures_and_other_suffixes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="no pictures"):
        write_movie(tmp_path / "a.mp4", [], 24)
    with pytest.raises(DoublureError, match=r"is an \.mp4"):
        write_movie(tmp_path / "a.avi", [GREY], 24)


def test_pictures_of_several_sizes_leave_no_file(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="48 x 30, the first was 48 x 32"):
        write_movie(tmp_path / "a.mp4", [GREY, GREY[:30]], 24)
    assert list(tmp_path.iterdir()) == []

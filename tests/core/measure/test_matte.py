from __future__ import annotations

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.measure.matte import centroid, check_frame, check_shot, face_crop, face_width


def box(x0: int, y0: int, x1: int, y1: int) -> torch.Tensor:
    matte = torch.zeros(40, 60)
    matte[y0:y1, x0:x1] = 1
    return matte


def test_the_width_is_that_of_the_box() -> None:
    assert face_width(box(10, 5, 31, 20)) == 21


def test_the_centroid_counts_pixel_centres_at_a_half() -> None:
    assert centroid(box(10, 5, 30, 20)) == pytest.approx((20.0, 12.5))


def test_the_crop_stays_within_the_picture() -> None:
    rows, columns = face_crop(box(0, 5, 40, 40), margin=0.5)
    assert (rows.start, rows.stop, columns.start, columns.stop) == (0, 40, 0, 60)


def test_an_empty_matte_is_refused_with_its_frame() -> None:
    picture = torch.ones(3, 40, 60)
    with pytest.raises(DoublureError, match=r"frame 1007: the matte is empty"):
        check_shot([picture], [picture], [torch.zeros(40, 60)], [1007])


def test_a_nan_is_refused_by_the_name_of_the_picture() -> None:
    picture = torch.ones(3, 40, 60)
    broken = picture.clone()
    broken[1, 2, 3] = torch.nan
    with pytest.raises(DoublureError, match="the result holds NaN"):
        check_frame(broken, picture, box(1, 1, 9, 9))


def test_another_size_is_refused() -> None:
    with pytest.raises(DoublureError, match="one size"):
        check_frame(torch.ones(3, 40, 50), torch.ones(3, 40, 60), box(1, 1, 9, 9))


def test_a_matte_above_one_is_refused() -> None:
    picture = torch.ones(3, 40, 60)
    with pytest.raises(DoublureError, match="outside 0 to 1"):
        check_frame(picture, picture, 255 * box(1, 1, 9, 9))


def test_missing_frames_are_refused() -> None:
    picture = torch.ones(3, 40, 60)
    with pytest.raises(DoublureError, match="2 results, 1 truths"):
        check_shot([picture, picture], [picture], [box(1, 1, 9, 9)])


def test_no_frames_at_all_are_refused() -> None:
    with pytest.raises(DoublureError, match="at least one frame"):
        check_shot([], [], [])

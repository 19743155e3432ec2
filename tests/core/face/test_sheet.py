from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.face.sheet import CAPTION, TILE, choose, contact_sheet
from doublure.core.face.sidecar import Track
from doublure.core.frame import Frame
from tests.core.face.faces import SHAPE, track


def unsure(made: Track, number: int, value: float, hidden: int = 0) -> None:
    sure = np.full(468, value, np.float32)
    sure[:hidden] = 0
    made.frames[number] = replace(made.frames[number], confidence=sure)


def test_lost_occluded_and_unsure_frames_are_among_those_chosen() -> None:
    made = track(100, lost=(40, 41, 42))
    unsure(made, 17, 0.4)
    unsure(made, 23, 0.9, hidden=200)
    picks = {pick.number: pick.reason for pick in choose(made, 12)}
    assert picks[40] == "the face was lost"
    assert picks[17] == "sure 0.40 only"
    assert picks[23] == "43% of the face is hidden"
    assert len(picks) == 12
    assert {0, 99} <= set(picks)


def test_half_of_the_sheet_stays_for_even_frames_when_all_is_lost() -> None:
    picks = choose(track(100, lost=tuple(range(50))), 10)
    assert sum(pick.reason != "" for pick in picks) == 5
    assert len(picks) == 10


def test_a_shot_shorter_than_the_sheet_is_shown_whole() -> None:
    assert [pick.number for pick in choose(track(3, lost=(1,)), 24)] == [0, 1, 2]
    assert contact_sheet(track(1)).shape == (TILE + CAPTION, TILE, 3)


@pytest.mark.parametrize("aspect", [1.0, 2.0])
def test_the_plate_is_under_the_face(aspect: float) -> None:
    made = track(2, aspect=aspect)
    rgb = torch.full((3, 360, 640), 0.6)
    sheet = contact_sheet(made, lambda n: Frame.from_rgb(rgb, "ACEScg", pixel_aspect=aspect))
    bare = contact_sheet(made)
    assert sheet[TILE // 2, 30].mean() > bare[TILE // 2, 30].mean() + 50
    # The mesh is in the middle of its tile, unsqueezed.
    green = np.argwhere(bare[:TILE, :TILE, 1].astype(int) - bare[:TILE, :TILE, 0] > 40)
    assert np.abs(green.mean(0) - TILE / 2).max() < 25


def test_a_plate_that_cannot_be_read_is_told_in_its_tile() -> None:
    def broken(number: int) -> Frame:
        raise DoublureError("the file is truncated", frame=number)

    assert (contact_sheet(track(2), broken) != contact_sheet(track(2))).any()


def test_a_plate_of_another_format_is_refused() -> None:
    with pytest.raises(DoublureError, match="640 by 360 pixels, and this one has 64 by 48"):
        contact_sheet(track(1), lambda n: Frame.from_rgb(torch.zeros(3, 48, 64), "ACEScg"))


def test_a_track_without_frames_has_no_sheet() -> None:
    with pytest.raises(DoublureError, match="no frames"):
        contact_sheet(Track("p", 64, 48, 1.0, SHAPE))

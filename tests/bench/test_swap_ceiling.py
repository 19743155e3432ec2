from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from bench import standard_set
from bench.swap_ceiling import STEPS, answers, ceilings, cut_take, wider
from doublure.core.errors import DoublureError
from doublure.core.measure.take import PLATE, Take, read_take

TALK = standard_set.SMALL_ROOT / "talk"


@pytest.fixture(scope="module")
def take() -> Take:
    torch.set_num_threads(1)
    return read_take(str(TALK / PLATE), TALK, "1001-1002")


def test_every_step_gives_a_picture_a_frame(take: Take) -> None:
    found = answers(take, cut_take(take, 64))
    assert tuple(found) == STEPS
    assert all(len(frames) == 2 for frames in found.values())


def test_outside_the_matte_the_plate_stays_as_it_is(take: Take) -> None:
    for step, frames in answers(take, cut_take(take, 64)).items():
        assert torch.equal(frames[0][:, :8], take.plates[0].rgb[:, :8]), step


def test_the_crop_keeps_nearly_all_of_the_truth_and_the_matte_does_not(take: Take) -> None:
    found = ceilings(take, 128)
    assert found["pixels"].detail > 12
    assert found["matte"].detail < found["pose"].detail


def test_a_driver_who_is_the_hero_loses_nothing_to_light(take: Take) -> None:
    himself = replace(take, plates=take.truths)
    pixels, light = (answers(himself, cut_take(himself, 64))[step][0] for step in ("pixels", "light"))
    assert float((pixels - light).abs().max()) < 0.02 * float(pixels.max())


def test_a_generous_matte_holds_the_hull() -> None:
    mask = np.zeros((64, 64), np.float32)
    mask[20:40, 20:40] = 1
    assert (wider(mask) >= mask - 0.1).all()
    assert wider(mask).sum() > mask.sum()


def test_a_take_without_a_face_is_refused(take: Take) -> None:
    black = replace(take, plates=[p.with_pixels(p.pixels * 0, p.channels) for p in take.plates])
    with pytest.raises(DoublureError, match="frame"):
        cut_take(black, 64)

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from doublure.core.face.topology import canonical_shape
from doublure.core.swap.crop import crop_matrix
from doublure.core.swap.face_space import MATRIX
from doublure.core.swap.guide import CHANNELS, NAMES
from doublure.core.swap.infer import SwapSettings
from doublure.core.swap.marks import eyes_at_rest, eyes_of
from doublure.core.swap.masks import to_crop
from doublure.core.swap.network_input import EXPOSURE, channels
from tests.core.swap.exported import SIZE, crop_of, plate_and_face, tiny_swapper

ASKED = SwapSettings(output="Network input")


def test_the_crop_and_its_mask_come_first_as_they_are() -> None:
    plate, face = plate_and_face(40.0)
    own, crop = crop_of(plate, face)
    for guided in (False, True):
        made = tiny_swapper(guided=guided).render(plate, face, ASKED, canonical_shape())
        assert made.channels[:4] == ("R", "G", "B", "A")
        torch.testing.assert_close(made.pixels[:4], crop[0], rtol=0, atol=0)
        assert made.metadata[EXPOSURE].value == own.split.exposure
        assert made.space == "Raw"


def test_each_part_of_each_guide_is_a_channel_of_its_layer() -> None:
    made = tiny_swapper(guided=True).render(*plate_and_face(), ASKED, canonical_shape())
    assert len(NAMES) == CHANNELS
    assert len(made.channels) == len(set(made.channels)) == 4 + 2 * CHANNELS
    assert made.channels[4] == "guide.upper_lids"
    assert made.channels[-1] == "guide_own.pupils"
    lips = made.channel("guide.lips")
    rows = torch.arange(SIZE) + 0.5
    assert float((lips.sum(1) * rows).sum() / lips.sum()) > SIZE / 2
    brows = made.channel("guide.brows")
    assert float((brows.sum(1) * rows).sum() / brows.sum()) < SIZE / 2


def test_the_second_guide_is_the_performers_own_whatever_the_mix() -> None:
    swapper, (plate, face) = tiny_swapper(guided=True), plate_and_face()
    hero, half = (
        swapper.render(plate, face, replace(ASKED, mix=mix), canonical_shape()) for mix in (1.0, 0.5)
    )
    assert torch.equal(hero.channel("guide_own.lips"), half.channel("guide_own.lips"))
    assert not torch.equal(hero.channel("guide.lips"), half.channel("guide.lips"))


def test_a_network_that_is_not_guided_takes_four_channels() -> None:
    assert tiny_swapper().render(*plate_and_face(), ASKED).channels == channels(guided=False)


def test_without_a_face_and_at_mix_0_it_is_all_0_with_the_same_channels() -> None:
    swapper, (plate, face) = tiny_swapper(guided=True), plate_and_face()
    absent = replace(face, found=False, points=None, pose=None)
    for nothing in (
        swapper.render(plate, absent, ASKED),
        swapper.render(plate, face, replace(ASKED, mix=0.0)),
    ):
        assert nothing.channels == channels(guided=True)
        assert nothing.pixels.abs().max() == 0
        assert (nothing.data.width, nothing.data.height) == (SIZE, SIZE)


def test_its_matrix_leads_to_where_the_face_is_put() -> None:
    swapper, (plate, face) = tiny_swapper(), plate_and_face()
    at_rest = swapper.render(plate, face, ASKED).metadata[MATRIX].value
    moved = swapper.render(plate, face, replace(ASKED, offset=(0.1, 0.0))).metadata[MATRIX].value
    assert moved[6] > at_rest[6]
    assert moved[:6] == at_rest[:6]


@pytest.mark.parametrize("scale", [1.0, 0.8])
def test_the_heros_eyes_lie_on_the_performers_however_large_the_face_is(scale: float) -> None:
    swapper, (plate, face) = tiny_swapper(guided=True), plate_and_face()
    pose, rests = face.pose, swapper.model.rests
    assert pose is not None
    assert rests is not None
    made = swapper.render(plate, face, replace(ASKED, scale=scale), canonical_shape())
    to_plate = np.reshape(made.metadata[MATRIX].value, (3, 3)).T[:2]
    in_crop = to_crop(pose.project(eyes_at_rest(rests[0])[None]), crop_matrix(pose, SIZE))[0]
    wanted = pose.project(eyes_of(canonical_shape())[None])[0]
    assert to_plate @ [*in_crop, 1] == pytest.approx(wanted, abs=1e-4)

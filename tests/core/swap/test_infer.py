from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.face.pose import Pose
from doublure.core.face.topology import LIPS, canonical_shape
from doublure.core.face.track import FaceFrame
from doublure.core.frame import Frame
from doublure.core.swap.checkpoint import Model
from doublure.core.swap.face_space import OUTPUTS
from doublure.core.swap.guide import CHANNELS
from doublure.core.swap.infer import Swapper, SwapSettings
from doublure.core.swap.marks import POINTS
from doublure.core.swap.network import NetworkShape, SwapNetwork
from doublure.core.window import Window
from tests.core.swap.test_face_space import st_mapped

PEOPLE = ({"name": "ada", "role": "hero"}, {"name": "ben", "role": "driver"})


@pytest.fixture
def swapper() -> Swapper:
    torch.manual_seed(3)
    network = SwapNetwork(NetworkShape(size=32, width=4, bottleneck=16)).eval()
    torch.nn.init.normal_(network.codes.weight, 0, 0.3)
    return Swapper(Model(network, torch.zeros(2, 3, 16, 16), PEOPLE, {}))


def _plate(**changes) -> Frame:
    generator = torch.Generator().manual_seed(0)
    frame = Frame.from_rgb(0.18 + 0.05 * torch.randn(3, 90, 120, generator=generator), "ACEScg", number=7)
    return replace(frame, **changes)


def _face(x: float = 60.0, y: float = 40.0) -> FaceFrame:
    pose = Pose(np.eye(3), 14.0, np.array([x, y]))
    shape = canonical_shape()
    points = np.column_stack([pose.project(shape), shape[:, 2] * 14.0]).astype(np.float32)
    return FaceFrame(number=7, found=True, reason=None, score=1.0, points=points, pose=pose)


def _absent() -> FaceFrame:
    return FaceFrame(number=7, found=False, reason="no face was found", score=0.0, points=None, pose=None)


def test_the_face_lies_over_the_tracked_place(swapper: Swapper) -> None:
    rgba = swapper.render(_plate(), _face())
    assert rgba.channels == ("R", "G", "B", "A")
    alpha = rgba.alpha
    assert alpha is not None
    assert alpha.max() > 0
    assert alpha[:, :5].max() == 0


@pytest.mark.parametrize("settings", [SwapSettings(mix=0.0), SwapSettings(hero="ada", mix=0.0)])
def test_mix_0_swaps_nothing(swapper: Swapper, settings: SwapSettings) -> None:
    assert swapper.render(_plate(), _face(), settings).pixels.abs().max() == 0


def test_mix_near_0_is_nearly_the_plate(swapper: Swapper) -> None:
    plate = _plate()
    rgba = swapper.render(plate, _face(), SwapSettings(mix=1e-4))
    inside = rgba.pixels[3] > 0.3
    colour = rgba.pixels[:3] / rgba.pixels[3].clamp(min=1e-3)
    # Noise of one pixel does not survive the 32-pixel crop: compare what the crop can carry.
    assert (colour - plate.rgb)[:, inside].mean().abs() < 0.01


def test_a_frame_without_a_face_is_all_zero(swapper: Swapper) -> None:
    assert swapper.render(_plate(), _absent()).pixels.abs().max() == 0


def test_a_face_outside_the_picture_is_all_zero(swapper: Swapper) -> None:
    assert swapper.render(_plate(), _face(x=-900.0)).pixels.abs().max() == 0


def test_the_face_moves_with_overscan_coordinates(swapper: Swapper) -> None:
    plate = _plate()
    shifted = replace(plate, data=Window(-16, -16, 104, 74))
    here = swapper.render(plate, _face()).pixels
    there = swapper.render(shifted, _face(60.0 - 16, 40.0 - 16)).pixels
    assert torch.allclose(here, there, atol=1e-4)


def test_a_plate_exposed_twice_gives_a_face_exposed_twice(swapper: Swapper) -> None:
    plate = _plate()
    once = swapper.render(plate, _face()).pixels[:3]
    twice = swapper.render(plate.with_rgb(plate.rgb * 2), _face()).pixels[:3]
    assert torch.allclose(twice, once * 2, atol=2e-3)


def _lit(plate: Frame, value: float = 40.0) -> Frame:
    """With a highlight on the forehead."""
    rgb = plate.rgb.clone()
    rgb[:, 26:32, 55:64] = value
    return plate.with_rgb(rgb)


def test_a_highlight_of_40_comes_back_unclamped_and_no_brighter(swapper: Swapper) -> None:
    rgba = swapper.render(_lit(_plate()), _face())
    colour = (rgba.pixels[:3] / rgba.pixels[3].clamp(min=1e-3))[:, 27:31, 56:63]
    assert float(colour.min()) > 35.0
    assert float(colour.max()) <= 40.0 * (1 + 1e-5)


def test_a_highlight_of_40_changes_the_rest_of_the_face_no_more_than_one_of_2(swapper: Swapper) -> None:
    two, forty = (swapper.render(_lit(_plate(), to), _face()).pixels for to in (2.04, 40.0))
    rest = two[3] > 0.3
    rest[25:33, 54:65] = False
    assert rest.any()
    assert float((forty[:3, rest] / two[:3, rest]).log2().abs().max()) < 0.05  # stops
    assert float(forty[:3, rest].min()) > 0


def test_highlights_0_puts_nothing_of_it_back(swapper: Swapper) -> None:
    rgba = swapper.render(_lit(_plate()), _face(), SwapSettings(highlights=0.0))
    assert float((rgba.pixels[:3] / rgba.pixels[3].clamp(min=1e-3)).max()) < 2.1


def test_mix_near_0_keeps_the_highlight_whatever_is_put_back(swapper: Swapper) -> None:
    rgba = swapper.render(_lit(_plate()), _face(), SwapSettings(mix=1e-4, highlights=0.0))
    assert float((rgba.pixels[:3] / rgba.pixels[3].clamp(min=1e-3))[:, 28:30, 57:62].min()) > 35.0


@pytest.mark.parametrize("highlights", [0.0, 1.0])
def test_the_crop_through_the_st_map_is_the_face_over_the_plate(swapper: Swapper, highlights: float) -> None:
    pose = Pose(cv2.Rodrigues(np.array([0.1, 0.2, 0.3]))[0], 26.0, np.array([60.3, 44.7]))
    points = np.column_stack([pose.project(canonical_shape()), np.zeros(468)]).astype(np.float32)
    face = replace(_face(), pose=pose, points=points)
    plate, one = _plate(), SwapSettings(scale=0.95, offset=(0.02, 0.0), highlights=highlights)
    over, crop, there = (
        swapper.render(plate, face, replace(one, output=name)) for name in ("Plate", "Crop", "ST map")
    )
    assert crop.data == crop.display == Window(0, 0, 128, 128)
    back = torch.from_numpy(st_mapped(crop, there)).permute(2, 0, 1)
    off = (back - over.pixels).abs()
    # An untrained network's answer is noise of one pixel, the hardest there is for two filters in a row.
    assert off.max() < 0.06 * over.pixels.max()
    assert off[:, over.pixels[3] > 0.3].mean() < 0.005 * over.pixels.max()


def test_the_crop_of_a_smaller_proxy_is_smaller(swapper: Swapper) -> None:
    crop = swapper.render(_plate(), _face(), SwapSettings(output="Crop", crop_scale=1.5))
    assert (crop.data.width, crop.data.height) == (48, 48)


@pytest.mark.parametrize("output", OUTPUTS)
def test_every_output_of_a_frame_without_a_face_is_all_zero(swapper: Swapper, output: str) -> None:
    found = swapper.render(_plate(), _face(), SwapSettings(output=output))
    lost = swapper.render(_plate(), _absent(), SwapSettings(output=output))
    assert lost.pixels.abs().max() == 0
    assert (lost.data, lost.channels) == (found.data, found.channels)


def test_the_mean_face_looks_the_same_at_every_expression_gain(swapper: Swapper) -> None:
    plate, shape = _plate(), canonical_shape()
    as_played = swapper.render(plate, _face()).pixels
    gained = swapper.render(plate, _face(), SwapSettings(expression=2.0), shape).pixels
    assert torch.allclose(as_played, gained, atol=1e-4)


def test_an_expression_is_gained(swapper: Swapper) -> None:
    plate, face = _plate(), _face()
    assert face.points is not None
    open_mouth = replace(face, points=face.points + np.where(canonical_shape()[:, 1:2] > 0.5, [[0, 3, 0]], 0))
    as_played = swapper.render(plate, open_mouth).pixels
    gained = swapper.render(plate, open_mouth, SwapSettings(expression=2.0), canonical_shape()).pixels
    assert (gained - as_played).abs().max() > 1e-3


def test_an_unknown_hero_is_refused(swapper: Swapper) -> None:
    with pytest.raises(DoublureError, match="trained for ada"):
        swapper.render(_plate(), _face(), SwapSettings(hero="zoe"))


def test_a_plate_in_another_space_is_refused(swapper: Swapper) -> None:
    with pytest.raises(DoublureError, match="not ACEScg"):
        swapper.render(_plate(space="ACEScct"), _face())


def test_an_anamorphic_plate_squeezes_the_face(swapper: Swapper) -> None:
    wide = swapper.render(_plate(), _face()).alpha
    face = _face(x=60.0)
    squeezed = swapper.render(
        _plate(pixel_aspect=2.0), replace(face, points=face.points / np.array([2, 1, 1]))
    ).alpha
    assert wide is not None
    assert squeezed is not None
    assert float(squeezed.sum()) == pytest.approx(float(wide.sum()) / 2, rel=0.15)


def test_plate_detail_lays_the_plates_grain_over_a_face_at_rest_only(swapper: Swapper) -> None:
    generator = torch.Generator().manual_seed(2)
    plate = _plate()
    grain = 1 + 0.2 * torch.randn(plate.rgb.shape, generator=generator)
    grainy, face = plate.with_rgb(plate.rgb * grain), _face()
    for settings, changes in ((SwapSettings(), True), (SwapSettings(scale=1.1), False)):
        without = swapper.render(grainy, face, settings).pixels
        given = swapper.render(grainy, face, replace(settings, plate_detail=1.0)).pixels
        assert bool((given[:3] != without[:3]).any()) is changes
        assert torch.equal(given[3], without[3])


def test_a_network_that_knows_the_outline_may_go_beyond_the_landmarks(swapper: Swapper) -> None:
    wide = Swapper(replace(swapper.model, outlined=True))
    within, beyond = (one.render(_plate(), _face()).channel("A") for one in (swapper, wide))
    # Cubic sampling rings by a little at the edge of either.
    assert (beyond > within - 0.15).all()
    assert (beyond > 0).sum() > 1.1 * (within > 0).sum()


@pytest.fixture
def guided() -> Swapper:
    torch.manual_seed(3)
    network = SwapNetwork(NetworkShape(size=32, width=4, bottleneck=16, guide=CHANNELS)).eval()
    for layer in network.guides:
        torch.nn.init.normal_(layer.weight, 0, 0.3)
    mean = torch.from_numpy(canonical_shape()[list(POINTS)].astype(np.float32))
    rests = torch.stack([mean * torch.tensor([1.1, 1.0, 1.0]), mean])
    return Swapper(Model(network, torch.zeros(2, 3, 16, 16), PEOPLE, {}, rests=rests))


def _smiling() -> FaceFrame:
    points = _face().points.copy()
    points[list(LIPS), 1] -= 2.0
    return replace(_face(), points=points)


def test_what_the_track_sees_of_the_lips_moves_the_new_face(guided: Swapper) -> None:
    shape = canonical_shape().astype(np.float64)
    rest, smile = (guided.render(_plate(), face, shape=shape).pixels for face in (_face(), _smiling()))
    assert (rest - smile).abs().max() > 1e-3


def test_without_the_drivers_shape_nothing_guides(guided: Swapper) -> None:
    rest, smile = (guided.render(_plate(), face).pixels for face in (_face(), _smiling()))
    # The hull of the landmarks alone may differ.
    assert (rest - smile)[:, 38:42, 55:65].abs().max() < 1e-6


def test_gain_0_guides_to_the_mean_face(guided: Swapper) -> None:
    shape, still = canonical_shape().astype(np.float64), SwapSettings(expression=0.0)
    guided.model.network.encoder[1].weight.data.zero_()  # what the encoder sees is warped by other rules
    made = [
        guided.render(_plate(), face, still, shape).pixels[:, 38:42, 55:65] for face in (_face(), _smiling())
    ]
    assert (made[0] - made[1]).abs().max() < 1e-2


def test_mix_near_0_is_nearly_the_plate_under_a_guide_too(guided: Swapper) -> None:
    shape = canonical_shape().astype(np.float64)
    rgba = guided.render(_plate(), _smiling(), SwapSettings(mix=1e-4, complexion=0.0), shape)
    inside = rgba.alpha > 0.99 * rgba.alpha.max()
    colour = rgba.rgb / rgba.alpha.clamp_min(1e-6)
    assert (colour - _plate().rgb)[:, inside].abs().mean() < 0.02

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from doublure.core.face.topology import canonical_shape
from doublure.core.face.track import FaceFrame
from doublure.core.frame import Frame
from doublure.core.swap.export_hero import hero_crop
from doublure.core.swap.export_module import Blur
from doublure.core.swap.face_space import MATRIX
from doublure.core.swap.guide import CHANNELS
from doublure.core.swap.infer import Swapper, SwapSettings
from doublure.core.swap.network_input import EXPOSURE
from doublure.core.swap.plate_face import lay_over
from tests.core.swap.exported import PEOPLE, SIZE, crop_of, plate_and_face, tiny_swapper

# Of linear light: two implementations of a blur and an exponential of 17.5 stops lie between.
RELATIVE, ABSOLUTE = 2e-4, 1e-5

SETTINGS = {
    "hero": {},
    "half way": {"mix": 0.5},
    "own complexion": {"complexion": 0.0},
    "sharper": {"sharpness": 0.7},
    "softer, half way": {"mix": 0.3, "complexion": 0.6, "sharpness": -0.5},
}


@pytest.mark.parametrize("knobs", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("highlight", [0.3, 40.0])
def test_laid_over_the_plate_it_is_what_the_swap_renders(knobs: dict[str, float], highlight: float) -> None:
    swapper, (plate, face) = tiny_swapper(), plate_and_face(highlight)
    wanted = swapper.render(plate, face, SwapSettings(**knobs))
    module = hero_crop(swapper)
    for name, value in knobs.items():
        setattr(module, name, value)
    own, crop = crop_of(plate, face)
    rgba = module(crop)[0].permute(1, 2, 0).numpy()
    made = lay_over(plate, rgba[..., :3], rgba[..., 3], own.matrix, own.split.exposure, own.highlights)
    assert wanted.pixels[3].max() > 0
    torch.testing.assert_close(made.pixels, wanted.pixels, rtol=RELATIVE, atol=ABSOLUTE)


@pytest.mark.parametrize("core", [SIZE, SIZE // 2])
@pytest.mark.parametrize("mix", [1.0, 0.4])
def test_guided_by_the_networks_input_it_is_what_the_swap_renders(mix: float, core: int) -> None:
    swapper, (plate, face) = tiny_swapper(guided=True, core=core), plate_and_face(40.0)
    made = _laid_over(swapper, SwapSettings(mix=mix), plate, face, canonical_shape())
    wanted = swapper.render(plate, face, SwapSettings(mix=mix), canonical_shape())
    unguided = swapper.render(plate, face, SwapSettings(mix=mix))
    assert (wanted.pixels - unguided.pixels).abs().max() > 0.01
    torch.testing.assert_close(made.pixels, wanted.pixels, rtol=RELATIVE, atol=ABSOLUTE)


@pytest.mark.parametrize("mix", [1.0, 0.4])
def test_a_guided_network_with_the_crop_alone_is_a_swap_without_landmarks(mix: float) -> None:
    swapper, (plate, face) = tiny_swapper(guided=True), plate_and_face()
    module = hero_crop(swapper)
    module.mix = mix
    own, crop = crop_of(plate, face)
    rgba = module(crop)[0].permute(1, 2, 0).numpy()
    made = lay_over(plate, rgba[..., :3], rgba[..., 3], own.matrix, own.split.exposure, own.highlights)
    wanted = swapper.render(plate, face, SwapSettings(mix=mix))
    torch.testing.assert_close(made.pixels, wanted.pixels, rtol=RELATIVE, atol=ABSOLUTE)
    unknown = _laid_over(swapper, SwapSettings(mix=mix), plate, face, None)
    torch.testing.assert_close(unknown.pixels, made.pixels)


def _laid_over(
    swapper: Swapper, settings: SwapSettings, plate: Frame, face: FaceFrame, shape: np.ndarray | None
) -> Frame:
    """As a host does it that has the network's input as a picture, exported at the same mix."""
    given = swapper.render(plate, face, replace(settings, output="Network input"), shape)
    module = hero_crop(swapper)
    module.mix = settings.mix
    rgba = module(given.pixels[None])[0].permute(1, 2, 0).numpy()
    own, _ = crop_of(plate, face)
    exposure, matrix = given.metadata[EXPOSURE].value, np.reshape(given.metadata[MATRIX].value, (3, 3)).T[:2]
    return lay_over(plate, rgba[..., :3], rgba[..., 3], matrix, exposure, own.highlights)


@pytest.mark.parametrize("spread", [2.0, 0.1], ids=["mask to the edge", "mask of some pixels"])
def test_at_the_ends_of_what_a_mask_may_be_it_is_what_the_swap_renders(spread: float) -> None:
    swapper, (plate, face) = tiny_swapper(), plate_and_face(spread=spread)
    own, crop = crop_of(plate, face)
    rgba = hero_crop(swapper)(crop)[0].permute(1, 2, 0).numpy()
    made = lay_over(plate, rgba[..., :3], rgba[..., 3], own.matrix, own.split.exposure, own.highlights)
    wanted = swapper.render(plate, face)
    assert wanted.pixels[3].max() > 0
    torch.testing.assert_close(made.pixels, wanted.pixels, rtol=RELATIVE, atol=ABSOLUTE)


def test_the_light_is_the_same_far_from_the_face_too() -> None:
    own, crop = crop_of(*plate_and_face(spread=0.3))
    low = hero_crop(tiny_swapper()).low_frequencies(crop[:, :3], crop[:, 3:])
    np.testing.assert_allclose(low[0].permute(1, 2, 0).numpy(), own.split.low, atol=2e-6)


def test_without_a_driver_in_the_model_it_is_what_the_swap_renders() -> None:
    swapper, (plate, face) = tiny_swapper((PEOPLE[0], PEOPLE[2])), plate_and_face()
    module = hero_crop(swapper)
    module.mix = 0.4
    own, crop = crop_of(plate, face)
    rgba = module(crop)[0].permute(1, 2, 0).numpy()
    made = lay_over(plate, rgba[..., :3], rgba[..., 3], own.matrix, own.split.exposure, own.highlights)
    wanted = swapper.render(plate, face, SwapSettings(mix=0.4))
    torch.testing.assert_close(made.pixels, wanted.pixels, rtol=RELATIVE, atol=ABSOLUTE)


def test_mix_0_has_an_empty_matte_over_the_crop_itself() -> None:
    module, (_, crop) = hero_crop(tiny_swapper()), crop_of(*plate_and_face())
    module.mix = 0.0
    rgba = module(crop)
    assert rgba[:, 3].abs().max() == 0
    torch.testing.assert_close(rgba[:, :3], crop[:, :3], rtol=0, atol=2e-6)


def test_an_empty_mask_gives_an_empty_matte_and_finite_colour() -> None:
    module, (_, crop) = hero_crop(tiny_swapper()), crop_of(*plate_and_face())
    crop[:, 3] = 0
    rgba = module(crop)
    assert rgba.isfinite().all()
    assert rgba[:, 3].abs().max() == 0


def test_two_crops_at_once_are_each_what_they_are_alone() -> None:
    module, (_, crop) = hero_crop(tiny_swapper()), crop_of(*plate_and_face())
    other = crop.flip(3)
    together = module(torch.cat([crop, other]))
    torch.testing.assert_close(together, torch.cat([module(crop), module(other)]), rtol=1e-5, atol=1e-5)


def test_half_weights_give_half_floats_near_the_float_result() -> None:
    _, crop = crop_of(*plate_and_face())
    wanted, made = hero_crop(tiny_swapper())(crop), hero_crop(tiny_swapper()).half()(crop.half())
    assert made.dtype == torch.float16
    torch.testing.assert_close(made.float(), wanted, rtol=0, atol=5e-3)


@pytest.mark.parametrize("shape", [(1, 4, SIZE, SIZE // 2), (1, 4, 2 * SIZE, SIZE)])
def test_another_size_is_refused_in_words(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="as large as the crop"):
        hero_crop(tiny_swapper())(torch.zeros(shape))


@pytest.mark.parametrize(
    ("channels", "guided"), [(3, False), (3, True), (4 + 2 * CHANNELS, False), (4 + CHANNELS, True)]
)
def test_other_channels_are_refused_in_words(channels: int, guided: bool) -> None:
    with pytest.raises(ValueError, match="must be RGBA, or RGBA and the two guides"):
        hero_crop(tiny_swapper(guided=guided))(torch.zeros(1, channels, SIZE, SIZE))


@pytest.mark.parametrize("sigma", [0.4, 3.5, 6.0])
def test_the_blur_is_opencvs(sigma: float) -> None:
    picture = np.random.default_rng(0).random((SIZE, SIZE, 3), np.float32)
    made = Blur(sigma)(torch.from_numpy(picture.transpose(2, 0, 1)[None].copy()))[0].permute(1, 2, 0).numpy()
    np.testing.assert_allclose(made, cv2.GaussianBlur(picture, (0, 0), sigma), atol=1e-6)


def test_of_all_people_only_hero_and_driver_are_in_it() -> None:
    swapper = tiny_swapper()
    held, model = hero_crop(swapper).state_dict(), swapper.model
    codes = model.network.codes.weight
    assert {name for name, tensor in held.items() if tensor.shape == codes[:1].shape} == {"hero", "own"}
    assert torch.equal(held["hero"], codes[:1])
    assert torch.equal(held["own"], codes[1:2])
    assert not {"codes.weight", "complexions"} & set(held)

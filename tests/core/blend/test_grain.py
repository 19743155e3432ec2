from __future__ import annotations

import pytest
import torch

from doublure.core.blend.comp import blend
from doublure.core.blend.grain import grain_field, grain_to_add, missing_share
from doublure.core.blend.grain_model import NO_GRAIN, GrainModel, diagonal_difference, measure_grain
from doublure.core.blend.settings import BlendSettings
from tests.core.measure.grainy import blur, clean_face, oval
from tests.core.measure.grainy import grain as film

from .conftest import make_scene, robust_sigma

EYE = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def ratio(out: torch.Tensor, plate: torch.Tensor, inside: torch.Tensor, lag: int = 1) -> list[float]:
    """Robust grain of a result against the plate's in the same region, variance-stabilised, per channel."""
    mask = inside[:-lag, :-lag]

    def read(plane: torch.Tensor) -> float:
        level = torch.nn.functional.avg_pool2d(plane[None], 9, 1, 4)[0].clamp_min(1e-4)
        return robust_sigma((diagonal_difference(plane, lag, lag) / level.sqrt()[:-lag, :-lag])[mask])

    return [read(a) / read(b) for a, b in zip(out, plate, strict=True)]


@pytest.mark.parametrize("size", [0.0, 0.5, 0.8])
def test_regenerated_grain_reads_as_the_plates_own_in_the_same_region(size):
    s = make_scene(300, 320, 240.0, grain_size=size)
    out = blend(s.plate, s.face, BlendSettings(sharpness=0.0))
    assert ratio(out.rgb, s.plate.rgb, s.depth > 14) == pytest.approx([1.0] * 3, abs=0.05)
    assert ratio(out.rgb, s.plate.rgb, s.depth > 14, lag=2) == pytest.approx([1.0] * 3, abs=0.08)


def test_the_soft_edge_is_as_grainy_as_the_plate():
    s = make_scene(300, 320, 240.0)
    out = blend(s.plate, s.face, BlendSettings(sharpness=0.0, feather=14.0))
    edge = (s.depth > 1) & (s.depth < 13)
    assert ratio(out.rgb, s.plate.rgb, edge) == pytest.approx([1.0] * 3, abs=0.1)


def test_half_the_amount_reads_half():
    s = make_scene(300, 320, 240.0)
    out = blend(s.plate, s.face, BlendSettings(sharpness=0.0, grain=0.5))
    assert sum(ratio(out.rgb, s.plate.rgb, s.depth > 14)) / 3 == pytest.approx(0.5, abs=0.06)


def test_a_face_that_has_the_plates_grain_already_gets_no_more():
    s = make_scene(300, 320, 240.0)
    model = GrainModel((6e-4,) * 3, (2e-5,) * 3, (1.0,) * 3, (0.5, 0.5), EYE)
    matte = (s.depth > 0).float()
    added = grain_to_add(s.plate.rgb, s.plate.rgb, matte, model, amount=1.0, seed=0, number=1)
    assert added.abs().max() < 1e-6


SKIN, MATTE = clean_face(), oval()


@pytest.mark.parametrize("detail", [0.0, 1.0, 2.0])
def test_skin_is_not_taken_for_grain_however_sharp(detail):
    plate = film(SKIN, seed=1)
    soft = blur(SKIN, 1.5)
    face = soft * (SKIN / soft) ** detail
    assert missing_share(plate, face.flip(2), MATTE, measure_grain(plate)) == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("own", [0.4, 0.7, 0.9])
def test_a_face_with_grain_of_its_own_lacks_the_rest_of_the_variance(own):
    plate = film(SKIN, seed=1)
    face = film(SKIN, seed=2, amount=own)
    share = missing_share(plate, face, MATTE, measure_grain(plate))
    assert share**2 == pytest.approx(1 - own**2, abs=0.1)


def test_a_face_grainier_than_the_plate_lacks_nothing():
    plate = film(SKIN, seed=1, amount=0.5)
    assert missing_share(plate, film(SKIN, seed=2), MATTE, measure_grain(plate)) == 0.0


def test_grain_that_is_the_same_in_all_channels_cannot_be_told_from_skin_and_a_face_counts_as_clean():
    one = GrainModel((6e-4,) * 3, (0.0,) * 3, (1.0,) * 3, (0.5, 0.5), ((1.0, 1.0, 1.0),) * 3)
    grey = torch.full_like(SKIN, 0.2)
    plate = film(grey, seed=1)[:1].expand(3, -1, -1)
    assert missing_share(plate, grey, MATTE, one) == 1.0


def test_a_clean_plate_adds_nothing():
    s = make_scene(noise=0.0)
    one, none = (blend(s.plate, s.face, BlendSettings(grain=g)) for g in (1.0, 0.0))
    assert torch.equal(one.pixels, none.pixels)
    matte = (s.depth > 0).float()
    assert not grain_to_add(s.plate.rgb, s.clean, matte, NO_GRAIN, amount=1.0, seed=0, number=1).any()


def test_the_field_has_variance_1_and_the_models_channel_correlation():
    channels = ((1.0, 0.5, 0.2), (0.5, 1.0, 0.5), (0.2, 0.5, 1.0))
    model = GrainModel((1.0,) * 3, (0.0,) * 3, (1.0,) * 3, (0.6, 0.6), channels)
    field = grain_field(model, 300, 400, 1, 1).reshape(3, -1)
    assert torch.cov(field).flatten().tolist() == pytest.approx(sum(channels, ()), abs=0.03)


def test_the_field_depends_on_seed_and_frame_alone():
    model = GrainModel((1.0,) * 3, (0.0,) * 3, (1.0,) * 3, (0.6, 0.6), EYE)
    first = grain_field(model, 30, 40, 7, 1001)
    assert torch.equal(first, grain_field(model, 30, 40, 7, 1001))
    assert not torch.equal(first, grain_field(model, 30, 40, 7, 1002))
    assert not torch.equal(first, grain_field(model, 30, 40, 8, 1001))


def test_a_negative_frame_number_has_grain_of_its_own():
    model = GrainModel((1.0,) * 3, (0.0,) * 3, (1.0,) * 3, (0.0, 0.0), EYE)
    assert not torch.equal(grain_field(model, 9, 9, 0, -5), grain_field(model, 9, 9, 0, 5))

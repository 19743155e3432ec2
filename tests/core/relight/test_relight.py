from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.face.track import FaceFrame
from doublure.core.frame import Frame
from doublure.core.relight.relight import relight
from doublure.core.relight.settings import RelightSettings

from .conftest import make_stage

LEFT, RIGHT, FRONT, TOP = (-1.0, -0.2, -0.7), (1.0, -0.2, -0.7), (0.0, -0.1, -1.0), (0.0, -1.0, -0.6)
SETTINGS = RelightSettings()


def error(result: Frame, truth: Frame) -> float:
    """Relative rms inside the face."""
    inside = result.channel("A") > 0
    return float(((result.rgb - truth.rgb)[:, inside]).square().mean().sqrt() / truth.rgb[:, inside].mean())


@pytest.mark.parametrize("light", [LEFT, FRONT, TOP])
def test_under_the_same_light_it_is_nearly_neutral(stage, light):
    face, plate = stage.frame(light, seed=1, alpha=True), stage.frame(light, seed=2)
    assert error(relight(face, plate, stage.track, SETTINGS), face) < 0.03


@pytest.mark.parametrize(("wrong", "right"), [(LEFT, RIGHT), (RIGHT, LEFT), (FRONT, LEFT), (TOP, FRONT)])
def test_a_face_lit_from_the_wrong_side_errs_at_least_3_times_less(stage, wrong, right):
    face, plate = stage.frame(wrong, seed=1, alpha=True), stage.frame(right, seed=2)
    truth = stage.frame(right, seed=1, alpha=True)
    before, after = error(face, truth), error(relight(face, plate, stage.track, SETTINGS), truth)
    assert after < before / 3


def test_it_holds_for_a_turned_head():
    stage = make_stage(yaw=35.0)
    face, plate = stage.frame(LEFT, seed=1, alpha=True), stage.frame(RIGHT, seed=2)
    truth = stage.frame(RIGHT, seed=1, alpha=True)
    assert error(relight(face, plate, stage.track, SETTINGS), truth) < error(face, truth) / 3


def test_brightness_and_colour_of_the_light_follow_the_plate(stage):
    face, plate = stage.frame(FRONT, seed=1, alpha=True), stage.frame(FRONT, seed=2)
    tint = torch.tensor([2.0, 1.0, 0.5])[:, None, None]
    out = relight(face, plate.with_rgb(plate.rgb * tint), stage.track, SETTINGS)
    inside = face.channel("A") > 0
    assert (out.rgb / face.rgb)[:, inside].mean(1).tolist() == pytest.approx([2.0, 1.0, 0.5], rel=0.03)


def test_level_0_keeps_the_average_and_still_turns_the_light(stage):
    face, plate = stage.frame(LEFT, seed=1, alpha=True), stage.frame(RIGHT, seed=2)
    out = relight(face, plate.with_rgb(plate.rgb * 4), stage.track, RelightSettings(level=0.0))
    left, right = (out.rgb[1][:, s].sum() for s in (slice(0, 130), slice(130, None)))
    assert right > 1.5 * left
    assert float(out.rgb.mean() / face.rgb.mean()) == pytest.approx(1.0, abs=0.3)


def test_amount_0_is_the_face_bit_for_bit(stage):
    face = stage.frame(LEFT, alpha=True)
    out = relight(face, stage.frame(RIGHT), stage.track, RelightSettings(amount=0.0))
    assert torch.equal(out.pixels, face.pixels)


def test_exposure_alone_is_an_exact_gain(stage):
    face = stage.frame(LEFT, alpha=True)
    out = relight(face, stage.frame(RIGHT), stage.track, RelightSettings(amount=0.0, exposure=1.0))
    assert torch.allclose(out.rgb, face.rgb * 2)
    assert torch.equal(out.channel("A"), face.channel("A"))


def test_highlights_and_negatives_survive_and_do_not_disturb_the_fit(stage):
    face, plate = stage.frame(FRONT, seed=1, alpha=True), stage.frame(FRONT, seed=2)
    face.pixels[:3, 100:103, 130:133] = 40.0
    face.pixels[:3, 60, 130] = -0.2
    out = relight(face, plate, stage.track, SETTINGS)
    assert out.rgb[:, 101, 131].tolist() == pytest.approx([40.0] * 3, rel=0.05)
    assert out.rgb[:, 60, 130].tolist() == pytest.approx([-0.2] * 3, rel=0.05)


def test_no_pixel_changes_by_more_than_the_clamp(stage):
    face, plate = stage.frame(LEFT, alpha=True, ambient=0.001), stage.frame(RIGHT, ambient=0.001)
    out = relight(face, plate, stage.track, RelightSettings(ratio_clamp=3.0))
    inside = face.rgb > 1e-6
    ratio = out.rgb[inside] / face.rgb[inside]
    assert float(ratio.max()) <= 3.01
    assert float(ratio.min()) >= 1 / 3.01


def test_overscan_changes_nothing_but_the_coordinates():
    plain, over = make_stage(), make_stage(origin=(-16, -16))
    a, b = (relight(s.frame(LEFT, alpha=True), s.frame(RIGHT), s.track, SETTINGS) for s in (plain, over))
    assert b.data == over.data
    assert torch.allclose(a.pixels, b.pixels, atol=1e-4)


@pytest.mark.parametrize("scale", [1.5, 4.0, 12.0])
def test_a_tiny_face_is_relit_with_fewer_harmonics(scale):
    stage = make_stage(scale=scale)
    out = relight(stage.frame(LEFT, alpha=True), stage.frame(RIGHT), stage.track, SETTINGS)
    assert torch.isfinite(out.pixels).all()


def test_a_face_that_covers_nothing_passes_even_where_none_was_tracked(stage):
    face = stage.frame(LEFT, alpha=True)
    empty = face.with_pixels(torch.zeros_like(face.pixels))
    assert relight(empty, stage.frame(RIGHT), FaceFrame.lost(1, "no face was found"), SETTINGS) is empty


def test_a_frame_without_a_tracked_face_is_refused_with_the_reason(stage):
    with pytest.raises(DoublureError, match="no face was found"):
        relight(
            stage.frame(LEFT, alpha=True),
            stage.frame(RIGHT),
            FaceFrame.lost(1, "no face was found"),
            SETTINGS,
        )


def test_the_track_of_another_frame_is_refused(stage):
    track = replace(stage.track, number=7)
    with pytest.raises(DoublureError, match="frame 7"):
        relight(stage.frame(LEFT, alpha=True), stage.frame(RIGHT), track, SETTINGS)


def test_a_track_that_lies_elsewhere_is_refused(stage):
    track = replace(stage.track, points=stage.track.points + 5000)
    with pytest.raises(DoublureError, match="skin"):
        relight(stage.frame(LEFT, alpha=True), stage.frame(RIGHT), track, SETTINGS)


def test_a_face_without_alpha_is_refused(stage):
    with pytest.raises(DoublureError, match="no alpha"):
        relight(stage.frame(LEFT), stage.frame(RIGHT), stage.track, SETTINGS)


@pytest.mark.parametrize("wrong", [{"amount": 1.5}, {"ratio_clamp": 0.5}, {"floor": 0.0}, {"mode": "sun"}])
def test_a_setting_out_of_range_is_refused_with_its_name(wrong):
    with pytest.raises(DoublureError, match=next(iter(wrong))):
        RelightSettings(**wrong)

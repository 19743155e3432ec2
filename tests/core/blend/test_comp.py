from __future__ import annotations

import time
from dataclasses import replace

import pytest
import torch

from doublure.core.blend.comp import blend
from doublure.core.blend.settings import BlendSettings
from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.core.window import Window

SETTINGS = BlendSettings()
EVERYTHING = BlendSettings(
    erode=-2.5, feather=6, fade_top=0.2, colour_match="full", light_wrap=0.5, sharpness=1.0, leak=1.0
)
BARE = BlendSettings(feather=0, edge_extend=0, colour_match="off", membrane=0, sharpness=0, grain=0)


def outside(frame: Frame) -> torch.Tensor:
    return frame.channel("matte") == 0


@pytest.mark.parametrize("settings", [SETTINGS, EVERYTHING, BARE])
def test_outside_the_matte_every_pixel_equals_the_plate(scene, settings):
    s = scene()
    s.plate.pixels[:, 2, 3] = 40.0
    s.plate.pixels[:, 3, 3] = -0.2
    out = blend(s.plate, s.face, settings)
    where = outside(out)
    assert where.any()
    assert (~where).any()
    assert torch.equal(out.rgb[:, where], s.plate.rgb[:, where])
    assert torch.isfinite(out.pixels).all()


@pytest.mark.parametrize("mix", [1.0, 1e-3, 1e-5])
def test_a_matte_that_half_float_would_lose_leaves_the_plate_alone(scene, mix):
    s = scene()
    out = blend(s.plate, s.face, replace(SETTINGS, mix=mix))
    where = out.channel("matte").half() == 0
    assert torch.equal(out.rgb[:, where], s.plate.rgb[:, where])


def test_the_plate_itself_is_not_written_to(scene):
    s = scene()
    before = s.plate.pixels.clone(), s.face.pixels.clone()
    blend(s.plate, s.face, EVERYTHING)
    assert torch.equal(before[0], s.plate.pixels)
    assert torch.equal(before[1], s.face.pixels)


def test_mix_0_is_the_plate_bit_for_bit(scene):
    s = scene()
    out = blend(s.plate, s.face, BlendSettings(mix=0.0))
    assert torch.equal(out.rgb, s.plate.rgb)
    assert not out.channel("matte").any()


def test_a_face_without_coverage_gives_the_plate_and_an_empty_matte(scene):
    s = scene()
    out = blend(s.plate, s.face.with_pixels(torch.zeros_like(s.face.pixels)), SETTINGS)
    assert torch.equal(out.rgb, s.plate.rgb)
    assert out.channels == ("R", "G", "B", "matte")
    assert not out.channel("matte").any()


def test_with_everything_off_it_is_a_plain_over(scene):
    s = scene()
    out = blend(s.plate, s.face, BARE)
    alpha = s.face.channel("A")
    over = s.face.rgb + (1 - alpha) * s.plate.rgb
    solid = (alpha == 0) | (alpha > 0.3)
    assert (out.rgb - over)[:, solid].abs().max() < 1e-6
    assert torch.equal(out.channel("matte"), alpha)


def test_a_highlight_of_40_and_a_negative_value_inside_the_face_survive(scene):
    s = scene()
    s.face.pixels[:3, 80, 100] = 40.0
    s.face.pixels[:3, 80, 70] = -0.2
    out = blend(s.plate, s.face, BARE)
    assert out.rgb[:, 80, 100].tolist() == [40.0] * 3
    assert out.rgb[:, 80, 70].tolist() == pytest.approx([-0.2] * 3)
    dressed = blend(s.plate, s.face, replace(SETTINGS, sharpness=0))
    assert dressed.rgb[:, 80, 100].min() > 30
    assert dressed.rgb[:, 80, 70].max() < -0.05


def test_the_same_seed_gives_the_same_pixels_whatever_the_threads(scene):
    s = scene()
    threads = torch.get_num_threads()
    first = blend(s.plate, s.face, EVERYTHING, seed=5)
    try:
        torch.set_num_threads(1)
        second = blend(s.plate, s.face, EVERYTHING, seed=5)
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(first.pixels, second.pixels)


def test_another_frame_or_another_seed_gives_other_grain(scene):
    s = scene()
    first = blend(s.plate, s.face, SETTINGS, seed=5)
    frame = blend(replace(s.plate, number=1002), s.face, SETTINGS, seed=5)
    seed = blend(s.plate, s.face, SETTINGS, seed=6)
    for other in (frame, seed):
        inside = first.channel("matte") > 0.9
        assert (first.rgb - other.rgb)[:, inside].std() > 0.005


def test_plate_channels_are_kept_and_matte_is_appended(scene):
    s = scene()
    depth = torch.rand(1, *s.plate.pixels.shape[1:])
    plate = s.plate.with_pixels(torch.cat([s.plate.pixels, depth]), ("R", "G", "B", "Z"))
    out = blend(plate, s.face, SETTINGS)
    assert out.channels == ("R", "G", "B", "Z", "matte")
    assert torch.equal(out.channel("Z"), depth[0])


def test_channels_in_another_order_are_written_back_where_they_were(scene):
    s = scene()
    plate = s.plate.with_pixels(s.plate.pixels.flip(0).contiguous(), ("B", "G", "R"))
    assert torch.equal(blend(plate, s.face, SETTINGS).rgb, blend(s.plate, s.face, SETTINGS).rgb)


def test_overscan_changes_nothing_but_the_coordinates(scene):
    plain, over = scene(), scene(origin=(-16, -16))
    a, b = (blend(s.plate, s.face, SETTINGS) for s in (plain, over))
    assert b.data == Window(-16, -16, 184, 144)
    assert torch.equal(a.pixels, b.pixels)


@pytest.mark.parametrize(
    ("height", "width", "diameter"), [(61, 47, 33.0), (9, 11, 4.0), (5, 5, 3.0), (1, 40, 9.0)]
)
def test_odd_sizes_and_tiny_faces_work(scene, height, width, diameter):
    s = scene(height, width, diameter)
    out = blend(s.plate, s.face, EVERYTHING)
    assert torch.isfinite(out.pixels).all()
    assert torch.equal(out.rgb[:, outside(out)], s.plate.rgb[:, outside(out)])


def test_a_face_cut_by_the_frame_is_not_faded_at_the_cut(scene):
    s = scene(centre=(0.0, 80.0))
    out = blend(s.plate, s.face, SETTINGS)
    assert float(out.channel("matte")[80, 0]) == 1.0
    assert torch.isfinite(out.pixels).all()


def test_a_face_that_fills_the_frame_replaces_it(scene):
    s = scene(diameter=1000.0)
    out = blend(s.plate, s.face, SETTINGS)
    assert bool((out.channel("matte") == 1).all())
    assert torch.isfinite(out.pixels).all()


def test_what_stands_in_front_stays_the_plate_bit_for_bit(scene):
    s = scene()
    hand = torch.zeros(1, *s.plate.pixels.shape[1:])
    hand[:, 60:90] = 1.0
    occlusion = s.plate.with_pixels(hand, ("A",))
    out = blend(s.plate, s.face, SETTINGS, occlusion=occlusion)
    assert torch.equal(out.rgb[:, 60:90], s.plate.rgb[:, 60:90])
    assert not out.channel("matte")[60:90].any()


def test_a_face_of_another_tint_and_light_meets_the_plate_at_the_edge(scene):
    s = scene(noise=0.0, tint=(1.4, 1.0, 0.7))
    out = blend(s.plate, s.face, SETTINGS)
    smooth = torch.nn.functional.avg_pool2d(out.rgb[None] / s.clean[None], 9, 1, 4)[0]
    rim = (s.depth > 6) & (s.depth < 12)
    assert (smooth[:, rim].mean(1) - 1).abs().max() < 0.03


def test_an_unmatched_window_is_refused_with_both_windows(scene):
    s = scene()
    with pytest.raises(DoublureError, match=r"\(-16, -16\).*\(0, 0\)"):
        blend(s.plate, scene(origin=(-16, -16)).face, SETTINGS)


def test_a_face_without_alpha_is_refused(scene):
    s = scene()
    with pytest.raises(DoublureError, match="no alpha"):
        blend(s.plate, s.plate, SETTINGS)


def test_a_face_in_another_colour_space_is_refused(scene):
    s = scene()
    with pytest.raises(DoublureError, match="convert both"):
        blend(s.plate, replace(s.face, space="sRGB Encoded Rec.709 (sRGB)"), SETTINGS)


def test_pixels_that_are_not_finite_are_refused_with_their_number(scene):
    s = scene()
    s.face.pixels[0, 80, 100] = float("nan")
    with pytest.raises(DoublureError, match=r"frame 1001.*1 pixels"):
        blend(s.plate, s.face, SETTINGS)


def test_an_rgb_occlusion_is_refused_rather_than_guessed(scene):
    s = scene()
    with pytest.raises(DoublureError, match="none of them is A"):
        blend(s.plate, s.face, SETTINGS, occlusion=s.plate)


def test_the_work_does_not_grow_with_the_plate_around_the_face(scene):
    small, large = scene(240, 240, 120.0), scene(900, 900, 120.0)

    def cost(s) -> float:
        times = []
        for _ in range(3):
            start = time.thread_time()
            blend(s.plate, s.face, SETTINGS)
            times.append(time.thread_time() - start)
        return min(times)

    assert cost(large) < 4 * cost(small)

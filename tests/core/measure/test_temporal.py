from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import ndimage

from doublure.core.errors import DoublureError
from doublure.core.measure import temporal
from doublure.core.measure.temporal import PairErrors, pair_errors, pool, temporal_excess

FRAMES, SIZE = 6, 128
STEP = (1.5, -0.75)


def cloud(seed: int = 1, sigma: float = 3) -> np.ndarray:
    noise = ndimage.gaussian_filter(
        np.random.default_rng(seed).standard_normal((SIZE, SIZE)), sigma, mode="wrap"
    )
    return noise / noise.std()


def picture(t: int, light: float = 0.0, seed: int = 1) -> torch.Tensor:
    """A skin-coloured cloud that moves by STEP a frame, under a light that slides to the right."""
    skin = ndimage.shift(cloud(seed), (STEP[1] * t, STEP[0] * t), order=3, mode="grid-wrap")
    x = np.linspace(-1, 1, SIZE)
    luma = 0.18 * np.exp(0.4 * skin) * (1 + light * np.sin(3 * x + 0.2 * t))
    return torch.tensor(np.stack([1.2 * luma, luma, 0.7 * luma]), dtype=torch.float32)


def oval(t: int) -> torch.Tensor:
    y, x = np.mgrid[:SIZE, :SIZE] + 0.5
    distance = np.hypot((x - 60 - STEP[0] * t) / 36, (y - 66 - STEP[1] * t) / 46)
    return torch.tensor(np.clip((1 - distance) * 12 + 0.5, 0, 1), dtype=torch.float32)


def grainy(pictures: list[torch.Tensor], seed: int, amount: float = 0.04) -> list[torch.Tensor]:
    rng = np.random.default_rng(seed)
    return [
        p + amount * 0.18 * torch.tensor(rng.standard_normal(p.shape), dtype=torch.float32) for p in pictures
    ]


@pytest.fixture(scope="module")
def mattes() -> list[torch.Tensor]:
    return [oval(t) for t in range(FRAMES)]


@pytest.fixture(scope="module")
def truths() -> list[torch.Tensor]:
    return grainy([picture(t, light=0.1) for t in range(FRAMES)], 7)


@pytest.fixture(scope="module")
def flows() -> list[torch.Tensor]:
    return [torch.tensor(STEP)[:, None, None].expand(2, SIZE, SIZE)] * (FRAMES - 1)


def flickering(pictures: list[torch.Tensor], amount: float) -> list[torch.Tensor]:
    return [p * (1 + amount * (-1) ** t / 2) for t, p in enumerate(pictures)]


def test_the_truth_against_itself_is_exactly_steady(truths, mattes, flows):
    excess = temporal_excess(truths, truths, mattes, flows)
    assert excess.shot == 0
    assert excess.pairs == (0,) * (FRAMES - 1)


def test_gain_steps_of_five_per_cent_read_their_log_size(truths, mattes, flows):
    """5 % is log2(1.05) = 0.070 stops, of 1 / 17.52 ACEScct units each."""
    excess = temporal_excess(flickering(truths, 0.05), truths, mattes, flows).shot
    assert excess == pytest.approx(0.07 / 17.52, rel=0.1)


def test_flicker_reads_in_a_result_without_grain_too(truths, mattes, flows):
    clean = [picture(t, light=0.1) for t in range(FRAMES)]
    assert temporal_excess(flickering(clean, 0.05), truths, mattes, flows).shot > 0.003


@pytest.mark.parametrize("gain", [(2.0, 2.0, 2.0), (0.25, 0.25, 0.25), (1.2, 1.0, 0.8)])
def test_a_gain_that_stays_reads_nothing(truths, mattes, flows, gain):
    brighter = [p * torch.tensor(gain)[:, None, None] for p in truths]
    assert temporal_excess(brighter, truths, mattes, flows).shot < 2e-4


@pytest.mark.parametrize("amount", [0.0, 0.04])
def test_grain_of_another_seed_and_none_at_all_read_nothing(mattes, flows, truths, amount):
    other = grainy([picture(t, light=0.1) for t in range(FRAMES)], 8, amount)
    assert temporal_excess(other, truths, mattes, flows).shot < 5e-4


def test_a_shift_that_stays_reads_nothing(truths, mattes, flows):
    moved = [torch.roll(p, (2, 3), (1, 2)) for p in truths]
    assert temporal_excess(moved, truths, mattes, flows).shot < 1e-3


def test_a_texture_that_stands_still_while_the_face_moves_reads(truths, mattes, flows):
    assert temporal_excess([truths[0]] * FRAMES, truths, mattes, flows).shot > 0.005


def test_boiling_detail_reads(truths, mattes, flows):
    boiling = [
        p * torch.tensor(np.exp(0.1 * cloud(100 + t)), dtype=torch.float32) for t, p in enumerate(truths)
    ]
    assert temporal_excess(boiling, truths, mattes, flows).shot > 0.004


def test_light_that_moves_in_the_reference_too_is_no_flicker(mattes, flows):
    lit = [picture(t, light=0.3) for t in range(FRAMES)]
    other = [picture(t, light=0.3, seed=5) for t in range(FRAMES)]
    assert temporal_excess(other, lit, mattes, flows).shot < 2e-3


def test_what_flickers_outside_the_matte_does_not_count(truths, mattes, flows):
    outside = [
        p * torch.where(m == 0, 1 + t % 2, 1) for t, (p, m) in enumerate(zip(truths, mattes, strict=True))
    ]
    assert temporal_excess(outside, truths, mattes, flows).shot == 0


def test_a_pixel_that_the_reference_does_not_follow_is_left_out(mattes, flows, monkeypatch):
    """A dark pole in both, the result's twice as dark: where it covers and uncovers, neither is judged."""
    still = [picture(t) for t in range(2)]
    pole = [s.clone() for s in still]
    pole[1][:, :, 60:75] *= 0.1
    darker = [p.clone() for p in pole]
    darker[1][:, :, 61:74] *= 0.5
    left_out = temporal_excess(darker, pole, mattes[:2], flows[:1]).shot
    monkeypatch.setattr(temporal, "UNFOLLOWED", 1.0)
    assert left_out < 0.2 * temporal_excess(darker, pole, mattes[:2], flows[:1]).shot


def test_a_backward_flow_that_does_not_come_back_hides_the_pixel(truths, mattes, flows):
    flicker = flickering(truths, 0.05)
    back = [-f for f in flows]
    assert temporal_excess(flicker, truths, mattes, flows, back).shot > 0.003
    lost = [f + 5 for f in flows]
    with pytest.raises(DoublureError, match="no pixel of the face"):
        temporal_excess(flicker, truths, mattes, flows, lost)


def test_pairs_without_a_flow_are_left_out(truths, mattes, flows):
    some = [None, *flows[1:]]
    jump = [truths[0] * 2, *truths[1:]]
    excess = temporal_excess(jump, truths, mattes, some)
    assert excess.pairs[0] is None
    assert excess.shot == 0


def test_a_pair_steadier_than_the_reference_does_not_excuse_another():
    pairs = [PairErrors(1.0, 5.0), None, PairErrors(5.0, 1.0)]
    assert pool(pairs).shot == pytest.approx(2**0.5)
    assert pool(pairs).pairs == (0.0, None, 2.0)


def test_faces_that_do_not_overlap_give_no_pair(truths, mattes, flows):
    far = torch.zeros(SIZE, SIZE)
    far[:8, :8] = 1
    assert pair_errors(truths[:2], truths[:2], [mattes[0], far], flows[0]) is None


def test_a_matte_of_one_pixel_at_the_edge_is_measured(truths):
    matte = torch.zeros(SIZE, SIZE)
    matte[0, 0] = 1
    pair = pair_errors(truths[:2], truths[:2], [matte, matte], torch.zeros(2, SIZE, SIZE))
    assert pair is not None
    assert pair.result == pair.reference


def test_a_face_that_leaves_the_picture_gives_no_pair(truths, mattes):
    assert pair_errors(truths[:2], truths[:2], mattes[:2], torch.full((2, SIZE, SIZE), 500.0)) is None


def test_black_and_constant_pictures_are_steady(mattes, flows):
    for value in (0.0, 0.18, 40.0):
        flat = [torch.full((3, SIZE, SIZE), value)] * FRAMES
        assert temporal_excess(flat, flat, mattes, flows).shot == 0


def test_an_empty_matte_is_refused(truths, mattes, flows):
    with pytest.raises(DoublureError, match="matte is empty"):
        temporal_excess(truths, truths, [torch.zeros(SIZE, SIZE), *mattes[1:]], flows)


def test_nan_pixels_are_refused(truths, mattes, flows):
    broken = [torch.full_like(truths[0], torch.nan), *truths[1:]]
    with pytest.raises(DoublureError, match="NaN"):
        temporal_excess(broken, truths, mattes, flows)


def test_a_flow_with_nan_is_refused(truths, mattes, flows):
    with pytest.raises(DoublureError, match="flow holds NaN"):
        temporal_excess(truths, truths, mattes, [torch.full((2, SIZE, SIZE), torch.nan), *flows[1:]])


def test_a_flow_of_another_size_is_refused(truths, mattes, flows):
    with pytest.raises(DoublureError, match="the flow is \\(2, 64, 64\\)"):
        temporal_excess(truths, truths, mattes, [torch.zeros(2, 64, 64), *flows[1:]])


def test_frames_of_two_sizes_are_refused(truths, mattes, flows):
    half = [slice(None), slice(0, 64)]
    pictures = [truths[0], truths[1][:, half[1]]]
    with pytest.raises(DoublureError, match="differ in size"):
        temporal_excess(pictures, pictures, [mattes[0], mattes[1][half[1]]], flows[:1])


def test_one_frame_is_refused(truths, mattes):
    with pytest.raises(DoublureError, match="one frame alone"):
        temporal_excess(truths[:1], truths[:1], mattes[:1], [])


def test_counts_that_differ_are_refused(truths, mattes, flows):
    with pytest.raises(DoublureError, match="and 4 flows"):
        temporal_excess(truths, truths, mattes, flows[:4])

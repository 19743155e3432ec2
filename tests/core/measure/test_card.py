from __future__ import annotations

from pathlib import Path

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.exr import read_exr
from doublure.core.frame import Frame
from doublure.core.measure import identity
from doublure.core.measure.card import Card, score_card
from doublure.core.measure.catalogue import BY_KEY
from doublure.core.measure.mesh_normals import mesh_normals
from doublure.core.measure.reference import Reference
from doublure.core.measure.take import LAYER_CHANNELS, Take

FACE = Path(__file__).parents[2] / "data" / "face.exr"
NUMBERS = [1001, 1002, 1003]


def oval(height: int, width: int) -> torch.Tensor:
    y, x = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")
    return ((1 - torch.hypot((x - 96) / 50, (y - 105) / 62)) * 12).clamp(0, 1)


@pytest.fixture(scope="module")
def take() -> Take:
    """Three frames of one face under a little grain, in an old take's layout."""
    torch.set_num_threads(1)
    face = read_exr(FACE)
    random = torch.Generator().manual_seed(3)
    truths = [
        Frame.from_rgb(face.rgb + 0.004 * torch.randn(face.rgb.shape, generator=random), "ACEScg", number=n)
        for n in NUMBERS
    ]
    mattes = [oval(*frame.rgb.shape[1:]) for frame in truths]
    plates = [frame.with_rgb(frame.rgb * 1.3) for frame in truths]
    absent = dict.fromkeys(LAYER_CHANNELS, "the take has no layers")
    return Take(NUMBERS, truths, plates, truths, mattes, {}, absent)


@pytest.fixture(scope="module")
def known(take: Take) -> Reference:
    return Reference(take.truths, take.plates)


@pytest.fixture(scope="module")
def perfect(take: Take, known: Reference) -> Card:
    return score_card(take, known)


def test_the_truth_itself_is_exactly_perfect(perfect: Card) -> None:
    for key, value in perfect.summary.items():
        if value is not None and BY_KEY[key].perfect is not None:
            assert value == BY_KEY[key].perfect, key


def test_an_old_take_misses_only_what_it_cannot_have(perfect: Card) -> None:
    optional = set() if identity.available() else {"identity_hero", "identity_driver"}
    assert perfect.missing.keys() == {"grain_sigma", "grain_spectrum", "albedo", "normal"} | optional
    assert "carries no grain" in perfect.missing["grain_sigma"]


def test_a_gain_of_the_whole_shot_moves_the_energy_of_light_alone(take: Take, known: Reference) -> None:
    card = score_card(take.judged([frame.with_rgb(frame.rgb * 0.8) for frame in take.truths]), known)
    assert card.summary["light_energy"] == pytest.approx(0.3219, abs=0.002)
    assert card.summary["psnr"] == pytest.approx(100, abs=30)
    assert card.summary["temporal"] == pytest.approx(0, abs=1e-5)
    assert card.summary["seam_ratio"] == pytest.approx(1, abs=1e-3)
    assert card.fit.gain[0] == pytest.approx(1.25, abs=0.002)


def test_a_result_without_a_face_has_no_landmark_measures(take: Take, known: Reference) -> None:
    grey = [frame.with_rgb(torch.full_like(frame.rgb, 0.2)) for frame in take.truths]
    card = score_card(take.judged(grey), known)
    assert card.missing["pose"] == card.missing["expression"] == "no face was found"
    assert card.summary["psnr"] is not None


def test_a_result_may_carry_its_own_layers(take: Take, known: Reference) -> None:
    normals = torch.zeros(3, *take.mattes[0].shape)
    normals[2] = 1.0
    albedo = torch.rand(3, *take.mattes[0].shape, generator=torch.Generator().manual_seed(1))
    layers = {"normal": [normals] * 3, "albedo": [albedo] * 3}
    results = []
    for frame in take.truths:
        tilted = normals + torch.tensor([1.0, 0.0, 0.0])[:, None, None]
        for plane, name in zip(tilted, LAYER_CHANNELS["normal"], strict=True):
            frame = frame.with_channel(name, plane)
        for plane, name in zip(albedo, LAYER_CHANNELS["albedo"], strict=True):
            frame = frame.with_channel(name, 0.5 * plane)
        results.append(frame)
    absent = {"flow": "none", "occlusion": "none"}
    card = score_card(Take(NUMBERS, results, take.plates, take.truths, take.mattes, layers, absent), known)
    assert card.summary["normal"] == pytest.approx(45.0, abs=0.01)
    assert card.summary["albedo"] == pytest.approx(100.0, abs=1.0)


def test_the_seam_is_looked_for_at_the_results_own_matte(take: Take, known: Reference) -> None:
    smaller = oval(*take.mattes[0].shape).roll(9, 0)
    results = [
        frame.with_rgb(frame.rgb * (1 + 0.06 * (smaller > 0.5))).with_channel("matte", smaller)
        for frame in take.truths
    ]
    without = [frame.with_pixels(frame.rgb, ("R", "G", "B")) for frame in results]
    own, truths = (
        score_card(take.judged(frames), known).summary["seam_ratio"] for frames in (results, without)
    )
    assert own is not None
    assert truths is not None
    assert own > truths + 0.3


def test_frames_that_do_not_follow_each_other_have_no_change_over_time(take: Take, known: Reference) -> None:
    apart = Take([1001, 1005, 1009], take.results, take.plates, take.truths, take.mattes, {}, take.absent)
    card = score_card(apart, known)
    assert card.missing["temporal"] == "no two consecutive frames of the truth"
    assert "consecutive" in card.missing["jitter"]


def test_an_empty_matte_is_refused_with_its_frame(take: Take, known: Reference) -> None:
    mattes = [take.mattes[0], 0 * take.mattes[1], take.mattes[2]]
    with pytest.raises(DoublureError, match="frame 1002: the matte is empty"):
        score_card(Take(NUMBERS, take.truths, take.plates, take.truths, mattes, {}, take.absent), known)


def test_mesh_normals_look_up_at_the_brow_and_to_the_camera(take: Take, known: Reference) -> None:
    face = known.truths[0]
    assert face is not None
    normals = mesh_normals(take.truths[0], face)
    covered = normals.norm(dim=0) > 0.5
    assert normals.shape == take.truths[0].rgb.shape
    assert torch.allclose(normals.norm(dim=0)[covered], torch.ones(int(covered.sum())), atol=1e-4)
    assert float(normals[2][covered].mean()) > 0.6
    brow, chin = (face.points[i, :2].astype(int) for i in (10, 152))
    up = [float(normals[1, y - 6 : y + 7, x - 6 : x + 7].sum()) for x, y in (brow, chin)]
    assert up[0] > up[1]

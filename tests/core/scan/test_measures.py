"""The scan's own measures: grain's ratio, light in parts, likeness."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.face.topology import canonical_shape
from doublure.core.measure.expression import head_fixed, shot_expression
from doublure.core.scan.edge_step import edge_step
from doublure.core.scan.face_reading import FaceReading, Look, likeness
from doublure.core.scan.grain_ratio import grain_ratio
from doublure.core.scan.light_zones import light_zones, off_the_shot, shot_light, shot_zones
from doublure.core.scan.shot_faces import shot_faces
from tests.core.measure.grainy import SIZE, blur, clean_face, grain, oval

FACE, MATTE = clean_face(), oval()


@pytest.mark.parametrize(("amount", "low", "high"), [(0.5, 0.42, 0.58), (1.0, 0.92, 1.08), (2.0, 1.6, 2.1)])
def test_grain_is_read_about_as_strong_as_it_is(amount: float, low: float, high: float) -> None:
    plate = grain(FACE, seed=1)
    result = grain(FACE, seed=2, amount=amount)
    assert low < grain_ratio(result, plate, MATTE) < high


def test_grain_on_another_face_is_still_the_same_grain() -> None:
    other = FACE.flip(2) * 0.7
    result, plate = grain(other, seed=2), grain(FACE, seed=1)
    assert grain_ratio(result, plate, MATTE) == pytest.approx(1, abs=0.2)


def test_a_face_without_grain_reads_next_to_nothing() -> None:
    assert grain_ratio(blur(FACE, 1.5), grain(FACE, seed=1), MATTE) < 0.3


def test_a_face_too_small_for_grain_is_an_error() -> None:
    tiny = torch.zeros_like(MATTE)
    tiny[:10, :10] = 1
    with pytest.raises(DoublureError, match="too small"):
        grain_ratio(FACE, FACE, tiny)


def test_light_in_parts_is_the_stops_between_the_faces() -> None:
    across = torch.linspace(-1, 1, SIZE)
    zones = light_zones(FACE * torch.exp2(0.5 + across), FACE, MATTE).reshape(3, 3)
    found = shot_light(shot_zones([zones.ravel()]))
    assert np.nanmean(zones) == pytest.approx(0.5, abs=0.05)
    assert (np.diff(zones[1]) > 0.2).all()
    assert found.edge is None
    assert found.exposure == found.level
    assert found.across > 0.4
    assert abs(found.down) < 0.1


def test_a_shots_exposure_is_its_faces_level_and_its_edges_together() -> None:
    found = shot_light(np.full(9, 0.3), [0.1, 0.2, 0.9])
    assert found.edge == 0.2
    assert found.exposure == pytest.approx(0.25)


def test_the_same_face_has_the_same_light() -> None:
    assert np.nanmax(np.abs(light_zones(FACE, FACE, MATTE))) == 0


def test_a_frame_is_off_the_shot_by_what_it_departs() -> None:
    usual = shot_zones([np.full(9, 0.3)] * 4 + [np.full(9, 1.3)])
    assert off_the_shot(np.full(9, 0.3), usual) == pytest.approx(0)
    assert off_the_shot(np.full(9, 1.3), usual) == pytest.approx(1)


def test_a_part_that_no_frame_has_counts_as_nothing() -> None:
    zones = np.full(9, 0.2)
    zones[0] = np.nan
    usual = shot_zones([zones, zones])
    assert usual[0] == 0
    assert off_the_shot(zones, usual) == pytest.approx(0)
    assert off_the_shot(np.full(9, np.nan), usual) == 0


def test_a_face_is_like_itself_under_any_gain_and_unlike_another() -> None:
    assert likeness(FACE, FACE, MATTE) == pytest.approx(1)
    assert likeness(FACE * 0.4, FACE, MATTE) == pytest.approx(1, abs=1e-3)
    assert likeness(grain(FACE, seed=3), grain(FACE, seed=1), MATTE) > 0.9
    assert likeness(FACE.flip(1), FACE, MATTE) < 0.6


def test_a_flat_face_is_like_nothing() -> None:
    with pytest.raises(DoublureError, match="structure"):
        likeness(torch.full_like(FACE, 0.18), FACE, MATTE)


def reading(number: int, ours: np.ndarray, theirs: np.ndarray) -> FaceReading:
    looks = [Look(head_fixed(points), np.zeros(3), None) for points in (ours, theirs)]
    return FaceReading(
        number, 200.0, looks[0], looks[1], 60.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.5, np.zeros(9)
    )


@pytest.mark.parametrize("count", [3, 10])
def test_a_shots_expression_is_that_of_the_measure(count: int) -> None:
    rng = np.random.default_rng(4)
    ours, theirs = (
        [100 * canonical_shape() + rng.normal(0, 2, (468, 3)) for _ in range(count)] for _ in range(2)
    )
    faces, _, _ = shot_faces([reading(1001 + i, ours[i], theirs[i]) for i in range(count)], {})
    wanted = [one.landmarks for one in shot_expression(ours, theirs).frames if one is not None]
    assert [face.expression for face in faces.values()] == pytest.approx(wanted)


def test_the_step_at_the_edge_is_the_stops_between_the_faces_there() -> None:
    assert edge_step(FACE, FACE, MATTE) == (0, 0)
    for gain in (1.5, 1 / 1.5):
        step = edge_step(FACE * torch.where(MATTE > 0, gain, 1.0), FACE, MATTE)
        assert step.height == pytest.approx(0.56, abs=0.05)
        assert step.level == pytest.approx(math.copysign(0.56, gain - 1), abs=0.05)
    assert edge_step(FACE + grain(FACE, seed=2), FACE + grain(FACE, seed=1), MATTE).height < 0.05


def test_a_matte_over_the_whole_picture_has_an_edge_only_at_its_border() -> None:
    assert edge_step(FACE * 2, FACE, torch.ones_like(MATTE)).height == pytest.approx(1, abs=0.1)

from __future__ import annotations

import numpy as np
import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.face.flow import Steps
from doublure.core.face.fuse import Reading
from doublure.core.face.guide import Guide
from doublure.core.face.occlusion import (
    COVERED,
    Matte,
    in_place_of_covered,
    matte_of,
    without_covered_steps,
)
from doublure.core.face.pose import fit_pose_and_depth
from doublure.core.face.track import TrackSettings, track_frames
from doublure.core.frame import Frame
from doublure.core.window import Window
from tests.core.face.faces import SHAPE, pose


def picture(*channels: str, width: int = 64, height: int = 48, value: float = 0.0) -> Frame:
    window = Window.of_size(width, height)
    pixels = torch.full((len(channels), height, width), value)
    return Frame(pixels, channels, window, window, "ACEScg", number=5)


def test_a_point_is_covered_where_the_matte_is_at_least_half() -> None:
    values = torch.zeros(10, 20)
    values[:, 8:] = 1
    matte = Matte(values, Window(-5, 0, 15, 10))
    places = np.array([[2.4, 5.0], [3.6, 5.0], [14.0, 5.0], [30.0, 5.0]])
    assert matte.covers(places).tolist() == [False, True, True, False]


def test_the_channel_is_named_or_a_or_the_only_one() -> None:
    plate = picture("R", "G", "B")
    many = picture("R", "roto.left", "A")
    many.pixels[1] = 0.25
    assert matte_of(many, plate, "roto.left").values[0, 0] == 0.25
    assert matte_of(many, plate).values[0, 0] == 0
    assert matte_of(picture("Y", value=0.5), plate).values[0, 0] == 0.5


@pytest.mark.parametrize(
    ("frame", "channel", "said"),
    [
        (picture("R", "G", "B"), "", r"frame 5.*several channels, and none is A.*name one"),
        (picture("A"), "roto", r"has no channel 'roto' \(it has A\)"),
        (picture("A", width=32), "", "has 32 by 48 pixels, and the plate 64 by 48"),
        (picture("A", value=float("nan")), "", "not finite"),
    ],
)
def test_a_matte_that_is_none_is_told(frame: Frame, channel: str, said: str) -> None:
    with pytest.raises(DoublureError, match=said):
        matte_of(frame, picture("R", "G", "B"), channel)


def test_the_flow_of_what_is_in_front_counts_for_nothing() -> None:
    covered = np.zeros(468, bool)
    covered[:5] = True
    doubt = np.full(468, 0.1)
    empty = np.zeros((468, 3))
    readings = {
        n: Reading(empty, 1.0, Steps(np.zeros((468, 2)), doubt) if n else None, np.zeros((2, 2)), empty)
        for n in range(4)
    }
    out = without_covered_steps(readings, {1: covered})
    assert [np.isinf(out[n].steps.doubt).sum() for n in (1, 2, 3)] == [5, 5, 0]
    assert out[3] is readings[3]


def test_a_frame_left_out_begins_a_new_run() -> None:
    steps, empty = Steps(np.zeros((468, 2)), np.zeros(468)), np.zeros((468, 3))
    readings = {n: Reading(empty, 1.0, steps if n else None, np.zeros((2, 2)), empty) for n in (0, 1, 3, 4)}
    out = without_covered_steps(readings, {2: np.ones(468, bool)})
    assert [out[n].steps is None for n in out] == [True, False, True, False]


def test_what_is_read_under_the_matte_moves_neither_points_nor_pose() -> None:
    at = pose(4)
    right = at.scale * SHAPE @ at.rotation.T + [*at.translation, 0]
    covered = SHAPE[:, 0] > 0.2
    wrong = right.copy()
    wrong[covered] += (25, -14, 30)
    out = in_place_of_covered(wrong, covered, SHAPE)
    np.testing.assert_allclose(out, right, atol=1e-6)
    found, _ = fit_pose_and_depth(out, SHAPE)
    np.testing.assert_allclose(found.translation, at.translation, atol=1e-4)


def test_an_expression_that_is_seen_reaches_under_the_matte() -> None:
    at = pose(0)
    change = SHAPE + np.array([0, 0.1, 0])
    points = at.scale * change @ at.rotation.T + [*at.translation, 0]
    covered = np.zeros(468, bool)
    covered[::7] = True
    out = in_place_of_covered(points, covered, SHAPE)
    assert np.abs(out - points).max() < 1


@pytest.fixture
def shot(on_plate) -> list[Frame]:
    return [on_plate(60 + 2 * n, 30, number=n) for n in range(1, 4)]


def covering(plate: Frame, x: int) -> Matte:
    """Everything right of a column."""
    values = torch.zeros(plate.data.height, plate.data.width)
    values[:, x:] = 1
    return Matte(values, plate.data)


def test_a_frame_under_a_matte_is_occluded_and_its_points_hidden(shot: list[Frame]) -> None:
    mattes = {2: covering(shot[1], 170)}
    for smoothing in (0, 2):
        made = track_frames(shot, TrackSettings(smoothing=smoothing), guide=Guide(hidden=mattes.get))
        assert [face.occluded for face in made] == [False, True, False]
        inside = mattes[2].covers(made.at(2).points)
        assert made.at(2).confidence[inside].max() == 0
        assert 0.05 < made.at(2).hidden < 0.7


def test_a_face_wholly_under_the_matte_is_not_there(shot: list[Frame]) -> None:
    mattes = {2: covering(shot[1], 0)}
    made = track_frames(shot, guide=Guide(hidden=mattes.get))
    assert [face.found for face in made] == [True, False, True]
    assert made.at(2).reason == COVERED


def test_an_empty_matte_changes_nothing(shot: list[Frame]) -> None:
    empty = covering(shot[0], 10_000)
    plain, made = track_frames(shot), track_frames(shot, guide=Guide(hidden=lambda number: empty))
    for before, after in zip(plain, made, strict=True):
        np.testing.assert_array_equal(before.points, after.points)
        assert not after.occluded

"""Several faces, and one that is not there for a while."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.face.topology import canonical_shape
from doublure.core.face.track import Track, TrackSettings, track_faces, track_frames
from doublure.core.frame import Frame

RAW = TrackSettings(smoothing=0)


def scenery(seed: int) -> np.ndarray:
    """(240, 560, 3) scene-linear, something everywhere."""
    noise = np.random.default_rng(seed).normal(0, 1, (240, 560, 3)).astype(np.float32)
    return 0.12 * np.exp(9 * cv2.GaussianBlur(noise, (0, 0), 8))


@pytest.fixture(scope="module")
def two(face) -> tuple[np.ndarray, np.ndarray]:
    """(192, 192, 3) scene-linear: a person, and another one with a darker chin and redder cheeks."""
    one = face.rgb.permute(1, 2, 0).numpy().copy()
    y = np.linspace(0, 1, 192)[:, None, None]
    chin = 1 / (1 + np.exp(-(y - 0.68) * 40))
    return one, (one[:, ::-1] * (1 - chin * (0.75, 0.6, 0.5)) * (1.15, 0.95, 0.7)).astype(np.float32)


@pytest.fixture(scope="module")
def soft() -> np.ndarray:
    """(192, 192, 1) an oval that cuts the head out."""
    y, x = np.mgrid[:192, :192]
    radius = np.hypot((x - 94) / 62, (y - 104) / 84)
    return np.clip((1 - radius) / 0.1, 0, 1)[..., None].astype(np.float32)


@pytest.fixture(scope="module")
def plate(two, soft):
    """``plate(number, (who, x, y), …)``: a plate of 560 by 240 with persons on it, the last one in front."""
    wall = scenery(8)

    def build(number: int, *people: tuple[int, int, int]) -> Frame:
        out = wall.copy()
        for who, x, y in people:
            left, right = max(x, 0), min(x + 192, 560)
            if left < right:
                inside = slice(left - x, right - x)
                share = soft[:, inside]
                part = out[y : y + 192, left:right]
                part += share * (two[who][:, inside] - part)
        pixels = np.ascontiguousarray(out.transpose(2, 0, 1))
        return Frame.from_rgb(torch.from_numpy(pixels), "ACEScg", number=number)

    return build


def middles(track: Track) -> dict[int, float]:
    return {face.number: float(face.points[:, 0].mean()) for face in track.found}


def test_two_people_cross_and_go_on_as_whom_they_were(plate):
    at = {n: (10 + 26 * n, 350 - 26 * n) for n in range(14)}
    frames = [plate(n, (1, behind, 20), (0, front, 24)) for n, (behind, front) in at.items()]
    tracks = track_faces(frames, RAW, 2)
    assert len(tracks) == 2
    seen = [middles(track) for track in tracks]
    first_is_behind = abs(seen[0][0] - 104) < abs(seen[0][0] - 444)
    for track, side in zip(seen, (0, 1) if first_is_behind else (1, 0), strict=True):
        assert {0, 1, 2, 12, 13} <= set(track)
        for n in (*range(5), *range(10, 14)):
            if n in track:
                assert abs(track[n] - (at[n][side] + 94)) < 30


def test_the_chosen_one_is_not_left_for_who_walks_before_him(plate):
    frames = [plate(n, (0, 180, 20), (1, 380 - 37 * n, 20)) for n in range(11)]
    first = track_frames(frames[:1], RAW)
    index = 0 if abs(middles(first)[0] - 274) < 40 else 1
    seen = middles(track_frames(frames, TrackSettings(face_index=index, smoothing=0)))
    assert all(abs(x - 274) < 45 for x in seen.values())
    assert {0, 1, 2, 9, 10} <= set(seen)


@pytest.mark.parametrize("frames_away", [1, 4])
def test_a_face_that_was_away_is_found_again_where_it_comes_back(plate, frames_away):
    frames = [plate(n, (0, 60, 20)) for n in range(3)]
    frames += [plate(3 + n) for n in range(frames_away)]
    frames += [plate(3 + frames_away + n, (0, 100, 20)) for n in range(2)]
    track = track_frames(frames, RAW)
    assert [face.found for face in track] == [True] * 3 + [False] * frames_away + [True] * 2
    assert middles(track)[3 + frames_away] == pytest.approx(194, abs=12)


def test_a_picture_on_the_wall_is_not_taken_for_the_face_that_left(plate):
    painted = (0, 350, 20)
    frames = [plate(n, painted, (0, 20 - 40 * n, 20)) for n in range(9)]
    track = track_frames([plate(-1, (0, 20, 20)), *frames], RAW)
    seen = middles(track)
    assert all(x < 250 for x in seen.values())
    assert not track.at(8).found


def test_a_face_that_comes_in_later_gets_the_next_number(plate):
    frames = [plate(n, (0, 20, 20)) for n in range(3)]
    frames += [plate(3 + n, (0, 20, 20), (1, 340, 20)) for n in range(9)]
    first, second = track_faces(frames, RAW, 2)
    assert len(first.found) == 12
    assert not second.at(0).found
    assert second.at(0).reason == "it was not seen yet"
    assert middles(second)[11] == pytest.approx(434, abs=15)


def test_a_plate_without_faces_gives_one_track_without_the_face(plate):
    (track,) = track_faces([plate(1), plate(2)], RAW, 3)
    assert [face.reason for face in track] == ["no face was found"] * 2


def test_after_a_cut_the_same_person_is_followed_and_nothing_crosses_it(plate, two, soft):
    other = scenery(3)
    part = other[10:202, 300:492]
    part += soft * (two[0] - part)
    after = torch.from_numpy(np.ascontiguousarray(other.transpose(2, 0, 1)))
    frames = [plate(n, (0, 60, 20)) for n in range(4)]
    frames += [Frame.from_rgb(after, "ACEScg", number=n) for n in range(4, 8)]
    track = track_frames(frames)
    assert track.cuts == (4,)
    assert len(track.found) == 8
    xs = middles(track)
    assert xs[3] == pytest.approx(154, abs=8)
    assert xs[4] == pytest.approx(394, abs=8)


def test_a_count_below_one_is_refused(plate):
    with pytest.raises(DoublureError, match="0 faces"):
        track_faces([plate(1)], RAW, 0)


def test_a_hole_in_the_numbers_is_no_fault(plate):
    track = track_frames([plate(n, (0, 60 + n, 20)) for n in (1, 2, 9, 10)])
    assert [face.number for face in track.found] == [1, 2, 9, 10]
    assert track.shape.shape == canonical_shape().shape

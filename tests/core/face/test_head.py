"""The passes that are drawn of a fitted head, and its life in a track."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from doublure.core.errors import DoublureError
from doublure.core.exr import read_exr
from doublure.core.face.head import CHANNELS, Head, Person
from doublure.core.face.heads import with_heads
from doublure.core.face.morphable import morphable
from doublure.core.face.pass_files import write_passes
from doublure.core.face.pose import Pose
from doublure.core.face.sidecar import FaceFrame, Track
from doublure.core.face.topology import canonical_shape
from doublure.core.face.turn import axis_angle
from doublure.core.window import Window


def _head(yaw: float = 0.0) -> Head:
    model = morphable()
    person = Person(np.zeros(len(model.identity)), 400.0, np.array([64.0, 48.0]))
    turn = axis_angle(np.radians([0.0, yaw, 0.0]))
    return Head(turn, np.array([0.0, 0.0, 100.0]), np.zeros(len(model.names)), person)


def _track() -> Track:
    pose = Pose(np.eye(3), 30.0, np.array([64.0, 48.0]))
    shape = canonical_shape().astype(np.float64)
    points = np.c_[pose.project(shape), 30 * shape[:, 2]].astype(np.float32)
    frames = {n: FaceFrame(n, True, None, 0.9, points, pose) for n in (1, 2)}
    frames[3] = FaceFrame.lost(3, "no face was found")
    return Track("a", 128, 96, 1.0, shape, frames)


def test_a_face_that_looks_into_the_lens_has_normals_towards_it() -> None:
    drawn = _head().passes(Window.of_size(128, 96))
    seen = drawn[8] > 0
    assert 1000 < int(seen.sum()) < 5000
    assert float(drawn[2][seen].median()) > 0.7
    assert float((drawn[:3, seen].norm(dim=0) - 1).abs().max()) < 1e-4
    assert float(drawn[6:8, seen].min()) > 0
    assert float(drawn[6:8, seen].max()) < 1
    assert -110 < float(drawn[5, seen].min()) < float(drawn[5, seen].max()) < -85


def test_overscan_and_pixel_aspect_move_the_mesh_as_they_move_the_plate() -> None:
    plain = _head().passes(Window.of_size(128, 96))
    wide = _head().passes(Window(-10, -5, 138, 101))
    assert bool((wide[:, 5:101, 10:138] == plain).all())
    squeezed = _head().passes(Window.of_size(64, 96), 2.0)
    assert float((squeezed[8] - plain[8].reshape(96, 64, 2).mean(2)).abs().mean()) < 0.03


def test_a_proxy_shows_the_same_head() -> None:
    whole, half = (
        _head(20).passes(Window.of_size(128, 96)),
        _head(20).scaled(0.5).passes(Window.of_size(64, 48)),
    )
    assert abs(float(half[8].sum()) * 4 / float(whole[8].sum()) - 1) < 0.05


def test_a_track_gets_a_head_wherever_the_face_was_found() -> None:
    track = with_heads(_track())
    assert track.frames[1].head is not None
    assert track.frames[3].head is None
    assert track.frames[1].pose is _track().frames[1].pose or track.frames[1].pose is not None


def test_a_track_without_a_face_is_left_as_it_is() -> None:
    lost = replace(_track(), frames={1: FaceFrame.lost(1, "no face was found")})
    assert with_heads(lost) is lost


def test_a_focal_length_of_nothing_is_refused() -> None:
    with pytest.raises(DoublureError, match="focal length"):
        with_heads(_track(), focal=0.0)


def test_the_sidecar_keeps_the_head(tmp_path: Path) -> None:
    track = with_heads(_track(), focal=500.0)
    track.save(tmp_path / "t.json")
    back = Track.load(tmp_path / "t.json").frames[1].head
    head = track.frames[1].head
    assert back is not None
    assert head is not None
    assert back.person.focal == pytest.approx(500)
    assert np.abs(back.vertices() - head.vertices()).max() < 0.01


def test_passes_are_written_for_every_frame_and_empty_where_there_is_no_face(tmp_path: Path) -> None:
    assert write_passes(with_heads(_track()), tmp_path / "p.####.exr", overscan=4) == 3
    seen, lost = (read_exr(tmp_path / f"p.{n:04d}.exr") for n in (1, 3))
    assert set(seen.channels) == set(CHANNELS)
    assert seen.data == Window(-4, -4, 132, 100)
    assert float(seen.channel("mesh").sum()) > 1000
    assert float(lost.pixels.abs().sum()) == 0


def test_a_track_without_heads_cannot_be_drawn(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="no fitted head"):
        write_passes(_track(), tmp_path / "p.####.exr")

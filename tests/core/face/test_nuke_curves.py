from __future__ import annotations

import re

import numpy as np

from doublure.core.face import topology
from doublure.core.face.nuke_curves import to_nuke
from doublure.core.face.pose import Pose
from doublure.core.face.sidecar import FaceFrame, Track

SHAPE = topology.canonical_shape().astype(np.float64)


def track() -> Track:
    frames: dict[int, FaceFrame] = {1002: FaceFrame.lost(1002, "the face was lost")}
    for n in (1001, 1003):
        pose = Pose(np.eye(3), 40.0, np.array([300.0 + n - 1001, 100.0]))
        points = np.c_[pose.project(SHAPE), np.zeros(468)].astype(np.float32)
        frames[n] = FaceFrame(n, True, None, 0.9, points, pose)
    return Track("p.####.exr", 640, 360, 1.0, SHAPE, frames)


def test_the_corners_stand_in_nukes_order_and_count_y_from_below() -> None:
    text = to_nuke(track())
    assert " to1 {{curve x1001 240.000 x1003 242.000} {curve x1001 200.000 x1003 200.000}}" in text
    assert " from3 {360.000 320.000}" in text


def test_there_is_a_key_on_every_frame_with_the_face_and_no_other() -> None:
    keys = set(re.findall(r"x(\d+) ", to_nuke(track())))
    assert keys == {"1001", "1003"}


def test_the_tracker_follows_the_nose() -> None:
    nose = track().frames[1001].points[topology.NOSE_TIP]
    assert f" track3 {{{{curve x1001 {nose[0]:.3f} " in to_nuke(track())


def test_braces_balance_even_without_a_face() -> None:
    for made in (track(), Track("p", 64, 36, 1.0, SHAPE)):
        text = to_nuke(made)
        assert text.count("{") == text.count("}")

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from doublure.core.errors import DoublureError
from doublure.core.face import topology
from doublure.core.face.pose import Pose
from doublure.core.face.sidecar import FaceFrame, Track
from doublure.core.face.table import COLUMNS, read_table, to_table

SHAPE = topology.canonical_shape().astype(np.float64)


def track() -> Track:
    pose = Pose(
        Rotation.from_euler("YXZ", [25, -8, 14], degrees=True).as_matrix(), 41.5, np.array([300.0, 88])
    )
    points = np.c_[pose.project(SHAPE), np.zeros(468)].astype(np.float32)
    face = FaceFrame(1001, True, None, 0.9, points, pose)
    frames = {1001: face, 1002: FaceFrame.lost(1002, "the face was lost")}
    return Track("p.####.exr", 640, 360, 2.0, SHAPE, frames)


def test_a_table_that_is_read_back_has_the_poses_of_the_track(tmp_path) -> None:
    (tmp_path / "t.csv").write_text(to_table(track()))
    first, second = read_table(tmp_path / "t.csv")
    pose = track().frames[1001].pose
    back = first.pose(2.0)
    np.testing.assert_allclose(back.rotation, pose.rotation, atol=1e-5)
    np.testing.assert_allclose(back.translation, pose.translation, atol=1e-3)
    assert first.values[0] == pytest.approx(150)
    assert back.scale == pytest.approx(41.5)
    assert second.values is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("frame,x\n1,2\n", "no column found"),
        ("", "no column frame"),
        (",".join(COLUMNS) + "\n1,1,2,3,many,0,0,0\n", "line 2 holds something that is no number"),
        (",".join(COLUMNS) + "\n1,1,2,3,0,0,0,0\n", "size is not above 0"),
        (",".join(COLUMNS) + "\n1,1,nan,3,4,0,0,0\n", "not finite"),
        (",".join(COLUMNS) + "\n1,0,,,,,,\n1,0,,,,,,\n", "twice"),
        (",".join(COLUMNS) + "\n1,1,2\n", "no number"),
    ],
)
def test_a_bad_table_is_told(tmp_path, text, said) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DoublureError, match=said):
        read_table(tmp_path / "t.csv")


def test_a_missing_table_is_told(tmp_path) -> None:
    with pytest.raises(DoublureError, match="cannot be read"):
        read_table(tmp_path / "none.csv")


def test_a_track_without_frames_is_a_table_of_its_head_alone() -> None:
    assert to_table(replace(track(), frames={})).count("\n") == 1

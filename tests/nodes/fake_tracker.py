"""A tracker without networks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from doublure.core.face.pose import Pose
from doublure.core.face.topology import canonical_shape
from doublure.core.face.track import FaceFrame, TrackSettings
from doublure.core.face.track import Track as FaceTrack
from doublure.core.frame import Frame

SHAPE = canonical_shape().astype(np.float64)


def found(number: int) -> FaceFrame:
    pose = Pose(np.eye(3), 8.0, np.array([30.0 + number % 10, 24.0]))
    points = SHAPE * 8 + (*pose.translation, 0)
    return FaceFrame(number, True, None, 0.9, points.astype(np.float32), pose)


@pytest.fixture
def tracker(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """Replaces the networks: a face on every frame but 1003; remembers which frames each analysis saw."""
    runs: list[list[int]] = []

    def track_frames(
        frames: Iterable[Frame], settings: TrackSettings, source: str = "", **_: Any
    ) -> FaceTrack:
        seen: dict[int, FaceFrame] = {}
        for frame in frames:
            lost = frame.number == 1003
            seen[frame.number] = FaceFrame.lost(1003, "the face was lost") if lost else found(frame.number)
        runs.append(list(seen))
        return FaceTrack(source, 64, 48, 1.0, SHAPE, seen)

    monkeypatch.setattr("doublure.nodes.track.track_frames", track_frames)
    return runs

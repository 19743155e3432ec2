from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from doublure.gizmos.generate import generated, regenerate
from doublure.gizmos.packaged import present


def test_the_checked_in_tools_are_current() -> None:
    wanted, there = generated(), present()
    assert sorted(wanted) == sorted(there), "run python -m doublure.gizmos"
    for name, content in wanted.items():
        # How a PNG is packed, and the last bit of an edge, depend on the version of what draws it.
        if name.endswith(".png"):
            difference = pixels(content).astype(int) - pixels(there[name])
            assert np.abs(difference).max() <= 8, f"{name} is stale: run python -m doublure.gizmos"
        else:
            assert content == there[name], f"{name} is stale: run python -m doublure.gizmos"


def test_regenerating_restores_changes_and_removes_what_is_no_tool(tmp_path: Path) -> None:
    assert regenerate(tmp_path)
    assert regenerate(tmp_path) == []
    init, old = tmp_path / "nuke/plugin/init.py", tmp_path / "nuke/plugin/Doublure/Old.nk"
    init.write_text("edited")
    old.write_text("old")
    assert set(regenerate(tmp_path)) == {init, old}
    assert not old.exists()
    assert present(tmp_path) == generated()


@pytest.mark.parametrize("name", [name for name in generated() if name.endswith(".png")])
def test_an_icon_is_square_with_a_face_on_nothing(name: str) -> None:
    picture = pixels(generated()[name])
    side = 24 if name.startswith("nuke") else 48
    assert picture.shape == (side, side, 4)
    assert picture[0, 0, 3] == 0
    assert picture[side // 2, side // 2, 3] == 255


def pixels(content: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)

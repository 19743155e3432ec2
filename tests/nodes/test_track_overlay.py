from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from doublure.core.frame import Frame
from doublure.core.window import Window
from doublure.nodes.track_overlay import SHOWN, describe_face, overlay
from tests.core.face.faces import face, track

DISPLAY = Window.of_size(640, 360)


def plate(value: float, data: Window = DISPLAY, aspect: float = 1.0) -> Frame:
    pixels = torch.full((3, data.height, data.width), value)
    return Frame(pixels, ("R", "G", "B"), data, DISPLAY, "ACEScg", pixel_aspect=aspect)


def drawn(before: Frame, after: Frame) -> np.ndarray:
    return (before.pixels != after.pixels).any(0).numpy()


@pytest.mark.parametrize("show", SHOWN)
@pytest.mark.parametrize("value", [0.0, 0.18, 40.0])
def test_it_shows_on_dark_and_on_bright(show: str, value: float) -> None:
    before = plate(value)
    after = overlay(before, face(0), show, "1001")
    apart = torch.log2((after.pixels + 0.02) / (before.pixels + 0.02)).abs().amax(0)
    assert (apart[drawn(before, after)] > 1).float().mean() > 0.3
    assert float(after.pixels.max()) <= max(value, 1)


def test_pixels_without_a_line_keep_their_values() -> None:
    before = plate(40.0)
    before.pixels[:, 0, 0] = -3.5
    after = overlay(before, face(0), "mesh", "")
    assert after.pixels[0, 0, 0] == -3.5
    assert (after.pixels == 40).float().mean() > 0.8


def test_overscan_and_proxies_only_move_the_drawing() -> None:
    over = Window(-20, -12, 660, 372)
    whole = drawn(plate(0.2), overlay(plate(0.2), face(0), "mesh", ""))
    wide = drawn(plate(0.2, over), overlay(plate(0.2, over), face(0), "mesh", ""))
    np.testing.assert_array_equal(wide[12:-12, 20:-20], whole)


def test_an_anamorphic_face_is_drawn_where_its_points_are() -> None:
    one = face(0, 2.0)
    changed = drawn(plate(0.2, aspect=2.0), overlay(plate(0.2, aspect=2.0), one, "contours", ""))
    columns = np.flatnonzero(changed.any(0))
    assert abs(columns.min() - one.points[:, 0].min()) < 4
    assert abs(columns.max() - one.points[:, 0].max()) < 4


def test_a_face_partly_or_wholly_outside_is_drawn_where_it_can_be_seen() -> None:
    far = replace(face(0), points=face(0).points + np.float32([1e6, 0, 0]))
    assert not drawn(plate(0.2), overlay(plate(0.2), far, "mesh", "")).any()
    edge = replace(face(0), points=face(0).points - np.float32([250, 0, 0]))
    assert drawn(plate(0.2), overlay(plate(0.2), edge, "all", "1001")).any()


def test_colour_tells_how_sure_a_point_is() -> None:
    sure, unsure, gone = (
        overlay(plate(0.0), replace(face(0), confidence=np.full(468, value, np.float32)), "mesh", "").pixels
        for value in (1.0, 0.3, 0.0)
    )
    assert sure[1].sum() > 2 * sure[0].sum()
    assert unsure[0].sum() > 2 * unsure[1].sum()
    assert gone[2].sum() > 2 * gone[1].sum()


def test_the_text_tells_frame_face_and_state() -> None:
    made = track(lost=(2,))
    assert describe_face(made.at(2), 1, "Mara") == "2  face 1 Mara  the face was lost"
    half = np.where(np.arange(468) < 234, 0, 1).astype(np.float32)
    assert describe_face(replace(made.at(3), confidence=half, by_hand=True), None, "") == (
        "3  sure 1.00  50% hidden  by hand"
    )


def test_the_text_is_drawn_without_a_face_too() -> None:
    lost = track(lost=(2,)).at(2)
    changed = drawn(plate(0.2), overlay(plate(0.2), lost, "all", describe_face(lost, None, "Müller")))
    assert np.flatnonzero(changed.any(1)).min() > 300


@pytest.mark.parametrize("value", [0.0, 40.0])
def test_the_text_shows_on_dark_and_on_bright(value: float) -> None:
    lost = track(lost=(2,)).at(2)
    after = overlay(plate(value), lost, "all", describe_face(lost, None, ""))
    text = after.pixels[1, 330:, :300]
    assert float(text.min()) < 0.1
    assert float(text.max()) > 0.9

from __future__ import annotations

import numpy as np
import pytest

from doublure.core.swap.highlights import CEILING, KNEE, Highlights, hold_back
from doublure.core.swap.light import GREY
from doublure.core.window import Window

WINDOW = Window(10, 20, 50, 60)
MATRIX = np.array([[1.25, 0.0, 10.0], [0.0, 1.25, 20.0]])


def _plate(spot: float = 40.0) -> np.ndarray:
    plate = np.random.default_rng(0).uniform(0.05, 0.4, (40, 40, 3)).astype(np.float32)
    plate[15:20, 12:18] = spot
    return plate


def _highlights(plate: np.ndarray) -> Highlights:
    body = hold_back(plate, 1.0)
    return Highlights(plate - body, body, WINDOW, MATRIX)


def test_a_plate_without_highlights_is_the_same_array() -> None:
    plate = _plate(GREY * 2**KNEE)
    assert hold_back(plate, 1.0) is plate


def test_pixels_under_the_knee_are_kept_bit_for_bit() -> None:
    plate = _plate()
    under = plate.max(axis=2) <= GREY * 2**KNEE
    assert np.array_equal(hold_back(plate, 1.0)[under], plate[under])


@pytest.mark.parametrize("spot", [2.0, 40.0, 65504.0, np.inf])
def test_nothing_passes_the_ceiling(spot: float) -> None:
    held = hold_back(_plate(spot), 1.0)
    assert np.isfinite(held).all()
    assert held.max() <= GREY * 2**CEILING * (1 + 1e-6)


def test_brighter_stays_brighter_under_the_ceiling() -> None:
    ramp = np.repeat(np.linspace(0.5, 3.0, 200, dtype=np.float32)[None, :, None], 3, axis=2)
    assert (np.diff(hold_back(ramp, 1.0)[0, :, 0]) >= 0).all()


def test_a_coloured_highlight_keeps_its_hue() -> None:
    plate = np.array([[[40.0, 20.0, 10.0]]], np.float32)
    held = hold_back(plate, 1.0)[0, 0]
    assert held / held[0] == pytest.approx(np.array([1.0, 0.5, 0.25]))


def test_the_knee_follows_the_face_s_exposure() -> None:
    assert np.allclose(hold_back(_plate() / 8, 8.0) * 8, hold_back(_plate(), 1.0))


def test_the_plate_s_own_face_gets_its_highlight_back() -> None:
    plate = _plate()
    bright = _highlights(plate)
    assert np.allclose(bright.put_back(bright.body, MATRIX, WINDOW, 1.0), plate, rtol=1e-6)


def test_a_face_with_a_highlight_of_its_own_is_not_lit_twice() -> None:
    plate = _plate()
    bright = _highlights(plate)
    face = bright.body + 30 * (bright.excess > 0)
    assert bright.put_back(face, MATRIX, WINDOW, 1.0).max() == pytest.approx(40.0, rel=1e-5)


def test_amount_0_puts_nothing_back() -> None:
    bright = _highlights(_plate())
    face = np.full((40, 40, 3), 0.1, np.float32)
    assert bright.put_back(face, MATRIX, WINDOW, 0.0) is face


def test_a_highlight_moves_with_the_crop_and_does_not_ring() -> None:
    bright = _highlights(_plate())
    moved = MATRIX + np.array([[0.0, 0.0, 4.5], [0.0, 0.0, 3.0]])
    face = np.full((40, 40, 3), 0.1, np.float32)
    lit = bright.put_back(face, moved, WINDOW, 1.0)[..., 0] - face[..., 0]
    assert lit.min() >= 0
    assert lit.max() <= 40.0
    y, x = np.mgrid[0:40, 0:40] + 0.5
    assert (lit * x).sum() / lit.sum() == pytest.approx(15.0 + 4.5, abs=0.1)
    assert (lit * y).sum() / lit.sum() == pytest.approx(17.5 + 3.0, abs=0.1)

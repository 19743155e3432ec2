"""The stage's colour matrices."""

from __future__ import annotations

import numpy as np
import PyOpenColorIO as ocio

from bench.stage.base.color import linear_to_srgb, rec709_to_acescg, rec709_to_acescg_matrix, srgb_to_linear


def test_white_stays_white() -> None:
    assert np.allclose(rec709_to_acescg(np.ones(3, np.float32)), 1, atol=1e-4)


def test_the_matrix_equals_the_pinned_config() -> None:
    config = ocio.Config.CreateFromFile("ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5")
    cpu = config.getProcessor("Linear Rec.709 (sRGB)", "ACEScg").getDefaultCPUProcessor()
    for colour in np.eye(3):
        assert np.allclose(cpu.applyRGB(colour.tolist()), rec709_to_acescg_matrix() @ colour, atol=2e-4)


def test_values_beyond_0_to_1_survive() -> None:
    colour = np.array([40.0, -0.3, 2.0], np.float32)
    back = np.linalg.inv(rec709_to_acescg_matrix()) @ rec709_to_acescg(colour)
    assert np.allclose(back, colour, atol=1e-3)


def test_srgb_coding_round_trips() -> None:
    x = np.linspace(-0.5, 3, 50)
    assert np.allclose(srgb_to_linear(linear_to_srgb(x)), x, atol=1e-6)

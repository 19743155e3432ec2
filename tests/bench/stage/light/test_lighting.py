"""The light of a take."""

from __future__ import annotations

import numpy as np

from bench.stage.light.light import ENV_HEIGHT, ENV_WIDTH, Light, directions, irradiance
from bench.stage.light.lighting import Exposed

LUMA = np.array([0.2126, 0.7152, 0.0722])


def _sky() -> np.ndarray:
    d = directions(ENV_WIDTH, ENV_HEIGHT)
    return (0.2 + np.exp(6 * (d[..., :1] - 1)) * np.array([3.0, 2.0, 1.0])).astype(np.float32)


def test_exposure_is_fixed_while_the_light_turns() -> None:
    exposed = Exposed(_sky(), lambda t: Light("studio", 5.0 * t, (0.0, 0.0), 0.0, None))
    side = [
        float(irradiance(exposed.environment(t), np.array([1.0, 0, 0])) @ LUMA) for t in (0.0, 18.0, 36.0)
    ]
    total = [exposed.environment(t).sum() for t in (0.0, 18.0, 36.0)]
    assert np.ptp(side) > 0.2 * max(side)
    assert np.ptp(total) < 0.02 * max(total)


def test_a_metered_white_surface_is_about_mid_grey() -> None:
    exposed = Exposed(_sky(), lambda t: Light("studio", 5.0 * t, (0.0, 0.0), 0.0, None))
    front = [
        irradiance(exposed.environment(t), np.array([0, 0, 1.0])) @ LUMA / np.pi
        for t in (0.0, 18.0, 36.0, 54.0)
    ]
    assert 0.2 < np.mean(front) < 1.2

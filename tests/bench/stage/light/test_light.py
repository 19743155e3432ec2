"""The stage's light."""

from __future__ import annotations

import numpy as np

from bench.stage.light.light import (
    ENV_HEIGHT,
    ENV_WIDTH,
    RESERVED_HDRIS,
    TRAINING_HDRIS,
    Key,
    Light,
    black_body,
    directions,
    environment,
    hdri_gain,
    irradiance,
    key_lobe,
    random_light,
    rotate,
    rotation,
    shrink,
    solid_angles,
)

LUMA = np.array([0.2126, 0.7152, 0.0722])


def _sky() -> np.ndarray:
    d = directions(ENV_WIDTH, ENV_HEIGHT)
    return (1 + 0.5 * d[..., 1:2] + np.exp(4 * (d[..., :1] - 1)) * np.array([3.0, 2.0, 1.0])).astype(
        np.float32
    )


def test_training_and_reserved_hdris_share_none() -> None:
    assert not set(TRAINING_HDRIS) & set(RESERVED_HDRIS)


def test_training_light_never_uses_a_reserved_hdri() -> None:
    assert {random_light(s, f).hdri for s in range(1, 5) for f in range(200)} == set(TRAINING_HDRIS)


def test_the_same_seed_gives_the_same_light() -> None:
    a, b = random_light(1, 9), random_light(1, 9)
    assert (a.hdri, a.turn, a.tilt, a.stops) == (b.hdri, b.turn, b.tilt, b.stops)


def test_about_45_percent_of_frames_have_a_key() -> None:
    assert 0.38 < np.mean([random_light(2, f).key is not None for f in range(600)]) < 0.52


def test_solid_angles_cover_the_sphere() -> None:
    assert np.isclose(solid_angles(64, 32).sum() * 64, 4 * np.pi)


def test_a_white_sky_lights_every_side_with_pi() -> None:
    for normal in np.eye(3):
        assert np.allclose(irradiance(np.ones((64, 128, 3)), normal), np.pi, rtol=1e-2)


def test_the_middle_of_the_picture_is_what_the_performer_faces() -> None:
    assert np.allclose(directions(256, 128)[64, 128], [0, 0, 1], atol=0.03)


def test_no_rotation_changes_nothing() -> None:
    sky = _sky()
    assert np.allclose(rotate(sky, rotation(0, 0, 0)), sky, atol=2e-3)


def test_turning_about_y_moves_the_front_to_the_side() -> None:
    sky = np.zeros((128, 256, 3), np.float32)
    sky[60:68, 124:132] = 1
    turned = rotate(sky, rotation(90, 0, 0))
    row, column = np.unravel_index(turned[..., 0].argmax(), turned.shape[:2])
    assert directions(256, 128)[row, column] @ np.array([1.0, 0, 0]) > 0.99


def test_shrinking_keeps_the_energy_of_a_sun() -> None:
    sky = np.full((512, 1024, 3), 0.5, np.float32)
    sky[200, 300] = 30000
    kept = (shrink(sky)[..., 0] * solid_angles(256, 128)).sum() / (
        sky[..., 0] * solid_angles(1024, 512)
    ).sum()
    assert abs(kept - 1) < 0.03


def test_a_key_facing_the_surface_has_unit_irradiance() -> None:
    key = Key(np.array([0.0, 0.6, 0.8]), 12.0, black_body(5600), 1.0)
    assert np.isclose(irradiance(key_lobe(key), key.direction) @ LUMA, 1.0, rtol=0.02)


def test_exposure_is_in_stops() -> None:
    dim, bright = (environment(_sky(), Light("city", 30, (0, 0), s, None)) for s in (0.0, 1.0))
    assert np.allclose(bright, 2 * dim, rtol=1e-5)


def test_the_gain_of_the_hdri_is_what_the_environment_uses() -> None:
    light = Light("city", 0, (0, 0), 0.5, None)
    assert np.allclose(environment(_sky(), light), _sky() * hdri_gain(_sky(), light), rtol=2e-2)


def test_low_temperatures_are_red_and_high_ones_blue() -> None:
    warm, cold = black_body(2800), black_body(8000)
    assert warm[0] > warm[1] > warm[2]
    assert cold[2] > cold[0]
    assert np.isclose(black_body(5000) @ LUMA, 1, atol=2e-3)

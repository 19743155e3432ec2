from __future__ import annotations

import numpy as np
import pytest

from bench.stage.camera.camera import FACE_CENTRE, Camera
from bench.stage.shading.shade import finish, pixel_size


def _diffuse(size: int = 12) -> np.ndarray:
    r = np.random.default_rng(3)
    out = np.zeros((size, size, 13), np.float32)
    out[..., 3] = 1
    out[..., 4:7] = r.uniform(0.1, 0.8, (size, size, 3))
    out[..., :3] = out[..., 4:7] * 0.5
    out[..., 7:9] = np.indices((size, size)).transpose(1, 2, 0) * 0.1
    out[..., 12] = 1
    return out


def test_colour_keeps_its_detail_while_light_is_smoothed() -> None:
    diffuse = _diffuse()
    shading = finish(
        diffuse,
        np.zeros((12, 12, 4), np.float32),
        np.ones((12, 12), np.float32),
        np.zeros((12, 12), np.float32),
        0.1,
    )
    assert np.allclose(shading.diffuse, diffuse[..., :3], atol=1e-5)
    assert np.allclose(shading.albedo, diffuse[..., 4:7])


def test_an_empty_picture_stays_empty_and_finite() -> None:
    shading = finish(
        np.zeros((8, 8, 13), np.float32),
        np.zeros((8, 8, 4), np.float32),
        np.zeros((8, 8), np.float32),
        np.zeros((8, 8), np.float32),
        0.1,
    )
    assert not shading.diffuse.any()
    assert not shading.specular.any()
    assert not shading.alpha.any()


def test_a_pixel_at_the_face_measures_what_the_camera_projects() -> None:
    camera = Camera(64, 64, 18.0, 100.0, FACE_CENTRE)
    a, b = camera.project(FACE_CENTRE + np.array([[0.0, 0, 0], [1.0, 0, 0]]))
    assert np.isclose(1 / (b[0] - a[0]), pixel_size(camera))


def test_two_renders_of_one_seed_are_the_same_bits() -> None:
    pytest.importorskip("mitsuba")
    from bench.stage.base.llvm import load_mitsuba
    from bench.stage.shading.materials import Material
    from bench.stage.shading.rig import bsdf
    from bench.stage.shading.shade import coverage, integrate

    mi = load_mitsuba()
    look = Material(np.array([0.5, 0.4, 0.3]), 0.4, 0.5)
    scene = mi.load_dict(
        {
            "type": "scene",
            "env": {"type": "constant", "radiance": 0.5},
            "skin": {
                "type": "sphere",
                "center": [0.0, 1.2, 4.0],
                "radius": 6.0,
                "bsdf": bsdf(look, "diffuse"),
            },
        }
    )
    camera = Camera(16, 16, 18.0, 100.0, FACE_CENTRE)
    first, again = (integrate(scene, camera, "diffuse", 64, 1) for _ in range(2))
    assert (first == again).all()
    assert np.allclose(first[8, 8, 4:7], [0.5, 0.4, 0.3], atol=1e-3)
    assert np.allclose(first[8, 8, :3], [0.25, 0.2, 0.15], atol=0.02)
    assert coverage(scene, camera, "skin")[8, 8] == 1
    assert coverage(scene, camera, "skin")[0, 0] == 0


def test_the_light_comes_from_where_its_picture_says() -> None:
    pytest.importorskip("mitsuba")
    from bench.stage.base.llvm import load_mitsuba
    from bench.stage.light.light import Key, irradiance, key_lobe
    from bench.stage.shading.materials import Material
    from bench.stage.shading.rig import bsdf
    from bench.stage.shading.shade import integrate, set_environment

    mi = load_mitsuba()
    scene = mi.load_dict(
        {
            "type": "scene",
            "env": {"type": "envmap", "bitmap": mi.Bitmap(np.ones((128, 256, 3), np.float32))},
            "skin": {
                "type": "sphere",
                "center": [0.0, 1.2, 4.0],
                "radius": 6.0,
                "bsdf": bsdf(Material(np.array([1.0, 1.0, 1.0]), 0.4, 0.5), "diffuse"),
            },
        }
    )
    direction = np.array([0.6, 0.3, 0.742])
    env = key_lobe(Key(direction / np.linalg.norm(direction), 12.0, np.array([1.0, 0.8, 0.5]), 1.0))
    set_environment(mi.traverse(scene), env.astype(np.float32))
    picture = integrate(scene, Camera(32, 32, 18.0, 100.0, FACE_CENTRE), "diffuse", 256, 1)
    for y, x in ((16, 16), (13, 18), (18, 13), (16, 20)):
        normal = picture[y, x, 10:13] / np.linalg.norm(picture[y, x, 10:13])
        assert np.allclose(picture[y, x, :3], irradiance(env, normal) / np.pi, rtol=0.1, atol=0.01)

"""From two noisy renders, one of colour and one of highlights, to the layers of a clean picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.stage.base.llvm import load_mitsuba
from bench.stage.base.memory import aligned
from bench.stage.camera.camera import Camera
from bench.stage.shading.denoise import denoise
from bench.stage.shading.scatter import scatter

PASSES = ("diffuse", "specular")
MAX_DEPTH = 3
MOST_PATHS = 3_000_000
AOVS = "albedo:albedo,position:position,normal:sh_normal"
GRID = 2


@dataclass(frozen=True)
class Shading:
    """Pictures (H, W, 3), float32, linear Rec.709, premultiplied by alpha (H, W): light that entered the surface,
    light that bounced off it, and the surface's colour. The performer is their sum, diffuse + specular."""

    diffuse: np.ndarray
    specular: np.ndarray
    albedo: np.ndarray
    alpha: np.ndarray


def pixel_size(camera: Camera) -> float:
    """What a pixel measures at the face, centimetres."""
    return float(2 * np.tan(np.deg2rad(camera.fov) / 2) * camera.distance / camera.height)


def set_environment(params: Any, env: np.ndarray) -> None:
    """Gives a scene, by its parameters, the lat-long picture env (H, W, 3); H and W are those it was made with."""
    mi = load_mitsuba()
    # Mitsuba keeps a column of the other side at both edges.
    data = np.concatenate([env[:, -1:], env, env[:, :1]], 1)
    if params["env.data"].shape[2] == 4:
        data = np.concatenate([data, np.ones_like(data[:, :, :1])], 2)
    params["env.data"] = mi.TensorXf(aligned(data).reshape(data.shape))
    params.update()


def integrate(scene: Any, camera: Camera, kind: str, samples: int, seed: int) -> np.ndarray:
    """One pass (H, W, C): R, G, B, alpha, and for the diffuse pass albedo, position and normal, three each."""
    mi = load_mitsuba()
    inner: dict[str, Any]
    if kind == "diffuse":
        inner = {"type": "path", "max_depth": MAX_DEPTH, "hide_emitters": True}
        integrator = mi.load_dict({"type": "aov", "aovs": AOVS, "inner": inner})
    else:
        integrator = mi.load_dict(
            {"type": "direct", "emitter_samples": 2, "bsdf_samples": 1, "hide_emitters": True}
        )
    _, _, width, height = camera.crop or (0, 0, camera.width, camera.height)
    # Two parts at least: a curve seen end on can have no normal, and its pixel then comes from the other part.
    most = max(1, min(MOST_PATHS // (width * height), samples // 2))
    total: Any = 0
    counted = np.zeros((height, width, 1), np.float32)
    done = 0
    while done < samples:
        count = min(most, samples - done)
        sensor = mi.load_dict(camera.sensor(count, alpha=True))
        part = np.array(
            mi.render(scene, sensor=sensor, integrator=integrator, seed=seed * 64 + done), np.float32
        )
        good = np.isfinite(part).all(-1, keepdims=True)
        total = total + np.where(good, part, 0) * np.float32(count)
        counted += good * np.float32(count)
        done += count
    return np.asarray(total / np.maximum(counted, 1))


def coverage(scene: Any, camera: Camera, name: str) -> np.ndarray:
    """How much of each pixel (H, W) shows the mesh of this name, 0-1 in steps of a quarter; 0 without such a mesh."""
    mi = load_mitsuba()
    x0, y0, width, height = camera.crop or (0, 0, camera.width, camera.height)
    offsets = (np.arange(GRID) + 0.5) / GRID
    x, y = (np.arange(n)[:, None] + offsets for n in (width, height))
    px, py = np.meshgrid(x.ravel() + x0, y.ravel() + y0)
    d = camera.directions(px.ravel(), py.ravel()).astype(np.float32)
    if mi.variant() == "scalar_rgb":
        o = mi.Point3f(*map(float, camera.origin))
        rays = (mi.Ray3f(o, mi.Vector3f(*map(float, v))) for v in d)
        seen = np.array([_is_named(scene.ray_intersect_preliminary(ray), name) for ray in rays])
    else:
        rays = mi.Ray3f(mi.Point3f(*map(float, camera.origin)), mi.Vector3f(np.ascontiguousarray(d.T)))
        hit = scene.ray_intersect_preliminary(rays)
        named = [s for s in scene.shapes() if s.id() == name]
        if not named:
            return np.zeros((height, width), np.float32)
        seen = np.array(hit.is_valid() & (hit.shape == mi.ShapePtr(named[0])))
    return np.asarray(seen.reshape(height, GRID, width, GRID).mean((1, 3)), np.float32)


def _is_named(hit: Any, name: str) -> bool:
    return bool(hit.is_valid() and hit.shape.id() == name)


def finish(
    diffuse: np.ndarray, specular: np.ndarray, skin: np.ndarray, others: np.ndarray, pixel: float
) -> Shading:
    """Takes the colour off the diffuse pass, smooths what is left, lets it scatter, and puts the colour back.

    Args:
        diffuse: (H, W, 13) and specular: (H, W, 4), as `integrate` gives them. skin, others: (H, W) coverage
            by what is smoothed; light scatters in skin only.
        pixel: size of a pixel at the face, centimetres.
    """
    alpha = np.clip(diffuse[..., 3], 0, 1)
    albedo = diffuse[..., 4:7]
    inside = np.maximum(alpha, 1e-4)[..., None]
    position, normal = diffuse[..., 7:10] / inside, diffuse[..., 10:13]
    normal = normal / np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-6)
    irradiance = diffuse[..., :3] / np.maximum(albedo, 1e-4)
    weight = (alpha > 0.5) * (skin + others)
    irradiance = denoise(irradiance, weight, position, normal, pixel, passes=3)
    irradiance = scatter(irradiance, skin, position[..., 2], pixel)
    shine = denoise(specular[..., :3], weight, position, normal, pixel, passes=1, sharpness=64.0)
    return Shading(
        (irradiance * albedo).astype(np.float32), shine.astype(np.float32), albedo.astype(np.float32), alpha
    )

"""One Mitsuba scene that is posed, dressed and lit again for every frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.stage.assets import FaceModel
from bench.stage.body import neck_weight, pose_head, shirt
from bench.stage.camera import Camera
from bench.stage.geometry import part_triangles, smooth_normals
from bench.stage.lashes import lash_hairs
from bench.stage.llvm import load_mitsuba
from bench.stage.performance import Act
from bench.stage.person import EYES, Person
from bench.stage.transfer import SKIN, atlas_uv

PARTS: dict[str, tuple[str, ...]] = {
    "skin": SKIN,
    "eye0": EYES[:1],
    "eye1": EYES[1:],
    "teeth": ("M_Teeth",),
    "gums": ("M_GumsTongue",),
}
MAX_DEPTH = 4
DIRECT = {"type": "direct", "emitter_samples": 6, "bsdf_samples": 1}


@dataclass(frozen=True)
class Part:
    """A piece of the head: which model vertex each mesh vertex is (N,), triangles (F, 3), texture coordinates."""

    source: np.ndarray
    triangles: np.ndarray
    uv: np.ndarray


def split_at_seams(triangles: np.ndarray, uv_triangles: np.ndarray, uv: np.ndarray) -> Part:
    """Doubles the vertices that carry two texture coordinates."""
    pairs = np.stack([triangles.ravel(), uv_triangles.ravel()], 1)
    unique, inverse = np.unique(pairs, axis=0, return_inverse=True)
    return Part(unique[:, 0], inverse.reshape(-1, 3), uv[unique[:, 1]])


def _plastic(colour: Any, roughness: Any, specular: float = 0.5) -> dict[str, Any]:
    return {
        "type": "twosided",
        "bsdf": {"type": "principled", "base_color": colour, "roughness": roughness, "specular": specular},
    }


def _rgb(*value: float) -> dict[str, Any]:
    return {"type": "rgb", "value": list(value)}


class Rig:
    """Renders people. Everything is linear Rec.709; positions are centimetres."""

    def __init__(self, model: FaceModel) -> None:
        self.model = model
        self.parts: dict[str, Part] = {}
        for name, materials in PARTS.items():
            triangles, uv_triangles = part_triangles(model, materials)
            self.parts[name] = split_at_seams(
                triangles, uv_triangles, atlas_uv(model) if name == "skin" else model.uv
            )
        self.lashes, self.lash_triangles = lash_hairs(model)
        self.whole = np.concatenate([part_triangles(model, m)[0] for m in PARTS.values()])
        self.weight = neck_weight(model.neutral)
        self.person: Person | None = None
        self._scene: Any = None
        self._params: Any = None
        self._sensors: dict[tuple[Any, ...], Any] = {}

    def _bsdfs(self, person: Person) -> dict[str, Any]:
        mi = load_mitsuba()

        def texture(pixels: np.ndarray) -> dict[str, Any]:
            return {
                "type": "bitmap",
                "bitmap": mi.Bitmap(np.ascontiguousarray(pixels, np.float32)),
                "raw": True,
                "wrap_mode": "clamp",
            }

        return {
            "skin": _plastic(texture(person.skin), texture(person.roughness[..., None]), 0.34),
            "eye0": _plastic(texture(person.eyes[0]), 0.07, 0.5),
            "eye1": _plastic(texture(person.eyes[1]), 0.07, 0.5),
            "teeth": _plastic(_rgb(0.58, 0.52, 0.43), 0.18),
            "gums": _plastic(_rgb(0.33, 0.10, 0.09), 0.28),
            "lashes": {
                "type": "twosided",
                "bsdf": {"type": "diffuse", "reflectance": _rgb(0.02, 0.015, 0.012)},
            },
            "shirt": {
                "type": "twosided",
                "bsdf": {
                    "type": "diffuse",
                    "reflectance": _rgb(*(float(v) for v in np.clip(person.traits.shirt, 0.004, 0.4))),
                },
            },
        }

    def _mesh(
        self, name: str, count: int, triangles: np.ndarray, uv: np.ndarray | None, bsdf: dict[str, Any]
    ) -> Any:
        mi = load_mitsuba()
        props = mi.Properties()
        props["bsdf"] = mi.load_dict(bsdf)
        mesh = mi.Mesh(
            name,
            count,
            len(triangles),
            has_vertex_normals=True,
            has_vertex_texcoords=uv is not None,
            props=props,
        )
        params = mi.traverse(mesh)
        params["faces"] = triangles.astype(np.uint32).ravel()
        if uv is not None:
            params["vertex_texcoords"] = np.ascontiguousarray(uv, np.float32).ravel()
        params.update()
        return mesh

    def cast(self, person: Person, env_size: tuple[int, int]) -> None:
        """Puts a person on the stage; env_size is (rows, columns) of the environments to come."""
        mi = load_mitsuba()
        bsdfs = self._bsdfs(person)
        scene: dict[str, Any] = {
            "type": "scene",
            "env": {"type": "envmap", "bitmap": mi.Bitmap(np.ones((*env_size, 3), np.float32)), "scale": 1.0},
        }
        for name, part in self.parts.items():
            # Mitsuba's v runs down the picture, the model's runs up.
            uv = part.uv % 1.0 if name != "skin" else part.uv
            mesh = self._mesh(
                name, len(part.source), part.triangles, np.c_[uv[:, 0], 1 - uv[:, 1]], bsdfs[name]
            )
            self._place(mi.traverse(mesh), "", person.neutral[part.source], np.zeros((len(part.source), 3)))
            scene[name] = mesh
        points = self.lashes @ person.neutral
        mesh = self._mesh("lashes", len(points), self.lash_triangles, None, bsdfs["lashes"])
        self._place(mi.traverse(mesh), "", points, np.zeros_like(points))
        scene["lashes"] = mesh
        points, triangles = shirt()
        mesh = self._mesh("shirt", len(points), triangles, None, bsdfs["shirt"])
        self._place(mi.traverse(mesh), "", points, smooth_normals(points, triangles))
        scene["shirt"] = mesh
        self._scene = mi.load_dict(scene)
        self._params = mi.traverse(self._scene)
        self.person = person

    def _place(self, params: Any, prefix: str, positions: np.ndarray, normals: np.ndarray) -> None:
        params[f"{prefix}vertex_positions"] = np.ascontiguousarray(positions, np.float32).ravel()
        params[f"{prefix}vertex_normals"] = np.ascontiguousarray(normals, np.float32).ravel()
        params.update()

    def vertices(self, act: Act) -> np.ndarray:
        """The head's vertices (V, 3) in this act."""
        assert self.person is not None
        v = self.person.neutral + np.tensordot(act.weights, self.model.expression, 1)
        return pose_head(v, self.weight, act.pose)

    def pose(self, act: Act) -> np.ndarray:
        """Moves the head; returns its vertices (V, 3)."""
        v = self.vertices(act)
        n = smooth_normals(v, self.whole)
        for name, part in self.parts.items():
            self._params[f"{name}.vertex_positions"] = np.ascontiguousarray(v[part.source]).ravel()
        self._params["lashes.vertex_positions"] = np.ascontiguousarray(self.lashes @ v, np.float32).ravel()
        self._params.update()
        # Separate, because moving vertices makes Mitsuba recompute normals, which would show the texture's seams.
        for name, part in self.parts.items():
            self._params[f"{name}.vertex_normals"] = np.ascontiguousarray(n[part.source]).ravel()
        self._params.update()
        return v

    def light(self, env: np.ndarray) -> None:
        """Sets the environment (H, W, 3)."""
        mi = load_mitsuba()
        key = "env.data"
        if self._params[key].shape[1] == env.shape[1] + 1:
            env = np.concatenate([env, env[:, :1]], 1)
        if self._params[key].shape[2] == 4:
            env = np.concatenate([env, np.ones_like(env[:, :, :1])], 2)
        self._params[key] = mi.TensorXf(np.ascontiguousarray(env, np.float32))
        self._params.update()

    def render(
        self, camera: Camera, samples: int, seed: int, alpha: bool = False, bounces: bool = True
    ) -> np.ndarray:
        """The picture (H, W, 3 or 4), float32; with alpha, the environment is hidden and colour is premultiplied.

        Without bounces each sample spends its rays on the lights instead: less noise, a few per cent darker.
        """
        mi = load_mitsuba()
        sensor = mi.load_dict(camera.sensor(samples, alpha))
        kind = {"type": "path", "max_depth": MAX_DEPTH} if bounces else DIRECT
        integrator = mi.load_dict({**kind, "hide_emitters": alpha})
        return np.array(mi.render(self._scene, sensor=sensor, integrator=integrator, seed=seed), np.float32)

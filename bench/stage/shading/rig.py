"""A performer in front of the camera: posed, dressed and lit again for every frame."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bench.stage.acting.performance import Act
from bench.stage.base.assets import FaceModel
from bench.stage.base.geometry import part_triangles, smooth_normals
from bench.stage.base.llvm import load_mitsuba
from bench.stage.base.memory import aligned
from bench.stage.camera.camera import Camera
from bench.stage.face.transfer import atlas_uv
from bench.stage.hair.strands import Strands
from bench.stage.people.body import neck_weight, pose_head, shirt
from bench.stage.people.person import Person
from bench.stage.shading.materials import PARTS, Material, materials
from bench.stage.shading.shade import (
    PASSES,
    Shading,
    coverage,
    finish,
    integrate,
    pixel_size,
    set_environment,
)

SMOOTHED = ("prop", "teeth", "gums")
"""What is smoothed beside the skin; the rest is small, or too finely cut."""


class Prop(Protocol):
    """A thing held into the picture: points (V, 3) centimetres, triangles (F, 3), reflectance (3,)."""

    points: np.ndarray
    triangles: np.ndarray
    reflectance: np.ndarray


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


def _texture(value: Any) -> Any:
    """A colour (3,), a number, or a texture (H, W[, 3]) as Mitsuba takes it."""
    mi = load_mitsuba()
    pixels = np.asarray(value, np.float32)
    if pixels.ndim == 0:
        return float(pixels)
    if pixels.ndim == 1:
        return {"type": "rgb", "value": [float(v) for v in pixels]}
    bitmap = mi.Bitmap(np.ascontiguousarray(pixels[..., None] if pixels.ndim == 2 else pixels))
    return {"type": "bitmap", "bitmap": bitmap, "raw": True, "wrap_mode": "clamp"}


def bsdf(material: Material, kind: str, relief: np.ndarray | None = None) -> dict[str, Any]:
    """The material as one of the PASSES sees it: only its diffuse colour, or only its highlight.

    relief (H, W, 3) is a tangent-space normal map, -1 to 1.
    """
    if kind == "diffuse":
        inner = {"type": "diffuse", "reflectance": _texture(material.reflectance)}
    else:
        inner = {
            "type": "principled",
            "base_color": {"type": "rgb", "value": 0.0},
            "roughness": _texture(material.roughness),
            "specular": float(material.specular),
        }
    if relief is not None:
        inner = {"type": "normalmap", "normalmap": _texture(relief * 0.5 + 0.5), "bsdf": inner}
    return {"type": "twosided", "bsdf": inner}


def mesh(name: str, count: int, triangles: np.ndarray, uv: np.ndarray | None, surface: dict[str, Any]) -> Any:
    """A Mitsuba mesh of count vertices, still without positions."""
    mi = load_mitsuba()
    props = mi.Properties()
    props["bsdf"] = mi.load_dict(surface)
    out = mi.Mesh(
        name, count, len(triangles), has_vertex_normals=True, has_vertex_texcoords=uv is not None, props=props
    )
    params = mi.traverse(out)
    params["faces"] = triangles.astype(np.uint32).ravel()
    if uv is not None:
        params["vertex_texcoords"] = np.ascontiguousarray(uv, np.float32).ravel()
    params.update()
    return out


def curves(points: np.ndarray, surface: dict[str, Any]) -> Any:
    """Mitsuba's curves along points (N, K, 4), straight between them.

    Not its B-splines: with those, some frames crash inside Mitsuba 3.9.
    """
    mi = load_mitsuba()
    # The plug-in takes its curves from a text file only.
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "curves.txt"
        with file.open("w") as out:
            for strand in points:
                np.savetxt(out, strand, "%.5f")
                out.write("\n")
        return mi.load_dict({"type": "linearcurve", "filename": str(file), "bsdf": surface})


def place(params: Any, name: str, positions: np.ndarray, normals: np.ndarray) -> None:
    """Sets a mesh's vertices. Normals come second: moving vertices makes Mitsuba compute its own."""
    prefix = f"{name}." if name else ""
    params[f"{prefix}vertex_positions"] = aligned(positions)
    params.update()
    params[f"{prefix}vertex_normals"] = aligned(normals)
    params.update()


class Rig:
    """Renders people. Everything is linear Rec.709; positions are centimetres."""

    def __init__(self, model: FaceModel) -> None:
        self.model = model
        self.parts: dict[str, Part] = {}
        for name, kinds in PARTS.items():
            triangles, uv_triangles = part_triangles(model, kinds)
            self.parts[name] = split_at_seams(
                triangles, uv_triangles, atlas_uv(model) if name == "skin" else model.uv
            )
        self.whole = np.concatenate([part_triangles(model, kinds)[0] for kinds in PARTS.values()])
        self.weight = neck_weight(model.neutral)
        self.person: Person | None = None
        self._strands: tuple[Strands, ...] = ()
        self._scenes: dict[str, Any] = {}
        self._params: dict[str, Any] = {}

    def cast(self, person: Person, env_size: tuple[int, int], prop: Prop | None = None) -> None:
        """Puts a person, and a prop, on the stage; env_size is (rows, columns) of the environments to come."""
        mi = load_mitsuba()
        self.person, self._strands = person, tuple(getattr(person, "strands", ()))
        looks = materials(person)
        for kind in PASSES:
            scene: dict[str, Any] = {
                "type": "scene",
                "env": {"type": "envmap", "bitmap": mi.Bitmap(np.ones((*env_size, 3), np.float32))},
            }
            for name, part in self.parts.items():
                if kind == "diffuse" and not looks[name].opaque:
                    continue
                # Mitsuba's v runs down the picture, the model's runs up.
                uv = part.uv % 1.0 if name != "skin" else part.uv
                relief = getattr(person, "relief", None) if name == "skin" else None
                scene[name] = mesh(
                    name,
                    len(part.source),
                    part.triangles,
                    np.c_[uv[:, 0], 1 - uv[:, 1]],
                    bsdf(looks[name], kind, relief),
                )
                points = person.neutral[part.source]
                place(mi.traverse(scene[name]), "", points, np.zeros_like(points))
            for group in self._strands:
                look = Material(group.colour, group.roughness, group.specular)
                surface = bsdf(look, kind)["bsdf"]
                scene[f"hair_{group.name}"] = curves(group.place(person.neutral, self.whole), surface)
            points, triangles = shirt()
            scene["shirt"] = mesh("shirt", len(points), triangles, None, bsdf(looks["shirt"], kind))
            place(mi.traverse(scene["shirt"]), "", points, smooth_normals(points, triangles))
            if prop is not None:
                look = Material(prop.reflectance, 0.5, 0.4)
                scene["prop"] = mesh("prop", len(prop.points), prop.triangles, None, bsdf(look, kind))
                place(
                    mi.traverse(scene["prop"]), "", prop.points, smooth_normals(prop.points, prop.triangles)
                )
            self._scenes[kind] = mi.load_dict(scene)
            self._params[kind] = mi.traverse(self._scenes[kind])
        self._prop = prop

    def vertices(self, act: Act) -> np.ndarray:
        """The head's vertices (V, 3) in this act."""
        assert self.person is not None
        v = self.person.neutral + np.tensordot(act.weights, self.model.expression, 1)
        return pose_head(v, self.weight, act.pose)

    def pose(self, act: Act) -> np.ndarray:
        """Moves the head; returns its vertices (V, 3)."""
        v = self.vertices(act)
        n = smooth_normals(v, self.whole)
        hair = {f"hair_{s.name}.control_points": aligned(s.place(v, self.whole)) for s in self._strands}
        for kind in PASSES:
            params = self._params[kind]
            present = [name for name in self.parts if f"{name}.vertex_positions" in params]
            for name in present:
                params[f"{name}.vertex_positions"] = aligned(v[self.parts[name].source])
            for key, points in hair.items():
                params[key] = points
            params.update()
            # Separate, because moving vertices makes Mitsuba recompute normals, which would show the texture's seams.
            for name in present:
                params[f"{name}.vertex_normals"] = aligned(n[self.parts[name].source])
            params.update()
        return v

    def move_prop(self, points: np.ndarray) -> None:
        """Puts the prop's vertices (V, 3) elsewhere."""
        assert self._prop is not None
        normals = smooth_normals(points, self._prop.triangles)
        for kind in PASSES:
            place(self._params[kind], "prop", points, normals)

    def light(self, env: np.ndarray) -> None:
        """Sets the environment (H, W, 3)."""
        for params in self._params.values():
            set_environment(params, env)

    def shade(self, camera: Camera, samples: int, seed: int) -> Shading:
        """The performer over nothing, colours premultiplied, from at most `samples` rays a pixel.

        Highlights take half of them. A third does for the light in the skin, which is smoothed.
        """
        diffuse = integrate(self._scenes["diffuse"], camera, "diffuse", max(samples // 3, 1), seed)
        specular = integrate(self._scenes["specular"], camera, "specular", max(samples // 2, 1), seed + 1)
        skin, *others = (coverage(self._scenes["diffuse"], camera, name) for name in ("skin", *SMOOTHED))
        return finish(diffuse, specular, skin, sum(others, np.zeros_like(skin)), pixel_size(camera))

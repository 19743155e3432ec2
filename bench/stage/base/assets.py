"""Loads the stage's assets: the ICT-FaceKit face model, source heads with their skins, and HDRIs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from doublure.core.errors import DoublureError

NARROW_FACE_VERTICES = 6706
SKIN_VERTICES = 14062


@dataclass(frozen=True)
class FaceModel:
    """ICT-FaceKit, in centimetres, Y up, looking along +Z. (MIT, USC Institute for Creative Technologies.)

    neutral (V, 3), identity (100, V, 3), expression (57, V, 3) are float32; corner_uv (F, 4) indexes uv;
    faces (F, 4) hold 0-based vertices, -1 in the last column for a triangle; material (F,) indexes materials.
    """

    neutral: np.ndarray
    identity: np.ndarray
    expression: np.ndarray
    expression_names: tuple[str, ...]
    faces: np.ndarray
    corner_uv: np.ndarray
    uv: np.ndarray
    material: np.ndarray
    materials: tuple[str, ...]
    landmarks68: np.ndarray


@dataclass(frozen=True)
class SourceHead:
    """A head whose skin texture is transferred: positions (V, 3), uv (T, 2) with v up, triangles and uv_triangles
    (F, 3), and texture (H, W, 3), sRGB-encoded 0-1, RGB, first row at v = 1."""

    positions: np.ndarray
    uv: np.ndarray
    triangles: np.ndarray
    uv_triangles: np.ndarray
    texture: np.ndarray


def require(path: Path) -> Path:
    """The path itself, or a DoublureError that names it when the file is not there."""
    if not path.exists():
        raise DoublureError(
            "a stage asset is missing",
            file=str(path),
            remedy="point --assets at the folder that holds ict_facekit, lps_head, makehuman_skins and hdri",
        )
    return path


def load_face_model(assets: Path) -> FaceModel:
    """Reads ``ict_facekit/ict_facekit.npz``."""
    with np.load(require(assets / "ict_facekit" / "ict_facekit.npz"), allow_pickle=False) as z:
        return FaceModel(
            z["neutral"].astype(np.float32),
            z["identity"].astype(np.float32),
            z["expression"].astype(np.float32),
            tuple(str(n) for n in z["expression_names"]),
            z["faces"],
            z["face_uv"],
            z["uv"],
            z["face_material"],
            tuple(str(n) for n in z["material_names"]),
            z["landmarks68"],
        )


def load_texture(path: Path) -> np.ndarray:
    """An 8-bit picture as float32 RGB (H, W, 3), still display-encoded, 0-1."""
    picture = cv2.imread(str(require(path)), cv2.IMREAD_COLOR)
    if picture is None:
        raise DoublureError("a stage texture cannot be read", file=str(path), remedy="fetch the asset again")
    return np.ascontiguousarray(picture[:, :, ::-1]).astype(np.float32) / 255


def load_obj(path: Path, groups: tuple[str, ...] | None = None) -> tuple[np.ndarray, ...]:
    """Positions (V, 3), uv (T, 2), triangles (F, 3), uv triangles (F, 3) of a Wavefront OBJ, of some groups or all."""
    positions, uvs, corners, wanted = [], [], [], True
    for line in require(path).read_text().splitlines():
        head, *rest = line.split() or [""]
        if head == "v":
            positions.append([float(x) for x in rest[:3]])
        elif head == "vt":
            uvs.append([float(x) for x in rest[:2]])
        elif head == "g":
            wanted = groups is None or (bool(rest) and rest[0] in groups)
        elif head == "f" and wanted:
            ring = [tuple(int(i) - 1 for i in c.split("/")[:2]) for c in rest]
            corners += [(ring[0], ring[i], ring[i + 1]) for i in range(1, len(ring) - 1)]
    c = np.array(corners, np.int64)
    return np.array(positions, np.float32), np.array(uvs, np.float32), c[:, :, 0], c[:, :, 1]


MAKEHUMAN_SKINS = (
    "middleage_lightskinned_male_diffuse",
    "old_darkskinned_female_diffuse",
    "young_lightskinned_female_diffuse2",
    "young_lightskinned_male_diffuse",
)


def load_makehuman_head(assets: Path, skin: str) -> SourceHead:
    """The MakeHuman base mesh from the collar bones up, in decimetres, with one of its skins. (CC0.)"""
    folder = assets / "makehuman_skins"
    v, t, f, ft = load_obj(folder / "base.obj", ("body",))
    keep = (v[f][:, :, 1] > 5.2).all(1) & (np.abs(v[f][:, :, 0]) < 2.2).all(1)
    return SourceHead(v, t, f[keep], ft[keep], load_texture(folder / f"{skin}.png"))


def load_scanned_head(assets: Path) -> SourceHead:
    """ "Infinite, 3D Head Scan" by Lee Perry-Smith (CC BY 3.0): a man, eyes closed, with his colour map."""
    folder = assets / "lps_head"
    v, t, f, ft = load_obj(folder / "head.obj")
    return SourceHead(v, t, f, ft, load_texture(folder / "Map-COL.jpg"))

"""Builds ``core/face/morphable.npz``: ICT-FaceKit's narrow face, and where FaceMesh's points lie on it.

``python -m bench.morphable_face --assets ASSETS [--people 300-325] [--frames 10] [--out core/face/morphable.npz]``:
the people are drawn from the stage's seeds (``bench.morphable_people``), so their true surface is known, and read by
FaceMesh. None of them plays in a take.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from bench.morphable_people import AXES, Reading, Sketch
from bench.stage.base.assets import NARROW_FACE_VERTICES, FaceModel
from doublure.core.face import topology

IDENTITIES, BIASES, WANDERS = 40, 12, 12
ORIGIN = np.array([0.0, 3.0, 4.0])
FRONTAL = 30.0
_DEPTH = 0.5


def corners_of(model: FaceModel) -> tuple[np.ndarray, np.ndarray]:
    """The narrow face's triangles (T, 3) and its vertices' UV (V, 2)."""
    rows = np.flatnonzero(model.faces.max(1) < NARROW_FACE_VERTICES)
    quads = rows[model.faces[rows, 3] >= 0]
    triangles = np.concatenate([model.faces[rows, :3], model.faces[quads][:, [0, 2, 3]]]).astype(np.int64)
    places = np.concatenate([model.corner_uv[rows, :3], model.corner_uv[quads][:, [0, 2, 3]]])
    uv = np.zeros((NARROW_FACE_VERTICES, 2), np.float32)
    uv[triangles] = model.uv[places]
    return triangles, uv


def correspond(
    readings: Sequence[Reading], triangles: np.ndarray, neutral: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """For each FaceMesh point the triangle (468, 3) and the shares (468, 3) that follow it best, left as right.

    First the vertex whose projections lie nearest to the point's in all frontal frames together, then the best place
    in the triangles round it.
    """
    frontal = [one for one in readings if abs(_yaw(one.rotation)) < FRONTAL]
    surface, points = [], []
    for one in frontal:
        seen = one.vertices[:NARROW_FACE_VERTICES]
        distance = seen[:, 2].mean()
        flat = seen[:, :2] / seen[:, 2:] * distance
        middle = flat.mean(0)
        surface.append(flat - middle)
        points.append(one.points[:, :2] * (distance / one.plane) - middle)
    on = np.stack(surface, 1).reshape(NARROW_FACE_VERTICES, -1)
    at = np.stack(points, 1).reshape(topology.POINTS, -1)
    partner, other = topology.mirror(), cKDTree(neutral * (-1, 1, 1)).query(neutral)[1]
    apart = (on**2).sum(1)[:, None] - 2 * on @ at.T + (at**2).sum(1)
    nearest = (apart + apart[other][:, partner]).argmin(0)
    round_of: dict[int, list[np.ndarray]] = {}
    for triangle in triangles:
        for vertex in triangle:
            round_of.setdefault(int(vertex), []).append(triangle)
    corners = np.zeros((topology.POINTS, 3), np.int64)
    shares = np.zeros((topology.POINTS, 3))
    for i in range(topology.POINTS):
        if partner[i] < i:
            corners[i], shares[i] = other[corners[partner[i]]], shares[partner[i]]
            continue
        ring = {int(v) for triangle in round_of[int(nearest[i])] for v in triangle}
        wanted, least = np.r_[at[i], at[partner[i]]], np.inf
        for a, b, c in {tuple(int(v) for v in t) for v in ring for t in round_of[v]}:
            p, q, r = (np.r_[on[k], on[other[k]]] for k in (a, b, c))
            edges = np.stack([q - p, r - p], 1)
            two = np.linalg.solve(edges.T @ edges + 1e-9 * np.eye(2), edges.T @ (wanted - p))
            share = np.clip([1 - two.sum(), *two], 0, None)
            share /= share.sum()
            error = float(((share[0] * p + share[1] * q + share[2] * r - wanted) ** 2).sum())
            if error < least:
                least, corners[i], shares[i] = error, (a, b, c), share
    return corners, shares


def _yaw(rotation: np.ndarray) -> float:
    return float(np.degrees(np.arctan2(-rotation[0, 2], rotation[2, 2])))


def habits(readings: Sequence[Reading], corners: np.ndarray, shares: np.ndarray) -> dict[str, np.ndarray]:
    """How FaceMesh errs in the head's own coordinates: offset (468, 3), bias and wander (modes, 468, 3), noise."""
    partner, rigid = topology.mirror(), list(topology.RIGID)
    errors = []
    for one in readings:
        true = (one.vertices[corners] * shares[..., None]).sum(1)
        scale = true[:, 2:] / one.plane
        flat = one.points[:, :2] * scale - true[:, :2]
        deep = one.points[:, 2] - one.points[rigid, 2].mean() - true[:, 2] + true[rigid, 2].mean()
        errors.append(np.c_[flat, deep] @ one.rotation)
    who = np.array([one.person for one in readings])
    own = np.stack(errors)
    people = np.unique(who)
    offset = np.stack([own[who == one].mean(0) for one in people]).mean(0)
    offset = (offset + offset[partner] * (-1, 1, 1)) / 2
    own = own - offset
    means = np.stack([own[who == one].mean(0) for one in people])
    frames = []
    for one, mean in zip(people, means, strict=True):
        count = int((who == one).sum())
        # A person's mean takes a part of each frame's error with it.
        frames.append((own[who == one] - mean) * np.sqrt(count / max(count - 1, 1)))
    bias, person_rest = _modes(_mirrored(means), BIASES)
    wander, frame_rest = _modes(_mirrored(np.concatenate(frames)), WANDERS)
    rest = (person_rest**2).mean(0) + (frame_rest**2).mean(0)
    noise = np.sqrt(np.stack([rest[:, :2].mean(1), rest[:, 2]], 1))
    noise = (noise + noise[partner]) / 2
    return {"offset": offset, "bias": bias, "wander": wander, "noise": noise}


def _mirrored(errors: np.ndarray) -> np.ndarray:
    return np.concatenate([errors, errors[:, topology.mirror()] * (-1, 1, 1)])


def _modes(errors: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Principal components (count, 468, 3), a standard deviation each, depth counting half; and what they leave."""
    weights = np.array([1.0, 1.0, _DEPTH])
    rows = (errors * weights).reshape(len(errors), -1)
    _, size, axes = np.linalg.svd(rows, full_matrices=False)
    axes = axes[:count]
    rest = rows - (rows @ axes.T) @ axes
    modes = axes * (size[:count, None] / np.sqrt(len(rows)))
    return modes.reshape(-1, topology.POINTS, 3) / weights, rest.reshape(errors.shape) / weights


def build(model: FaceModel, readings: Sequence[Reading]) -> dict[str, np.ndarray]:
    """The asset's arrays (see ``core.face.morphable.Morphable``)."""
    neutral = model.neutral[:NARROW_FACE_VERTICES]
    triangles, uv = corners_of(model)
    corners, shares = correspond(readings, triangles, neutral)
    # Gaze moves no skin to speak of, and the landmarks of the lids tell of it better than of the eye.
    names = [name for name in model.expression_names if not name.startswith(("eyeLook", "Pupil"))]
    rows = [model.expression_names.index(name) for name in names]
    learnt = habits(readings, corners, shares)
    half, single = np.float16, np.float32
    return {
        "mean": ((neutral - ORIGIN) @ AXES).astype(single),
        "identity": (model.identity[:IDENTITIES, :NARROW_FACE_VERTICES] @ AXES).astype(half),
        "expression": (model.expression[rows][:, :NARROW_FACE_VERTICES] @ AXES).astype(half),
        "names": np.array(names),
        "triangles": triangles[:, [0, 2, 1]].astype(np.int32),
        "uv": uv,
        "corners": corners.astype(np.int32),
        "shares": shares.astype(single),
        "offset": learnt["offset"].astype(single),
        "bias": learnt["bias"].astype(half),
        "wander": learnt["wander"].astype(half),
        "noise": learnt["noise"].astype(single),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assets", type=Path, required=True, help="the stage's assets")
    parser.add_argument(
        "--cache", type=Path, default=Path("out/stage_cache"), help="where the stage keeps skins"
    )
    parser.add_argument("--people", default="300-325", help="first and last seed")
    parser.add_argument("--frames", type=int, default=10, help="of each person")
    default = Path(topology.__file__).with_name("morphable.npz")
    parser.add_argument("--out", type=Path, default=default, help="the asset to write")
    options = parser.parse_args()
    first, last = (int(word) for word in options.people.split("-"))
    sketch = Sketch(options.assets, options.cache)
    readings = [
        one for seed in range(first, last + 1) for one in sketch.read(seed, range(1, options.frames + 1))
    ]
    asset = build(sketch.casting.model, readings)
    np.savez_compressed(options.out, **asset)  # type: ignore[arg-type]
    print(f"{last - first + 1} people, {len(readings)} frames", file=sys.stderr)


if __name__ == "__main__":
    main()

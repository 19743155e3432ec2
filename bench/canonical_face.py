"""Builds ``core/face/canonical.npz``: the average FaceMesh face and its triangles.

``python -m bench.canonical_face PERSON.####.exr [MORE …] [--out core/face/canonical.npz]``: each pattern is
footage of one person. The asset is the mean over people of each person's shape, made mirror-symmetric.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial import Delaunay

from doublure.core.face import pose, topology
from doublure.core.face.track import TrackSettings, track_frames
from doublure.core.sequence import FrameReader, Sequence

FRONTAL = 20.0
"""Frames with more yaw than this, degrees, are left out: FaceMesh guesses the depth of a turned face less well."""


def mirror_pairs(shape: np.ndarray) -> np.ndarray:
    """(468,) the index of every point's mirror image: the one-to-one pairing of least total distance."""
    flipped = shape * (-1, 1, 1)
    cost = np.linalg.norm(shape[:, None] - flipped[None], axis=-1)
    _, partner = linear_sum_assignment((cost + cost.T) ** 2)
    if not np.array_equal(partner[partner], np.arange(len(shape))):
        raise ValueError("the points do not pair up left and right; give more frontal footage")
    return partner


def symmetrise(shape: np.ndarray) -> np.ndarray:
    """The mean of a (468, 3) shape and its mirror image."""
    return (shape + shape[mirror_pairs(shape)] * (-1, 1, 1)) / 2


def upright(shape: np.ndarray) -> np.ndarray:
    """A shape turned so that its own mirror plane is x = 0 and its face looks along -z."""
    eyes = shape[[33, 133]].mean(0), shape[[362, 263]].mean(0)
    across = eyes[1] - eyes[0]
    down = shape[topology.CHIN] - shape[topology.FOREHEAD]
    x = across / np.linalg.norm(across)
    y = down - (down @ x) * x
    y /= np.linalg.norm(y)
    return pose.normalise(shape @ np.stack([x, y, np.cross(x, y)], 1))


def surface(shape: np.ndarray) -> np.ndarray:
    """(T, 3) int32 triangles: Delaunay of the frontal view, cut at the OVAL, clockwise in the picture."""
    flat = shape[:, :2]
    faces = Delaunay(flat).simplices
    ring = flat[list(topology.OVAL)]
    kept = [face for face in faces if _inside(flat[face].mean(0), ring)]
    out = []
    for a, b, c in kept:
        (ux, uy), (vx, vy) = flat[b] - flat[a], flat[c] - flat[a]
        out.append((a, b, c) if ux * vy - uy * vx > 0 else (a, c, b))
    return np.array(sorted(out), np.int32)


def _inside(point: np.ndarray, ring: np.ndarray) -> bool:
    """Even-odd rule."""
    x, y = point
    ax, ay = ring.T
    bx, by = np.roll(ring, -1, axis=0).T
    crosses = (ay > y) != (by > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = ax + (y - ay) / (by - ay) * (bx - ax)
    return bool(np.count_nonzero(crosses & (x < at)) % 2)


def build(people: list[list[np.ndarray]]) -> dict[str, np.ndarray]:
    """The asset's arrays (shape, triangles, mirror) from each person's list of landmarks in square pixels."""
    shapes = [pose.person_shape(frames) for frames in people]
    mean = upright(np.mean(shapes, axis=0))
    mean = pose.normalise(symmetrise(mean))
    mirror = mirror_pairs(mean).astype(np.int32)
    return {"shape": mean.astype(np.float32), "triangles": surface(mean), "mirror": mirror}


def _collect(pattern: str) -> list[np.ndarray]:
    """One person's near-frontal landmarks, in square pixels."""
    tracked = track_frames(FrameReader(Sequence.parse(pattern)), TrackSettings(smoothing=0), source=pattern)
    return [
        face.points * np.array([tracked.pixel_aspect, 1, 1])
        for face in tracked
        if face.points is not None and face.pose is not None and abs(face.pose.yaw) < FRONTAL
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("patterns", nargs="+", help="footage of one person each, e.g. p100/p100.####.exr")
    default = Path(topology.__file__).with_name("canonical.npz")
    parser.add_argument("--out", type=Path, default=default, help="the asset to write")
    options = parser.parse_args()
    people = [frames for pattern in options.patterns if (frames := _collect(pattern))]
    asset = build(people)
    np.savez_compressed(
        options.out, shape=asset["shape"], triangles=asset["triangles"], mirror=asset["mirror"]
    )
    print(
        f"{len(people)} people, {sum(map(len, people))} frames, {len(asset['triangles'])} triangles",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()

"""What a set covers and what it lacks: pose by expression by light, counted, and the gaps in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from doublure.core.faceset.expression import NAMES
from doublure.core.faceset.face import Face

YAW = (-90, -60, -40, -25, -10, 10, 25, 40, 60, 90)
"""Edges in degrees; positive: the nose points to the picture's right."""
PITCH = (-90, -30, -10, 10, 30, 90)
"""Edges in degrees; positive: the nose points down."""
ENOUGH = 5
"""Fewer faces than this are few."""

OPEN, WIDE_OPEN, CLOSED_EYES = 0.06, 0.12, 0.035
SMILE, PUCKER, BROWS = 1.07, 0.93, 0.02
"""Openings in distances of the outer eye corners; smiles and puckers as ratios of the mouth's usual width in the set;
raised brows above their usual height."""
SIDE, ABOVE, BELOW, HARD, FLAT = 0.25, -0.4, 0.2, 2.0, 0.8
"""Of ``light.Light``: slopes beside which light comes from one side, from above or below; stops of contrast."""

POSES = ("left", "front", "right")
EXPRESSIONS = (
    "mouth closed",
    "mouth open",
    "mouth wide open",
    "smile",
    "pucker",
    "brows raised",
    "eyes shut",
)
LIGHTS = ("from the left", "from the front", "from the right", "from above", "from below", "hard", "flat")
_DOING = {
    "mouth closed": "a closed mouth",
    "mouth open": "an open mouth",
    "mouth wide open": "a wide open mouth",
    "smile": "a smile",
    "pucker": "puckered lips",
    "brows raised": "raised brows",
    "eyes shut": "shut eyes",
}
_LIT = {
    "from the left": "light from the picture's left",
    "from the front": "light from the front",
    "from the right": "light from the picture's right",
    "from above": "light from above",
    "from below": "light from below",
    "hard": "hard light (2 stops of contrast and more)",
    "flat": "flat light (0.8 stops of contrast and less)",
}
_YAW_STEPS, _PITCH_STEPS, _PROFILE = (10, 25, 40, 60), (10, 20, 30), 40


@dataclass(frozen=True)
class Coverage:
    """Counts of the faces that are used.

    Attributes:
        faces: how many.
        map: (5, 9) by pitch and yaw, see ``PITCH`` and ``YAW``.
        expressions, lights: count of each of ``EXPRESSIONS`` and ``LIGHTS``; a face may be several.
        by_pose: (7, 3) expressions by pose (yaw to the picture's left of 25 degrees, between, to the right).
        light_by_pose: (7, 3); light_by_expression: (7, 7).
        stops: (lowest, median, highest) exposure of the faces about middle grey; warmth: the same of red over blue.
        gaps: what is missing, a sentence each without a full stop, the most hurtful first.
    """

    faces: int
    map: np.ndarray
    expressions: tuple[int, ...]
    lights: tuple[int, ...]
    by_pose: np.ndarray
    light_by_pose: np.ndarray
    light_by_expression: np.ndarray
    stops: tuple[float, float, float]
    warmth: tuple[float, float, float]
    gaps: tuple[str, ...]


def cover(faces: Sequence[Face]) -> Coverage:
    """Count the faces that a set uses."""
    yaw, pitch = (np.array([getattr(face, name) for face in faces], float) for name in ("yaw", "pitch"))
    counts = np.zeros((len(PITCH) - 1, len(YAW) - 1), int)
    np.add.at(counts, (bins(pitch, PITCH), bins(yaw, YAW)), 1)
    doing, lit = expressions(faces), lights(faces)
    poses = np.stack([yaw < -25, np.abs(yaw) <= 25, yaw > 25], 1)
    stops, warmth = (
        tuple(float(v) for v in np.percentile([getattr(f.light, name) for f in faces], (0, 50, 100)))
        if faces
        else (0.0, 0.0, 0.0)
        for name in ("exposure", "warmth")
    )
    by_pose, light_by_pose = (table.T.astype(int) @ poses.astype(int) for table in (doing, lit))
    light_by_expression = lit.T.astype(int) @ doing.astype(int)
    return Coverage(
        len(faces),
        counts,
        tuple(int(n) for n in doing.sum(0)),
        tuple(int(n) for n in lit.sum(0)),
        by_pose,
        light_by_pose,
        light_by_expression,
        (stops[0], stops[1], stops[2]),
        (warmth[0], warmth[1], warmth[2]),
        tuple(_gaps(yaw, pitch, doing, lit, poses, (stops[0], stops[2]))) if faces else ("there is no face",),
    )


def bins(values: np.ndarray, edges: Sequence[int]) -> np.ndarray:
    """(N,) which interval between ``edges`` each value lies in; beyond the ends, the last one."""
    return np.clip(np.digitize(values, edges[1:-1]), 0, len(edges) - 2)


def expressions(faces: Sequence[Face]) -> np.ndarray:
    """(N, 7) bool, see ``EXPRESSIONS``."""
    values = np.array([face.expression for face in faces]).reshape(-1, len(NAMES))
    column = {name: values[:, i] for i, name in enumerate(NAMES)}
    mouth = column["mouth_open"]
    usual_width = np.median(column["mouth_width"]) if len(values) else 1.0
    brows = (column["right_brow"] + column["left_brow"]) / 2
    lids = np.maximum(column["right_lids"], column["left_lids"])
    return np.stack(
        [
            mouth < OPEN,
            (mouth >= OPEN) & (mouth < WIDE_OPEN),
            mouth >= WIDE_OPEN,
            column["mouth_width"] > SMILE * usual_width,
            column["mouth_width"] < PUCKER * usual_width,
            brows > (np.median(brows) if len(values) else 0.0) + BROWS,
            lids < CLOSED_EYES,
        ],
        1,
    )


def lights(faces: Sequence[Face]) -> np.ndarray:
    """(N, 7) bool, see ``LIGHTS``."""
    x, y, contrast = (np.array([getattr(f.light, n) for f in faces], float) for n in ("x", "y", "contrast"))
    return np.stack(
        [
            x < -SIDE,
            (np.abs(x) <= SIDE) & (y >= ABOVE) & (y <= BELOW),
            x > SIDE,
            y < ABOVE,
            y > BELOW,
            contrast > HARD,
            contrast < FLAT,
        ],
        1,
    )


def _gaps(
    yaw: np.ndarray,
    pitch: np.ndarray,
    doing: np.ndarray,
    lit: np.ndarray,
    poses: np.ndarray,
    stops: tuple[float, float],
) -> list[str]:
    gaps = []
    for side, angles in (("left", -yaw), ("right", yaw)):
        gaps += _beyond(f"turned to the picture's {side}", f"{side} profile", angles, _YAW_STEPS)
    for way, angles in (("down", pitch), ("up", -pitch)):
        gaps += _beyond(f"looking {way}", "", angles, _PITCH_STEPS)
    straight = int((np.abs(yaw) <= 10).sum())
    if straight < ENOUGH:
        gaps.append(f"{_few(straight)} turned less than 10° from the lens")
    for names, table, words in ((EXPRESSIONS, doing, _DOING), (LIGHTS, lit, _LIT)):
        for row, name in enumerate(names):
            count = int(table[:, row].sum())
            if count < ENOUGH:
                gaps.append(f"{_few(count)} with {words[name]}")
    # Two things that each are there, but never together.
    for pose, side in enumerate(POSES):
        if poses[:, pose].sum() < ENOUGH:
            continue
        for names, table, words in ((EXPRESSIONS, doing, _DOING), (LIGHTS, lit, _LIT)):
            for row, name in enumerate(names):
                if table[:, row].sum() >= ENOUGH and not (table[:, row] & poses[:, pose]).any():
                    seen = "seen from the front" if pose == 1 else f"turned to the picture's {side}"
                    gaps.append(f"no face {seen} with {words[name]}")
    if stops[1] - stops[0] < 1.0:
        gaps.append(f"all faces are exposed within {stops[1] - stops[0]:.1f} stops")
    return gaps


def _beyond(turned: str, profile: str, angles: np.ndarray, edges: Sequence[int]) -> list[str]:
    """The lowest edge beyond which there is nothing or little."""
    for edge in edges:
        count = int((angles > edge).sum())
        if count >= ENOUGH:
            continue
        if profile and edge >= _PROFILE:
            few = f"only {count}" if count else "no"
            return [
                f"{few} {profile}{'s' * (count > 1)} above {edge}° (nose to the picture's {profile.split()[0]})"
            ]
        return [f"{_few(count)} {turned} by more than {edge}°"]
    return []


def _few(count: int) -> str:
    return f"only {count} face{'s' if count > 1 else ''}" if count else "no face"

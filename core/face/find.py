"""Faces that both networks believe in: BlazeFace proposes, FaceMesh confirms."""

from __future__ import annotations

import numpy as np

from doublure.core.face.detect import Detection, searches, suppress
from doublure.core.face.landmarks import Landmarks, landmarks

SURE = 0.9
"""The least presence while settling is nearly always above 0.97 on a real face, below 0.9 on anything else."""


def find_faces(picture: np.ndarray, *, threshold: float = 0.5, wanted: int = 1) -> list[Landmarks]:
    """The faces in a picture, largest first.

    Args:
        picture: (H, W, 3) uint8 sRGB, as ``detector_view(frame).pixels``.
        threshold: lowest detector score and FaceMesh presence, 0..1.
        wanted: look harder until this many sure faces (presence of 0.9 and more) are found.

    When every look is done, faces of a presence between ``threshold`` and 0.9 count too.
    """
    seen: list[Landmarks] = []
    for proposals in searches(picture, threshold):
        for proposal in suppress(proposals):
            if any(_covers(mesh, proposal) for mesh in seen):
                continue
            mesh = landmarks(picture, proposal, floor=threshold)
            if mesh.presence >= threshold:
                seen.append(mesh)
        seen = _distinct(seen)
        if sum(mesh.presence >= SURE for mesh in seen) >= wanted:
            seen = [mesh for mesh in seen if mesh.presence >= SURE]
            break
    return sorted(seen, key=lambda mesh: -mesh.size)


def _covers(mesh: Landmarks, proposal: Detection) -> bool:
    """Whether a harder look found once more a face that is surely seen already."""
    apart = float(np.linalg.norm(mesh.centre - proposal.centre))
    return mesh.presence >= SURE and apart < min(mesh.size, float(proposal.size.max())) / 2


def _distinct(seen: list[Landmarks]) -> list[Landmarks]:
    """Each face once, the surest reading of it: two whose middles lie within half a face are one."""
    kept: list[Landmarks] = []
    for mesh in sorted(seen, key=lambda one: -one.presence):
        if all(np.linalg.norm(mesh.centre - other.centre) > max(mesh.size, other.size) / 2 for other in kept):
            kept.append(mesh)
    return kept

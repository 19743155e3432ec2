"""Can the edge of the face be seen."""

from __future__ import annotations

from statistics import median

from doublure.core.check.finding import Finding
from doublure.core.check.limits import Limits
from doublure.core.check.sound import is_exposed_otherwise, is_relit, sound_faces, unmeasured
from doublure.core.scan.facts import ShotFacts

_REMEDY = "raise the Blend's membrane or feather, or match the colour"


def check_seam(shot: ShotFacts, limits: Limits) -> list[Finding]:
    """Steps along the matte's edge that the plate has not, and a face that is not the plate's there in level; of the
    shot and of single frames.

    The hero's own jaw and brows are such steps, so only a face that is hardly blended at all is told. Where the light
    departs from the shot's, or the whole face from the plate's exposure, the edge does too: that is told by its own
    check.
    """
    out = unmeasured(shot, "seam", "the seam")
    faces = list(sound_faces(shot, limits))
    steps = {f.number: face.seam for f, face in faces if face.seam is not None}
    edges = {f.number: face.edge for f, face in faces if face.edge is not None and not is_relit(face, limits)}
    if is_exposed_otherwise(shot.light, limits):
        edges = {}
    if steps and (usual := median(steps.values())) > limits.seam_shot:
        what = f"the edge of the face shows, {usual:.1f} (limit {limits.seam_shot:g})"
        return [*out, Finding(None, what, _REMEDY)]
    if edges and (usual := median(edges.values())) > limits.edge_shot:
        what = (
            f"the face departs from the plate by {usual:.2f} stops at its edge (limit {limits.edge_shot:g})"
        )
        return [*out, Finding(None, what, _REMEDY)]
    for frame, _ in faces:
        number = frame.number
        if steps.get(number, 0.0) > limits.seam:
            what = f"the edge of the face shows, {steps[number]:.1f} (limit {limits.seam:g})"
        elif edges.get(number, 0.0) > limits.edge:
            what = (
                f"the face departs from the plate by {edges[number]:.2f} stops at its edge"
                f" (limit {limits.edge:g})"
            )
        else:
            continue
        out.append(Finding(number, what, _REMEDY))
    return out

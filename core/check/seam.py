"""Can the edge of the face be seen."""

from __future__ import annotations

from statistics import median

from doublure.core.check.finding import Finding
from doublure.core.check.limits import Limits
from doublure.core.check.sound import sound_faces, unmeasured
from doublure.core.scan.facts import ShotFacts


def check_seam(shot: ShotFacts, limits: Limits) -> list[Finding]:
    """Steps along the matte's edge that the plate has not, of the shot and of single frames.

    The hero's own jaw and brows are such steps, so only a face that is hardly blended at all is told.
    """
    out = unmeasured(shot, "seam", "the seam")
    known = [(f.number, face.seam) for f, face in sound_faces(shot, limits) if face.seam is not None]
    if not known:
        return out
    remedy = "raise the Blend's membrane or feather, or match the colour"
    usual = median(value for _, value in known)
    if usual > limits.seam_shot:
        out.append(
            Finding(None, f"the edge of the face shows, {usual:.1f} (limit {limits.seam_shot:g})", remedy)
        )
        return out
    return out + [
        Finding(number, f"the edge of the face shows, {value:.1f} (limit {limits.seam:g})", remedy)
        for number, value in known
        if value > limits.seam
    ]

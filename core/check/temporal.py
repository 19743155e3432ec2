"""Does the face flicker or boil."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.limits import Limits
from doublure.core.check.sound import is_acting, is_grainy, is_relit, is_shaking, sound_faces, unmeasured
from doublure.core.scan.facts import ShotFacts


def check_temporal(shot: ShotFacts, limits: Limits) -> list[Finding]:
    """Along the plate's motion the face changes hardly more from frame to frame than the plate's own does.

    A face that shakes, is too grainy, does something else or is lit otherwise changes too: that is told by those checks
    alone.
    """
    out = unmeasured(shot, "temporal", "flicker", least=3)
    others = (is_shaking, is_relit, is_grainy, is_acting)
    told = {f.number for f, face in shot.faces if any(other(face, limits) for other in others)}
    for frame, face in sound_faces(shot, limits, (-1, 0)):
        limit = limits.of_change(face.height)
        if {frame.number - 1, frame.number} & told:
            continue
        if face.temporal is not None and face.temporal > limit:
            out.append(
                Finding(
                    frame.number,
                    f"the face changes from the frame before by {face.temporal:.4f} ACEScct more than the plate,"
                    f" more than {limit:.4f}",
                    "steady the grade or the model's output over time",
                )
            )
    return out

"""Does the face do what the plate's does."""

from __future__ import annotations

from collections.abc import Callable

from doublure.core.check.finding import Finding
from doublure.core.check.limits import Limits
from doublure.core.check.sound import sound_faces, unmeasured
from doublure.core.scan.face_facts import FaceFacts
from doublure.core.scan.facts import ShotFacts

_ALONE = 2.0
"""How many times its limit a single frame may reach: the detector errs for a frame, a performance for several."""

_ASKED: tuple[tuple[str, str, Callable[[FaceFacts], float | None], Callable[[Limits], float]], ...] = (
    ("lips", "the lips are open otherwise than the plate's", lambda f: f.lips, lambda m: m.lips),
    ("lids", "the lids are open otherwise than the plate's", lambda f: f.lids, lambda m: m.lids),
    (
        "expression",
        "the face does something else than the plate's",
        lambda f: f.expression,
        lambda m: m.expression,
    ),
)


def check_aperture(shot: ShotFacts, limits: Limits) -> list[Finding]:
    """Lips, lids and all landmarks: the median of each frame and its two neighbours, or twice the limit at once."""
    out = []
    faces = list(sound_faces(shot, limits))
    for name, sentence, ask, allowed in _ASKED:
        out += unmeasured(shot, name, f"whether {sentence}")
        known = {frame.number: value for frame, face in faces if (value := ask(face)) is not None}
        for frame, face in faces:
            if frame.number not in known:
                continue
            limit = limits.of_landmarks(allowed(limits), face.height)
            around = sorted(known[n] for n in range(frame.number - 1, frame.number + 2) if n in known)
            # Of two the lesser: one bad reading alone must not decide.
            usual = around[(len(around) - 1) // 2]
            worst = usual if usual > limit else known[frame.number]
            if usual > limit or worst > _ALONE * limit:
                out.append(
                    Finding(
                        frame.number,
                        f"{sentence}, by {worst:.3f} of the distance of the eyes (limit {limit:.3f})",
                        "train on more footage with this expression, or mend it by hand",
                    )
                )
    return out

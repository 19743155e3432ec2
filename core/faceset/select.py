"""Which faces of a set are used, and for each of the others why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from doublure.core.errors import DoublureError
from doublure.core.faceset.face import Face
from doublure.core.faceset.people import People

NEEDED = 8
"""Fewer faces than this teach nothing: the least that a training takes."""
_OCTAVE = 0.5
"""Faces are compared in sharpness with those of their own size, in steps of half an octave."""
_BEST = 90


@dataclass(frozen=True)
class SelectSettings:
    """What is good enough.

    Attributes:
        blur: least sharpness, as a share of the set's own best (90th percentile) at that size of face.
        smallest: least size, plate pixels along the head's own crop.
        dark: most of the face that may lie six stops under middle grey. clipped: most that may be clipped.
        hidden: most landmarks that something may be in front of. inside: least of the face inside the picture.
        most: use this many at most, spread over pose, expression and light; None: all.
        keep: ids used whatever else is said of them, except that somebody else's are not.
        others: use other people's faces too.
    """

    blur: float = 0.5
    smallest: float = 64.0
    dark: float = 0.6
    clipped: float = 0.05
    hidden: float = 0.15
    inside: float = 0.9
    most: int | None = None
    keep: frozenset[str] = frozenset()
    others: bool = False

    def __post_init__(self) -> None:
        if self.most is not None and self.most < NEEDED:
            raise DoublureError(
                f"{self.most} faces are too few to learn from", remedy=f"keep at least {NEEDED}"
            )


def select(faces: Sequence[Face], people: People, settings: SelectSettings) -> list[str]:
    """For each face why it is left out; empty where it is used.

    Nothing here looks at a picture: another choice costs no new reading, except of a face whose crop was never stored
    because it repeats another.
    """
    best = _best_sharpness(faces)
    reasons = [
        _reason(face, int(label), float(apart), best[row], settings)
        for row, (face, label, apart) in enumerate(zip(faces, people.labels, people.distances, strict=True))
    ]
    for row in _not_largest(faces, people, reasons):
        reasons[row] = "it is not the largest face of its picture, and nothing tells whose it is"
    _outdone(faces, reasons, settings.keep)
    if settings.most is not None:
        used = [row for row, reason in enumerate(reasons) if not reason]
        forced = [i for i, row in enumerate(used) if faces[row].id in settings.keep]
        kept = spread(np.array([faces[row].traits for row in used]), settings.most, forced) if used else []
        for i in set(range(len(used))) - set(kept):
            reasons[used[i]] = f"the {settings.most} that are kept cover it"
    return reasons


def spread(traits: np.ndarray, count: int, first: Sequence[int] = ()) -> list[int]:
    """Rows of (N, D) that cover it best: farthest-point traversal (Gonzalez 1985), within twice of the optimum.

    Args:
        traits: in units of what the eye hardly tells apart. count: how many; all rows where there are no more.
        first: rows that are taken anyway; else it begins in the middle.
    """
    if count >= len(traits):
        return list(range(len(traits)))
    # One wild value must not make a face the farthest again and again.
    values = np.clip(traits - np.median(traits, axis=0), -40, 40)
    taken = list(first) or [int(np.square(values).sum(1).argmin())]
    nearest = np.min([np.square(values - values[row]).sum(1) for row in taken], axis=0)
    while len(taken) < count:
        row = int(nearest.argmax())
        taken.append(row)
        nearest = np.minimum(nearest, np.square(values - values[row]).sum(1))
        nearest[row] = -1
    return sorted(taken[:count]) if len(first) < count else sorted(taken)


def _reason(face: Face, label: int, apart: float, best: float, settings: SelectSettings) -> str:
    if label > 0 and not settings.others:
        return f"it is somebody else: person {label + 1}, identity distance {apart:.2f}"
    if face.crop is None:
        return f"it repeats {face.like}" if face.like else face.note or "its crop is not in the set"
    if face.id in settings.keep:
        return ""
    if face.inside < settings.inside:
        return f"only {face.inside:.0%} of it lies inside the picture"
    if face.across < settings.smallest:
        return f"it is {face.across:.0f} pixels across"
    if face.hidden is not None and face.hidden > settings.hidden:
        return f"{face.hidden:.0%} of it is hidden"
    if face.dark > settings.dark:
        return f"{face.dark:.0%} of it is lost in the dark"
    if face.clipped > settings.clipped:
        return f"{face.clipped:.0%} of it is clipped"
    if face.sharpness < settings.blur * best:
        return (
            f"it is blurred: {face.sharpness / best:.0%} of the detail of the set's best faces of this size"
        )
    return ""


def _best_sharpness(faces: Sequence[Face]) -> np.ndarray:
    """(N,) for each face what the best of about its size have."""
    sizes = np.array([round(np.log2(max(face.across, 1.0)) / _OCTAVE) for face in faces], int)
    values = np.array([face.sharpness for face in faces])
    best = np.zeros(len(faces))
    for size in np.unique(sizes):
        near = np.abs(sizes - size) <= 1
        best[sizes == size] = max(float(np.percentile(values[near], _BEST)), 1e-9)
    return best


def _not_largest(faces: Sequence[Face], people: People, reasons: Sequence[str]) -> list[int]:
    """Rows of pictures with several faces of which nothing tells whose they are, but the first of each."""
    seen: set[str] = set()
    found = []
    for row, face in enumerate(faces):
        if people.labels[row] < 0 and not reasons[row] and face.picture in seen:
            found.append(row)
        seen.add(face.picture)
    return found


def _outdone(faces: Sequence[Face], reasons: list[str], keep: frozenset[str]) -> None:
    """Takes out whom a sharper face repeats, where that one is used."""
    rows = {face.id: row for row, face in enumerate(faces)}
    for row, face in enumerate(faces):
        other = rows.get(face.outdoes) if face.outdoes else None
        if not reasons[row] and other is not None and not reasons[other] and faces[other].id not in keep:
            reasons[other] = f"{face.id} shows the same and is sharper"

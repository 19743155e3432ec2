"""Puts a fitted head beside every face of a track."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from doublure.core.errors import DoublureError
from doublure.core.face.fit import fit_shot
from doublure.core.face.head import Head, Person
from doublure.core.face.overturn import turned_back
from doublure.core.face.sidecar import Track

_LEARN = 24
"""Frames, evenly spread, from which the person and the lens are learnt."""

_FRONTAL = 40.0
"""Further from the front, degrees, FaceMesh guesses half of the face, and how it errs there was not measured."""


def with_heads(track: Track, focal: float | None = None) -> Track:
    """The track with a ``head`` in every frame where the face was found; itself where it was found in none.

    Args:
        track: as tracked; its points, confidence and poses carry the fit (see :func:`fit.fit_shot`).
        focal: the lens in plate y pixels (focal length over the height of the sensor, times the picture's height);
            estimated where None.

    Raises:
        DoublureError: a focal length that is not above 0.
    """
    if focal is not None and not focal > 0:
        raise DoublureError(f"a focal length of {focal} pixels is none", remedy="give one above 0, or none")
    seen = [(face, face.points, face.pose) for face in track.found if face.points is not None and face.pose]
    if not seen:
        return track
    aspect = track.pixel_aspect
    points = np.stack([one[1] for one in seen]).astype(np.float64) * (aspect, 1, 1)
    trust = np.stack(
        [np.ones(points.shape[1]) if face.confidence is None else face.confidence > 0 for face, *_ in seen]
    ).astype(np.float64)
    frontal = np.flatnonzero([abs(one[2].yaw) < _FRONTAL for one in seen])
    rows = frontal[np.unique(np.linspace(0, len(frontal) - 1, min(_LEARN, len(frontal))).round().astype(int))]
    size = (track.width * aspect, float(track.height))
    rotations = np.stack([turned_back(one[2].rotation) for one in seen])
    fit = fit_shot(points, trust, rotations, size, focal=focal, frames=rows)
    person = Person(fit.identity, fit.lens.focal, fit.lens.centre)
    frames = dict(track.frames)
    for i, (face, *_) in enumerate(seen):
        heads = fit.heads
        head = Head(heads.rotation[i], heads.translation[i], heads.expression[i], person)
        frames[face.number] = replace(face, head=head, coefficients=head.expression)
    return replace(track, frames=frames, focal=person.focal, coefficients=person.identity)

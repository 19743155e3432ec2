"""Has the set this face already: the nearest of its faces in pose, expression, light and picture at once."""

from __future__ import annotations

import numpy as np

from doublure.core.faceset.face import SCALES, THUMB, Face

PICTURE = 0.12
"""Rms difference of two thumbnails, in stops, that the eye hardly tells apart."""
STRANGER = 0.6
"""Identity distance from which on two faces are not compared: they are two people's."""
_STOPS = 6 / 255


class Seen:
    """The faces whose crops a set holds: 14 traits, a thumbnail and a descriptor each (2 kB), nothing else."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._of: dict[str, list[int]] = {}
        self._sharpness: list[float] = []
        self._traits = np.zeros((256, len(SCALES)), np.float32)
        self._thumbs = np.zeros((256, THUMB * THUMB), np.uint8)
        self._identities = np.full((256, 128), np.nan, np.float32)

    def __len__(self) -> int:
        return len(self._ids)

    def forget(self, picture: str) -> None:
        """Leave out the faces of the picture ``source/name``, which is looked at again."""
        for row in self._of.pop(picture, ()):
            self._traits[row] = np.inf

    def add(self, face: Face) -> None:
        self._of.setdefault(face.picture, []).append(len(self._ids))
        count = len(self._ids)
        if count == len(self._traits):
            self._traits = np.concatenate([self._traits, np.zeros_like(self._traits)])
            self._thumbs = np.concatenate([self._thumbs, np.zeros_like(self._thumbs)])
            self._identities = np.concatenate([self._identities, np.full_like(self._identities, np.nan)])
        self._ids.append(face.id)
        self._sharpness.append(face.sharpness)
        self._traits[count], self._thumbs[count] = face.traits, face.thumbnail.ravel()
        if face.identity is not None:
            self._identities[count] = face.identity

    def nearest(self, face: Face, limit: float = 1.0) -> tuple[str, float] | None:
        """(id, sharpness) of the face most like this one, where it is one for the eye; else None.

        Args:
            limit: how alike, in units of what the eye hardly tells apart; 0 finds nothing.

        Likeness is the largest of the differences of the traits and of the picture, so all must be small.
        """
        count = len(self._ids)
        if count == 0 or limit <= 0:
            return None
        apart = np.abs(self._traits[:count] - face.traits.astype(np.float32)).max(1)
        near = np.flatnonzero(apart < limit)
        if face.identity is not None:
            strange = np.linalg.norm(self._identities[near] - face.identity.astype(np.float32), axis=1)
            near = near[~(strange > STRANGER)]
        if not near.size:
            return None
        difference = self._thumbs[near].astype(np.float32) - face.thumbnail.ravel()
        picture = np.sqrt(np.square(difference).mean(1)) * (_STOPS / PICTURE)
        worst = np.maximum(apart[near], picture)
        best = int(worst.argmin())
        if worst[best] >= limit:
            return None
        return self._ids[near[best]], self._sharpness[near[best]]

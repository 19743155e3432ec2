"""Whether a face is the one that was followed: by how its colours lie on it, the light apart."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from doublure.core.face.hidden import unexplained

SAME = 0.03
"""Faces further apart than this, as a share of white, are two people. In the stage's takes one person is mostly within
0.016 of how he was seen before (0.031 in a hard light), and two people are from 0.031 on, mostly 0.04, apart."""

_GONE_ON = 0.045
"""The same for a face that flow has brought here, which speaks for its being the same one."""

_UNSTEADY = (1.5, 2.0)
"""Where the light is so hard that he differs from himself more than most, this many times as much is allowed."""

_MOST = 0.06
_A_FRAME = 0.0005
_RATHER, _AT_ALL = 0.02, 0.1
"""Where a face is this much more like him than like anybody else who is followed, it is he, up to a distance at which
it is nobody known: a turned or half lit face differs from all its looks, from its own less than from other people's."""
_COVERED = (0.3, 0.6)
"""Where this share of the face is strange, something is in front of it; another face is strange less here and there, or
all over."""

_EVERY = 2
_AGREED = 0.4
_NEW = 0.015
_STRANGE = 0.09
_WHOLE = 0.06
_LOOKS = 12
_REMEMBERED = 24


class Person:
    """How somebody looked from several sides; learns as he is followed."""

    def __init__(self) -> None:
        self._looks: list[np.ndarray] = []
        self._recent: deque[float] = deque(maxlen=_REMEMBERED)
        self._asked: tuple[np.ndarray, tuple[float, float]] | None = None

    def distance(self, colours: np.ndarray) -> float:
        """How unlike a face is, 0..1: what gain and slanting light leave between its colours and the nearest look.

        Args:
            colours: (468, 3) as ``hidden.skin_colours``.

        The error that two fifths of the points stay below: something in front of half the face does not change who
        it is. 0 where nothing is known yet.
        """
        return self._compared(colours)[0]

    def _compared(self, colours: np.ndarray) -> tuple[float, float]:
        """(distance, share of strange points in the nearest look)."""
        if not self._looks:
            return 0.0, 0.0
        if self._asked is not None and self._asked[0] is colours:
            # Whoever is recognised is then learnt: the same question.
            return self._asked[1]
        looks = np.stack(self._looks)[:, ::_EVERY]
        seen = np.broadcast_to(colours[::_EVERY].astype(np.float64), looks.shape)
        apart = unexplained(seen, looks, _EVERY)
        distances = np.quantile(apart, _AGREED, axis=1)
        nearest = int(np.argmin(distances))
        answer = float(distances[nearest]), float((apart[nearest] > _STRANGE).mean())
        self._asked = colours, answer
        return answer

    def known(self, colours: np.ndarray, missing: int = 0, rivals: Sequence[Person] = ()) -> bool:
        """Whether it is he, of himself and ``rivals``. After ``missing`` frames without him a little more may have
        changed."""
        distance = self.distance(colours)
        if distance <= self._limit(SAME, _UNSTEADY[0]) + _A_FRAME * missing:
            return True
        return _rather(distance, colours, rivals)

    def still(self, colours: np.ndarray, *, wary: bool = False, rivals: Sequence[Person] = ()) -> bool:
        """Whether it can still be he, where he was followed to; ``wary``: somebody else is near, of ``rivals``
        perhaps."""
        distance, strange = self._compared(colours)
        covered = _COVERED[0] <= strange <= _COVERED[1]
        if distance <= self._limit(_GONE_ON, _UNSTEADY[1]) or (covered and not wary):
            return True
        return _rather(distance, colours, rivals)

    def _limit(self, usual: float, factor: float) -> float:
        own = factor * float(np.median(self._recent)) if self._recent else 0.0
        return min(max(usual, own), _MOST)

    def learn(self, colours: np.ndarray) -> None:
        """Keep this look, where it is new and nothing is in front of the face; twelve are kept."""
        distance, strange = self._compared(colours)
        if strange > _WHOLE or distance > _GONE_ON:
            return
        self._recent.append(distance)
        if self._looks and distance <= _NEW:
            return
        if len(self._looks) == _LOOKS:
            # The first look is what was chosen; of the others the oldest goes.
            del self._looks[1]
        self._looks.append(np.asarray(colours, np.float64))
        self._asked = None


def _rather(distance: float, colours: np.ndarray, rivals: Sequence[Person]) -> bool:
    """Whether a face at this distance from somebody is his because it is much less like everybody else."""
    if not rivals or distance > _AT_ALL:
        return False
    return min(one.distance(colours) for one in rivals) - distance >= _RATHER

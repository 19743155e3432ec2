"""All the faces of a plate at once, each followed as whom it is: no two are ever the same one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from doublure.core.face.find import find_faces
from doublure.core.face.follow import FAR, Follower, FollowSettings, Sight, read_in, read_near
from doublure.core.face.fuse import Reading
from doublure.core.face.guide import Guide
from doublure.core.face.landmarks import Landmarks
from doublure.core.face.person import Person
from doublure.core.face.view import detector_view
from doublure.core.frame import Frame

_EVERY = 8
"""While there are fewer faces than wanted, every so many frames the whole picture is looked over for another one."""

_ONE = 0.5
"""Two faces whose middles lie within this many sizes are one."""


_NEAR = 1.5
"""Two faces whose middles are nearer than this many sizes are in each other's company."""

_SURELY = 0.008
"""Two of a face's distances to persons that are nearer to each other than this do not tell whose it is."""


class Crowd:
    """Follows several faces; a face keeps its number, however they cross.

    Args:
        settings: ``face_index`` is not used.
        least: begin in the first frame that shows so many faces.
        most: follow so many at most; the largest first.
        grow: take up faces that come in later, up to ``most``.
        sought: the number of the one face that is looked for everywhere when it is lost; None: all are. The others are
            followed only so that they are not taken for it. A face found where the guide looks first is number 0, and
            then the sought one.
        guide: what is known of the shot beforehand.
    """

    def __init__(
        self,
        settings: FollowSettings,
        least: int,
        most: int,
        *,
        grow: bool = False,
        sought: int | None = None,
        guide: Guide | None = None,
    ) -> None:
        self._settings = settings
        self._least, self._most, self._grow = least, most, grow
        self.sought = sought
        self._guide = guide or Guide()
        self._followers: list[Follower] = []
        self._strangers: list[Landmarks] = []
        self._count = 0
        self._shown = 0

    def follow(self, frame: Frame, cut: bool) -> list[Reading | str]:
        """Every face followed so far in the next frame, by number, or the reason why it is not there; empty until
        the first faces are found, and then the list only grows.

        Args:
            cut: the frame may be the first of another shot.
        """
        self._count += 1
        if not self._followers:
            self._begin(frame)
            return [one.last.reading for one in self._followers]
        followed = len(self._followers)
        sights = self._carried(frame, cut)
        reasons = self._search(frame, cut, sights)
        out: list[Reading | str] = []
        for i, follower in enumerate(self._followers):
            if i in sights:
                if i < followed:
                    follower.take(sights[i])
                out.append(sights[i].reading)
            else:
                follower.lose()
                out.append(reasons.get(i, "the face was lost"))
        return out

    def unseen(self, index: int) -> str:
        """Why nobody has the number ``index`` yet."""
        if not self._shown:
            return "no face was found"
        return f"face {index} was asked for, but the frame shows {self._shown}"

    def _begin(self, frame: Frame) -> None:
        places, whole = self._everyone(frame, self._least, ())
        self._shown = len(places)
        if whole and len(places) < self._least:
            return
        if not whole and places and self.sought is not None:
            self.sought = 0
        for place in places[: self._most]:
            self._welcome(place)

    def _welcome(self, sight: Sight) -> None:
        one = Follower(self._settings)
        one.take(sight)
        self._followers.append(one)

    def _carried(self, frame: Frame, cut: bool) -> dict[int, Sight]:
        """The faces that go on from the last frame, by number; where two claim one, it is his whom it is more like."""
        sights: dict[int, Sight] = {}
        for i, one in enumerate(self._followers):
            if cut:
                one.cut()
            if one.missing:
                continue
            wary = cut or self._company(i)
            rivals = self._rivals(i)
            sight = (None if cut else one.carried(frame, wary=wary, rivals=rivals)) or one.near(
                frame, one.expected, wary=wary, rivals=rivals
            )
            if sight is not None:
                sights[i] = sight
        for i in sorted(sights):
            for j in sorted(sights):
                if i < j and i in sights and j in sights and _one(sights[i].place, sights[j].place):
                    del sights[self._weaker(i, j, sights)]
        return sights

    def _company(self, index: int) -> bool:
        """Whether somebody else is, or was when last seen, within reach of a face."""
        here = self._followers[index].last.place
        others = [one.last.place for i, one in enumerate(self._followers) if i != index]
        return any(
            float(np.linalg.norm(here.centre - one.centre)) < _NEAR * max(here.size, one.size)
            for one in others
        )

    def _rivals(self, index: int) -> list[Person]:
        """Everybody else who is followed."""
        return [one.person for i, one in enumerate(self._followers) if i != index]

    def _weaker(self, i: int, j: int, sights: dict[int, Sight]) -> int:
        """Of two that claim one face, who is less like it; of two alike, who is further from where he should be."""
        unlike, astray = [], []
        for k in (i, j):
            sight, one = sights[k], self._followers[k]
            unlike.append(one.person.distance(sight.reading.colours))
            astray.append(float(np.linalg.norm(sight.place.centre - Landmarks(one.expected, 1.0).centre)))
        if abs(unlike[0] - unlike[1]) > _SURELY:
            return i if unlike[0] > unlike[1] else j
        return i if astray[0] > astray[1] else j

    def _search(self, frame: Frame, cut: bool, sights: dict[int, Sight]) -> dict[int, str]:
        """Look for those who are missing, near where they should be, then everywhere; ``sights`` is filled in."""
        lost = [i for i in range(len(self._followers)) if i not in sights]
        for i in lost:
            one = self._followers[i]
            if one.missing and not cut:
                sight = one.near(frame, one.expected, rivals=self._rivals(i))
                if sight is not None and self._free(i, sight, sights) and not self._ignored(sight):
                    sights[i] = sight
        lost = [i for i in lost if i not in sights]
        sought = [i for i in lost if self.sought in (None, i)]
        newcomers = self._grow and len(self._followers) < self._most and (cut or self._count % _EVERY == 0)
        if not sought and not newcomers:
            self._strangers = []
            return {}
        taken = [one.place for one in sights.values()]
        gain = None if cut or not sought else self._followers[sought[0]].last.view.gain
        seen, _ = self._everyone(frame, len(sights) + len(sought) + int(newcomers), taken, gain)
        reasons = self._given(seen, lost, cut, sights)
        if newcomers:
            for sight in seen:
                if len(self._followers) == self._most:
                    break
                claimed = any(_one(sight.place, other.place) for other in sights.values())
                if not claimed and not any(
                    self._followers[i].person.known(sight.reading.colours) for i in lost
                ):
                    sights[len(self._followers)] = sight
                    self._welcome(sight)
        return reasons

    def _given(
        self, seen: Sequence[Sight], lost: Sequence[int], cut: bool, sights: dict[int, Sight]
    ) -> dict[int, str]:
        """Give the faces in view to those who are missing, the likest first; why the others got none."""
        strangers: list[Landmarks] = []
        offers: list[tuple[float, int, int]] = []
        reasons: dict[int, str] = {}
        for s, sight in enumerate(seen):
            there_before = not cut and any(_one(one, sight.place) for one in self._strangers)
            for i in lost:
                one = self._followers[i]
                if not one.person.known(sight.reading.colours, one.away(sight.frame) + 1, self._rivals(i)):
                    reasons.setdefault(i, "the face was lost, and the one in view is somebody else's")
                elif there_before or (not cut and one.was_there(sight)):
                    there_before = True
                    reasons.setdefault(i, "the face was lost, and the one in view was there before")
                elif not cut and not self._in_reach(one, sight):
                    reasons[i] = "the face was lost, and the one in view is too far from it to be the same"
                else:
                    offers.append((one.person.distance(sight.reading.colours), i, s))
            if there_before:
                strangers.append(sight.place)
        given: set[int] = set()
        for _, i, s in sorted(offers):
            if i not in sights and s not in given:
                sights[i] = seen[s]
                given.add(s)
        self._strangers = strangers
        return reasons

    def _free(self, index: int, sight: Sight, sights: dict[int, Sight]) -> bool:
        """Whether a face seen where a missing one should be is nobody else's."""
        if any(_one(sight.place, other.place) for other in sights.values()):
            return False
        if any(_one(one, sight.place) for one in self._strangers):
            return False
        return not self._followers[index].was_there(sight)

    @staticmethod
    def _in_reach(one: Follower, sight: Sight) -> bool:
        size = one.last.place.size
        reach = FAR * (one.missing + 1) * size
        expected = Landmarks(one.expected, 1.0).centre
        return (
            min(float(np.linalg.norm(sight.place.centre - c)) for c in (expected, one.last.place.centre))
            <= reach
        )

    def _everyone(
        self, frame: Frame, wanted: int, taken: Sequence[Landmarks], gain: float | None = None
    ) -> tuple[list[Sight], bool]:
        """(careful readings of the faces in a frame that nobody has yet, the largest first; whether in all of it).

        ``gain`` is the exposure that the face was last seen with: it is tried first, because a lamp or a window that
        came into the picture says nothing about the face.
        """
        floor, aspect, number = self._settings.threshold, frame.pixel_aspect, frame.number or 0
        for region, stops in self._guide.looks(number):
            view = self._guide.masked(detector_view(frame, region=region, stops=stops, gain=gain), number)
            out: list[Sight] = []
            for mesh in find_faces(view.pixels, threshold=floor, wanted=wanted if region is None else 1):
                points = view.mapping.to_plate(mesh.points) * (aspect, 1, 1)
                if any(_one(Landmarks(points, 1.0), one) for one in taken):
                    continue
                sight = read_near(frame, points, floor) or read_in(frame, view, mesh.points)
                if not any(_one(sight.place, other) for other in [*taken, *(one.place for one in out)]):
                    out.append(sight)
            if out or (taken and region is None):
                return out, region is None
        return [], True

    def _ignored(self, sight: Sight) -> bool:
        aspect, number = sight.frame.pixel_aspect, sight.frame.number or 0
        return self._guide.ignores(sight.reading.points / (aspect, 1, 1), number)


def _one(a: Landmarks, b: Landmarks) -> bool:
    """Whether two places are of one face."""
    return float(np.linalg.norm(a.centre - b.centre)) < _ONE * min(a.size, b.size)

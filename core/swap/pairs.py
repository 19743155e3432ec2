"""Which faces a training step sees: who is shown to the encoder, and who is asked of the decoder."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Series
from dataclasses import replace

import numpy as np
import torch
from torch import Generator, Tensor

from doublure.core.errors import DoublureError
from doublure.core.face.topology import canonical_shape
from doublure.core.swap.augment import Batch, bend, disturb, grids, moved, moves, sample
from doublure.core.swap.faceset import Faceset
from doublure.core.swap.guide import CHANNELS, drawn, shaken, veil
from doublure.core.swap.marks import at_rest, placed
from doublure.core.swap.network import NetworkShape

CPU = torch.device("cpu")
ROOM = 0.5
"""Of an accelerator's free memory, what pictures may take; a larger set stays beside it."""
SHARE = {"hero": 0.45, "driver": 0.15, "cast": 0.40}  # of the pictures, where the role has people
SAME_PERSON = 0.2  # of the cast's pictures, those asked back as themselves
UNGUIDED = 0.1
"""Of all pictures, those whose landmarks are kept back, so that the network can do without."""
BLENDED = 0.5
"""Of the cast's pictures, those shown blended with somebody else's of the same moment: a face that nobody has, so that
the encoder meets more people than there are."""


def outlined(sets: Series[Faceset]) -> bool:
    """Whether anybody's footage says what is face, so that the matte can learn where a face ends."""
    return any(faces.cover is not None for faces in sets)


def rests_of(sets: Series[Faceset]) -> Tensor:
    """(people, M, 3) everybody's ``Marks.rest``; the average face's for those of whom none is known."""
    average = at_rest(canonical_shape())
    return torch.stack([average if faces.marks is None else faces.marks.rest for faces in sets])


def on_device(faces: Faceset, device: torch.device) -> Faceset:
    """The set's pictures on an accelerator, where they have room there; else as they are."""
    planes = {name: getattr(faces, name) for name in ("detail", "mask", "weight", "cover")}
    planes = {name: plane for name, plane in planes.items() if plane is not None}
    if device.type != "cuda":
        return faces
    free, _ = torch.cuda.mem_get_info(device)
    marks = None if faces.marks is None else faces.marks.to(device)
    if sum(plane.nbytes for plane in planes.values()) > ROOM * free:
        return replace(faces, marks=marks)
    return replace(faces, marks=marks, **{name: plane.to(device) for name, plane in planes.items()})


class Pairs:
    """Draws training batches.

    Where nobody's footage says what is face, the matte learns the hull of the landmarks; where somebody's does, it
    learns from these alone, since the hull would teach it to end too early.

    A hero or a driver is only ever asked back as themselves: nobody has footage of two people in one
    performance. The cast is different: stage people who acted the same moments in the same light (equal frame
    numbers). They teach the encoder to keep what is performed and to drop who performs it.
    """

    def __init__(self, sets: Series[Faceset], size: int, device: torch.device = CPU) -> None:
        if len({s.person for s in sets}) != len(sets):
            raise DoublureError(
                "two sets of faces have the same name", remedy="give every person a name of their own"
            )
        self.sets, self.size, self.device = [on_device(s, device) for s in sets], size, device
        self.outlined = outlined(sets)
        self.trained = [np.flatnonzero(~s.held_out) for s in sets]
        roles = [s.role for s in sets]
        weights = np.array([SHARE[role] / roles.count(role) for role in roles])
        self.chance = torch.from_numpy(weights / weights.sum()).to(device)
        self.others = {
            index: [other for other, role in enumerate(roles) if role == "cast" and other != index]
            for index, role in enumerate(roles)
            if role == "cast"
        }
        self.row_of = [{int(m): row for row, m in enumerate(s.moments)} for s in sets]

    def draw(self, count: int, generator: Generator) -> Batch:
        """A batch of ``count``; the same generator state gives the same batch."""
        people = torch.multinomial(self.chance, count, replacement=True, generator=generator).tolist()
        dice = torch.rand(count, 6, generator=generator, device=self.device)
        rolls = dice.tolist()
        chosen = [self._pair(person, roll) for person, roll in zip(people, rolls, strict=True)]
        blended = [self._blended(shown, roll) for (shown, _), roll in zip(chosen, rolls, strict=True)]
        flip = torch.tensor(
            [self.sets[p].role == "cast" and r[3] < 0.5 for p, r in zip(people, rolls, strict=True)],
            device=self.device,
        )
        affine = moves(count, flip, generator)
        grid = grids(affine, self.size)
        first, second = (self._planes(rows, self._shown) for rows in ([s for s, _ in chosen], blended))
        # Where nobody is blended in, both are the same.
        seen = sample(torch.lerp(first, second, dice[:, 5].reshape(count, 1, 1, 1)), bend(grid, generator))
        asked = [asked for _, asked in chosen]
        guide, hidden = self._guide(chosen, affine, generator)
        wanted = sample(self._planes(asked, self._asked), grid)
        known = torch.tensor([self._known(index) for index, _ in asked], dtype=torch.float32)
        return Batch(
            source=disturb(seen[:, :3], generator) * (1 - hidden) * seen[:, 3:4],
            target=wanted[:, :3],
            mask=wanted[:, 3:4],
            weight=wanted[:, 4:5],
            known=known.to(self.device).reshape(count, 1, 1, 1).expand(count, 1, self.size, self.size),
            person=torch.tensor([index for index, _ in asked], device=self.device),
            guide=guide,
        )

    def _guide(
        self, chosen: list[tuple[tuple[int, int], tuple[int, int]]], affine: Tensor, generator: Generator
    ) -> tuple[Tensor, Tensor]:
        """(`Batch.guide`, what of the source is veiled (N, 1, S, S)): the shown one's marks on the face of the one who
        is asked for, a little off."""
        count, side = len(chosen), NetworkShape(size=self.size).guide_side
        guide = torch.zeros(count, CHANNELS, side, side, device=self.device)
        hidden = torch.zeros(count, 1, self.size, self.size, device=self.device)
        known = (torch.rand(count, generator=generator, device=self.device) >= UNGUIDED).tolist()
        rows = [
            (at, shown.marks, row, asked.marks.rest)
            for at, ((a, row), (b, _)) in enumerate(chosen)
            if known[at]
            and (shown := self.sets[a]).marks is not None
            and (asked := self.sets[b]).marks is not None
        ]
        if not rows:
            return guide, hidden
        at = torch.tensor([row[0] for row in rows], device=self.device)
        local = torch.stack([marks.local[row] + rest - marks.rest for _, marks, row, rest in rows])
        turn, gaze = (
            torch.stack([getattr(marks, name)[row] for _, marks, row, _ in rows]) for name in ("turn", "gaze")
        )
        places = moved(placed(local, turn, gaze), affine[at])
        guide[at] = drawn(shaken(places, generator), side)
        hidden[at] = veil(places, self.size, generator)
        return guide, hidden

    def _pair(self, person: int, roll: list[float]) -> tuple[tuple[int, int], tuple[int, int]]:
        """((set, row) shown, (set, row) asked)."""
        rows = self.trained[person]
        row = int(rows[int(roll[0] * len(rows))])
        if roll[1] >= SAME_PERSON:
            match = self._in_the_same_moment(person, row, roll[2])
            if match is not None:
                return (person, row), match
        return (person, row), (person, row)

    def _blended(self, shown: tuple[int, int], roll: list[float]) -> tuple[int, int]:
        """Whom to blend into what is shown: somebody in the same moment, or nobody, which is the same row."""
        if roll[4] >= BLENDED:
            return shown
        # The digits that roll[4] does not need for its decision are dice of their own.
        return self._in_the_same_moment(*shown, roll[4] / BLENDED) or shown

    def _in_the_same_moment(self, person: int, row: int, roll: float) -> tuple[int, int] | None:
        """(set, row) of another of the cast in that moment, not held out; None where the one drawn has none."""
        others = self.others.get(person, [])
        if not others:
            return None
        other = others[int(roll * len(others))]
        match = self.row_of[other].get(int(self.sets[person].moments[row]))
        return None if match is None or self.sets[other].held_out[match] else (other, match)

    def _planes(self, chosen: list[tuple[int, int]], cut: Callable[[Faceset, Tensor], Tensor]) -> Tensor:
        """The rows (set, row), each as ``cut`` makes its planes, (N, C, T, T) float32 on the device."""
        by_set: dict[int, list[int]] = {}
        for place, (index, _) in enumerate(chosen):
            by_set.setdefault(index, []).append(place)
        parts, order = [], []
        for index, places in by_set.items():
            faces = self.sets[index]
            rows = torch.tensor([chosen[place][1] for place in places], device=faces.detail.device)
            parts.append(cut(faces, rows).to(self.device))
            order += places
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return torch.cat(parts)[back.to(self.device)]

    @staticmethod
    def _shown(faces: Faceset, rows: Tensor) -> Tensor:
        """detail and mask, (N, 4, T, T)."""
        return torch.cat([faces.detail[rows].float(), faces.mask[rows][:, None].float() / 255], 1)

    @staticmethod
    def _asked(faces: Faceset, rows: Tensor) -> Tensor:
        """detail, matte and training weight, (N, 5, T, T)."""
        matte = faces.mask if faces.cover is None else faces.cover
        planes = torch.stack([matte[rows].float() / 255, faces.weight[rows].float() / 32], 1)
        return torch.cat([faces.detail[rows].float(), planes], 1)

    def _known(self, index: int) -> bool:
        """Whether the matte is to be learned from this set."""
        return self.sets[index].cover is not None or not self.outlined

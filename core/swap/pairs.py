"""Which faces a training step sees: who is shown to the encoder, and who is asked of the decoder."""

from __future__ import annotations

from collections.abc import Sequence as Series

import numpy as np
import torch
from torch import Generator

from doublure.core.errors import DoublureError
from doublure.core.swap.augment import Batch, bend, disturb, moves, sample
from doublure.core.swap.faceset import Faceset

SHARE = {"hero": 0.45, "driver": 0.15, "cast": 0.40}  # of the pictures, where the role has people
SAME_PERSON = 0.2  # of the cast's pictures, those asked back as themselves


class Pairs:
    """Draws training batches.

    A hero or a driver is only ever asked back as themselves: nobody has footage of two people in one
    performance. The cast is different: stage people who acted the same moments in the same light (equal frame
    numbers). They teach the encoder to keep what is performed and to drop who performs it.
    """

    def __init__(self, sets: Series[Faceset], size: int) -> None:
        if len({s.person for s in sets}) != len(sets):
            raise DoublureError(
                "two sets of faces have the same name", remedy="give every person a name of their own"
            )
        self.sets, self.size = list(sets), size
        self.trained = [np.flatnonzero(~s.held_out) for s in sets]
        roles = [s.role for s in sets]
        weights = np.array([SHARE[role] / roles.count(role) for role in roles])
        self.chance = torch.from_numpy(weights / weights.sum())
        self.others = {
            index: [other for other, role in enumerate(roles) if role == "cast" and other != index]
            for index, role in enumerate(roles)
            if role == "cast"
        }
        self.row_of = [{int(m): row for row, m in enumerate(s.moments)} for s in sets]

    def draw(self, count: int, generator: Generator) -> Batch:
        """A batch of ``count``; the same generator state gives the same batch."""
        people = torch.multinomial(self.chance, count, replacement=True, generator=generator).tolist()
        dice = torch.rand(count, 4, generator=generator).tolist()
        chosen = [self._pair(person, roll) for person, roll in zip(people, dice, strict=True)]
        flip = torch.tensor(
            [self.sets[p].role == "cast" and r[3] < 0.5 for p, r in zip(people, dice, strict=True)]
        )
        grid = moves(count, self.size, flip, generator)
        source = torch.stack([self._planes(*pair[0]) for pair in chosen])
        target = torch.stack([self._planes(*pair[1], weighted=True) for pair in chosen])
        seen = sample(source, bend(grid, generator))
        wanted = sample(target, grid)
        return Batch(
            source=disturb(seen[:, :3], generator) * seen[:, 3:4],
            target=wanted[:, :3],
            mask=wanted[:, 3:4],
            weight=wanted[:, 4:5],
            person=torch.tensor([pair[1][0] for pair in chosen]),
        )

    def _pair(self, person: int, roll: list[float]) -> tuple[tuple[int, int], tuple[int, int]]:
        """((set, row) shown, (set, row) asked)."""
        rows = self.trained[person]
        row = int(rows[int(roll[0] * len(rows))])
        others = self.others.get(person, [])
        if others and roll[1] >= SAME_PERSON:
            other = others[int(roll[2] * len(others))]
            match = self.row_of[other].get(int(self.sets[person].moments[row]))
            if match is not None and not self.sets[other].held_out[match]:
                return (person, row), (other, match)
        return (person, row), (person, row)

    def _planes(self, index: int, row: int, *, weighted: bool = False) -> torch.Tensor:
        """detail and mask, and where ``weighted`` the training weight, as (4 or 5, T, T) float32."""
        faces = self.sets[index]
        planes = [faces.detail[row].float(), faces.mask[row][None].float() / 255]
        if weighted:
            planes.append(faces.weight[row][None].float() / 32)
        return torch.cat(planes)

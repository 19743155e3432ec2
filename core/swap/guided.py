"""The guides of stored faces, as somebody else would perform them."""

from __future__ import annotations

import torch
from torch import Tensor

from doublure.core.swap.faceset import Faceset
from doublure.core.swap.guide import CHANNELS, drawn
from doublure.core.swap.marks import Marks, acted
from doublure.core.swap.network import NetworkShape


def guide_of(faces: Faceset, rows: Tensor, asked: Faceset) -> Tensor:
    """(N, CHANNELS, core / 2, core / 2) of some rows on the face of whom ``asked`` shows, nothing random; zero where
    the landmarks of either are not known."""
    side = NetworkShape(size=faces.size).guide_side
    if faces.marks is None or asked.marks is None:
        return torch.zeros(len(rows), CHANNELS, side, side)
    own = faces.marks.to(rows.device)
    some = Marks(own.local[rows], own.turn[rows], own.gaze[rows], own.gaps[rows], own.rest)
    return drawn(acted(some, asked.marks.rest.to(rows.device)), side)

"""What training is judged by: detail on frames trained on and on frames kept away, and the detector's verdict."""

from __future__ import annotations

from collections.abc import Sequence as Series

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from torch import Generator, Tensor

from doublure.core.swap.augment import unmoved
from doublure.core.swap.detector import STEPS, Verdict, detect_swaps
from doublure.core.swap.faceset import Faceset
from doublure.core.swap.guided import guide_of
from doublure.core.swap.losses import detail_db
from doublure.core.swap.network import SwapNetwork
from doublure.core.swap.same_path import same_path

MOST = 48
"""Frames that a reconstruction is measured on."""
ASKED = 240
"""Faces a side that the detector sees at most."""


def reconstruction(network: SwapNetwork, sets: Series[Faceset]) -> dict[str, float]:
    """Reconstruction detail of the heroes in dB: ``trained`` on frames trained on, ``held_out`` on those kept away."""
    found: dict[str, list[float]] = {"trained": [], "held_out": []}
    for index, faces in enumerate(sets):
        if faces.role != "hero":
            continue
        for name, rows in (("trained", ~faces.held_out), ("held_out", faces.held_out)):
            picked = _spread(torch.from_numpy(rows.nonzero()[0]), MOST)
            if len(picked):
                detail, mask, guide = _faces(faces, picked, faces)
                found[name].append(detail_db(_asked(network, detail, mask, guide, index)[0], detail, mask))
    return {name: sum(values) / len(values) for name, values in found.items() if values}


def verdict(network: SwapNetwork, sets: Series[Faceset], *, seed: int = 0, steps: int = STEPS) -> Verdict:
    """Whether the drivers' faces, swapped for the first hero's, can be told from the hero's own.

    Both people do other things in other light, which alone would tell them apart. So each side keeps the frames whose
    performance, as the encoder tells it, has the nearest counterpart on the other side; then both go the same path.

    Raises:
        DoublureError: too few frames; see `detector.detect_swaps`.
    """
    hero = next(i for i, faces in enumerate(sets) if faces.role == "hero")
    drivers = [i for i, faces in enumerate(sets) if faces.role == "driver"]
    own = _all(sets[hero], sets[hero])
    parts = [_all(sets[i], sets[hero]) for i in drivers]
    detail, mask, guide = (torch.cat([part[i] for part in parts]) for i in range(3))
    swapped, performed = _asked(network, detail, mask, guide, hero)
    _, shown = _asked(network, *own, hero)
    real_rows, swapped_rows = counterparts(shown.numpy(), performed.numpy())
    grain = [Generator().manual_seed(2 * seed + side) for side in (0, 1)]
    return detect_swaps(
        same_path(own[0][real_rows], grain[0]),
        same_path(swapped[swapped_rows], grain[1]),
        seed=seed,
        steps=steps,
    )


def counterparts(a: np.ndarray, b: np.ndarray) -> tuple[Tensor, Tensor]:
    """The rows of (N, K) and of (M, K) that pair up best, min(N, M) of each, each side in its own order.

    Least sum of distances (Kuhn 1955), every number scaled by its spread.
    """
    spread = np.maximum(np.concatenate([a, b]).std(0), 1e-6)
    a, b = a / spread, b / spread
    square = (a**2).sum(1)[:, None] + (b**2).sum(1)[None, :] - 2 * a @ b.T
    left, right = linear_sum_assignment(np.sqrt(np.maximum(square, 0)))
    return torch.from_numpy(np.sort(left)), torch.from_numpy(np.sort(right))


def _all(faces: Faceset, asked: Faceset) -> tuple[Tensor, Tensor, Tensor]:
    return _faces(faces, _spread(torch.arange(len(faces)), ASKED), asked)


def _spread(rows: Tensor, most: int) -> Tensor:
    """At most so many of the rows, evenly over time."""
    return rows[:: max(1, -(-len(rows) // most))]


def _faces(faces: Faceset, rows: Tensor, asked: Faceset) -> tuple[Tensor, Tensor, Tensor]:
    """(detail (N, 3, S, S), mask (N, 1, S, S), guide of somebody else's face) of some rows, nothing random."""
    detail = unmoved(faces.detail[rows].float(), faces.size)
    mask = unmoved(faces.mask[rows][:, None].float() / 255, faces.size)
    return detail, mask, guide_of(faces, rows, asked)


@torch.inference_mode()
def _asked(
    network: SwapNetwork, detail: Tensor, mask: Tensor, guide: Tensor, person: int
) -> tuple[Tensor, Tensor]:
    """(detail as that person's, what the encoder keeps (N, bottleneck))."""
    network.eval()
    device = next(network.parameters()).device
    out, kept = [], []
    for part, own, lines in zip(detail.split(32), mask.split(32), guide.split(32), strict=True):
        shown = (part * own).to(device)
        code = network.code(torch.full((len(part),), person, device=device))
        out.append(network(shown, code, lines.to(device))[0].cpu())
        kept.append(network.performance(shown).cpu())
    return torch.cat(out), torch.cat(kept)

"""A picture of how far training is: what the network makes of frames it never trained on."""

from __future__ import annotations

from collections.abc import Sequence as Series
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from doublure.core.atomic import atomic_file
from doublure.core.swap.augment import unmoved
from doublure.core.swap.faceset import Faceset
from doublure.core.swap.guided import guide_of
from doublure.core.swap.network import SwapNetwork

COLUMNS = 8


def _picture(detail: Tensor) -> np.ndarray:
    """Detail (N, 3, S, S) as one row of grey-lit faces, (S, N * S, 3) uint8; ACEScct is display-like enough."""
    shown = ((detail + 0.42) * 255).clamp(0, 255).to(torch.uint8)
    return torch.cat(list(shown.permute(0, 2, 3, 1)), dim=1).numpy()


@torch.inference_mode()
def preview_sheet(network: SwapNetwork, sets: Series[Faceset]) -> np.ndarray:
    """Rows of light-separated held-out faces, RGB uint8.

    For the first hero: theirs, reconstructed. For every other driver or, lacking one, the first of the cast: theirs,
    then with the hero's identity.
    """
    network.eval()
    hero = next((i for i, s in enumerate(sets) if s.role == "hero"), 0)
    drivers = [i for i, s in enumerate(sets) if s.role == "driver"]
    drivers += [i for i, s in enumerate(sets) if s.role == "cast"][:2]
    rows = []
    for index in (hero, *drivers):
        faces = sets[index]
        held = np.flatnonzero(faces.held_out)
        held = held if len(held) else np.arange(len(faces))
        picked = torch.from_numpy(held[np.linspace(0, len(held) - 1, COLUMNS).astype(int)])
        detail = unmoved(faces.detail[picked].float(), faces.size)
        mask = unmoved(faces.mask[picked][:, None].float() / 255, faces.size)
        device = next(network.parameters()).device
        code = network.code(torch.full((COLUMNS,), hero, device=device))
        guide = guide_of(faces, picked, sets[hero]).to(device)
        swapped, matte = network((detail * mask).to(device), code, guide)
        rows += [_picture(detail), _picture((swapped * torch.sigmoid(matte)).cpu())]
    return np.concatenate(rows)


def write_preview(path: Path, network: SwapNetwork, sets: Series[Faceset]) -> None:
    """Writes `preview_sheet` as PNG."""
    sheet = preview_sheet(network, sets)
    with atomic_file(path) as temporary:
        temporary.write_bytes(cv2.imencode(".png", sheet[..., ::-1])[1].tobytes())

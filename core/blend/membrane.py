"""Seam correction: a smooth gain field that makes the face meet the plate along the matte's edge.

The field is a membrane stretched over the matte in log2 light (Poisson image editing, Pérez et al. 2003,
restated as a gain; solved in log so that one highlight on the edge does not bleed into the whole face).
"""

from __future__ import annotations

import cv2
import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as spl
import torch

from doublure.core.blend.filters import gaussian
from doublure.core.blend.log import log_offset, luminance, stops
from doublure.core.blend.matte import FAR, distance_inside
from doublure.core.cancel import check

_UNKNOWNS = 7000
_RELAX = 6
_HIGHLIGHT_STOPS = 1.5
_ODD_STOPS = 1.0
"""A difference this far from the edge's usual one begins to be doubted."""
_PRIOR = 0.03
"""Weight of the edge's usual difference, which fills where everything is doubted."""


def face_size(matte: torch.Tensor) -> float:
    """Diameter in pixels of the disc that has the matte's area."""
    return 2.0 * float(np.sqrt(matte.numpy().sum(dtype=np.float64) / np.pi))


def _edge_difference(
    plate: torch.Tensor, face: torch.Tensor, matte: torch.Tensor, depth: torch.Tensor, size: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """log2(plate / face) along the edge (3, H, W), averaged along it, and where it is known (H, W)."""
    ring = torch.exp(-((depth / max(0.03 * size, 2.0)) ** 2)) * (matte > 0)
    check()
    offset = log_offset(plate, ring)
    plate, face = gaussian(plate, 1.0), gaussian(face, 1.0)
    check()
    difference = stops(plate, offset) - stops(face, offset)
    check()
    level = torch.maximum(stops(luminance(plate), offset), stops(luminance(face), offset))
    check()
    usual = level[ring > 0.3].median()
    check()
    weight = ring / (1.0 + ((level - usual).clamp_min(0.0) / _HIGHLIGHT_STOPS) ** 4)
    check()
    common = difference[:, ring > 0.3].median(1).values[:, None, None]
    # Hair against skin, or a collar, is no difference of light.
    odd = (difference - common).abs().mean(0) / _ODD_STOPS
    weight = weight / (1.0 + odd**6)
    sigma = max(0.04 * size, 1.5)
    prior = _PRIOR * gaussian(ring, sigma)

    def average(weight: torch.Tensor) -> torch.Tensor:
        total = gaussian(weight, sigma) + prior
        return (gaussian(difference * weight, sigma) + prior * common) / total.clamp_min(1e-12)

    mean = average(weight)
    for _ in range(2):
        check()
        miss = (difference - mean).abs().mean(0)
        spread = 1.4826 * miss[ring > 0.3].median() + 0.02
        mean = average(weight / (1.0 + (miss / (2.0 * spread)) ** 2))
    return mean, prior > 1e-6 * _PRIOR


def solve_membrane(values: np.ndarray, fixed: np.ndarray, inside: np.ndarray, stiffness: float) -> np.ndarray:
    """Solve ``laplacian(u) = stiffness * u`` on ``inside`` with ``u = values`` on ``fixed``, exactly.

    Args:
        values: float64 (C, H, W), read where ``fixed``.
        fixed, inside: bool (H, W); pixels that are neither are walls across which nothing flows.
        stiffness: per pixel squared, 0 for the pure membrane.

    Returns:
        (C, H, W): the values on ``fixed``, the solution on ``inside``, 0 elsewhere. A part of ``inside``
        that touches nothing fixed is 0.
    """
    out = np.where(fixed, values, 0.0)
    rows, columns = np.nonzero(inside & ~fixed)
    count = len(rows)
    if count == 0:
        return out
    index = np.full((fixed.shape[0] + 2, fixed.shape[1] + 2), -1, np.int64)
    index[rows + 1, columns + 1] = np.arange(count)
    known = np.pad(fixed, 1)
    padded = np.pad(out, ((0, 0), (1, 1), (1, 1)))
    # The tiny extra stiffness keeps a part that touches nothing fixed solvable, at 0.
    diagonal = np.full(count, stiffness + 1e-9)
    right = np.zeros((count, len(values)))
    entries: list[tuple[np.ndarray, np.ndarray]] = []
    for dy, dx in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        y, x = rows + 1 + dy, columns + 1 + dx
        other, held = index[y, x], known[y, x]
        free = other >= 0
        diagonal += free | held
        entries.append((np.nonzero(free)[0], other[free]))
        right[held] += padded[:, y[held], x[held]].T
    pairs = [np.concatenate(side) for side in zip(*entries, strict=True)]
    matrix = sp.csc_matrix((np.full(len(pairs[0]), -1.0), pairs), shape=(count, count)) + sp.diags(diagonal)
    check()
    factor = spl.splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
    check()
    out[:, rows, columns] = factor.solve(right).T
    return out


def _relax(field: torch.Tensor, fixed: torch.Tensor, inside: torch.Tensor, stiffness: float) -> torch.Tensor:
    free = inside & ~fixed
    kernel = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32) / (4.0 + stiffness)
    for _ in range(_RELAX):
        check()
        moved = [cv2.filter2D(plane, -1, kernel, borderType=cv2.BORDER_REPLICATE) for plane in field.numpy()]
        field = torch.where(free, torch.from_numpy(np.stack(moved)), field)
    return field


def gain_field(
    plate: torch.Tensor, face: torch.Tensor, matte: torch.Tensor, leak: float, limit: float
) -> torch.Tensor:
    """The seam correction in stops.

    Args:
        plate, face: float32 (3, H, W) ACEScg, unclamped; the face unpremultiplied and extended.
        matte: (H, W), 0–1.
        leak: share of the face's size over which the correction dies away inwards; 1: it never does.
        limit: largest correction either way, in stops.

    Returns:
        (3, H, W) stops, to be applied as ``face * 2**field``; zeros if the matte has no edge in the picture.
    """
    depth = distance_inside(matte)
    edge = (depth > 0) & (depth < FAR / 2)
    if leak == 0 or limit == 0 or not bool(edge.any()):
        return torch.zeros_like(face)
    size = face_size(matte)
    check()
    values, known = _edge_difference(plate, face, matte, depth, size)
    reach = max(leak * size, 1.0)
    stiffness = (1.0 - leak) / reach**2
    inside = depth > 0
    fixed = ~inside | (depth <= 1.5)
    fixed &= known

    factor = 1
    while inside.sum() / factor**2 > _UNKNOWNS and factor < 16:
        factor *= 2
    height, width = matte.shape
    small = (max(-(-height // factor), 1), max(-(-width // factor), 1))

    def shrink(array: np.ndarray) -> np.ndarray:
        return cv2.resize(array.astype(np.float32), small[::-1], interpolation=cv2.INTER_AREA)

    check()
    share = shrink(fixed.numpy())
    coarse = np.stack([shrink(np.where(fixed, v, 0)) / np.maximum(share, 1e-6) for v in values.numpy()])
    solved = solve_membrane(
        coarse.astype(np.float64), share > 1e-3, shrink(inside.numpy()) > 0, stiffness * factor**2
    )
    field = np.stack(
        [cv2.resize(s.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR) for s in solved]
    )
    check()
    start = torch.where(fixed, values, torch.from_numpy(field))
    return _relax(start, fixed, inside, stiffness).clamp(-limit, limit)

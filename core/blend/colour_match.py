"""Bring the face's overall colour to the plate's, measured in log inside the matte."""

from __future__ import annotations

import numpy as np
import torch

from doublure.core.acescct import acescct_decode, acescct_encode
from doublure.core.blend.filters import gaussian
from doublure.core.blend.log import log_offset, luminance, stops
from doublure.core.cancel import check

GAIN_STOPS = 2.0
"""The gain of one channel never exceeds this either way: beyond it, the light is wrong, not the match."""
SPREAD = (0.67, 1.5)
"""Contrast of a principal axis of colour may change by no more than this."""
_PLATE_BLUR = 1.0
_SAMPLES = 40_000


def _weighted_median(values: np.ndarray, weight: np.ndarray) -> float:
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weight[order], dtype=np.float64)
    return float(values[order][np.searchsorted(total, 0.5 * total[-1])])


def _robust_weight(plate: torch.Tensor, face: torch.Tensor, matte: torch.Tensor) -> np.ndarray:
    """Matte weight lessened where either picture is unusually bright or dark."""
    offset = log_offset(plate, matte)
    weight = matte.clone()
    for image in (plate, face):
        check()
        level = stops(luminance(image), offset)
        inside = level[matte > 0.5 * matte.max()]
        centre = inside.median()
        spread = 1.4826 * (inside - centre).abs().median() + 0.1
        weight = weight / (1.0 + ((level - centre) / (2.0 * spread)) ** 2)
    return weight.numpy()


def gain_of(plate: torch.Tensor, face: torch.Tensor, matte: torch.Tensor) -> torch.Tensor:
    """Gains (3,) that bring the face to the plate inside the matte: weighted medians of the log difference.

    Args:
        plate, face: float32 (3, H, W) ACEScg.
        matte: (H, W) 0–1, not all 0.
    """
    step = max(int(np.sqrt(matte.numel() / _SAMPLES)), 1)
    plate, face, matte = plate[:, ::step, ::step], face[:, ::step, ::step], matte[::step, ::step]
    weight = _robust_weight(plate, face, matte).ravel()
    offset = log_offset(plate, matte)
    difference = stops(plate, offset) - stops(face, offset)
    middle = []
    for plane in difference:
        check()
        middle.append(_weighted_median(plane.numpy().ravel(), weight))
    return torch.tensor(middle, dtype=torch.float32).clamp(-GAIN_STOPS, GAIN_STOPS).exp2()


def _moments(image: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    share = (weight / weight.sum(dtype=np.float64)).astype(np.float64)
    mean = np.einsum("cn,n->c", image, share)
    centred = image - mean[:, None]
    return mean, np.einsum("cn,dn,n->cd", centred, centred, share)


def _root(matrix: np.ndarray, power: float) -> np.ndarray:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.maximum(values, 1e-8) ** power) @ vectors.T


def monge_kantorovich(face: np.ndarray, plate: np.ndarray) -> np.ndarray:
    """The linear map (3, 3) that takes covariance ``face`` to ``plate`` and moves colours least.

    Pitié and Kokaram, The linear Monge-Kantorovitch linear colour mapping, CVMP 2007; its eigenvalues
    are kept within SPREAD.
    """
    half, inverse = _root(face, 0.5), _root(face, -0.5)
    values, vectors = np.linalg.eigh(inverse @ _root(half @ plate @ half, 0.5) @ inverse)
    return (vectors * np.clip(values, *SPREAD)) @ vectors.T


def _match_full(plate: torch.Tensor, face: torch.Tensor, matte: torch.Tensor, amount: float) -> torch.Tensor:
    weight = _robust_weight(plate, face, matte).ravel()
    check()
    encoded = acescct_encode(face)
    check()
    source = encoded.numpy().reshape(3, -1).astype(np.float64)
    target = acescct_encode(plate).numpy().reshape(3, -1).astype(np.float64)
    check()
    mean, spread = _moments(source, weight)
    check()
    goal, goal_spread = _moments(target, weight)
    check()
    change = monge_kantorovich(spread, goal_spread) - np.eye(3)
    # Beyond three deviations the correction stays what it is there: a highlight gets a gain, not a gamma.
    reach = 3.0 * np.sqrt(np.diag(spread))[:, None]
    away = np.clip(source - mean[:, None], -reach, reach)
    check()
    shift = np.einsum("cd,dn->cn", change, away) + (goal - mean)[:, None]
    check()
    moved = encoded.double() + torch.from_numpy(amount * shift).reshape(face.shape)
    check()
    # In double, because the last bit of torch.exp2 depends on how many threads share the work.
    planes = []
    for plane in moved:
        check()
        planes.append(acescct_decode(plane).float())
    return torch.stack(planes)


def match_colour(
    plate: torch.Tensor, face: torch.Tensor, matte: torch.Tensor, mode: str, amount: float
) -> torch.Tensor:
    """The face with the plate's overall colour.

    Args:
        plate, face: float32 (3, H, W) ACEScg, unclamped; the face unpremultiplied.
        matte: (H, W) 0–1, where both are looked at.
        mode: ``off``, ``gain`` (one gain per channel) or ``full`` (mean and covariance in ACEScct).
        amount: 0–1.

    Returns:
        (3, H, W), unclamped; ``face`` itself when off.
    """
    if mode == "off" or amount == 0:
        return face
    smooth = gaussian(plate, _PLATE_BLUR)
    if mode == "gain":
        return face * (gain_of(smooth, face, matte) ** amount)[:, None, None]
    return _match_full(smooth, face, matte, amount)

"""Light on skin as a function of where the skin looks: irradiance in spherical harmonics up to order 3."""

from __future__ import annotations

import numpy as np

from doublure.core.cancel import check

TERMS = {0: 1, 1: 4, 2: 9, 3: 16}
"""Number of functions up to each order."""
_ROUNDS = 8
_RIDGE = 1e-3


def basis(normals: np.ndarray, order: int = 3) -> np.ndarray:
    """Real spherical harmonics (…, terms), unnormalised, of unit ``normals`` (…, 3).

    Ramamoorthi and Hanrahan 2001 show that order 2 holds 98 % of a Lambertian surface's irradiance; order 3,
    which a Lambertian surface cannot have, takes up some of the shadows.
    """
    x, y, z = normals[..., 0], normals[..., 1], normals[..., 2]
    one = np.ones_like(x)
    rows = [one, x, y, z, x * y, y * z, 3 * z * z - 1, x * z, x * x - y * y]
    rows += [y * (3 * x * x - y * y), x * y * z, y * (5 * z * z - 1), z * (5 * z * z - 3)]
    rows += [x * (5 * z * z - 1), z * (x * x - y * y), x * (x * x - 3 * y * y)]
    return np.stack(rows[: TERMS[order]], -1)


def fit_irradiance(pixels: np.ndarray, normals: np.ndarray, order: int = 3) -> np.ndarray:
    """The light that best explains skin, robustly: albedo times irradiance, smooth in the normal.

    Iteratively reweighted least squares on residuals relative to the light itself, as skin's texture is a
    share of the light; moles, glints and hair lose their weight.

    Args:
        pixels: (N, C) scene-linear, any range.
        normals: (N, 3), unit.

    Returns:
        float64 (terms, C).
    """
    b, t = basis(normals.astype(np.float64), order), pixels.astype(np.float64)
    usual = np.maximum(np.median(np.abs(t), axis=0), 1e-9)
    # Coarse normals and the skin's own pattern mislead the high orders most.
    degrees = np.concatenate([np.full(2 * k + 1, float(k)) for k in range(order + 1)])
    # The first round has no estimate of the light to be relative to.
    weight = np.ones_like(t)
    for _ in range(_ROUNDS):
        check()
        out = np.empty((b.shape[1], t.shape[1]))
        for c in range(t.shape[1]):
            w = weight[:, c] / weight[:, c].sum()
            normal = np.einsum("n,ni,nj->ij", w, b, b)
            right = np.einsum("n,ni,n->i", w, b, t[:, c])
            ridge = _RIDGE * np.trace(normal) / len(normal) * degrees**2
            out[:, c] = np.linalg.solve(normal + np.diag(ridge), right)
        light = np.maximum(np.einsum("nk,kc->nc", b, out), 0.1 * usual)
        miss = (np.einsum("nk,kc->nc", b, out) - t) / light
        size = np.abs(miss).mean(1, keepdims=True)
        spread = np.median(size) + 1e-6
        weight = (usual / light) ** 2 / (1.0 + (size / (1.5 * spread)) ** 2)
    return out


def evaluate(coefficients: np.ndarray, normals: np.ndarray, floor: float) -> np.ndarray:
    """Irradiance times albedo (…, C) for ``normals`` (N, 3), at least ``floor`` times its median."""
    order = {terms: order for order, terms in TERMS.items()}[len(coefficients)]
    light = np.einsum("nk,kc->nc", basis(normals.astype(np.float64), order), coefficients)
    return np.maximum(light, np.maximum(floor * np.median(light, axis=0), 1e-9))

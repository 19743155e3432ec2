"""Shape the matte of the comp from the face's alpha: erode, feather, fade, occlude."""

from __future__ import annotations

import cv2
import numpy as np
import torch

from doublure.core.blend.filters import gaussian
from doublure.core.blend.settings import BlendSettings
from doublure.core.cancel import check

SUPPORT = 1.0 / 512.0
"""Coverage below which a pixel counts as outside when distances are measured."""
CORE = 0.98
"""Share of the highest coverage from which a pixel counts as wholly inside."""
FAR = 1e6


def _distance(inside: np.ndarray) -> np.ndarray:
    """Pixels from every pixel of (H, W) uint8 ``inside`` to the nearest 0, float32, the same bits every time."""
    rough = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # OpenCV's last bit depends on where in memory its result lies. The square of a distance is a whole number.
    return np.sqrt(np.rint(np.square(rough, dtype=np.float64))).astype(np.float32)


def _distance_to(target: np.ndarray) -> np.ndarray:
    """Pixels from every pixel to the nearest one where ``target``; FAR where there is none."""
    if not target.any():
        return np.full(target.shape, FAR, np.float32)
    return _distance((~target).astype(np.uint8))


def distance_inside(alpha: torch.Tensor) -> torch.Tensor:
    """Pixels from each pixel's centre to the edge of (H, W) ``alpha``, to a fraction of a pixel.

    Exactly 0 outside, at least 0.01 inside, FAR if there is no outside. The picture's border is no edge: a
    face cut by the frame is not faded there.
    """
    field = alpha.numpy()
    inside = (field > SUPPORT).astype(np.uint8)
    if inside.all():
        return torch.full_like(alpha, FAR)
    distance = _distance(inside)
    check()
    # The edge lies past the nearest outside pixel by what its 3×3 neighbourhood's coverage leaves open.
    _, labels = cv2.distanceTransformWithLabels(
        inside, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    check()
    coverage = cv2.blur(field, (3, 3), borderType=cv2.BORDER_REPLICATE)
    offset = np.zeros(int(labels.max()) + 1, np.float32)
    outside = inside == 0
    offset[labels[outside]] = np.clip(1.5 - 3.0 * coverage[outside], 0.5, 1.5)
    return torch.from_numpy(np.where(outside, 0.0, np.maximum(distance - offset[labels], 0.01)))


def _shift_edge(alpha: torch.Tensor, inwards: float) -> torch.Tensor:
    """``alpha`` with its edge profile, hard or soft, moved along the normals by ``inwards`` pixels."""
    field = alpha.numpy()
    target = field <= SUPPORT if inwards > 0 else field >= CORE * field.max()
    if not target.any():
        return alpha
    distance = _distance_to(target)
    check()
    # The normal is the gradient of the distance, smoothed because the nearest pixel jumps in whole pixels.
    smooth = cv2.GaussianBlur(distance, (0, 0), 1.0, borderType=cv2.BORDER_REPLICATE)
    dy, dx = np.gradient(smooth) if min(field.shape) > 1 else (np.zeros_like(field), np.zeros_like(field))
    step = np.minimum(distance, abs(inwards)) / np.maximum(np.hypot(dx, dy), 1e-6)
    check()
    y, x = np.mgrid[: field.shape[0], : field.shape[1]].astype(np.float32)
    moved = cv2.remap(
        field,
        (x - dx * step).astype(np.float32),
        (y - dy * step).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    if inwards > 0:
        # Deep inside a thin shape the normals cancel out and nothing moves: the distance decides there.
        return torch.from_numpy(np.where(distance <= inwards, 0.0, np.minimum(moved, field)))
    return torch.from_numpy(np.maximum(moved, field))


def _smoothstep(t: torch.Tensor) -> torch.Tensor:
    t = t.clamp(0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def _bounds(coverage: torch.Tensor) -> tuple[float, float]:
    """First and last coordinate of a profile (N,), to a fraction of a pixel, so that fades do not jump."""
    inside = torch.nonzero(coverage > SUPPORT).flatten()
    first, last = int(inside[0]), int(inside[-1])
    return first + 1.0 - float(coverage[first].clamp_max(1.0)), last + float(coverage[last].clamp_max(1.0))


def _fade(coverage: torch.Tensor, low: float, high: float) -> torch.Tensor:
    start, end = _bounds(coverage)
    centre = torch.arange(coverage.numel(), dtype=torch.float32) + 0.5
    size = max(end - start, 1e-6)
    out = torch.ones_like(centre)
    for share, distance in ((low, centre - start), (high, end - centre)):
        if share > 0:
            out = out * _smoothstep(distance / (share * size))
    return out


def shape_matte(
    alpha: torch.Tensor, settings: BlendSettings, occlusion: torch.Tensor | None = None
) -> torch.Tensor:
    """The coverage with which the face replaces the plate.

    Args:
        alpha: float32 (H, W), the face's coverage, 0–1 (values beyond are cut to it: coverage, not light).
        settings: ``erode``, ``feather``, ``fade_*`` are used.
        occlusion: float32 (H, W), 1 where something stands in front of the face.

    Returns:
        (H, W), 0–1: exactly 0 outside the (eroded) alpha; with every setting 0, ``alpha`` itself.
    """
    matte = alpha.clamp(0.0, 1.0)
    if settings.erode != 0:
        matte = _shift_edge(matte, settings.erode)
    if not bool((matte > SUPPORT).any()):
        return torch.zeros_like(matte)
    check()
    if settings.feather > 0:
        # Distances step in whole pixels along a slanted edge; a small blur takes the steps out.
        depth = gaussian(distance_inside(matte).clamp_max(settings.feather + 4.0), 1.0)
        matte = matte * _smoothstep(depth / settings.feather)
    sides = (settings.fade_top, settings.fade_bottom, settings.fade_left, settings.fade_right)
    if any(sides) and bool((matte > SUPPORT).any()):
        rows, columns = matte.amax(1), matte.amax(0)
        matte = matte * _fade(rows, *sides[:2])[:, None] * _fade(columns, *sides[2:])[None]
    if occlusion is not None:
        matte = matte * (1.0 - occlusion.clamp(0.0, 1.0))
    return matte

"""Can the edge of the face be seen: steps across the matte's edge against what lies beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import torch
from scipy import ndimage

from doublure.core.color import acescct_encode
from doublure.core.errors import DoublureError
from doublure.core.measure.grain import Shot, as_shot
from doublure.core.measure.masked_blur import gaussian_blur
from doublure.core.measure.matte import SOLID, check_frame, check_shot, face_width

VISIBLE = 0.001
"""ACEScct units (1.2 % of light): steps below this are not seen, and weigh as if they were this large."""
CALM = 0.003
"""ACEScct units: edges of the picture above this take weight from their part of the contour."""
REACH = 0.012
"""Half the length, in face widths, over which a step is taken (at least 1.5 pixels)."""
ALONG = 0.06
"""Gaussian sigma along the edge, in face widths: a seam runs along the edge, grain and texture do not."""
_RINGS = np.arange(-7, 6, 2)
_GRAIN_SIGMA = 0.8
_SMOOTH = 3.0
_SHORTEST = 12
_OCCLUDED = 0.02


class Edge(NamedTuple):
    """One closed contour: (N, 2) points x, y, continuous, and (N, 2) unit normals that point outwards."""

    points: np.ndarray
    normals: np.ndarray


def seam_excess(results: Shot, truths: Shot, mattes: Shot, occlusions: Shot | None = None) -> float:
    """The seam that the result has and the truth has not; 1 (the least) is none, no upper limit.

    As ``seam_ratio``, but of the steps of the result less those of the truth at the same places, so that an edge
    both have (a jaw before the backdrop, a hairline) is none; the weights are the truth's. A face pasted 5 %
    too bright reads about 4, 2 % about 1.8; other grain or other light on the whole picture at most 1.2; a blur
    or a shift of a pixel or two, which also change the edges that the truth has, 1.2 to 1.6. Frames are pooled.
    The exposure of each picture is its own: a gain of the whole picture changes nothing.

    Args:
        results, truths: (3, H, W), scene-linear, or lists of such frames. mattes, occlusions: (H, W), alike.

    Raises:
        DoublureError: see ``matte.check_shot`` and ``seam_ratio``.
    """
    got, wanted, shapes = as_shot(results), as_shot(truths), as_shot(mattes)
    check_shot(got, wanted, shapes)
    hidden = [None] * len(shapes) if occlusions is None else as_shot(occlusions)
    if len(hidden) != len(shapes):
        raise DoublureError(f"there are {len(hidden)} occlusion mattes for {len(shapes)} frames")
    edges = [contours(matte) for matte in shapes]
    result, truth = (
        np.concatenate([_steps(*frame) for frame in zip(pictures, shapes, hidden, edges, strict=True)], 1)
        for pictures in (got, wanted)
    )
    # Chance differences beside the edge may exceed those at it: that is no seam either.
    return max(1.0, _ratio(result - truth, _calm(truth)))


def seam_ratio(picture: torch.Tensor, matte: torch.Tensor, occlusion: torch.Tensor | None = None) -> float:
    """Mean over the matte's edge of the step across it over the steps beside it, of one picture; no upper limit.

    ``exp( sum(w log(step / beside)) / sum(w) )``, a geometric mean.

    At every pixel of the contour where the matte is 0.5, a step is ``sqrt(d^2 + v^2)``: d is the difference of
    two points 0.024 face widths apart (at least 3 pixels) along the contour's normal, of the ACEScct luma,
    exposed so that its median in the matte is 0.18 and low-passed against grain (sigma 0.8 pixels) and along the
    contour (sigma 0.06 widths); v = 0.001 is the least step that is seen. Steps are taken on six rings, one
    beside the other. A comp's edge lies on the matte's or a little inside it: the ratio is the largest of those
    of the four rings from 0.06 widths inside to 0.036 outside, each against the root mean square of the
    innermost and the outermost ring. ``w = 1 / (mean square of d over the six rings + 0.003^2)`` looks where the
    picture is calm. A flat picture reads exactly 1, one that knows nothing of the matte 1 to 1.5. A seam weaker
    than the picture's own edges there is lost among them: beside a truth use ``seam_excess``. Parts of the
    contour whose rings reach out of the picture or into the occlusion are left out.

    Args:
        picture: (3, H, W), scene-linear. matte: (H, W), 0..1. occlusion: (H, W), coverage of what stands before
            the face.

    Raises:
        DoublureError: see ``matte.check_frame``; or no part of the edge is left.
    """
    check_frame(picture, picture, matte)
    steps = _steps(picture, matte, occlusion, contours(matte))
    return _ratio(steps, _calm(steps))


def _ratio(steps: np.ndarray, weight: np.ndarray) -> float:
    """The largest, over the inner rings, of the weighted geometric means of step over steps beside."""
    squares = steps**2 + VISIBLE**2
    beside = (squares[0] + squares[-1]) / 2
    logs = (weight * np.log(squares[1:-1] / beside)).sum(1) / (2 * weight.sum())
    return float(np.exp(logs.max()))


def _calm(steps: np.ndarray) -> np.ndarray:
    """(N,) weights of the parts of an edge: high where a picture has no edges of its own."""
    if not steps.size:
        raise DoublureError(
            "no part of the matte's edge lies within the picture",
            remedy="leave the frame out: there is no seam to see",
        )
    # All rings count alike, or other grain would read as a seam.
    return 1 / ((steps**2).mean(0) + CALM**2)


def _steps(
    picture: torch.Tensor, matte: torch.Tensor, occlusion: torch.Tensor | None, edges: Sequence[Edge]
) -> np.ndarray:
    """(6, N) signed steps in ACEScct units, from inside to outside, at each usable pixel of the matte's contours."""
    if occlusion is not None and occlusion.shape != matte.shape:
        raise DoublureError(
            f"the occlusion is {tuple(occlusion.shape)} where the matte is {tuple(matte.shape)}"
        )
    luma = _exposed_luma(picture, matte)
    width = face_width(matte)
    half = max(1.5, REACH * width)
    offsets = _RINGS * half
    out = [np.zeros((len(_RINGS) - 1, 0))]
    for edge in edges:
        at = edge.points[None] + offsets[:, None, None] * edge.normals[None]
        usable = _within(at, matte.shape) & _clear(at, occlusion)
        along = _smoothed_along(_sample(luma, at), usable, ALONG * width)
        out.append(np.diff(along, axis=0)[:, usable])
    return np.concatenate(out, 1)


def contours(matte: torch.Tensor) -> list[Edge]:
    """The closed lines where (H, W) ``matte`` crosses 0.5, to a fraction of a pixel; those under 12 pixels long
    are left out. Lines that follow the border of the picture are part of them."""
    field = matte.numpy().astype(np.float32)
    # A ring of nothing round the picture closes the contours of a face that the frame cuts.
    padded = np.pad(field, 2)
    chains, _ = cv2.findContours((padded > SOLID).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    soft = torch.from_numpy(cv2.GaussianBlur(padded, (0, 0), 1.0))
    rise = np.stack(np.gradient(cv2.GaussianBlur(padded, (0, 0), 2.0))[::-1], -1)
    edges = []
    for chain in chains:
        if len(chain) < _SHORTEST:
            continue
        pixels = chain[:, 0].astype(np.float64)
        points = ndimage.gaussian_filter1d(pixels, _SMOOTH, axis=0, mode="wrap") + 0.5
        tangent = np.roll(points, -1, 0) - np.roll(points, 1, 0)
        normal = np.stack([tangent[:, 1], -tangent[:, 0]], 1)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
        # Outwards is where the matte falls: asked of the matte, as holes run the other way round.
        column, row = pixels.astype(int).T
        normal *= -np.sign((normal * rise[row, column]).sum() or 1.0)
        edges.append(Edge(_onto_half(soft.numpy(), points, normal) - 2.0, normal))
    return edges


def _onto_half(field: np.ndarray, points: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """Points moved along their normals, by 3 pixels at most, to where the field falls through 0.5."""
    steps = np.arange(-3, 3.01, 0.5)
    values = _sample(field, points[None] + steps[:, None, None] * normals[None])
    falls = (values[:-1] > SOLID) & (values[1:] <= SOLID)
    nearest = np.where(falls, np.abs(steps[:-1] + 0.25)[:, None], np.inf).argmin(0)
    column = np.arange(len(points))
    before, after = values[nearest, column], values[nearest + 1, column]
    share = (before - SOLID) / np.maximum(before - after, 1e-9)
    move = np.where(falls.any(0), steps[nearest] + 0.5 * share.clip(0, 1), 0.0)
    return points + move[:, None] * normals


def _exposed_luma(picture: torch.Tensor, matte: torch.Tensor) -> np.ndarray:
    luma = picture.mean(0)
    middle = float(luma[matte > SOLID].median())
    code = acescct_encode((luma * (0.18 / middle if middle > 0 else 1.0)).clamp_min(0))
    return gaussian_blur(code[None], _GRAIN_SIGMA)[0].numpy()


def _sample(field: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Bilinear values of (H, W) at (…, 2) continuous points (pixel centres at .5); edges are held."""
    x, y = (np.ascontiguousarray(at[..., k] - 0.5, np.float32) for k in range(2))
    return cv2.remap(field, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float64)


def _within(at: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    height, width = shape
    inside = (at >= 0.5).all(-1) & (at[..., 0] <= width - 0.5) & (at[..., 1] <= height - 0.5)
    return np.asarray(inside.all(0))


def _clear(at: np.ndarray, occlusion: torch.Tensor | None) -> np.ndarray:
    if occlusion is None:
        return np.ones(at.shape[1], bool)
    near = cv2.dilate(occlusion.numpy().astype(np.float32), np.ones((3, 3), np.uint8))
    return np.asarray((_sample(near, at) < _OCCLUDED).all(0))


def _smoothed_along(profiles: np.ndarray, usable: np.ndarray, sigma: float) -> np.ndarray:
    """(D, N) profiles low-passed along the closed contour, seeing only the usable part."""
    weight = ndimage.gaussian_filter1d(usable.astype(np.float64), sigma, mode="wrap")
    total = ndimage.gaussian_filter1d(np.where(usable, profiles, 0.0), sigma, axis=1, mode="wrap")
    return total / np.maximum(weight, 1e-9)

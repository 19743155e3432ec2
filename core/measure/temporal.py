"""Does the picture boil or flicker: the warp error of a result in excess of its reference's own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch.nn import functional

from doublure.core.color import acescct_encode
from doublure.core.errors import DoublureError
from doublure.core.measure.masked_blur import masked_blur
from doublure.core.measure.matte import SOLID, check_frame, face_crop, face_width, finite

UNFOLLOWED = 0.0286
"""ACEScct (half a stop): where the reference itself changes by more along the flow, the flow does not say where the
surface went (it was hidden, or a highlight slid), and the pixel is left out."""

SMOOTH_SIGMA = 0.05
"""Gaussian sigma over the width of the matte: far coarser than the low-pass of ``log_bands``, because on a face of 110
pixels what doubled grain leaves there is more than a flicker of 5 %. Flicker passes whole, boiling of features too."""

_ROUND_TRIP = 1.0
_LEAST_SIGMA = 0.7
"""Pixels: so that a cubic's taps over the matte's edge find blurred values there."""


class PairErrors(NamedTuple):
    """Mean squares, ACEScct units, of the warp error of one pair of frames."""

    result: float
    reference: float


@dataclass(frozen=True)
class TemporalExcess:
    """``shot``: pooled over the pairs. ``pairs``: from each frame to the next, None where no pixel could be compared.

    Rms in ACEScct units (0.0571 is one stop); 0 is as steady as the reference.
    """

    shot: float
    pairs: tuple[float | None, ...]


def temporal_excess(
    results: Sequence[torch.Tensor],
    references: Sequence[torch.Tensor],
    mattes: Sequence[torch.Tensor],
    flows: Sequence[torch.Tensor | None],
    backward: Sequence[torch.Tensor | None] | None = None,
) -> TemporalExcess:
    """``sqrt(mean over pairs of max(0, e_result^2 - e_reference^2))`` with e the :func:`pair_errors` of a pair.

    What the reference does too (moving light, grain, flow that is not quite right) cancels: the reference against
    itself reads exactly 0, a gain that stays reads 0, a gain that jumps by 5 % from frame to frame 0.004. Grain
    of another seed reads below 0.001 on a face of 110 pixels, twice the grain 0.003; larger faces read less.

    Args:
        results, references: T pictures (3, H, W), scene-linear; the reference is the truth, or the plate.
        mattes: T times (H, W), 0..1.
        flows: T-1 times (2, H, W), pixels from each frame to the next in the reference; None leaves the pair out
            (frames that do not follow one another).
        backward: the same from each next frame back; where given, hidden pixels are found with it.

    Raises:
        DoublureError: counts or shapes differ, a matte is empty, fewer than two frames, no pair to compare; see
            ``matte.check_frame``.
    """
    count = len(results)
    if count < 2:
        raise DoublureError("one frame alone cannot flicker", remedy="give two consecutive frames or more")
    back = [None] * (count - 1) if backward is None else list(backward)
    if not (len(references) == len(mattes) == count and len(flows) == len(back) == count - 1):
        raise DoublureError(
            f"there are {count} results, {len(references)} references, {len(mattes)} mattes and {len(flows)} flows",
            remedy="give one of each per frame, and one flow less",
        )
    pairs = []
    for i, (flow, reverse) in enumerate(zip(flows, back, strict=True)):
        pairs.append(
            None
            if flow is None
            else pair_errors(results[i : i + 2], references[i : i + 2], mattes[i : i + 2], flow, reverse)
        )
    return pool(pairs)


def pair_errors(
    results: Sequence[torch.Tensor],
    references: Sequence[torch.Tensor],
    mattes: Sequence[torch.Tensor],
    flow: torch.Tensor,
    backward: torch.Tensor | None = None,
) -> PairErrors | None:
    """The warp errors of two consecutive frames, or None where no pixel is seen in both.

    Both frames of a picture are exposed by the factor that brings the median of the two together to 0.18,
    low-passed against grain (Gaussian, sigma 0.05 of the matte's width, at least 0.7 pixel) and encoded in
    ACEScct. The second is drawn back over the first along the flow (bicubic), and the mean square of the difference
    is taken where both mattes are above 0.5, the flow there and back ends within 1 pixel of its start (where
    ``backward`` is given), and the reference itself changes by less than half a stop in every channel.

    Args:
        results, references: the two pictures (3, H, W); mattes: theirs, (H, W). flow, backward: (2, H, W).

    Raises:
        DoublureError: a flow of another shape or not finite; see ``matte.check_frame``.
    """
    for result, reference, matte in zip(results, references, mattes, strict=True):
        check_frame(result, reference, matte)
    _check_flow(flow, mattes[0])
    if backward is not None:
        _check_flow(backward, mattes[0])
    if mattes[0].shape != mattes[1].shape:
        raise DoublureError("the two frames of a pair differ in size", remedy="measure frames of one size")
    rows, columns = face_crop(torch.maximum(mattes[0], mattes[1]))
    now, after = (matte[rows, columns] for matte in mattes)
    forth = flow[:, rows, columns]
    inside = (now > SOLID) & (_warp(after[None], forth, "bilinear")[0] > SOLID) & _lands_inside(forth)
    if backward is not None:
        there = forth + _warp(backward[:, rows, columns], forth, "bilinear")
        inside &= there.square().sum(0).sqrt() < _ROUND_TRIP
    errors = []
    for pair in (references, results):
        codes = _encode([picture[:, rows, columns] for picture in pair], (now, after))
        errors.append(_warp(codes[1], forth, "bicubic") - codes[0])
    reference, result = errors
    inside &= reference.abs().amax(0) < UNFOLLOWED
    if not bool(inside.any()):
        return None
    return PairErrors(_mean_square(result[:, inside]), _mean_square(reference[:, inside]))


def pool(pairs: Sequence[PairErrors | None]) -> TemporalExcess:
    """The measure of pairs whose errors are known.

    Raises:
        DoublureError: no pair at all could be compared.
    """
    squares = [None if pair is None else max(0.0, pair.result - pair.reference) for pair in pairs]
    known = [square for square in squares if square is not None]
    if not known:
        raise DoublureError(
            "no pixel of the face can be followed from a frame to the next",
            remedy="measure consecutive frames",
        )
    return TemporalExcess(
        math.sqrt(sum(known) / len(known)), tuple(None if one is None else math.sqrt(one) for one in squares)
    )


def _check_flow(flow: torch.Tensor, matte: torch.Tensor) -> None:
    if tuple(flow.shape) != (2, *matte.shape):
        raise DoublureError(
            f"the flow is {tuple(flow.shape)} where the matte wants {(2, *matte.shape)}",
            remedy="measure frames of one size",
        )
    if not finite(flow):
        raise DoublureError(
            "the flow holds NaN or infinite values", remedy="write it again, 0 where it is unknown"
        )


def _encode(pair: Sequence[torch.Tensor], mattes: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    levels = torch.cat([p.mean(0)[m > SOLID] for p, m in zip(pair, mattes, strict=True)])
    middle = float(levels.median())
    scale = 0.18 / middle if middle > 0 else 1.0
    sigma = max(_LEAST_SIGMA, SMOOTH_SIGMA * face_width(mattes[0]))
    return [
        acescct_encode(masked_blur(p * scale, m, sigma).clamp_min(0))
        for p, m in zip(pair, mattes, strict=True)
    ]


def _target(flow: torch.Tensor) -> torch.Tensor:
    """(H, W, 2): the continuous coordinates that the pixel centres of the start move to."""
    height, width = flow.shape[1:]
    y, x = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")
    return torch.stack([x, y], -1) + flow.permute(1, 2, 0)


def _lands_inside(flow: torch.Tensor) -> torch.Tensor:
    at, size = _target(flow), torch.tensor([flow.shape[2], flow.shape[1]])
    return ((at >= 0.5) & (at <= size - 0.5)).all(-1)


def _warp(planes: torch.Tensor, flow: torch.Tensor, mode: str) -> torch.Tensor:
    """(C, H, W) fetched from where the flow points; edges are held."""
    grid = _target(flow) * (2 / torch.tensor([flow.shape[2], flow.shape[1]])) - 1
    return functional.grid_sample(
        planes[None].float(), grid[None].float(), mode=mode, padding_mode="border", align_corners=False
    )[0]


def _mean_square(values: torch.Tensor) -> float:
    return float(values.double().square().mean())

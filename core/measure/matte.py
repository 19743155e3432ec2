"""The matte as a ruler: where the face is, how wide, and which pixels count."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from doublure.core.errors import DoublureError
from doublure.core.window import Window

SOLID = 0.5
"""A pixel belongs to the face, for its width, where the matte is above this."""


def check_frame(
    result: torch.Tensor, truth: torch.Tensor, matte: torch.Tensor, number: int | None = None
) -> None:
    """Refuse what cannot be measured.

    Args:
        result, truth: (3, H, W). matte: (H, W), 0..1. number: frame number for the error sentence.

    Raises:
        DoublureError: on other shapes, values that are not finite, or a matte out of range or empty.
    """
    for name, picture in (("result", result), ("truth", truth)):
        if tuple(picture.shape) != (3, *matte.shape):
            raise DoublureError(
                f"the {name} is {tuple(picture.shape)} where the matte wants {(3, *matte.shape)}",
                frame=number,
                remedy="measure frames of one size",
            )
        if not finite(picture):
            raise DoublureError(
                f"the {name} holds NaN or infinite pixels", frame=number, remedy="render the frame again"
            )
    check_matte(matte, number)


def check_matte(matte: torch.Tensor, number: int | None = None) -> None:
    """Raise DoublureError unless (H, W) ``matte`` is finite, within 0..1, and above 0.5 somewhere."""
    if matte.ndim != 2:
        raise DoublureError(f"the matte is {tuple(matte.shape)}, not (height, width)", frame=number)
    if not finite(matte) or float(matte.min()) < -1e-3 or float(matte.max()) > 1 + 1e-3:
        raise DoublureError(
            "the matte has values outside 0 to 1", frame=number, remedy="write the truth's matte again"
        )
    if not bool((matte > SOLID).any()):
        raise DoublureError(
            "the matte is empty, so there is no face to measure",
            frame=number,
            remedy="leave the frame out, or write the truth's matte",
        )


def check_shot(
    results: Sequence[torch.Tensor],
    truths: Sequence[torch.Tensor],
    mattes: Sequence[torch.Tensor],
    numbers: Sequence[int] | None = None,
) -> None:
    """``check_frame`` on every frame; raises DoublureError too when the counts differ or are 0."""
    if not results or not len(results) == len(truths) == len(mattes):
        raise DoublureError(
            f"there are {len(results)} results, {len(truths)} truths and {len(mattes)} mattes",
            remedy="give one of each per frame, and at least one frame",
        )
    if numbers is not None and len(numbers) != len(results):
        raise DoublureError(f"there are {len(numbers)} frame numbers for {len(results)} frames")
    for i, (result, truth, matte) in enumerate(zip(results, truths, mattes, strict=True)):
        check_frame(result, truth, matte, None if numbers is None else numbers[i])


def bounds(matte: torch.Tensor, above: float = SOLID) -> Window:
    """The bounding box, in the matte's own pixels, of what is over ``above``; empty where there is none."""
    rows = torch.nonzero((matte > above).any(1)).flatten()
    columns = torch.nonzero((matte > above).any(0)).flatten()
    if len(rows) == 0:
        return Window(0, 0, 0, 0)
    return Window(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def face_width(matte: torch.Tensor) -> int:
    """Width in pixels of the box round the matte above 0.5: the unit of every size in these measures."""
    return bounds(matte).width


def centroid(matte: torch.Tensor) -> tuple[float, float]:
    """(x, y) of the matte's centre of mass; the centre of the first pixel is (0.5, 0.5)."""
    weight = matte.double()
    total = weight.sum()
    x = (weight.sum(0) * (torch.arange(matte.shape[1], dtype=torch.float64) + 0.5)).sum() / total
    y = (weight.sum(1) * (torch.arange(matte.shape[0], dtype=torch.float64) + 0.5)).sum() / total
    return float(x), float(y)


def finite(picture: torch.Tensor) -> bool:
    """Whether there is neither NaN nor infinity, any shape."""
    # numpy asks in one pass where torch takes four.
    return bool(np.isfinite(picture.numpy()).all())


def face_crop(matte: torch.Tensor, margin: float = 0.25) -> tuple[slice, slice]:
    """(rows, columns) of the matte's box grown by ``margin`` of its longer side, cut to the picture.

    The default margin keeps every pixel that the largest similarity of ``shot_fit`` can pull into the matte.
    """
    box = bounds(matte, above=1e-3)
    grown = box.grow(round(margin * max(box.width, box.height)))
    picture = Window.of_size(matte.shape[1], matte.shape[0])
    return grown.intersect(picture).slices(picture)

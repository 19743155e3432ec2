"""The faces of a shot drawn at one size about one centre, so that one affine map moves them all."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch.nn import functional

from doublure.core.measure.masked_blur import gaussian_blur
from doublure.core.measure.matte import bounds, centroid, face_width

_MARGIN = 0.12


class FaceCanvas:
    """Places every frame's face (N of them) on an h × w canvas where it is ``width`` pixels wide, or its own
    width where that is less; the matte's centroid lies at ``centre``.

    Attributes:
        weights: (N, h, w) the mattes there, eroded by a pixel so that no blur reaches past their edge.
    """

    def __init__(self, mattes: Sequence[torch.Tensor], width: int) -> None:
        self._widths = [face_width(matte) for matte in mattes]
        self._centres = [centroid(matte) for matte in mattes]
        self._width = min(width, max(self._widths))
        boxes = [bounds(matte) for matte in mattes]
        rulers = list(zip(boxes, self._centres, self._widths, strict=True))
        across = max(max(c[0] - b.x0, b.x1 - c[0]) / w for b, c, w in rulers) + _MARGIN
        down = max(max(c[1] - b.y0, b.y1 - c[1]) / w for b, c, w in rulers) + _MARGIN
        w, h = 2 * math.ceil(across * self._width), 2 * math.ceil(down * self._width)
        x = (torch.arange(w, dtype=torch.float32) + 0.5 - w / 2) / self._width
        y = (torch.arange(h, dtype=torch.float32) + 0.5 - h / 2) / self._width
        self._points = torch.stack(torch.meshgrid(x, y, indexing="xy"), -1)
        drawn = self.draw([matte[None] for matte in mattes])
        self.weights = -functional.max_pool2d(-drawn, 3, 1, 1)[:, 0].clamp(-1, 0)

    def draw(self, pictures: Sequence[torch.Tensor]) -> torch.Tensor:
        """(N, C, h, w) from N pictures (C, H, W), low-passed first where the canvas is smaller."""
        out = []
        for picture, centre, width in zip(pictures, self._centres, self._widths, strict=True):
            step = width / self._width
            soft = gaussian_blur(picture, 0.5 * step) if step > 1 else picture
            size = torch.tensor([picture.shape[2], picture.shape[1]])
            at = (torch.tensor(centre, dtype=torch.float32) + width * self._points) * (2 / size) - 1
            out.append(_sample(soft[None], at[None]))
        return torch.cat(out)

    def move(self, drawn: torch.Tensor, log_scale: float, turn: float, x: float, y: float) -> torch.Tensor:
        """``drawn`` (N, C, h, w) under the similarity: log scale, radians clockwise, shift in face widths."""
        if log_scale == turn == x == y == 0:
            return drawn
        shrink, cos, sin = math.exp(-log_scale), math.cos(turn), math.sin(turn)
        inverse = shrink * torch.tensor([[cos, sin], [-sin, cos]])
        at = (self._points - torch.tensor([x, y])) @ inverse.T
        size = torch.tensor([drawn.shape[3], drawn.shape[2]])
        grid = at * (2 * self._width / size)
        return _sample(drawn, grid.expand(len(drawn), -1, -1, -1))


def _sample(pictures: torch.Tensor, at: torch.Tensor) -> torch.Tensor:
    return functional.grid_sample(pictures, at, mode="bicubic", padding_mode="border", align_corners=False)

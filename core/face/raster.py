"""A mesh drawn into pixels: which triangle each pixel's centre sees, and what the surface carries there."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from doublure.core.cancel import check

_BATCH = 4_000_000
"""Candidate (triangle, pixel) pairs looked at in one go: bounds the memory."""


@dataclass(frozen=True)
class Raster:
    """What the pixel centres of a picture see of a mesh.

    Attributes:
        triangle: (H, W) int64 row of the nearest triangle, -1 where there is none.
        weights: (H, W, 3) float32, how much each of its corners counts, 0..1, summing to 1; 0 where there is none.
        depth: (H, W) float32 of the surface, in the unit of the corners' depth; infinite where there is none.
    """

    triangle: torch.Tensor
    weights: torch.Tensor
    depth: torch.Tensor

    @property
    def covered(self) -> torch.Tensor:
        """(H, W) bool."""
        return self.triangle >= 0

    def interpolate(self, values: torch.Tensor, triangles: torch.Tensor) -> torch.Tensor:
        """(C, H, W) float32 of ``values`` (V, C) at the corners ``triangles`` (T, 3); 0 where nothing is seen."""
        seen = self.covered
        corners = triangles.long()[self.triangle[seen]]
        out = values.new_zeros((*seen.shape, values.shape[1]), dtype=torch.float32)
        out[seen] = (values.float()[corners] * self.weights[seen].unsqueeze(-1)).sum(1)
        return out.permute(2, 0, 1).contiguous()


def rasterise(
    places: torch.Tensor,
    depth: torch.Tensor,
    triangles: torch.Tensor,
    height: int,
    width: int,
    *,
    perspective: bool = True,
    both_sides: bool = False,
) -> Raster:
    """Z-buffered rasterisation of a mesh; a pure function of its arguments, on their device.

    Args:
        places: (V, 2) where the vertices fall, in pixels of the picture; a pixel's centre is at +0.5, y runs down.
        depth: (V,) distance along the optical axis, smaller is nearer; above 0 where ``perspective``. A triangle
            with a corner that is not finite, or with perspective not in front of the camera, is left out.
        triangles: (T, 3) integer, clockwise in the picture where they face the camera.
        height, width: of the picture.
        perspective: interpolate as a pinhole camera sees it (linear in space: Heckbert and Moreton, "Interpolation
            for polygon texture mapping and shading", 1991) and not linearly over the picture.
        both_sides: draw triangles that face away too.

    A pixel belongs to a triangle that its centre lies in, edges included; of several the nearest counts, and of
    equally near ones the first. Off-picture parts are cut.
    """
    faces = triangles.long()
    p, z = places.double()[faces], depth.double()[faces]
    a, b, c = p.unbind(1)
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    sound = torch.isfinite(p).all(2).all(1) & torch.isfinite(z).all(1)
    if perspective:
        sound &= (z > 0).all(1)
    sound &= (area.abs() if both_sides else area) > 1e-12
    limits = torch.tensor([width, height], dtype=torch.float64, device=p.device)
    safe = torch.nan_to_num(p, nan=-1.0).clamp(min=torch.zeros_like(limits) - 1, max=limits + 1)
    low = torch.ceil(safe.amin(1) - 0.5).long().clamp(min=0)
    high = torch.minimum(torch.floor(safe.amax(1) - 0.5).long(), limits.long() - 1)
    extent = (high - low + 1).clamp(min=0)
    used = torch.nonzero(sound & (extent > 0).all(1)).flatten()
    nearest = torch.full((height * width,), torch.inf, dtype=torch.float64, device=p.device)
    owner = torch.full((height * width,), -1, dtype=torch.int64, device=p.device)
    weights = torch.zeros((height * width, 3), dtype=torch.float64, device=p.device)
    count = extent[used].prod(1)
    ends = torch.cumsum(count, 0)
    start = 0
    while start < len(used):
        check()
        before = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(torch.searchsorted(ends, before + _BATCH, right=True)))
        chosen, each = used[start:stop], count[start:stop]
        start = stop
        triangle = torch.repeat_interleave(chosen, each)
        first = torch.repeat_interleave(torch.cumsum(each, 0) - each, each)
        nth = torch.arange(len(triangle), device=p.device) - first
        column = low[triangle, 0] + nth % extent[triangle, 0]
        row = low[triangle, 1] + torch.div(nth, extent[triangle, 0], rounding_mode="floor")
        centre = torch.stack([column, row], 1) + 0.5
        share = _barycentric(centre, p[triangle], area[triangle])
        inside = (share >= -1e-9).all(1)
        share, triangle = share[inside].clamp(min=0), triangle[inside]
        place = (row * width + column)[inside]
        if perspective:
            share = share / z[triangle]
        share = share / share.sum(1, keepdim=True)
        near = (share * z[triangle]).sum(1)
        nearest.scatter_reduce_(0, place, near, "amin")
        front = torch.nonzero(near <= nearest[place]).flatten().flip(0)
        # Written backwards, so that of equally near triangles the first stays; an earlier batch's was nearer or first.
        front = front[(near[front] < _depth_of(owner, weights, z, place[front]))]
        owner[place[front]], weights[place[front]] = triangle[front], share[front]
    shape = (height, width)
    return Raster(owner.reshape(shape), weights.reshape(*shape, 3).float(), nearest.reshape(shape).float())


def _depth_of(
    owner: torch.Tensor, weights: torch.Tensor, z: torch.Tensor, place: torch.Tensor
) -> torch.Tensor:
    """Depth of what earlier batches left at these pixels, infinite where nothing."""
    here = owner[place]
    depth = (weights[place] * z[here.clamp(min=0)]).sum(1)
    return torch.where(here >= 0, depth, torch.inf)


def _barycentric(at: torch.Tensor, corners: torch.Tensor, area: torch.Tensor) -> torch.Tensor:
    """(N, 3) shares of triangles (N, 3, 2) of signed double area (N,) at places (N, 2)."""
    a, b, c = corners.unbind(1)

    def edge(p: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
        return (
            (q[:, 0] - p[:, 0]) * (at[:, 1] - p[:, 1]) - (at[:, 0] - p[:, 0]) * (q[:, 1] - p[:, 1])
        ) / area

    return torch.stack([edge(b, c), edge(c, a), edge(a, b)], 1)

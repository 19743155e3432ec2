"""The rasteriser against surfaces whose answer is known."""

import math

import pytest
import torch

from doublure.core.face.raster import rasterise

QUAD = torch.tensor([[0, 1, 2], [0, 2, 3]])


def _square(depths: list[float], side: float = 8.0) -> tuple[torch.Tensor, torch.Tensor]:
    corners = torch.tensor([[0.0, 0.0], [side, 0.0], [side, side], [0.0, side]])
    return corners, torch.tensor(depths)


def test_every_pixel_centre_inside_is_covered_once() -> None:
    places, depth = _square([5.0] * 4)
    drawn = rasterise(places, depth, QUAD, 8, 10)
    assert bool(drawn.covered[:, :8].all())
    assert not bool(drawn.covered[:, 8:].any())
    assert torch.allclose(drawn.weights[:, :8].sum(-1), torch.ones(8, 8))


def test_a_slanted_plane_is_linear_in_space_not_over_the_picture() -> None:
    places, depth = _square([2.0, 6.0, 6.0, 2.0])
    drawn = rasterise(places, depth, QUAD, 8, 8)
    # 1 / depth is what runs linearly over the picture.
    across = (torch.arange(8) + 0.5) / 8
    wanted = 1 / ((1 - across) / 2 + across / 6)
    assert torch.allclose(drawn.depth, wanted.expand(8, 8), atol=1e-5)
    flat = rasterise(places, depth, QUAD, 8, 8, perspective=False)
    assert torch.allclose(flat.depth[3], 2 + 4 * across, atol=1e-5)


def test_the_nearest_of_two_surfaces_is_seen() -> None:
    places, _ = _square([0.0] * 4)
    both = torch.cat([places, places])
    depth = torch.tensor([4.0] * 4 + [3.0] * 4)
    triangles = torch.cat([QUAD, QUAD + 4])
    assert bool((rasterise(both, depth, triangles, 8, 8).triangle >= 2).all())
    assert bool((rasterise(both, depth.flip(0), triangles, 8, 8).triangle < 2).all())


def test_a_sphere_has_its_analytic_normals() -> None:
    rings, sides, focal, distance = 40, 80, 400.0, 10.0
    polar = torch.linspace(0.01, math.pi - 0.01, rings).double()
    around = torch.arange(sides).double() * 2 * math.pi / sides
    p, a = torch.meshgrid(polar, around, indexing="ij")
    ball = torch.stack([p.sin() * a.cos(), p.cos(), p.sin() * a.sin()], -1).reshape(-1, 3)
    at = ball + torch.tensor([0.0, 0.0, distance])
    i = torch.arange(rings - 1)[:, None] * sides + torch.arange(sides)
    j = torch.arange(rings - 1)[:, None] * sides + (torch.arange(sides) + 1) % sides
    quads = torch.stack([i, j, j + sides, i, j + sides, i + sides], -1).reshape(-1, 3)
    places = focal * at[:, :2] / at[:, 2:] + 50
    drawn = rasterise(places, at[:, 2], quads, 100, 100, both_sides=True)
    normal = drawn.interpolate(ball.float(), quads)
    y, x = torch.meshgrid(torch.arange(100) + 0.5 - 50, torch.arange(100) + 0.5 - 50, indexing="ij")
    ray = torch.stack([x / focal, y / focal, torch.ones_like(x)]).double()
    ray = ray / ray.norm(dim=0)
    inside = distance**2 * ray[2] ** 2 - distance**2 + 1
    wanted = ray * (distance * ray[2] - inside.clamp_min(0).sqrt())
    wanted[2] -= distance
    seen = (inside > 0.05) & drawn.covered
    assert int(seen.sum()) > 3000
    assert float((normal.double() - wanted)[:, seen].abs().max()) < 0.02


def test_what_faces_away_or_lies_behind_the_camera_is_not_drawn() -> None:
    places, depth = _square([5.0] * 4)
    assert not bool(rasterise(places, depth, QUAD.flip(1), 8, 8).covered.any())
    assert bool(rasterise(places, depth, QUAD.flip(1), 8, 8, both_sides=True).covered.all())
    assert not bool(rasterise(places, -depth, QUAD, 8, 8).covered.any())


@pytest.mark.parametrize("odd", [math.nan, math.inf, 1e30])
def test_a_corner_that_is_nowhere_takes_its_triangles_with_it(odd: float) -> None:
    places, depth = _square([5.0] * 4)
    places[0, 0] = -odd
    drawn = rasterise(places, depth, torch.cat([QUAD, torch.tensor([[1, 2, 3]])]), 8, 8)
    assert bool(torch.isfinite(drawn.weights).all())
    assert bool(drawn.covered[6, 6])


def test_nothing_at_all_is_an_empty_picture() -> None:
    drawn = rasterise(torch.zeros(0, 2), torch.zeros(0), torch.zeros(0, 3, dtype=torch.int64), 4, 6)
    assert drawn.triangle.shape == (4, 6)
    assert not bool(drawn.covered.any())

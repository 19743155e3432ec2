from __future__ import annotations

import torch

from doublure.core.blend.edge import unpremultiply


def square() -> torch.Tensor:
    alpha = torch.zeros(40, 40)
    alpha[10:30, 10:30] = 1.0
    alpha[9, 10:30] = 0.3
    return alpha


def test_solid_pixels_are_kept_bit_for_bit():
    alpha = square()
    rgb = torch.rand(3, 40, 40) * 40 - 1
    out = unpremultiply(rgb * alpha, alpha)
    assert torch.equal(out[:, alpha == 1], rgb[:, alpha == 1])


def test_one_colour_stays_that_colour_everywhere():
    alpha = square()
    colour = torch.tensor([2.0, 0.5, -0.1])[:, None, None]
    out = unpremultiply(colour * alpha, alpha, extend=3.0)
    assert (out - colour).abs().max() < 1e-4


def test_a_contaminated_edge_is_replaced_from_inside():
    alpha = square()
    rgb = torch.full((3, 40, 40), 0.2) * alpha
    rgb[:, 10, 10:30] = 5.0
    dirty, clean = (unpremultiply(rgb, alpha, extend=e)[:, 10, 15:25] for e in (0.0, 2.0))
    assert dirty.min() == 5.0
    assert (clean - 0.2).abs().max() < 1e-3


def test_a_face_thinner_than_the_extension_keeps_its_colour():
    alpha = torch.zeros(20, 20)
    alpha[10, 5:15] = 1.0
    out = unpremultiply(torch.full((3, 20, 20), 0.5) * alpha, alpha, extend=5.0)
    assert (out - 0.5).abs().max() < 1e-4

from __future__ import annotations

import torch

from doublure.core.blend.light_wrap import light_wrap

MATTE = torch.zeros(80, 80)
MATTE[20:60, 20:60] = 1.0
FACE = torch.full((3, 80, 80), 0.2)


def test_brighter_surroundings_spill_over_the_edge_and_not_into_the_middle():
    out = light_wrap(torch.full((3, 80, 80), 4.0), FACE, MATTE, 0.5)
    assert float(out[0, 40, 20]) > 0.4
    assert float(out[0, 40, 40]) < 0.21


def test_darker_surroundings_change_nothing():
    assert torch.equal(light_wrap(torch.zeros(3, 80, 80), FACE, MATTE, 1.0), FACE)


def test_amount_0_returns_the_face_itself():
    assert light_wrap(FACE * 9, FACE, MATTE, 0.0) is FACE

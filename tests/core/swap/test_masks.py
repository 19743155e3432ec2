from __future__ import annotations

import numpy as np
import torch

from doublure.core.swap.masks import grown, loss_weight, reach


def test_a_grown_mask_reaches_as_far_on_every_side() -> None:
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., 30:34, 30:34] = 1
    wide = grown(mask)[0, 0] > 0
    rows = wide.any(1).nonzero()[:, 0]
    assert (int(rows[0]), int(rows[-1])) == (30 - reach(64), 33 + reach(64))
    assert torch.equal(wide, wide.T)


def test_growing_keeps_a_soft_edge_within_its_values() -> None:
    mask = torch.rand(1, 1, 32, 32, generator=torch.Generator().manual_seed(1))
    wide = grown(mask)
    assert (wide >= mask).all()
    assert wide.max() == mask.max()


def test_training_looks_where_the_face_is_known_to_be() -> None:
    points = np.random.default_rng(1).uniform(24, 40, (468, 2))
    cover = np.zeros((64, 64), np.float32)
    cover[8:56, 8:56] = 1
    hull, known = (loss_weight(points, 64, across=64, cover=each) for each in (None, cover))
    assert hull[10, 10] < 0.3
    assert known[10, 10] > 0.9
    assert known[1, 1] < 0.3

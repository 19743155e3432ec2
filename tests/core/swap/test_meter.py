from __future__ import annotations

import numpy as np
import torch

from doublure.core.swap.detector import FEWEST
from doublure.core.swap.meter import counterparts, reconstruction, verdict
from doublure.core.swap.network import NetworkShape, SwapNetwork
from doublure.core.swap.same_path import SIDE

from .conftest import make_faceset


def network(people: int = 2) -> SwapNetwork:
    torch.manual_seed(0)
    return SwapNetwork(NetworkShape(SIDE, 4, 16, people))


def test_counterparts_are_the_rows_that_are_alike() -> None:
    a = np.array([[0.0, 1.0], [5.0, 5.0], [9.0, -3.0], [2.0, 2.0]])
    left, right = counterparts(a, a[[3, 1]] + 0.01)
    assert left.tolist() == [1, 3]
    assert right.tolist() == [0, 1]


def test_each_side_keeps_its_own_order_of_time() -> None:
    r = np.random.default_rng(0)
    left, right = counterparts(r.normal(size=(9, 3)), r.normal(size=(6, 3)))
    assert (np.diff(left) > 0).all()
    assert (np.diff(right) > 0).all()
    assert len(left) == len(right) == 6


def test_an_untrained_network_is_told_at_once() -> None:
    sets = [
        make_faceset(n, r, seed=s, count=FEWEST, size=SIDE)
        for n, r, s in (("a", "hero", 1), ("b", "driver", 2))
    ]
    found = verdict(network(), sets, steps=50)
    assert found.accuracy > 0.95
    assert not found.undetected


def test_verdicts_of_one_seed_agree() -> None:
    sets = [
        make_faceset(n, r, seed=s, count=FEWEST, size=SIDE)
        for n, r, s in (("a", "hero", 1), ("b", "driver", 2))
    ]
    assert verdict(network(), sets, seed=4, steps=2) == verdict(network(), sets, seed=4, steps=2)


def test_reconstruction_is_told_for_frames_trained_on_and_for_others() -> None:
    sets = [make_faceset("a", "hero", seed=1, size=SIDE)]
    assert set(reconstruction(network(1), sets)) == {"trained", "held_out"}


def test_where_nothing_was_kept_away_nothing_is_told_of_it() -> None:
    from dataclasses import replace

    faces = make_faceset("a", "hero", seed=1, size=SIDE)
    everything = replace(faces, held_out=np.zeros(len(faces), bool))
    assert set(reconstruction(network(1), [everything])) == {"trained"}

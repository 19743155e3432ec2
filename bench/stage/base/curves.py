"""Seeded curves over unbounded time: the value at a time depends on the seed and the time alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np


def cell_generator(seed: int, stream: int, cell: int) -> np.random.Generator:
    """The random numbers that belong to one cell of time (any integer) of one stream of a seed."""
    return np.random.default_rng([seed, stream, 2 * cell if cell >= 0 else -2 * cell - 1])


def wander(seed: int, stream: int, time: float, spacing: float) -> float:
    """A smooth value in 0-1: a uniform cubic B-spline through random knots every `spacing` frames.

    Its second derivative is continuous and it never leaves 0-1.
    """
    at = time / spacing
    cell = int(np.floor(at))
    f = at - cell
    weights = np.array([(1 - f) ** 3, 3 * f**3 - 6 * f**2 + 4, -3 * f**3 + 3 * f**2 + 3 * f + 1, f**3])
    knots = np.array([cell_generator(seed, stream, cell + k).random() for k in (-1, 0, 1, 2)])
    return float(weights @ knots / 6)


def sway(seed: int, stream: int, time: float, spacing: float) -> float:
    """A smooth value around 0, about -1 to 1: two octaves of `wander`."""
    slow = wander(seed, stream, time, spacing) - 0.5
    quick = wander(seed, stream + 1000, time, spacing / 2.7) - 0.5
    return float(np.clip(2.6 * slow + 0.8 * quick, -1.2, 1.2))


def events(
    seed: int, stream: int, time: float, spacing: float, reach: float, jitter: float = 0.6
) -> Iterator[tuple[float, np.random.Generator]]:
    """The events near a time: one in each cell of `spacing` frames, off its middle by up to half of `jitter` cells.

    Yields (time of the event, a generator for whatever else the event draws) for those within `reach` frames or a
    little more.
    """
    first, last = (int(np.floor((time + side * reach) / spacing)) + side for side in (-1, 1))
    for cell in range(first, last + 1):
        r = cell_generator(seed, stream, cell)
        yield (cell + 0.5 + jitter * (r.random() - 0.5)) * spacing, r

from __future__ import annotations

import torch
from torch import Generator

from doublure.core.swap.guide import CHANNELS, PARTS, SHAKE, drawn, shaken
from doublure.core.swap.marks import PLACE, POINTS

SIDE = 32


def nowhere() -> torch.Tensor:
    return torch.full((1, len(POINTS) + 2, 2), 9.0)


def test_a_pupil_is_a_dot_where_it_lies() -> None:
    at = nowhere()
    at[0, -2] = torch.tensor([0.25, -0.5])
    plane = drawn(at, SIDE)[0, -1]
    y, x = divmod(int(plane.argmax()), SIDE)
    assert (x, y) in {(19, 7), (20, 7), (19, 8), (20, 8)}
    assert plane[y - 6 : y + 6, x - 6 : x + 6].sum() > 0.999 * plane.sum()


def test_a_part_moves_by_less_than_a_pixel() -> None:
    """The lines' middle follows: what the network reads is finer than the guide's pixels."""
    at = torch.rand(1, len(POINTS) + 2, 2, generator=Generator().manual_seed(1)) * 0.6 - 0.3
    across = torch.arange(SIDE) + 0.5

    def middle(where: torch.Tensor) -> torch.Tensor:
        planes = drawn(where, SIDE)[0]
        return (planes.sum(1) * across).sum(1) / planes.sum((1, 2))

    moved = middle(at + torch.tensor([0.3 * 2 / SIDE, 0.0])) - middle(at)
    torch.testing.assert_close(moved, torch.full((CHANNELS,), 0.3), atol=0.02, rtol=0)


def test_each_part_has_a_channel_of_its_own() -> None:
    for channel, lines in enumerate(PARTS):
        at = nowhere()
        for point in lines[0]:
            at[0, PLACE[point]] = 0.0
        assert drawn(at, SIDE)[0, channel].max() > 0.5


def test_what_lies_beyond_the_crop_is_not_drawn() -> None:
    planes = drawn(nowhere(), SIDE)
    assert planes.shape == (1, CHANNELS, SIDE, SIDE)
    assert planes.max() == 0


def test_lines_stay_between_0_and_1() -> None:
    planes = drawn(torch.zeros(2, len(POINTS) + 2, 2), SIDE)
    assert planes.min() >= 0
    assert planes.max() <= 1


def test_a_part_is_shaken_as_a_whole() -> None:
    at = torch.zeros(500, len(POINTS) + 2, 2)
    off = shaken(at, Generator().manual_seed(2))
    lips = [PLACE[point] for line in (*PARTS[2], *PARTS[3], *PARTS[4]) for point in line]
    assert (off[:, lips] == off[:, lips[:1]]).all()
    assert (off[:, lips[0]] != off[:, PLACE[PARTS[0][0][0]]]).any()
    assert abs(float(off.std()) / SHAKE - 1) < 0.1

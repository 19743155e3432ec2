from __future__ import annotations

import mmap

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.core.window import Window
from doublure.nodes.service.messages import Output, Picture
from doublure.nodes.service.planes import frame_of, planes, write_planes

WINDOW = Window(-2, -1, 6, 4)


def memory() -> mmap.mmap:
    return mmap.mmap(-1, 8192)


def picture(channels: tuple[str, ...] = ("R", "G", "B", "A"), *, premultiplied: bool = True) -> Picture:
    return Picture("plate", 1, 128, channels, WINDOW, Window(0, 0, 4, 3), 2.0, premultiplied)


def frame(channels: tuple[str, ...], window: Window = WINDOW) -> Frame:
    pixels = torch.randn(
        len(channels), window.height, window.width, generator=torch.Generator().manual_seed(1)
    )
    return Frame(pixels, channels, window, window, "ACEScg")


def test_planes_are_the_memory_itself() -> None:
    shared = memory()
    found = planes(shared, 64, 2, Window(0, 0, 5, 3))
    found[1, 2, 4] = 40.0
    assert bytes(shared[64 + 4 * 29 : 64 + 4 * 30]) == bytes.fromhex("00002042")


def test_a_frame_has_what_the_client_said() -> None:
    made = frame_of(picture(), memory(), "ACEScg", 1001)
    assert (made.data, made.display, made.pixel_aspect, made.number) == (
        WINDOW,
        Window(0, 0, 4, 3),
        2.0,
        1001,
    )
    assert made.channels == ("R", "G", "B", "A")


def test_colour_that_is_not_premultiplied_is_multiplied_by_alpha_alone() -> None:
    shared = memory()
    channels = ("depth", "R", "G", "B", "A")
    raw = planes(shared, 128, 5, WINDOW)
    raw.copy_(frame(channels).pixels)
    before = raw.clone()
    made = frame_of(picture(channels, premultiplied=False), shared, "ACEScg", 1)
    assert torch.equal(made.rgb, before[1:4] * before[4])
    assert torch.equal(made.channel("depth"), before[0])
    assert torch.equal(made.channel("A"), before[4])
    assert torch.equal(raw, before)


def test_channels_come_in_the_order_asked_for() -> None:
    made = frame(("R", "G", "B", "A", "matte"))
    target = write_planes(made, Output(1, 64, ("matte", "B"), WINDOW), memory())
    assert torch.equal(target, torch.stack([made.pixels[4], made.pixels[2]]))


def test_a_result_without_alpha_is_solid_where_it_has_pixels() -> None:
    target = write_planes(frame(("R",)), Output(1, 0, ("R", "A"), Window(4, 2, 9, 6)), memory())
    assert target[1].tolist() == [[1, 1, 0, 0, 0], [1, 1, 0, 0, 0], [0] * 5, [0] * 5]


def test_pixels_that_the_result_lacks_are_0_whatever_lay_there() -> None:
    shared = memory()
    planes(shared, 0, 4, Window(0, 0, 16, 16)).fill_(9)
    made = frame(("R",), Window(0, 0, 2, 2))
    target = write_planes(made, Output(1, 0, ("R",), Window(1, 1, 4, 4)), shared)
    assert target[0, 0, 0] == made.pixels[0, 1, 1]
    assert int((target != 0).sum()) == 1
    far = write_planes(made, Output(1, 0, ("R", "A"), Window(100, 100, 104, 104)), shared)
    assert not far.any()


def test_a_channel_that_the_node_does_not_give_is_refused() -> None:
    with pytest.raises(DoublureError, match="no channel depth"):
        write_planes(frame(("R",)), Output(1, 0, ("depth",), WINDOW), memory())

"""Pixels in shared memory as tensors, without a copy."""

from __future__ import annotations

import mmap

import torch

from doublure.core.frame import Frame
from doublure.core.window import Window
from doublure.nodes.service.messages import Output, Picture


def planes(memory: mmap.mmap, offset: int, channels: int, window: Window) -> torch.Tensor:
    """(C, H, W) float32 on shared memory; it stays mapped as long as the tensor lives."""
    count = channels * window.height * window.width
    flat = torch.frombuffer(memory, dtype=torch.float32, count=count, offset=offset)
    return flat.view(channels, window.height, window.width)


def frame_of(picture: Picture, memory: mmap.mmap, space: str, number: int) -> Frame:
    """A client's picture as a frame on its very pixels; only colour that is not premultiplied is copied."""
    pixels = planes(memory, picture.offset, len(picture.channels), picture.data)
    frame = Frame(
        pixels,
        picture.channels,
        picture.data,
        picture.display,
        space,
        pixel_aspect=picture.pixel_aspect,
        number=number,
    )
    if picture.premultiplied or frame.alpha is None:
        return frame
    factor = torch.ones_like(pixels)
    for index, name in enumerate(picture.channels):
        if name in ("R", "G", "B"):
            factor[index] = frame.alpha
    return frame.with_pixels(pixels * factor)


def write_planes(frame: Frame, output: Output, memory: mmap.mmap) -> torch.Tensor:
    """Copy channels of a frame over a window into a client's memory; returns the planes there.

    Pixels that the frame lacks are 0; where it has no A, A is 1 where it has pixels.

    Raises:
        DoublureError: the frame has no such channel.
    """
    target = planes(memory, output.offset, len(output.channels), output.window)
    sources = [
        None if name == "A" and not frame.has("A") else frame.channel(name) for name in output.channels
    ]
    common = output.window.intersect(frame.data)
    if common != output.window:
        target.zero_()
    if common.empty:
        return target
    for plane, source in zip(target, sources, strict=True):
        there = plane[common.slices(output.window)]
        if source is None:
            there.fill_(1.0)
        else:
            there.copy_(source[common.slices(frame.data)])
    return target

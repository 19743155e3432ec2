"""One frame of film: float pixels, where they lie, what their numbers mean, and what the file said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from doublure.core.errors import DoublureError
from doublure.core.window import Window


@dataclass(frozen=True)
class Attribute:
    """A header attribute as OpenImageIO types it, e.g. ``Attribute("timecode", (0, 0))``.

    ``type`` is an OpenImageIO type string ("string", "float", "int", "timecode", "float[2]"…).
    """

    type: str
    value: Any


@dataclass(frozen=True)
class Frame:
    """Pixels with their windows, channel names, colour space and header.

    Attributes:
        pixels: float32 tensor (C, H, W), unclamped; H and W are those of ``data``.
        channels: C names in order ("R", "G", "B", "A", "matte"…). RGB is premultiplied by A where A exists.
        data: the pixels that exist (overscan makes it larger than ``display``).
        display: the pixels that are the picture; (0, 0) based in most plates.
        space: OCIO colour space name of R, G, B; other channels are data.
        pixel_aspect: width of a pixel over its height (2.0 for anamorphic).
        metadata: header attributes to carry through, windows, aspect and colour id excluded.
        number: frame number in its sequence, if it has one.
        path: the file it came from, if any (used in error sentences).
    """

    pixels: torch.Tensor
    channels: tuple[str, ...]
    data: Window
    display: Window
    space: str
    pixel_aspect: float = 1.0
    metadata: Mapping[str, Attribute] = field(default_factory=dict)
    number: int | None = None
    path: Path | None = None

    def __post_init__(self) -> None:
        shape = (len(self.channels), self.data.height, self.data.width)
        if tuple(self.pixels.shape) != shape or self.pixels.dtype != torch.float32:
            raise ValueError(
                f"pixels are {self.pixels.dtype} {tuple(self.pixels.shape)}, expected float32 {shape}"
            )

    @classmethod
    def from_rgb(cls, rgb: torch.Tensor, space: str, **rest: Any) -> Frame:
        """A frame of (3, H, W) or, with alpha, (4, H, W) whose windows both start at (0, 0)."""
        window = Window.of_size(rgb.shape[2], rgb.shape[1])
        return cls(rgb, ("R", "G", "B", "A")[: rgb.shape[0]], window, window, space, **rest)

    def error(self, what: str, remedy: str) -> DoublureError:
        """An error sentence that names this frame's file and number."""
        return DoublureError(what, file=self.path, frame=self.number, remedy=remedy)

    def has(self, *names: str) -> bool:
        return all(name in self.channels for name in names)

    def channel(self, name: str) -> torch.Tensor:
        """One channel, (H, W). Raises DoublureError when it is absent."""
        if name not in self.channels:
            raise self.error(
                f"there is no channel {name} (it has {', '.join(self.channels)})", "write the file with it"
            )
        return self.pixels[self.channels.index(name)]

    @property
    def rgb(self) -> torch.Tensor:
        """R, G, B as (3, H, W). Raises DoublureError when one is absent."""
        if self.channels[:3] == ("R", "G", "B"):
            return self.pixels[:3]
        return torch.stack([self.channel(name) for name in "RGB"])

    @property
    def alpha(self) -> torch.Tensor | None:
        """A as (H, W), or None where the frame has none."""
        return self.channel("A") if self.has("A") else None

    def with_pixels(self, pixels: torch.Tensor, channels: tuple[str, ...] | None = None) -> Frame:
        """The same frame with other pixels (and, where given, other channels) over the same data window."""
        return replace(self, pixels=pixels, channels=self.channels if channels is None else channels)

    def with_channel(self, name: str, values: torch.Tensor) -> Frame:
        """The same frame with channel ``name`` set to (H, W) ``values``, appended where it is new."""
        if name in self.channels:
            pixels = self.pixels.clone()
            pixels[self.channels.index(name)] = values
            return self.with_pixels(pixels)
        return self.with_pixels(torch.cat([self.pixels, values[None]]), (*self.channels, name))

    def with_rgb(self, rgb: torch.Tensor) -> Frame:
        """The same frame with (3, H, W) ``rgb`` in R, G, B and every other channel untouched."""
        pixels = self.pixels.clone()
        for plane, name in zip(rgb, "RGB", strict=True):
            pixels[self.channels.index(name)] = plane
        return self.with_pixels(pixels)

"""The swap network: a shared encoder and one decoder modulated by an identity code.

What the encoder keeps (expression, gaze, pose, fine light) passes through a small bottleneck without skips, so a
face's identity can only come from the code. A code per person instead of a decoder per person keeps the network
small and makes identities mixable: any weighted mean of codes is a code.

A network for a large crop is one for a small one, its core, with finer levels on top (Karras et al. 2018): the encoder
sees the crop at the side of the core, which is enough to read a performance, the decoder paints it there, and every
finer level doubles what was painted and adds to it. A finer level that has learned nothing adds nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch.nn.functional as F
from torch import Tensor, nn

DETAIL_SCALE = 5.0  # brings light-separated detail (about ±0.2) to the order of one
CORE = 128
"""The smallest side, in pixels, that is halved no further."""


def core_of(size: int) -> int:
    """The side of the core of a network for crops of ``size``: halved while it stays a multiple of 16 and `CORE` at
    least."""
    while size % 32 == 0 and size // 2 >= CORE:
        size //= 2
    return size


@dataclass(frozen=True)
class NetworkShape:
    """What fixes the network's parameters: stored in the checkpoint.

    Attributes:
        size: crop side in pixels, a multiple of 16.
        width: channels at half resolution; deeper levels have 2, 4 and 6 times as many.
        bottleneck: numbers that pass from encoder to decoder.
        people: identities known.
        guide: channels of the guide (`doublure.core.swap.guide`) that the decoder sees; 0 in models from before.
        core: side of what the encoder sees, a multiple of 16; ``size`` is it, doubled some times. 0 stands for
            `core_of` the size.

    Raises:
        ValueError: a size or a core that no network has.
    """

    size: int = 128
    width: int = 32
    bottleneck: int = 256
    people: int = 2
    guide: int = 0
    core: int = 0

    def __post_init__(self) -> None:
        if self.size % 16:
            raise ValueError(f"crop size {self.size} is not a multiple of 16")
        if not self.core:
            object.__setattr__(self, "core", core_of(self.size))
        if self.core % 16 or self.size % self.core or (self.size // self.core).bit_count() != 1:
            raise ValueError(f"crop size {self.size} is not a core of {self.core} doubled")

    @property
    def finer(self) -> int:
        """How many levels double the core."""
        return (self.size // self.core).bit_length() - 1

    @property
    def guide_side(self) -> int:
        """Side of the guide in pixels."""
        return self.core // 2

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def _conv(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2)


def _leaky(x: Tensor) -> Tensor:
    return F.leaky_relu(x, 0.1)


class Residual(nn.Module):
    """Two convolutions around a skip, (N, C, H, W) -> same."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first, self.second = _conv(channels, channels), _conv(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(_leaky(self.first(_leaky(x))))


class ModulatedResidual(nn.Module):
    """A residual block whose two inputs are scaled and shifted per channel by the identity (FiLM, Perez 2018)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.first, self.second = _conv(channels, channels), _conv(channels, channels)

    @property
    def code_length(self) -> int:
        return 4 * self.channels

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        gain0, shift0, gain1, shift1 = code[:, :, None, None].chunk(4, 1)
        x = x * (1 + gain0) + shift0
        inner = self.first(_leaky(x)) * (1 + gain1) + shift1
        return x + self.second(_leaky(inner))


class Finer(nn.Module):
    """Doubles a picture: features (N, C, H, W) and what they painted (N, 4, 2H, 2W) -> the same at twice the side.

    What it paints is added to the picture enlarged (Karras et al. 2020, fig. 7), and nothing before it has learned to.
    """

    def __init__(self, wide: int, narrow: int) -> None:
        super().__init__()
        self.grow = _conv(wide, 4 * narrow)
        self.block = ModulatedResidual(narrow)
        self.out = _conv(narrow, 16)
        for parameter in self.out.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x: Tensor, painted: Tensor, code: Tensor) -> tuple[Tensor, Tensor]:
        x = self.block(F.pixel_shuffle(_leaky(self.grow(x)), 2), code)
        return x, doubled(painted) + F.pixel_shuffle(self.out(_leaky(x)), 2)


def doubled(picture: Tensor) -> Tensor:
    """(N, C, H, W) -> (N, C, 2H, 2W), bilinear."""
    return F.interpolate(picture, scale_factor=2.0, mode="bilinear", align_corners=False)


class SwapNetwork(nn.Module):
    """(N, 3, S, S) detail and (N, K) identity codes -> (N, 3, S, S) detail and (N, 1, S, S) matte logits.

    Detail is light-separated ACEScct (`doublure.core.swap.light`), zero outside the face. S is the shape's size, or
    that of a coarser level, where the network paints no finer than that.
    """

    def __init__(self, shape: NetworkShape) -> None:
        super().__init__()
        self.shape = shape
        self.grid = shape.core // 16
        widths = [shape.width, 2 * shape.width, 4 * shape.width, 6 * shape.width]
        cells = self.grid**2
        neck = 24
        self.encoder = nn.Sequential(
            nn.PixelUnshuffle(2),
            _conv(12, widths[0], 5),
            nn.LeakyReLU(0.1),
            _conv(widths[0], widths[1], 3, 2),
            nn.LeakyReLU(0.1),
            _conv(widths[1], widths[2], 3, 2),
            nn.LeakyReLU(0.1),
            _conv(widths[2], widths[3], 3, 2),
            nn.LeakyReLU(0.1),
            Residual(widths[3]),
            nn.Conv2d(widths[3], neck, 1),
            nn.Flatten(),
            nn.Linear(neck * cells, shape.bottleneck),
        )
        self.expand = nn.Linear(shape.bottleneck, widths[3] * cells)
        self.blocks = nn.ModuleList(ModulatedResidual(w) for w in reversed(widths))
        self.up = nn.ModuleList(
            _conv(wide, 4 * narrow) for wide, narrow in zip(widths[:0:-1], widths[-2::-1], strict=True)
        )
        self.out = _conv(widths[0], 16)
        self.guides = nn.ModuleList(_conv(shape.guide, w) for w in reversed(widths) if shape.guide)
        for parameter in self.guides.parameters():
            # As if there were none, until it has learned what to make of it.
            nn.init.zeros_(parameter)
        # Half as wide at each further level: there is four times as much of it, and less to decide.
        fine = [max(shape.width >> level, 4) for level in range(shape.finer)]
        self.finer = nn.ModuleList(
            Finer(wide, narrow) for wide, narrow in zip([shape.width, *fine], fine, strict=False)
        )
        self.codes = nn.Embedding(shape.people, sum(4 * w for w in [*widths, *fine]))
        nn.init.normal_(self.codes.weight, 0.0, 0.02)

    def code(self, person: Tensor) -> Tensor:
        """Identity codes (N, K) of person indices (N,)."""
        return self.codes(person)

    def performance(self, detail: Tensor) -> Tensor:
        """What the encoder keeps of (N, 3, S, S) detail: (N, bottleneck), the performance without the performer."""
        times = detail.shape[-1] // self.shape.core
        return self.encoder((detail if times == 1 else F.avg_pool2d(detail, times)) * DETAIL_SCALE)

    def forward(self, detail: Tensor, code: Tensor, guide: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """``guide`` is (N, guide, core / 2, core / 2); None where no landmarks are known: as one all 0, which is what
        training shows then."""
        latent = self.performance(detail)
        x = self.expand(_leaky(latent)).unflatten(1, (-1, self.grid, self.grid))
        finer = [one for one in self.finer if isinstance(one, Finer)]
        blocks = [*self.blocks, *(one.block for one in finer)]
        parts = code.split([block.code_length for block in blocks], dim=1)
        for level, block in enumerate(self.blocks):
            if self.shape.guide:
                x = x + self._told(level, guide, x.shape[-1])
            x = block(x, parts[level])
            if level < len(self.up):
                x = F.pixel_shuffle(_leaky(self.up[level](x)), 2)
        painted = F.pixel_shuffle(self.out(_leaky(x)), 2)
        for one, part in zip(finer, parts[len(self.blocks) :], strict=True):
            if painted.shape[-1] == detail.shape[-1]:
                break
            x, painted = one(x, painted, part)
        return painted[:, :3] / DETAIL_SCALE, painted[:, 3:]

    def _told(self, level: int, guide: Tensor | None, side: int) -> Tensor:
        """What a level makes of the guide; of None what it makes of one on which nothing is drawn."""
        convolution = self.guides[level]
        assert isinstance(convolution, nn.Conv2d)
        if guide is None:
            assert convolution.bias is not None
            return convolution.bias[:, None, None]
        times = guide.shape[-1] // side
        return convolution(guide if times == 1 else F.avg_pool2d(guide, times))

"""The swap of one hero as a single module, aligned crop in, RGBA out: what leaves Doublure for other hosts.

It does in tensors what `doublure.core.swap.infer` does in crop space, the light separation and the exchange of
complexions included, and knows nothing else: no other identity, no file, no plate. It is written for TorchScript as
old hosts read it: one tensor in, one out, no inheritance but `nn.Module`, only operators of torch 1.12, ``math``
alone beside torch. The floats of the root module are the knobs; a host that knows them by name may set them.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from doublure.core.swap.light import SIGMA
from doublure.core.swap.network import DETAIL_SCALE, Finer, ModulatedResidual, SwapNetwork


class Blur(nn.Module):
    """Gaussian blur (N, C, S, S) -> same, as two convolutions; the border is mirrored, as in OpenCV.

    ``sigma`` is in pixels; the taps end at four sigmas.
    """

    taps: Tensor

    def __init__(self, sigma: float) -> None:
        super().__init__()
        self.radius = int(round(sigma * 8 + 1) | 1) // 2
        taps = [math.exp(-0.5 * (at / sigma) ** 2) for at in range(-self.radius, self.radius + 1)]
        self.register_buffer("taps", torch.tensor([tap / sum(taps) for tap in taps]).view(1, 1, 1, -1))

    def forward(self, x: Tensor) -> Tensor:
        n, c, height, width = x.shape
        taps = self.taps.to(x.dtype)
        x = x.reshape(n * c, 1, height, width)
        x = F.conv2d(F.pad(x, [self.radius, self.radius, 0, 0], mode="reflect"), taps)
        x = F.conv2d(F.pad(x, [0, 0, self.radius, self.radius], mode="reflect"), taps.transpose(2, 3))
        return x.reshape(n, c, height, width)


class Level(nn.Module):
    """A modulated block and what makes it twice as large: (N, C, H, W), (1, K) code, guide -> (N, C', 2H, 2W).

    ``tell`` is what it makes of the guide; None in a network that is not guided, where the guide is not looked at.
    """

    def __init__(self, block: ModulatedResidual, grow: nn.Conv2d, start: int, tell: nn.Conv2d | None) -> None:
        super().__init__()
        self.first, self.second, self.grow, self.tell = block.first, block.second, grow, tell
        self.start, self.channels = start, block.channels

    def told(self, x: Tensor, guide: Tensor) -> Tensor:
        if self.tell is not None:
            x = x + self.tell(F.avg_pool2d(guide, guide.shape[3] // x.shape[3]))
        return x

    def modulated(self, x: Tensor, code: Tensor) -> Tensor:
        part = code[:, self.start : self.start + 4 * self.channels].reshape(4, 1, self.channels, 1, 1)
        x = x * (1 + part[0]) + part[1]
        inner = self.first(F.leaky_relu(x, 0.1)) * (1 + part[2]) + part[3]
        return x + self.second(F.leaky_relu(inner, 0.1))

    def forward(self, x: Tensor, code: Tensor, guide: Tensor) -> Tensor:
        x = self.modulated(self.told(x, guide), code)
        return F.pixel_shuffle(F.leaky_relu(self.grow(x), 0.1), 2)


class Last(nn.Module):
    """The core's last block: (N, C, H, W), (1, K) code, guide -> its features, and what they paint (N, 4, 2H, 2W)."""

    def __init__(self, level: Level) -> None:
        super().__init__()
        self.level = level

    def forward(self, x: Tensor, code: Tensor, guide: Tensor) -> tuple[Tensor, Tensor]:
        x = self.level.modulated(self.level.told(x, guide), code)
        return x, F.pixel_shuffle(self.level.grow(F.leaky_relu(x, 0.1)), 2)


class Doubling(nn.Module):
    """As `doublure.core.swap.network.Finer`, which it takes apart."""

    def __init__(self, finer: Finer, start: int) -> None:
        super().__init__()
        self.grow = finer.grow
        self.level = Level(finer.block, finer.out, start, None)

    def forward(self, x: Tensor, painted: Tensor, code: Tensor) -> tuple[Tensor, Tensor]:
        x = F.pixel_shuffle(F.leaky_relu(self.grow(x), 0.1), 2)
        x = self.level.modulated(x, code)
        return x, self.doubled(painted) + F.pixel_shuffle(self.level.grow(F.leaky_relu(x, 0.1)), 2)

    def doubled(self, x: Tensor) -> Tensor:
        """As `doublure.core.swap.network.doubled`, whose function brings operators along that torch 1.13 lacks."""
        n, c, height, width = x.shape
        x = F.pad(x, [1, 1, 1, 1], mode="replicate")
        over, middle, under = 0.25 * x[:, :, :-2], 0.75 * x[:, :, 1:-1], 0.25 * x[:, :, 2:]
        x = torch.stack([over + middle, middle + under], 3).reshape(n, c, 2 * height, width + 2)
        left, middle, right = 0.25 * x[:, :, :, :-2], 0.75 * x[:, :, :, 1:-1], 0.25 * x[:, :, :, 2:]
        return torch.stack([left + middle, middle + right], 4).reshape(n, c, 2 * height, 2 * width)


class HeroCrop(nn.Module):
    """(N, 4 + 2 G, S, S) -> (N, 4, S, S): an aligned crop of a face becomes the hero's.

    In, as `doublure.core.swap.network_input` has it: R, G, B the crop in ACEScct, exposed so that the face's median
    luma is middle grey; A the face's mask, 0-1; then the guides, G channels each: the landmarks on the face that is
    wanted, and on the performer's own, which counts only where ``mix`` is not 1. Without guides, (N, 4, S, S), the
    landmarks are not known. G is 0 in a network that is not guided.

    Out: R, G, B the swapped face in ACEScct, exposed as the input, unclamped, not multiplied by alpha; A the matte,
    0-1.

    Attributes:
        mix: identity, 0 the crop's own face with an empty matte, 1 the hero.
        complexion: how much of the hero's large features replaces the driver's, 0-1.
        sharpness: gain of the finest details, 0 as predicted.
    """

    hero: Tensor
    own: Tensor
    change: Tensor
    rim: Tensor

    def __init__(
        self,
        network: SwapNetwork,
        hero: Tensor,
        own: Tensor,
        complexion: Tensor,
        rim: Tensor,
        reach: int = 0,
    ) -> None:
        """
        Args:
            network: its encoder and decoder are shared, not copied.
            hero, own: (1, K) identity codes.
            complexion: (1, 3, S, S), the hero's minus the driver's.
            rim: (1, 1, S, S), what the matte may reach at most.
            reach: pixels that the matte may reach beyond the face's mask.
        """
        super().__init__()
        self.mix, self.complexion, self.sharpness = 1.0, 1.0, 0.0
        self.size, self.grid, self.scale = network.shape.size, network.grid, DETAIL_SCALE
        self.encoder, self.expand = network.encoder, network.expand
        self.core = network.shape.core
        self.guide, self.guide_side = network.shape.guide, network.shape.guide_side
        levels, start = [], 0
        tells: list[nn.Module | None] = [*network.guides] or [None for _ in network.blocks]
        for block, grow, tell in zip(network.blocks, [*network.up, network.out], tells, strict=True):
            assert isinstance(block, ModulatedResidual)
            assert isinstance(grow, nn.Conv2d)
            assert tell is None or isinstance(tell, nn.Conv2d)
            levels.append(Level(block, grow, start, tell))
            start += block.code_length
        self.levels, self.last = nn.ModuleList(levels[:-1]), Last(levels[-1])
        doublings = []
        for finer in network.finer:
            assert isinstance(finer, Finer)
            doublings.append(Doubling(finer, start))
            start += finer.block.code_length
        self.finer = nn.ModuleList(doublings)
        self.reach = reach
        self.light = Blur(SIGMA * self.size)
        self.fine = Blur(self.size / 128 * math.sqrt(2))
        self.register_buffer("hero", hero)
        self.register_buffer("own", own)
        self.register_buffer("change", complexion)
        self.register_buffer("rim", rim)

    def forward(self, crop: Tensor) -> Tensor:
        mix = torch.full([1], self.mix, dtype=torch.float32, device=crop.device)
        complexion = torch.full([1], self.complexion, dtype=torch.float32, device=crop.device)
        sharpness = torch.full([1], self.sharpness, dtype=torch.float32, device=crop.device)
        return self.swap(crop, mix, complexion, sharpness, self.mix != 1.0, self.sharpness != 0.0)

    def swap(
        self, crop: Tensor, mix: Tensor, complexion: Tensor, sharpness: Tensor, mixed: bool, sharpened: bool
    ) -> Tensor:
        """The knobs as (1,) tensors; ``mixed`` and ``sharpened`` say whether they may differ from 1 and 0."""
        bare = crop.shape[1] == 4
        if not (bare or crop.shape[1] == 4 + 2 * self.guide):
            raise ValueError("the input must be RGBA, or RGBA and the two guides of a guided network")
        if crop.shape[2] != self.size or crop.shape[3] != self.size:
            raise ValueError("the input must be as large as the crop that the network was made for")
        # Light is separated in float32 whatever the weights are: half floats lose it.
        given = crop.float()
        colour, mask = given[:, :3], given[:, 3:4].clamp(0.0, 1.0)
        # Nothing drawn: landmarks that are not known.
        side = self.guide_side
        guides = torch.zeros([crop.shape[0], 2 * self.guide, side, side], device=crop.device)
        if not bare:
            guides = F.avg_pool2d(given[:, 4:], self.size // side)
        guides = guides.to(self.hero.dtype)
        low = self.low_frequencies(colour, mask)
        detail = colour - low
        seen = F.avg_pool2d(detail * mask * self.scale, self.size // self.core)
        latent = self.encoder(seen.to(self.hero.dtype))
        code = self.own + mix.to(self.own.dtype) * (self.hero - self.own)
        x = self.decode(latent, code, guides[:, : self.guide])
        wanted, matte = x[:, :3] / self.scale, torch.sigmoid(x[:, 3:])
        if mixed:
            # What the network misses of the crop's own face fades in, so that mix 0 is the crop itself.
            own = self.decode(latent, self.own, guides[:, self.guide :])[:, :3] / self.scale
            wanted = wanted + (1.0 - mix) * (detail - own)
        if sharpened:
            wanted = wanted + sharpness * (wanted - self.fine(wanted))
        low = low + complexion * mix * self.change.float()
        reach = F.max_pool2d(mask, 2 * self.reach + 1, 1, self.reach)
        matte = torch.min(torch.min(matte, reach), self.rim.float()) * (mix > 0.0).float()
        return torch.cat([wanted + low, matte], 1).to(crop.dtype)

    def low_frequencies(self, colour: Tensor, mask: Tensor) -> Tensor:
        """As `doublure.core.swap.light.low_frequencies`: (N, 3, S, S) of (N, 3, S, S) and (N, 1, S, S)."""
        mean = (colour * mask).sum([2, 3], keepdim=True) / mask.sum([2, 3], keepdim=True).clamp(min=1e-6)
        blurred = self.light(torch.cat([(colour - mean) * mask, mask], 1))
        return blurred[:, :3] / blurred[:, 3:].clamp(min=0.02) + mean

    def decode(self, latent: Tensor, code: Tensor, guide: Tensor) -> Tensor:
        """(N, bottleneck), (1, K), (N, G, core/2, core/2) -> (N, 4, S, S) float32: scaled detail and matte logits."""
        x = self.expand(F.leaky_relu(latent, 0.1))
        x = x.reshape(x.shape[0], -1, self.grid, self.grid)
        for level in self.levels:
            x = level(x, code, guide)
        x, painted = self.last(x, code, guide)
        for finer in self.finer:
            x, painted = finer(x, painted, code)
        return painted.float()

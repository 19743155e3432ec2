"""How to train: the settings of a run, and the learning rate that follows from them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from doublure.core.errors import DoublureError
from doublure.core.swap.network import NetworkShape

DEVICES = ("auto", "cpu", "cuda")
SMALLEST, LARGEST = 32, 1024
WARM_UP = 200  # steps over which the learning rate rises
GROWN = 0.5
"""When a network that began with nothing is as large as it gets, as a share of its training."""


@dataclass(frozen=True)
class TrainSettings:
    """How to train. Exactly one of ``steps`` and ``minutes`` is set.

    Attributes:
        steps: optimiser steps in all (resumed ones included); reproducible.
        minutes: wall-clock training time in all.
        batch: pictures a step, over all processes.
        rate: peak learning rate (AdamW); falls along a cosine to a twentieth.
        width, bottleneck, size: see `NetworkShape`.
        seed: of initial weights and of everything random.
        save_every: seconds between checkpoints.
        back_up_every: seconds of training between two backups; 0 makes none. backups: how many stay.
        detect_every: seconds of training between two questions to the detector; 0 never asks it.
        until_undetected: stop where the detector cannot tell, twice in a row.
        precision: "float32", "bfloat16", or "auto" (bfloat16 where the device computes it natively).
        device: "cpu", "cuda", or "auto" (an NVIDIA card where there is one).
    """

    steps: int | None = None
    minutes: float | None = None
    batch: int = 16
    rate: float = 8e-4
    size: int = 128
    width: int = 32
    bottleneck: int = 256
    seed: int = 0
    save_every: float = 120.0
    back_up_every: float = 3600.0
    backups: int = 3
    detect_every: float = 0.0
    until_undetected: bool = False
    precision: str = "auto"
    device: str = "auto"

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.minutes is None):
            raise DoublureError("training needs a length", remedy="give either --steps or --minutes")
        if self.until_undetected and self.detect_every <= 0:
            raise DoublureError(
                "training until undetected needs a detector",
                remedy="say how often it is asked, with --detect",
            )
        if self.size % 16 or not SMALLEST <= self.size <= LARGEST:
            raise DoublureError(
                f"a network of {self.size} pixels cannot be made",
                remedy=f"choose a multiple of 16 from {SMALLEST} to {LARGEST}",
            )
        if self.backups < 1:
            raise DoublureError("no backup would stay", remedy="keep one at least, or make none")
        if self.device not in DEVICES:
            raise DoublureError(
                f"{self.device!r} is no device to train on", remedy=f"choose one of {', '.join(DEVICES)}"
            )
        if self.device == "cuda" and not torch.cuda.is_available():
            raise DoublureError(
                "this torch sees no NVIDIA card", remedy="install a torch built for CUDA, or use --device cpu"
            )

    def side_at(self, share: float) -> int:
        """Side of the pictures that a network which knows nothing learns from when ``share`` (0-1) of a training is
        done: those of its core first, all of it in the last half (Karras et al. 2018)."""
        shape = NetworkShape(size=self.size)
        return shape.core << min(shape.finer, int(share / GROWN * shape.finer))

    @property
    def place(self) -> torch.device:
        """Where it is trained."""
        return torch.device("cuda" if self.device != "cpu" and torch.cuda.is_available() else "cpu")

    @property
    def bfloat16(self) -> bool:
        """Whether products are taken in bfloat16."""
        if self.precision != "auto":
            return self.precision == "bfloat16"
        return torch.cuda.is_bf16_supported() if self.place.type == "cuda" else native_bfloat16()


def native_bfloat16() -> bool:
    """True where the processor multiplies bfloat16 in hardware (elsewhere it is slower than float32)."""
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


def schedule(step: int, share: float) -> float:
    """Learning rate as a share of its peak: a short rise, then a cosine to a twentieth over the run (``share`` 0-1)."""
    return min(1.0, (step + 1) / WARM_UP) * (0.05 + 0.475 * (1 + math.cos(math.pi * min(share, 1.0))))

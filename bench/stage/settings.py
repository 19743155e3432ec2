"""What a take is: everything that decides its pixels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from doublure.core.errors import DoublureError

ROLES = ("plate", "truth", "hero")
MOST_PIXELS = 4096


@dataclass(frozen=True)
class TakeSettings:
    """The settings of a take.

    Attributes:
        kind: one of ``takes.KINDS``. driver, hero, performance: seeds, 0 and up.
        frames: of plate and truth, 0 and up. hero_frames: of the hero footage, 1 and up, may be empty.
        size: width and height in pixels. samples: rays per pixel.
        shutter: how long it stays open, share of a frame, 0-1; 0 is no motion blur.
        layers: whether the layers are written.
    """

    kind: str
    driver: int
    hero: int
    performance: int
    frames: tuple[int, ...]
    hero_frames: tuple[int, ...]
    size: int
    samples: int
    shutter: float = 0.0
    layers: bool = True

    def __post_init__(self) -> None:
        for name in ("driver", "hero", "performance"):
            if getattr(self, name) < 0:
                raise DoublureError(f"the {name} seed is negative", remedy="give a number from 0 up")
        if not 32 <= self.size <= MOST_PIXELS:
            raise DoublureError(
                f"a size of {self.size} pixels is out of range", remedy=f"give 32 to {MOST_PIXELS}"
            )
        if self.samples < 2:
            raise DoublureError(f"{self.samples} samples are too few", remedy="give 2 or more")
        if not 0 <= self.shutter <= 1:
            raise DoublureError(f"a shutter of {self.shutter} is out of range", remedy="give 0 to 1")
        if not self.frames:
            raise DoublureError("no frames were asked for", remedy="give a range such as 1001-1072")
        if min(self.frames) < 0 or min(self.hero_frames, default=1) < 1:
            raise DoublureError("frame numbers below 0, or hero frames below 1", remedy="give numbers above")

    def numbers(self, role: str) -> tuple[int, ...]:
        """The frames of a role."""
        return self.hero_frames if role == "hero" else self.frames

    def person(self, role: str) -> int:
        """The seed of the person who plays a role."""
        return self.driver if role == "plate" else self.hero


def beauty_file(out: Path, role: str, frame: int) -> Path:
    """The picture of a frame."""
    return out / role / f"{role}.{frame:04d}.exr"


def layers_file(out: Path, role: str, frame: int) -> Path:
    """The layers of a frame."""
    return out / "layers" / role / f"{role}.{frame:04d}.exr"


def light_file(out: Path, role: str, frame: int) -> Path:
    """The light of a frame; plate and truth share theirs."""
    return out / "light" / f"{'hero' if role == 'hero' else 'light'}.{frame:04d}.exr"


def parse_span(text: str) -> list[int]:
    """``1-5`` as [1, 2, 3, 4, 5]; ``7`` as [7]; ``1,4-5`` as [1, 4, 5]; ``1-9x4`` as [1, 5, 9]."""
    numbers: list[int] = []
    for piece in text.split(","):
        body, _, step = piece.partition("x")
        first, _, last = body.partition("-")
        try:
            found = list(range(int(first), int(last or first) + 1, int(step or 1)))
        except ValueError as error:
            raise DoublureError(
                f"'{text}' is not a range", remedy="write it like 1-160 or 1001-1045x4"
            ) from error
        if not found:
            raise DoublureError(
                f"'{text}' holds no frames", remedy="write the lower number first, like 1-160"
            )
        numbers += found
    return numbers


def format_span(numbers: Iterable[int]) -> str:
    """The numbers, sorted, as `parse_span` reads them: [1, 2, 3, 7] as ``1-3,7``; none as an empty string."""
    ordered = sorted(set(numbers))
    runs: list[list[int]] = []
    for n in ordered:
        if runs and n == runs[-1][1] + 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)

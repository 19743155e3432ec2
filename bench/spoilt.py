"""A take's truth spoilt in known ways: the pictures that ``bench.damages`` measures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from doublure.core.errors import DoublureError
from doublure.core.measure.masked_blur import gaussian_blur
from doublure.core.measure.matte import centroid, face_width
from doublure.core.measure.reference import Reference
from doublure.core.measure.take import LAYERS, Take, read_take
from doublure.core.sequence import FrameReader, Sequence
from doublure.core.window import Window


@dataclass(frozen=True)
class Scene:
    """A take, its truth's pictures without grain, (3, H, W) each (the rest of the truth is grain), and its faces."""

    take: Take
    cleans: list[torch.Tensor]
    known: Reference

    @property
    def truths(self) -> list[torch.Tensor]:
        return [frame.rgb for frame in self.take.truths]

    @property
    def grains(self) -> list[torch.Tensor]:
        return [truth - clean for truth, clean in zip(self.truths, self.cleans, strict=True)]


def read_scene(folder: Path, frames: str | None = None) -> Scene:
    """A take of the stage, with its truth's clean layer.

    Raises:
        DoublureError: the take has no layers; see ``read_take``.
    """
    take = read_take(None, folder, frames, layers=True)
    if not (folder / LAYERS).parent.is_dir():
        raise DoublureError("the take has no layers", file=folder, remedy="render it without --no-layers")
    cleans = []
    for frame in FrameReader(Sequence.parse(folder / LAYERS), take.numbers):
        rows, columns = take.truths[0].data.slices(frame.data)
        planes = [frame.channel(f"clean.{c}")[rows, columns] for c in "RGB"]
        cleans.append(torch.stack(planes).contiguous())
    return Scene(take, cleans, Reference(take.truths, take.plates))


def shifted(scene: Scene) -> list[torch.Tensor]:
    return [rolled(truth, nudge(scene), 0) for truth in scene.truths]


def nudge(scene: Scene) -> int:
    """1.5 % of the face's width in whole pixels, so that a shift needs no resampling; at least 1."""
    return max(1, round(0.015 * face_width(scene.take.mattes[0])))


def rolled(picture: torch.Tensor, dx: float, dy: float) -> torch.Tensor:
    return torch.roll(picture, (round(dy), round(dx)), (1, 2))


def jittered(scene: Scene) -> list[torch.Tensor]:
    rng = np.random.default_rng(1)
    most = nudge(scene)
    return [rolled(truth, *rng.integers(-most, most + 1, 2)) for truth in scene.truths]


def blurred(scene: Scene) -> list[torch.Tensor]:
    return [
        gaussian_blur(clean, 0.8) + grain for clean, grain in zip(scene.cleans, scene.grains, strict=True)
    ]


def regrained(scene: Scene) -> list[torch.Tensor]:
    """Other grain of the same law: that of another place, scaled to the light of this one."""
    out = []
    for clean, grain in zip(scene.cleans, scene.grains, strict=True):
        slope, floor = grain_law(scene)
        sigma = (slope * clean.clamp_min(0) + floor).sqrt()
        unit = grain / sigma
        moved = torch.roll(unit.flip(2), (37, 53), (1, 2))
        out.append(clean + moved * sigma)
    return out


def grain_law(scene: Scene) -> tuple[torch.Tensor, torch.Tensor]:
    law = scene.take.about["grain"]
    slope, floor = (torch.tensor(law[key], dtype=torch.float32)[:, None, None] for key in ("slope", "floor"))
    return slope, floor


def grained(scene: Scene, amount: float) -> list[torch.Tensor]:
    return [clean + amount * grain for clean, grain in zip(scene.cleans, scene.grains, strict=True)]


def relit(scene: Scene) -> list[torch.Tensor]:
    """The light moved to one side, face and surroundings alike: a stop from one side of the face to the other."""
    out = []
    for clean, grain, matte in zip(scene.cleans, scene.grains, scene.take.mattes, strict=True):
        middle, width = centroid(matte)[0], face_width(matte)
        across = (torch.arange(clean.shape[2]) + 0.5 - middle) / width
        out.append(clean * torch.exp2(-across.clamp(-0.75, 0.75)) + grain)
    return out


def flickering(scene: Scene) -> list[torch.Tensor]:
    return [truth * (1.05 if i % 2 else 0.95) for i, truth in enumerate(scene.truths)]


def seamed(scene: Scene) -> list[torch.Tensor]:
    return [
        truth * (1 + 0.05 * (matte > 0.5))
        for truth, matte in zip(scene.truths, scene.take.mattes, strict=True)
    ]


def frozen(scene: Scene, hold: int = 4) -> list[torch.Tensor]:
    return [scene.truths[i - i % hold] for i in range(len(scene.truths))]


def jaw_dropped(scene: Scene) -> list[torch.Tensor]:
    """The lower lip and the chin 6 % of the face's width lower from the middle of the shot, under unchanged grain.

    Not in all frames: a mouth that always hangs is the shape of a face, not an expression.
    """
    faces, half = scene.known.truths, len(scene.cleans) // 2
    return [
        clean + grain if face is None or i < half else drop_jaw(clean, face.points, frame.data) + grain
        for i, (clean, grain, face, frame) in enumerate(
            zip(scene.cleans, scene.grains, faces, scene.take.truths, strict=True)
        )
    ]


def drop_jaw(picture: torch.Tensor, points: np.ndarray, data: Window) -> torch.Tensor:
    """Pixels below the line between the lips fetched from above, most at the lower lip, fading away from it."""
    lip, width = points[14, :2] - (data.x0, data.y0), float(np.ptp(points[:, 0]))
    y, x = np.mgrid[: picture.shape[1], : picture.shape[2]] + 0.5
    across, below = (x - lip[0]) / width, (y - lip[1]) / width
    fade = np.exp(-((across / 0.2) ** 2) - (np.maximum(below, 0) / 0.25) ** 2)
    drop = 0.06 * width * fade * np.clip(below / 0.04 + 1.5, 0, 1)
    planes = [
        cv2.remap(
            plane.numpy(),
            (x - 0.5).astype(np.float32),
            (y - 0.5 - drop).astype(np.float32),
            cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for plane in picture
    ]
    return torch.from_numpy(np.stack(planes))


def plate(scene: Scene) -> list[torch.Tensor]:
    return [frame.rgb for frame in scene.take.plates]


def gained(scene: Scene) -> list[torch.Tensor]:
    return [0.8 * truth for truth in scene.truths]

"""A clean comp of the small take, and the same comp spoilt in one known way each, as files beside their plate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from bench.spoilt import Scene, drop_jaw, grain_law
from doublure.core.blend.comp import blend
from doublure.core.blend.settings import BlendSettings
from doublure.core.exr import write_exr
from doublure.core.frame import Frame
from doublure.core.measure.masked_blur import gaussian_blur
from doublure.core.measure.matte import SOLID, centroid, face_width


class Comp:
    """The truth blended into the plate, its picture and its grain apart.

    Attributes:
        plates: frames of the plate. mattes: (H, W) as the Blend wrote them. pictures: (3, H, W) the comp without grain.
        grains: (3, H, W) its grain; ``roll`` moves it by so many pixels, which makes other grain of the same law.
    """

    def __init__(self, scene: Scene, *, roll: int = 0) -> None:
        self.plates = scene.take.plates
        self.faces = scene.known.plates
        settings = BlendSettings(grain=0.0, sharpness=0.0)
        done = [self._blend(scene, i, settings) for i in range(len(self.plates))]
        self.mattes = [frame.channel("matte") for frame in done]
        self.pictures = [frame.rgb for frame in done]
        slope, floor = grain_law(scene)

        def sigma(light: torch.Tensor) -> torch.Tensor:
            return (slope * light.clamp_min(0) + floor).sqrt()

        # The take's own grain, as strong as its law has it at the light of the blended face.
        self.grains = [
            matte * grain.roll(roll, 2) / sigma(clean).roll(roll, 2) * sigma(picture)
            for matte, grain, clean, picture in zip(
                self.mattes, scene.grains, scene.cleans, self.pictures, strict=True
            )
        ]

    @staticmethod
    def _blend(scene: Scene, index: int, settings: BlendSettings) -> Frame:
        plate, matte = scene.take.plates[index], scene.take.mattes[index]
        pixels = torch.cat([scene.cleans[index] * matte, matte[None]])
        return blend(plate, plate.with_pixels(pixels, ("R", "G", "B", "A")), settings)

    @property
    def clean(self) -> list[torch.Tensor]:
        return [picture + grain for picture, grain in zip(self.pictures, self.grains, strict=True)]

    def write(self, pictures: list[torch.Tensor], folder: Path, numbers: list[int]) -> list[tuple[int, Path]]:
        """Frames whose pixels outside the matte are the plate's, whatever was done to the pictures."""
        folder.mkdir(parents=True, exist_ok=True)
        out = []
        for plate, picture, matte, number in zip(self.plates, pictures, self.mattes, numbers, strict=True):
            path = folder / f"comp.{number}.exr"
            rgb = torch.where(matte > 0, picture, plate.rgb)
            write_exr(path, plate.with_rgb(rgb).with_channel("matte", matte))
            out.append((number, path))
        return out


def blurred(comp: Comp) -> list[torch.Tensor]:
    """The last three frames soft by 0.8 pixels under unchanged grain."""
    return [
        (gaussian_blur(picture, 0.8) if i > 4 else picture) + grain
        for i, (picture, grain) in enumerate(zip(comp.pictures, comp.grains, strict=True))
    ]


def soft(comp: Comp) -> list[torch.Tensor]:
    """Every frame soft by 0.8 pixels under unchanged grain."""
    return [gaussian_blur(p, 0.8) + g for p, g in zip(comp.pictures, comp.grains, strict=True)]


def too_bright(comp: Comp) -> list[torch.Tensor]:
    """The whole face 20 % brighter than the plate's: the clean comp of this hero's dark beard is 0.3 stops darker."""
    return [p * (1 + (1.2 * 2**0.33 - 1) * m) for p, m in zip(comp.clean, comp.mattes, strict=True)]


def fringed(comp: Comp) -> list[torch.Tensor]:
    """A dark line along the matte's edge."""
    return [
        torch.where((m > 0.2) & (m < 0.8), 0.4 * p, p) for p, m in zip(comp.clean, comp.mattes, strict=True)
    ]


def grain_doubled(comp: Comp) -> list[torch.Tensor]:
    return [p + 2 * g for p, g in zip(comp.pictures, comp.grains, strict=True)]


def grain_gone(comp: Comp) -> list[torch.Tensor]:
    return comp.pictures


def flickering(comp: Comp) -> list[torch.Tensor]:
    """5 % up and down under the matte."""
    return [
        picture * (1 + (0.05 if i % 2 else -0.05) * matte)
        for i, (picture, matte) in enumerate(zip(comp.clean, comp.mattes, strict=True))
    ]


def shaking(comp: Comp) -> list[torch.Tensor]:
    """Up to 2 % of the face's width either way, another way in every frame."""
    rng = np.random.default_rng(1)
    most = round(0.02 * face_width(comp.mattes[0]))
    return [_moved(comp, i, *rng.integers(-most, most + 1, 2).tolist()) for i in range(len(comp.plates))]


def shifted(comp: Comp) -> list[torch.Tensor]:
    """4 % of the face's width to the right from the middle of the shot on."""
    step = round(0.04 * face_width(comp.mattes[0]))
    return [_moved(comp, i, step if i > 3 else 0, 0) for i in range(len(comp.plates))]


def _moved(comp: Comp, index: int, x: int, y: int) -> torch.Tensor:
    clean, matte = comp.clean[index], comp.mattes[index]
    return matte * torch.roll(clean, (y, x), (1, 2)) + (1 - matte) * clean


def frozen(comp: Comp) -> list[torch.Tensor]:
    """The fourth face again in the fifth frame."""
    out = comp.clean
    out[4] = torch.where(comp.mattes[4] > SOLID, out[3], out[4])
    return out


def frozen_under_grain(comp: Comp) -> list[torch.Tensor]:
    """The fourth face again in the fifth and sixth frame, each under its own grain."""
    out = comp.clean
    for i in (4, 5):
        out[i] = torch.where(comp.mattes[i] > SOLID, comp.pictures[3] + comp.grains[i], out[i])
    return out


def reverted(comp: Comp) -> list[torch.Tensor]:
    """The plate in the fifth frame."""
    out = comp.clean
    out[4] = comp.plates[4].rgb
    return out


def reverted_under_grain(comp: Comp) -> list[torch.Tensor]:
    """The plate's own face in the fifth frame, its grain smoothed away under another frame's."""
    out = comp.clean
    out[4] = gaussian_blur(comp.plates[4].rgb, 0.8) + comp.grains[3]
    return out


def pasted(comp: Comp, scene: Scene) -> list[torch.Tensor]:
    """The truth under its own matte, without a blend."""
    return [
        matte * truth + (1 - matte) * plate.rgb
        for matte, truth, plate in zip(comp.mattes, scene.truths, comp.plates, strict=True)
    ]


def lit_otherwise(comp: Comp) -> list[torch.Tensor]:
    """A stop up on the left half of the face and one down on the right, in the last three frames."""
    out = []
    for i, (picture, matte) in enumerate(zip(comp.clean, comp.mattes, strict=True)):
        across = (torch.arange(picture.shape[2]) + 0.5 - centroid(matte)[0]) / face_width(matte)
        stops = -2 * across.clamp(-0.5, 0.5) * matte
        out.append(picture * torch.exp2(stops) if i > 4 else picture)
    return out


def mouth_wrong(comp: Comp) -> list[torch.Tensor]:
    """Lower lip and chin 12 % of the face's width lower in the last three frames."""
    out = comp.clean
    for i in (5, 6, 7):
        face = comp.faces[i]
        assert face is not None
        low = drop_jaw(
            drop_jaw(comp.pictures[i], face.points, comp.plates[i].data), face.points, comp.plates[i].data
        )
        out[i] = low + comp.grains[i]
    return out


DAMAGES: dict[str, tuple[Callable[[Comp], list[torch.Tensor]], str]] = {
    "blurred": (blurred, "sharpness"),
    "soft": (soft, "sharpness"),
    "too bright": (too_bright, "light"),
    "fringed": (fringed, "seam"),
    "grain doubled": (grain_doubled, "grain"),
    "grain gone": (grain_gone, "grain"),
    "flickering": (flickering, "temporal"),
    "shaking": (shaking, "jitter"),
    "shifted": (shifted, "jitter"),
    "frozen": (frozen, "frozen"),
    "reverted": (reverted, "reverted"),
    "frozen under grain": (frozen_under_grain, "frozen"),
    "reverted under grain": (reverted_under_grain, "reverted"),
    "lit otherwise": (lit_otherwise, "light"),
    "mouth wrong": (mouth_wrong, "aperture"),
}
"""By name: how, and the one check that must tell it."""

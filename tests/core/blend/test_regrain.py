"""The whole regrain on the committed takes, whose grain's law is known exactly."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from doublure.core.blend.comp import MATTE, blend
from doublure.core.blend.filters import gaussian
from doublure.core.blend.settings import BlendSettings
from doublure.core.exr import read_exr
from doublure.core.frame import Frame
from doublure.core.scan.grain_ratio import grain_ratio

TAKES = Path(__file__).parents[3] / "examples" / "takes"


def perfect(take: Path, number: int, plate: Frame) -> Frame:
    """The truth without grain, as a Swap would hand it over."""
    layers = read_exr(take / f"layers/truth/truth.{number}.exr")
    matte = read_exr(take / f"truth/truth.{number}.exr").channel("matte")
    clean = torch.stack([layers.channel(f"clean.{c}") for c in "RGB"]).float()
    pixels = torch.cat([clean * matte, matte[None]])
    return Frame(pixels, ("R", "G", "B", "A"), plate.data, plate.display, plate.space, number=number)


@pytest.mark.parametrize("name", ["talk", "hardkey"])
@pytest.mark.parametrize("number", [1001, 1006])
@pytest.mark.parametrize("softness", [0.0, 1.0])
def test_a_face_without_grain_gets_the_cameras(name: str, number: int, softness: float) -> None:
    take = TAKES / name
    law = json.loads((take / "take.json").read_text())["grain"]
    slope, floor = (torch.tensor(law[key])[:, None, None] for key in ("slope", "floor"))
    plate = read_exr(take / f"plate/plate.{number}.exr", number=number)
    face = perfect(take, number, plate)
    if softness:
        face = face.with_pixels(gaussian(face.pixels, softness))
    settings = BlendSettings(colour_match="off")
    grainy, clean = (blend(plate, face, replace(settings, grain=grain), seed=3) for grain in (1.0, 0.0))
    matte = grainy.channel(MATTE)
    sigma = (slope * gaussian(clean.rgb, 3.0).clamp_min(0) + floor).sqrt()
    added = ((grainy.rgb - clean.rgb) / sigma)[:, matte > 0.9].std(1)
    assert added.tolist() == pytest.approx([1.0] * 3, abs=0.17)
    assert grain_ratio(grainy.rgb, plate.rgb, matte) == pytest.approx(1.0, abs=0.15)
    assert grain_ratio(clean.rgb, plate.rgb, matte) < 0.3

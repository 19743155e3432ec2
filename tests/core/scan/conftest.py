from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio
import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    torch.set_num_threads(1)


WIDTH, HEIGHT = 24, 16


def pixels(seed: int = 3, channels: int = 3) -> np.ndarray:
    """(16, 24, channels) float16, 0.1 to 1."""
    return np.random.default_rng(seed).uniform(0.1, 1, (HEIGHT, WIDTH, channels)).astype(np.float16)


def write(
    path: Path,
    values: np.ndarray,
    names: tuple[str, ...] = ("R", "G", "B"),
    *,
    at: tuple[int, int] = (0, 0),
    **attributes: Any,
) -> Path:
    """An OpenEXR file as given, NaN and all: ``core.exr`` would refuse some of them."""
    kind = "half" if values.dtype == np.float16 else "float"
    spec = oiio.ImageSpec(values.shape[1], values.shape[0], values.shape[2], oiio.TypeDesc(kind))
    spec.channelnames = names
    spec.alpha_channel = names.index("A") if "A" in names else -1
    spec.x, spec.y = at
    spec.full_x = spec.full_y = 0
    spec.full_width, spec.full_height = WIDTH, HEIGHT
    said = {"compression": "zip", "colorInteropID": "lin_ap1_scene"} | attributes
    for name, value in said.items():
        if value is None:
            continue
        if isinstance(value, tuple) and isinstance(value[0], str):
            spec.attribute(name, oiio.TypeDesc(value[0]), value[1])
        else:
            spec.attribute(name, value)
    sink = oiio.ImageOutput.create(str(path))
    assert sink is not None
    assert sink.open(str(path), spec), sink.geterror()
    assert sink.write_image(values), sink.geterror()
    assert sink.close()
    return path

"""Plates, faces and a tiny model for comps through the service."""

from __future__ import annotations

from pathlib import Path

import torch

from bench.stage_consent import swap_params
from doublure.core.face.track import Track as FaceTrack
from doublure.core.frame import Frame
from doublure.core.swap.checkpoint import Model, save_model
from doublure.core.swap.network import NetworkShape, SwapNetwork
from doublure.core.window import Window
from tests.nodes.fake_tracker import SHAPE, found

DATA, DISPLAY = Window(-4, -2, 68, 50), Window.of_size(64, 48)
_PEOPLE = (
    {"name": "double", "role": "driver", "frames": 3, "sha256": "0" * 64},
    {"name": "hero", "role": "hero", "frames": 3, "sha256": "1" * 64},
)


def picture(
    seed: int, channels: tuple[str, ...] = ("R", "G", "B"), *, space: str = "ACEScg", number: int = 1001
) -> Frame:
    """Seeded pixels round 0.2, one highlight of 40, some below 0."""
    noise = torch.randn(len(channels), DATA.height, DATA.width, generator=torch.Generator().manual_seed(seed))
    pixels = 0.2 + 0.08 * noise
    pixels[:, 10, 10] = 40.0
    return Frame(pixels, channels, DATA, DISPLAY, space, number=number)


def face(seed: int = 2, *, space: str = "ACEScg") -> Frame:
    """A disc of RGBA with a soft edge, premultiplied."""
    made = picture(seed, ("R", "G", "B", "A"), space=space)
    y, x = torch.meshgrid(torch.arange(DATA.height), torch.arange(DATA.width), indexing="ij")
    alpha = (1.5 - ((x - 36.0) ** 2 + (y - 26.0) ** 2).sqrt() / 14).clamp(0, 1)
    pixels = made.pixels * alpha
    pixels[3] = alpha
    return made.with_pixels(pixels)


def model(path: Path) -> Path:
    """An untrained network that fits in a test."""
    torch.manual_seed(0)
    network = SwapNetwork(NetworkShape(size=32, width=4, bottleneck=16)).eval()
    torch.nn.init.normal_(network.codes.weight, 0, 0.3)
    save_model(path, Model(network, torch.zeros(2, 3, 16, 16), _PEOPLE, {}))
    return path


def swap_files(folder: Path) -> dict[str, object]:
    """Params of a Swap that may: model, track, and the consent of the two people."""
    made = model(folder / "m.safetensors")
    consent = swap_params(folder, made, driver="double")
    return {"model": made, "track": track(folder / "t.json"), **consent}


def track(path: Path) -> Path:
    """A track with a face on frame 1001 and none on 1003."""
    from doublure.core.face.track import FaceFrame

    frames = {1001: found(1001), 1003: FaceFrame.lost(1003, "the face was lost")}
    FaceTrack("plate", 64, 48, 1.0, SHAPE, frames).save(path)
    return path

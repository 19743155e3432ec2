"""What an exported network takes, as a picture: the crop with its mask, and the guides behind it.

R, G, B are the crop in ACEScct, exposed to middle grey, A is the mask; a guided network has two layers more, for each
part of a face a channel: `guide`, the landmarks on the face that is wanted, and `guide_own`, those on the performer's
own face. The layout is that of ``export_module.HeroCrop``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
import torch.nn.functional as F

from doublure.core.frame import Attribute, Frame
from doublure.core.swap.face_space import DATA_SPACE, canvas
from doublure.core.swap.guide import NAMES
from doublure.core.swap.light import restore
from doublure.core.swap.plate_face import PlateFace

EXPOSURE = "doublureExposure"
"""Header attribute: the gain that brought the plate's face to middle grey. Light in the plate is light in the crop over
it."""
LAYERS = ("guide", "guide_own")
_RGBA = ("R", "G", "B", "A")


def channels(guided: bool) -> tuple[str, ...]:
    """Names of the channels, in the order in which the network takes them."""
    return (*_RGBA, *(f"{layer}.{name}" for layer in LAYERS for name in NAMES if guided))


def no_input(plate: Frame, size: int, guided: bool) -> Frame:
    """The picture of a frame without a face, (C, S, S): all 0, to which the network answers with an empty matte."""
    names = channels(guided)
    frame = canvas(plate, size, 1)[0]
    return replace(frame, pixels=torch.zeros(len(names), size, size), channels=names, space=DATA_SPACE)


def network_input(plate: Frame, own: PlateFace, guides: Sequence[torch.Tensor]) -> Frame:
    """The picture of a face, (C, S, S), with its exposure in the header.

    Args:
        plate: whose header it has.
        own: the face, cut from it.
        guides: (1, G, core / 2, core / 2) each, one for each of ``LAYERS``; none for a network that is not guided.
    """
    crop = torch.from_numpy(restore(own.split.detail, own.split.low)).permute(2, 0, 1)
    size = len(own.mask)
    # Each pixel several times: the mean that the network takes of them is the guide again.
    layers = [F.interpolate(guide, size=(size, size), mode="nearest")[0] for guide in guides]
    frame = no_input(plate, size, bool(guides))
    return replace(
        frame,
        pixels=torch.cat([crop, torch.from_numpy(own.mask)[None], *layers]),
        metadata={**frame.metadata, EXPOSURE: Attribute("float", float(own.split.exposure))},
    )

"""A tiny model and a face on a plate, for the tests of exported modules."""

from __future__ import annotations

import numpy as np
import torch

from doublure.core.face.pose import Pose
from doublure.core.face.topology import canonical_shape
from doublure.core.face.track import FaceFrame
from doublure.core.frame import Frame
from doublure.core.swap.checkpoint import Model
from doublure.core.swap.export_hero import Origin
from doublure.core.swap.guide import CHANNELS
from doublure.core.swap.infer import Swapper
from doublure.core.swap.light import restore
from doublure.core.swap.marks import at_rest
from doublure.core.swap.network import NetworkShape, SwapNetwork
from doublure.core.swap.plate_face import PlateFace, cut_face

SIZE = 32
PEOPLE = (
    {"name": "ada", "role": "hero"},
    {"name": "ben", "role": "driver"},
    {"name": "cy", "role": "cast"},
)
ORIGIN = Origin("0" * 64, "ada", "ben", "stage", ("sq010",), SIZE, ())


def tiny_swapper(
    people: tuple[dict[str, str], ...] = PEOPLE, *, guided: bool = False, core: int = SIZE
) -> Swapper:
    """``core`` is the side of the network's core, SIZE or half of it."""
    torch.manual_seed(3)
    count = len(people)
    shape = NetworkShape(
        size=SIZE, width=4, bottleneck=16, people=count, guide=CHANNELS if guided else 0, core=core
    )
    network = SwapNetwork(shape).eval()
    torch.nn.init.normal_(network.codes.weight, 0, 0.3)
    for finer in network.finer:
        torch.nn.init.normal_(finer.out.weight, 0, 0.1)
    complexions, rests = 0.05 * torch.randn(count, 3, 16, 16), None
    if guided:
        for parameter in network.guides.parameters():
            torch.nn.init.normal_(parameter, 0, 0.3)
        rest = at_rest(canonical_shape())
        rests = rest + 0.05 * torch.randn(count, *rest.shape)
    return Swapper(Model(network, complexions, people, {}, rests=rests))


def plate_and_face(highlight: float = 0.3, spread: float = 1.0) -> tuple[Frame, FaceFrame]:
    """``spread`` is how much farther apart the landmarks, and so the mask, lie than the pose says."""
    generator = torch.Generator().manual_seed(0)
    rgb = 0.18 + 0.05 * torch.randn(3, 90, 120, generator=generator)
    rgb[:, 20:30, 55:65] = highlight
    pose = Pose(np.eye(3), 14.0, np.array([60.0, 40.0]))
    shape = canonical_shape()
    points = np.column_stack([pose.project(shape), shape[:, 2] * 14.0]).astype(np.float32)
    points[:, :2] = (points[:, :2] - points[:, :2].mean(0)) * spread + points[:, :2].mean(0)
    face = FaceFrame(number=7, found=True, reason=None, score=1.0, points=points, pose=pose)
    return Frame.from_rgb(rgb, "ACEScg", number=7), face


def as_input(own: PlateFace) -> torch.Tensor:
    """(1, 4, S, S): what an exported module takes."""
    rgba = np.dstack([restore(own.split.detail, own.split.low), own.mask])
    return torch.from_numpy(rgba.transpose(2, 0, 1)[None].astype(np.float32).copy())


def crop_of(plate: Frame, face: FaceFrame) -> tuple[PlateFace, torch.Tensor]:
    own = cut_face(plate, face, SIZE)
    assert own is not None
    return own, as_input(own)

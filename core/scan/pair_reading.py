"""What changes in the face from one frame to the next, in result and plate."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch

from doublure.core.face.topology import RIGID
from doublure.core.measure.flow import dis_flow
from doublure.core.measure.masked_blur import gaussian_blur
from doublure.core.measure.motion import PATCH_SIGMA
from doublure.core.measure.temporal import PairErrors, pair_errors
from doublure.core.scan.face_cut import FaceCut


@dataclass(frozen=True)
class PairReading:
    """One frame against the frame before.

    Attributes:
        number: the later frame's.
        apart: (N, 2) how much further each landmark that expression hardly moves (``topology.RIGID``) moves in the
            result than in the plate, square pixels of the plate.
        errors: the warp errors along the plate's flow; None where no pixel can be followed.
        motion, plate_motion: how far the landmarks' surroundings move in result and plate, rms over all landmarks, in
            pixels of the cut; grain hardly changes it.
        held, plate_held: share of the face's pixels that are bit for bit the frame's before; None where the faces lie
            too far apart to be compared.
    """

    number: int
    apart: np.ndarray
    errors: PairErrors | None
    motion: float
    plate_motion: float
    held: float | None
    plate_held: float | None


def pair_reading(before: FaceCut, now: FaceCut) -> PairReading:
    """Compare two consecutive frames. The two cuts' own places cancel, as result and plate are cut alike.

    Landmarks move by the optical flow round them, as in ``measure.motion.followed``; both pictures are low-passed
    against grain first, and the plate's flow serves the warp errors too.
    """
    first, second = before.whole, now.whole
    points = first.inside(before.points)
    ours, flow = (dis_flow(*pair) for pair in zip(before.calm, now.calm, strict=True))
    moves = [_read(gaussian_blur(one, PATCH_SIGMA * before.width), points[:, :2]) for one in (ours, flow)]
    apart = (moves[0] - moves[1])[list(RIGID)]
    # Each cut lies where its frame's face is.
    carried = (np.array(second.origin) - first.origin) / second.step
    motion, plate_motion = (float(np.sqrt(((one + carried) ** 2).sum(1).mean())) for one in moves)
    errors = pair_errors(
        [first.result, second.result], [first.plate, second.plate], [first.matte, second.matte], flow
    )
    # A cut's pixels are square, and its rows are the plate's.
    return PairReading(now.number, apart * second.step[1], errors, motion, plate_motion, *_held(before, now))


def _read(flow: torch.Tensor, points: np.ndarray) -> np.ndarray:
    """(2, H, W) at points (N, 2) in pixels, as (N, 2); points beyond it read its edge."""
    x, y = (np.ascontiguousarray(points[:, k] - 0.5, np.float32)[None] for k in range(2))
    planes = [
        cv2.remap(plane.numpy(), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0] for plane in flow
    ]
    return np.stack(planes, 1).astype(np.float64)


def _held(before: FaceCut, now: FaceCut) -> tuple[float | None, float | None]:
    common = before.window.intersect(now.window)
    if common.empty:
        return None, None
    places = [common.slices(cut.window) for cut in (before, now)]
    solid = before.solid[places[0]] & now.solid[places[1]]
    if not solid.any():
        return None, None
    shares = []
    for a, b in ((before.bits, now.bits), (before.plate_bits, now.plate_bits)):
        shares.append(float((a[places[0]] == b[places[1]]).all(2)[solid].mean()))
    return shares[0], shares[1]

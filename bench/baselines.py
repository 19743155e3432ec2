"""What a result has to beat: the untouched plate, one hero still pasted on, and that still in the plate's colours.

Each baseline is a function of a take (and of the hero's footage) that gives one frame per frame of the take:

- ``plate``: doing nothing.
- ``still``: one hero still, the most frontal and calm of the footage with open eyes, its light taken off, graded once
  for the shot, laid over the driver's tracked landmarks with a feathered edge.
- ``transfer``: the same, with mean and covariance of colour brought to the plate's face in every frame.
- ``truth``: the perfect answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from doublure.core.blend.colour_match import match_colour
from doublure.core.color import acescct_decode, acescct_encode, to_working
from doublure.core.errors import DoublureError
from doublure.core.face.topology import OVAL, RIGID
from doublure.core.frame import Frame
from doublure.core.measure.expression import LEFT_LIDS, LIPS, RIGHT_LIDS, head_fixed, opening
from doublure.core.measure.landmarks import Tracked, track_points
from doublure.core.measure.masked_blur import masked_blur
from doublure.core.measure.matte import SOLID, face_width
from doublure.core.sequence import FrameReader
from doublure.core.sequence import Sequence as Files

HERO = "hero/hero.####.exr"
LIGHT_SIGMA = 0.12
"""Gaussian over the width of the still's face: what is coarser, in log, is its light (and its broad colour)."""
FEATHER = 0.03
"""Gaussian over the width of the face, inwards of the face's outline."""


@dataclass(frozen=True)
class Still:
    """One hero frame made ready: ``picture`` (3, H, W) ACEScg without its light, ``matte`` (H, W), the face in it."""

    number: int | None
    picture: torch.Tensor
    matte: torch.Tensor
    face: Tracked


def choose_still(folder: Path) -> Still:
    """The best still of a take's hero footage.

    The least sum of |yaw| and |pitch| over 10 degrees, an open mouth (a thirtieth of the eyes' distance counts 1) and
    lids less open than the footage's 75th percentile (a tenth counts 1), among frames whose face is found.

    Raises:
        DoublureError: there is no footage, or no face in it.
    """
    if not (folder / HERO).parent.is_dir():
        raise DoublureError(
            "the take has no hero footage", file=folder, remedy="render it with --hero-frames"
        )
    frames = [to_working(frame) for frame in FrameReader(Files.parse(folder / HERO))]
    found = [
        (frame, face) for frame, face in zip(frames, track_points(frames), strict=True) if face is not None
    ]
    if not found:
        raise DoublureError("no face was found in the hero footage", file=folder / HERO)
    heads = [head_fixed(face.square) for _, face in found]
    lids = np.array([(opening(head, LEFT_LIDS) + opening(head, RIGHT_LIDS)) / 2 for head in heads])
    lips = np.array([opening(head, LIPS) for head in heads])
    turned = np.array([abs(face.pose.yaw) + abs(face.pose.pitch) for _, face in found]) / 10
    shut = np.maximum(np.quantile(lids, 0.75) - lids, 0) * 10
    best = int(np.argmin(turned + 30 * lips + shut))
    frame, face = found[best]
    matte = torch.from_numpy(_hull(frame, face))
    return Still(frame.number, unlit(frame.rgb, matte), matte, face)


def unlit(picture: torch.Tensor, matte: torch.Tensor) -> torch.Tensor:
    """``picture`` (3, H, W) with its low frequencies inside the matte (H, W), in ACEScct, made one constant."""
    code = acescct_encode(picture.clamp_min(0))
    light = masked_blur(code, matte, LIGHT_SIGMA * face_width(matte))
    middle = light[:, matte > SOLID].mean(1)[:, None, None]
    return acescct_decode(torch.where(matte > 0, code - light + middle, code))


def paste(plates: Sequence[Frame], faces: Sequence[Tracked | None], still: Still) -> list[Frame]:
    """``still`` over every plate whose face is tracked; the plate itself where none is.

    The still follows an affine map, least squares over the points that expression hardly moves, so it turns and
    foreshortens with the head; its grade (one gain per channel) is found once, over all frames.
    """
    laid = [
        None if face is None else _lay(plate, face, still) for plate, face in zip(plates, faces, strict=True)
    ]
    known = [(plate, one) for plate, one in zip(plates, laid, strict=True) if one is not None]
    gain = _grade(known)
    return [
        plate if one is None else _over(plate, one[0] * gain, one[1])
        for plate, one in zip(plates, laid, strict=True)
    ]


def transfer(plates: Sequence[Frame], faces: Sequence[Tracked | None], still: Still) -> list[Frame]:
    """As :func:`paste`, with colour transfer (mean and covariance in ACEScct) in each frame in place of the grade."""
    out = []
    for plate, face in zip(plates, faces, strict=True):
        if face is None:
            out.append(plate)
            continue
        picture, matte = _lay(plate, face, still)
        if bool((matte > SOLID).any()):
            picture = match_colour(plate.rgb, picture, matte, "full", 1.0)
        out.append(_over(plate, picture, matte))
    return out


def _lay(plate: Frame, face: Tracked, still: Still) -> tuple[torch.Tensor, torch.Tensor]:
    """The still drawn over the plate's pixels (3, H, W), and its feathered matte (H, W)."""
    rigid = list(RIGID)
    origin = np.array([plate.data.x0, plate.data.y0], np.float64)
    # Coordinates of arrays, whose pixel centres are whole, on both sides.
    start = still.face.points[rigid, :2] - 0.5
    end = face.points[rigid, :2] - origin - 0.5
    design = np.c_[start, np.ones(len(start))]
    affine = np.linalg.lstsq(design, end, rcond=None)[0].T
    size = (plate.data.width, plate.data.height)
    shrink = 1 / max(np.sqrt(abs(np.linalg.det(affine[:, :2]))), 1e-6)
    code = acescct_encode(still.picture).permute(1, 2, 0).contiguous().numpy()
    if shrink > 1.2:
        code = cv2.GaussianBlur(code, (0, 0), 0.5 * np.sqrt(shrink**2 - 1))
    drawn = cv2.warpAffine(code, affine, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    known = cv2.warpAffine(still.matte.numpy(), affine, size, flags=cv2.INTER_LINEAR)
    hull = _hull(plate, face)
    width = float(np.ptp(face.points[list(OVAL), 0]))
    matte = _feathered(np.minimum(hull, known), FEATHER * width)
    return acescct_decode(torch.from_numpy(drawn).permute(2, 0, 1)), torch.from_numpy(matte)


def _hull(frame: Frame, face: Tracked) -> np.ndarray:
    """(H, W) float32: 1 inside the outline of a tracked face."""
    out = np.zeros((frame.data.height, frame.data.width), np.float32)
    outline = face.points[list(OVAL), :2] - (frame.data.x0 + 0.5, frame.data.y0 + 0.5)
    cv2.fillPoly(out, [np.round(outline * 16).astype(np.int32)], 1.0, shift=4)
    return out


def _feathered(matte: np.ndarray, sigma: float) -> np.ndarray:
    """The matte with a soft edge that begins at the old one and goes inwards."""
    kernel = np.ones((3, 3), np.uint8)
    core = cv2.erode(matte, kernel, iterations=max(1, round(2 * sigma)), borderValue=0)
    return np.clip(cv2.GaussianBlur(core, (0, 0), max(sigma, 0.3)), 0, 1)


def _grade(laid: Sequence[tuple[Frame, tuple[torch.Tensor, torch.Tensor]]]) -> torch.Tensor:
    """(3, 1, 1) gains: the median, over frames, of the ratio of medians of plate and still inside the matte."""
    ratios = []
    for plate, (picture, matte) in laid:
        inside = matte > SOLID
        if bool(inside.any()):
            wanted, got = (image[:, inside].median(1).values for image in (plate.rgb, picture))
            ratios.append(wanted / got.clamp_min(1e-6))
    if not ratios:
        return torch.ones(3, 1, 1)
    return torch.stack(ratios).median(0).values[:, None, None]


def _over(plate: Frame, picture: torch.Tensor, matte: torch.Tensor) -> Frame:
    mixed = torch.where(matte > 0, plate.rgb + matte * (picture - plate.rgb), plate.rgb)
    return plate.with_rgb(mixed).with_channel("matte", matte)

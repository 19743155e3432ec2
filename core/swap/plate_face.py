"""The face on a plate as the network sees it, and a face in crop space laid back over the plate."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch

from doublure.core.cancel import check
from doublure.core.face.track import FaceFrame
from doublure.core.frame import Frame
from doublure.core.swap.crop import EyeLine, crop_matrix, cut, footprint, place
from doublure.core.swap.highlights import HALF_MOST, Highlights, hold_back
from doublure.core.swap.light import Separated, decode, encode, exposure_gain, separate
from doublure.core.swap.masks import face_mask, to_crop


@dataclass(frozen=True)
class PlateFace:
    """One face, cut out.

    Attributes:
        matrix: (2, 3) crop pixels to plate coordinates, see `crop_matrix`.
        split: the crop, light-separated.
        mask: (S, S) float32, hull of the landmarks, 0-1.
        highlights: what was too bright for the crop and is not in it; None where nothing was.
    """

    matrix: np.ndarray
    split: Separated
    mask: np.ndarray
    highlights: Highlights | None = None


def placement(
    plate: Frame,
    face: FaceFrame,
    size: int,
    *,
    scale: float = 1.0,
    offset: tuple[float, float] = (0.0, 0.0),
    eyes: EyeLine | None = None,
) -> np.ndarray:
    """`crop_matrix` in plate pixels, which the pixel aspect makes narrower. The face must have been found."""
    assert face.pose is not None
    square = np.array([plate.pixel_aspect, 1.0])[:, None]
    return crop_matrix(face.pose, size, scale=scale, offset=offset, eyes=eyes) / square


def cut_face(plate: Frame, face: FaceFrame, size: int, matrix: np.ndarray | None = None) -> PlateFace | None:
    """The face of a frame, cut and light-separated.

    Args:
        plate: in ACEScg.
        face: found on this frame.
        size: side S of the crop.
        matrix: where to cut, crop to plate; by default where the head is.

    Returns:
        None where the crop lies outside the picture.
    """
    assert face.points is not None
    if matrix is None:
        matrix = placement(plate, face, size)
    seen = footprint(matrix, size, plate.data)
    if seen.empty:
        return None
    rows, columns = seen.slices(plate.data)
    origin = (seen.x0, seen.y0)
    # Interleaved once: every step below would do it by itself.
    linear = cv2.merge([plane.numpy() for plane in plate.rgb[:, rows, columns]])
    mask = face_mask(to_crop(face.points, matrix), size)
    check()
    exposure = exposure_gain(cut(linear, origin, matrix, size), mask)
    check()
    body = hold_back(linear, exposure)
    bright = encode(body * exposure)
    check()
    encoded = cut(bright, origin, matrix, size)
    check()
    highlights = (
        None if body is linear else Highlights(np.minimum(linear, HALF_MOST) - body, body, seen, matrix)
    )
    return PlateFace(matrix, separate(encoded, mask, exposure), mask, highlights)


def lay_over(
    plate: Frame,
    crop: np.ndarray,
    matte: np.ndarray,
    matrix: np.ndarray,
    exposure: float,
    highlights: Highlights | None = None,
    amount: float = 1.0,
    fine: np.ndarray | None = None,
) -> Frame:
    """A face in crop space over the plate's data window.

    Args:
        plate: whose windows and header the result has.
        crop: (S, S, 3) ACEScct, exposed by ``exposure``.
        matte: (S, S) 0-1.
        matrix: crop to plate.
        exposure: the gain that is taken off again.
        highlights: what was taken off the plate before the crop was cut.
        amount: the share of them that is put back, 0-1.
        fine: (h, w, 3) ACEScct to add on the plate's pixels, see `fine_detail.fine_detail`.

    Returns:
        RGBA in ACEScg, premultiplied, 0 away from the face.
    """
    rgba = torch.zeros(4, plate.data.height, plate.data.width)
    empty = plate.with_pixels(rgba, ("R", "G", "B", "A"))
    where = footprint(matrix, crop.shape[0], plate.data, margin=0)
    if where.empty:
        return empty
    check()
    placed = place(crop.astype(np.float32), matrix, where)
    if fine is not None:
        placed = placed + fine
    check()
    colour = decode(placed) / exposure
    check()
    if highlights is not None:
        colour = highlights.put_back(colour, matrix, where, amount)
        check()
    alpha = np.clip(place(matte.astype(np.float32)[..., None], matrix, where, outside=0.0), 0.0, 1.0)
    check()
    rows, columns = where.slices(plate.data)
    rgba[:3, rows, columns] = torch.from_numpy(colour * alpha).permute(2, 0, 1)
    rgba[3, rows, columns] = torch.from_numpy(alpha[..., 0])
    return empty

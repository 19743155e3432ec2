"""The crop that a set stores: wider than the network's, at the face's own resolution, scene-linear."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch

from doublure.core.color import acescct_decode, acescct_encode
from doublure.core.exr import HALF_MAX
from doublure.core.face.pose import fit_pose
from doublure.core.face.topology import canonical_shape, triangles
from doublure.core.frame import Frame
from doublure.core.swap.crop import crop_matrix, cut, footprint, pixels_per_crop_pixel
from doublure.core.swap.faceset import COVER
from doublure.core.swap.masks import face_mask

SPAN = 1.3
"""The stored crop's side over the head's own crop: room for augmentation, and for the person's shape, which is only
known when the set is complete and moves the head's crop by a few hundredths."""
CLASSES = (64, 96, 128, 192, 256, 384, 512, 768, 1024)
"""Sides in pixels of the head's own crop; a face is stored at the smallest that loses none of its pixels."""


@dataclass(frozen=True)
class StoredCrop:
    """One face, cut out.

    Attributes:
        rgb: (3, T, T) float32 scene-linear ACEScg, T = class times SPAN; beyond the picture its edge repeated.
        mask: (T, T) 0..1, the face. visible: (T, T) 0..1, 0 beyond the picture and where something is in front.
        cover: (T, T) 0..1, how much of each pixel is visible face, where the picture's channel ``matte`` says it.
        points: (468, 3) landmarks in the crop's continuous pixels; z in the same unit.
        matrix: (2, 3) crop to plate.
        across: square plate pixels along the head's own crop.
        inside: share of the face that lies inside the picture, 0..1.
    """

    rgb: torch.Tensor
    mask: np.ndarray
    visible: np.ndarray
    cover: np.ndarray | None
    points: np.ndarray
    matrix: np.ndarray
    across: float
    inside: float


def cut_stored(frame: Frame, points: np.ndarray, hidden: np.ndarray | None = None) -> StoredCrop | None:
    """Cut a face out of a picture; None where its crop lies outside the picture.

    Args:
        frame: in ACEScg.
        points: (468, 3) in plate coordinates, z in plate y pixels.
        hidden: (468,) bool, the points that something is in front of, where a track tells.

    Aligned by the head's pose against the average face: the person's own shape needs all pictures, and is fitted
    to the stored landmarks later. Where the plate is finer than 1024 pixels across the head, pixels are averaged.
    """
    square = np.array([frame.pixel_aspect, 1.0, 1.0])
    pose = fit_pose(points * square, canonical_shape())
    across = 1 / np.sqrt(abs(np.linalg.det(np.linalg.inv(crop_matrix(pose, 1)[:, :2]))))
    size = next((side for side in CLASSES if side >= across), CLASSES[-1])
    side = round(size * SPAN)
    # Wider about the same centre.
    straight = crop_matrix(pose, size)
    middle = straight @ np.array([size / 2, size / 2, 1.0])
    wide = np.column_stack([straight[:, :2], middle - straight[:, :2] @ np.array([side / 2, side / 2])])
    matrix = wide / square[:2, None]
    area = footprint(matrix, side, frame.data)
    if area.empty:
        return None
    rows, columns = area.slices(frame.data)
    # Sampled in the logarithm, where the cubic's overshoot at a highlight is small; what is left of it is cut off.
    encoded = acescct_encode(frame.rgb[:, rows, columns].contiguous()).permute(1, 2, 0).numpy()
    taken = _bounded(cut(encoded, (area.x0, area.y0), matrix, side), encoded, (area.x0, area.y0), matrix)
    rgb = acescct_decode(torch.from_numpy(np.ascontiguousarray(taken.transpose(2, 0, 1))))
    cover = None
    if frame.has(COVER):
        plane = frame.channel(COVER)[rows, columns].numpy()
        cover = cut(plane, (area.x0, area.y0), matrix, side)[..., 0].clip(0, 1)
    local = (points[:, :2] - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
    on_crop = np.c_[local, points[:, 2] / pixels_per_crop_pixel(wide)]
    mask = face_mask(on_crop[:, :2], side)
    visible = _within(frame, matrix, side)
    inside = float((visible * mask).sum() / max(float(mask.sum()), 1e-9))
    if hidden is not None and hidden.any():
        visible = visible * _in_front(on_crop[:, :2], hidden, side)
    return StoredCrop(
        rgb.clamp(-HALF_MAX, HALF_MAX), mask, visible, cover, on_crop, matrix, float(across), inside
    )


def _bounded(taken: np.ndarray, image: np.ndarray, origin: tuple[int, int], matrix: np.ndarray) -> np.ndarray:
    """A crop (T, T, 3) no darker and no brighter anywhere than the nine nearest pixels of the image (H, W, 3)."""
    side = taken.shape[0]
    shift = matrix @ np.array([0.5, 0.5, 1.0]) - 0.5 - np.asarray(origin, float)
    affine = np.column_stack([matrix[:, :2], shift])
    kernel, flags = np.ones((3, 3), np.uint8), cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    low, high = (
        cv2.warpAffine(
            each(image, kernel), affine, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        for each in (cv2.erode, cv2.dilate)
    )
    return np.clip(taken, low, high)


def _within(frame: Frame, matrix: np.ndarray, side: int) -> np.ndarray:
    """(side, side) float32: 1 over the picture's data window, 0 beyond it."""
    centres = np.arange(side) + 0.5
    x = matrix[0, 0] * centres[None] + matrix[0, 1] * centres[:, None] + matrix[0, 2]
    y = matrix[1, 0] * centres[None] + matrix[1, 1] * centres[:, None] + matrix[1, 2]
    data = frame.data
    return ((x >= data.x0) & (x < data.x1) & (y >= data.y0) & (y < data.y1)).astype(np.float32)


def _in_front(points: np.ndarray, hidden: np.ndarray, side: int) -> np.ndarray:
    """(side, side) float32: 0 on the triangles that touch a hidden point, a little soft, 1 elsewhere."""
    plane = np.full((side, side), 255, np.uint8)
    for triangle in triangles()[hidden[triangles()].any(1)]:
        corners = np.round((points[triangle] - 0.5) * 16).astype(np.int32)
        cv2.fillConvexPoly(plane, corners, 0, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(plane, (0, 0), side / 128).astype(np.float32) / 255

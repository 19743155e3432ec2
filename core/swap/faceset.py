"""One person's faces for training: aligned, light-separated crops with their masks, in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from collections.abc import Sequence as Series
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch

from doublure.core.color import to_working
from doublure.core.errors import DoublureError
from doublure.core.face.pose import fit_pose, person_shape
from doublure.core.face.track import FaceFrame, TrackSettings, track_frames
from doublure.core.frame import Frame
from doublure.core.sequence import FrameReader, Sequence
from doublure.core.swap.complexion import mean_complexion
from doublure.core.swap.crop import crop_matrix, cut, footprint
from doublure.core.swap.light import encode, exposure_gain, separate
from doublure.core.swap.marks import Marks, read_marks, stacked
from doublure.core.swap.masks import face_mask, loss_weight, to_crop

MARGIN = 1.125  # the stored crop spans this much more than the network's, room for augmentation to move it
DENSITY = 1.5  # stored pixels per network pixel, so that moving it does not blur it
VISIBLE = "visible"
"""The channel of a set's crop that is black where something is in front of the face, or the picture has ended."""
COVER = "matte"
"""The channel of footage that says how much of each pixel is visible face, 0-1: the stage's, or a roto's."""
HELD_OUT = 0.1  # share of each sequence, its last block, that is never trained on


@dataclass(frozen=True)
class Faceset:
    """Crops of one person.

    Attributes:
        person: the person's name, as the model will list it.
        role: "hero", "driver" or "cast".
        detail: (N, 3, T, T) float16 light-separated ACEScct, T = size * MARGIN * DENSITY.
        mask: (N, T, T) uint8, face mask, 255 = face.
        weight: (N, T, T) uint8, training weight * 32.
        complexion: (3, G, G) float32, see `doublure.core.swap.complexion`.
        moments: (N,) what a frame shows: equal numbers in two paired sets are the same performance and light.
        held_out: (N,) bool, True where the frame is kept from training.
        faceless: frames skipped, as "file (frame): reason".
        sha256: hash over the source pictures' pixels, in order.
        size: the network's crop side.
        cover: (N, T, T) uint8, what is face, 255 = all, where the footage says it for every frame (``COVER``). From it
            the matte is learned.
        marks: the landmarks of every frame, which guide the decoder; None where nothing is known of them.
    """

    person: str
    role: str
    detail: torch.Tensor
    mask: torch.Tensor
    weight: torch.Tensor
    complexion: torch.Tensor
    moments: np.ndarray
    held_out: np.ndarray
    faceless: tuple[str, ...]
    sha256: str
    size: int
    cover: torch.Tensor | None = None
    marks: Marks | None = None

    def __len__(self) -> int:
        return len(self.moments)


def _find_face(frame: Frame) -> tuple[FaceFrame, str]:
    """(the largest face of a still, the reason where there is none)."""
    assert frame.number is not None
    face = track_frames([frame], TrackSettings(smoothing=0)).frames[frame.number]
    return face, face.reason or ""


def stored_side(size: int) -> int:
    """Pixels along a stored crop for a network of crop side ``size``."""
    return round(size * MARGIN * DENSITY)


def pictures_digest(
    sequences: Series[Sequence],
    *,
    space: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> str:
    """``Faceset.sha256`` of the same sequences, without looking for a face: what a likeness record consents to.

    Args:
        sequences, space: as for `build_faceset`.
        progress: called with (frames done, frames in all).

    Raises:
        DoublureError: a frame is missing or unreadable.
    """
    total, done = sum(len(s.numbers) for s in sequences), 0
    digest = hashlib.sha256()
    for sequence in sequences:
        for frame in FrameReader(sequence, space=space):
            digest.update(_pixels(frame))
            done += 1
            if progress:
                progress(done, total)
    return digest.hexdigest()


def _pixels(frame: Frame) -> bytes:
    return np.ascontiguousarray(frame.rgb.numpy()).tobytes()


def build_faceset(
    person: str,
    role: str,
    sequences: Series[Sequence],
    *,
    size: int = 128,
    space: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Faceset:
    """Finds the face in every frame of the sequences and cuts its crops.

    Frames are taken as stills: each is searched afresh, so a set may mix shots, lights and takes.

    Args:
        person, role: see `Faceset`.
        sequences: EXR sequences in which the largest face is this person.
        size: side of the network's crop in pixels.
        space: colour space of files that do not name theirs.
        progress: called with (frames done, frames in all).

    Raises:
        DoublureError: a frame is missing or unreadable, or fewer than 8 frames show a face.
    """
    total = 2 * sum(len(s.numbers) for s in sequences)
    done = 0
    faces: list[dict[int, FaceFrame]] = []
    faceless: list[str] = []
    digest = hashlib.sha256()
    for sequence in sequences:
        found: dict[int, FaceFrame] = {}
        for frame in FrameReader(sequence, space=space):
            assert frame.number is not None
            digest.update(_pixels(frame))
            face, reason = _find_face(to_working(frame))
            if face.points is None:
                faceless.append(f"{frame.path} (frame {frame.number}): {reason}")
            else:
                found[frame.number] = face
            done += 1
            if progress:
                progress(done, total)
        faces.append(found)
    everyone = [face.points for found in faces for face in found.values() if face.points is not None]
    if len(everyone) < 8:
        raise DoublureError(
            f"only {len(everyone)} frames of {person} show a face",
            file=sequences[0].pattern if sequences else None,
            remedy="give footage with at least 8 frames in which the face is clear, a few hundred are better",
        )
    shape = person_shape(everyone)
    rows: list[Cut] = []
    moments: list[int] = []
    held: list[bool] = []
    for sequence, found in zip(sequences, faces, strict=True):
        numbers = sorted(found)
        last_block = len(numbers) - int(len(numbers) * HELD_OUT)
        for index, frame in enumerate(FrameReader(sequence, numbers=numbers, space=space)):
            assert frame.number is not None
            face = found[frame.number]
            assert face.points is not None
            rows.append(cut_face(to_working(frame), face.points, shape, size, face.pupils))
            moments.append(frame.number)
            held.append(index >= last_block)
            done += 1
            if progress:
                progress(min(done, total), total)
    covers = [row.cover for row in rows if row.cover is not None]
    return Faceset(
        person,
        role,
        torch.from_numpy(np.stack([r.detail for r in rows])),
        torch.from_numpy(np.stack([r.mask for r in rows])),
        torch.from_numpy(np.stack([r.weight for r in rows])),
        mean_complexion([(r.low, r.inner) for r in rows]),
        np.array(moments),
        np.array(held),
        tuple(faceless),
        digest.hexdigest(),
        size,
        torch.from_numpy(np.stack(covers)) if len(covers) == len(rows) else None,
        stacked([row.marks for row in rows], shape),
    )


class Cut(NamedTuple):
    """One face: ``detail`` (3, T, T) float16, ``mask``, ``weight`` and, where it is known, ``cover`` (T, T) uint8; on
    the network's own crop ``low`` (S', S', 3) and its mask ``inner`` (S', S') float32."""

    detail: np.ndarray
    mask: np.ndarray
    weight: np.ndarray
    low: np.ndarray
    inner: np.ndarray
    cover: np.ndarray | None
    marks: Marks


def cut_face(
    frame: Frame, points: np.ndarray, shape: np.ndarray, size: int, pupils: np.ndarray | None = None
) -> Cut:
    """Cuts one face of a frame.

    Args:
        frame: in ACEScg. Its channel ``visible``, where it has one, takes off the face what is black in it; its channel
            ``matte`` says what is face.
        points: (468, 3) landmarks in its coordinates. shape: the person's, see ``face.pose.person_shape``.
        size: side of the network's crop.
        pupils: (2, 2) in the frame's coordinates, right eye first, where they are known.
    """
    square = np.array([frame.pixel_aspect, 1.0])
    even = points * np.array([frame.pixel_aspect, 1.0, 1.0])
    pose = fit_pose(even, shape)
    matrix = crop_matrix(pose, size) / square[:, None]
    side = stored_side(size)
    # The same centre, MARGIN wider, sampled DENSITY times finer.
    linear = matrix[:, :2] / DENSITY
    middle = matrix @ np.array([size / 2, size / 2, 1.0])
    wide = np.column_stack([linear, middle - linear @ np.array([side / 2, side / 2])])
    area = footprint(wide, side, frame.data)
    if area.empty:
        raise frame.error("the face lies outside the picture", "leave the frame out")
    rows, columns = area.slices(frame.data)
    pixels = frame.rgb[:, rows, columns].permute(1, 2, 0).numpy()
    origin = (area.x0, area.y0)
    on_crop = to_crop(points, wide)
    mask = face_mask(on_crop, side)
    seen, cover = (
        cut(frame.channel(name)[rows, columns].numpy(), origin, wide, side)[..., 0].clip(0, 1)
        if frame.has(name)
        else None
        for name in (VISIBLE, COVER)
    )
    if seen is not None:
        mask = mask * seen
    exposure = exposure_gain(cut(pixels, origin, wide, side), mask)
    encoded = cut(encode(pixels * exposure), origin, wide, side)
    # At inference light is separated over the network's own crop: the same blur in head units here.
    split = separate(encoded, mask, exposure, across=size * DENSITY)
    weight = loss_weight(on_crop, side, across=size * DENSITY, cover=cover)
    if seen is not None:
        weight = weight * seen
    inner = (side - round(size * DENSITY)) // 2
    own = slice(inner, inner + round(size * DENSITY))
    return Cut(
        split.detail.transpose(2, 0, 1).astype(np.float16),
        (mask * 255).round().astype(np.uint8),
        np.minimum(weight * 32, 255).round().astype(np.uint8),
        split.low[own, own],
        mask[own, own],
        None if cover is None else (cover * 255).round().astype(np.uint8),
        read_marks(even, None if pupils is None else pupils * square, pose, shape),
    )

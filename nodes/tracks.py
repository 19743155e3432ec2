"""Track sidecars as the nodes use them: loaded once, digested per frame."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch

from doublure.core.errors import DoublureError
from doublure.core.face.track import FaceFrame, Track
from doublure.core.frame import Frame
from doublure.core.swap.marks import at_rest
from doublure.core.swap.rest import UNKNOWN, gaps
from doublure.nodes.context import Context, Shared
from doublure.nodes.digest import file_state
from doublure.nodes.schema import Param

TRACK = Param(
    "track",
    "file",
    "",
    "Track",
    "The sidecar of a Track node for this plate.",
    animatable=False,
    required=True,
)
"""The param of every node that needs to know where the face is."""


def load_track(path: str | Path, shared: Shared) -> Track:
    """The track in a sidecar, loaded once per state of the file. Raises DoublureError as ``Track.load``."""
    path = Path(path)
    if not path.exists():
        return Track.load(path)
    return shared.get(("track", *file_state(path)), lambda: Track.load(path))


def face_at(path: str | Path, ctx: Context, plate: Frame) -> FaceFrame:
    """The face in the frame of ``ctx``, at its scale; where there is none, ``ctx`` is told.

    Args:
        path: the sidecar.
        ctx: its scale is that of ``plate`` against the plate that was tracked.
        plate: whose face it is to be. Only its format counts.

    Raises:
        DoublureError: no such sidecar, a damaged one, a frame that was never tracked, or a plate of another size.
    """
    track = load_track(path, ctx.shared)
    _check_size(track, path, ctx, plate)
    face = track.at(ctx.number)
    if not face.found:
        ctx.no_face(face.reason or "no face was found")
    return face.scaled(ctx.scale)


def rest_of(path: str | Path, shared: Shared) -> torch.Tensor:
    """The face at rest of whom the sidecar follows, over all its frames; see ``core.swap.marks.at_rest``."""
    path = Path(path)
    track = load_track(path, shared)
    square = np.array([track.pixel_aspect, 1.0, 1.0])

    def made() -> torch.Tensor:
        found = [
            gaps(face.points * square, face.pose)
            for face in track.found
            if face.points is not None and face.pose is not None
        ]
        return at_rest(track.shape, found if found else [UNKNOWN])

    return shared.get(("rest", *file_state(path)), made)


def _check_size(track: Track, path: str | Path, ctx: Context, plate: Frame) -> None:
    # A host's proxy of an odd size is rounded, either way.
    sizes = ((plate.display.width, track.width), (plate.display.height, track.height))
    if any(abs(here - tracked * ctx.scale) > 1 for here, tracked in sizes):
        proxy = f" at a scale of {ctx.scale:g}" if ctx.scale != 1 else ""
        raise DoublureError(
            f"the track is of a plate of {track.width} by {track.height} pixels, and this one has "
            f"{plate.display.width} by {plate.display.height}{proxy}",
            file=path,
            frame=ctx.number,
            remedy="track this plate, or connect the one that was tracked",
        )


def face_digest(path: str | Path, ctx: Context) -> str:
    """SHA-256 over what the track says of the frame of ``ctx``, over the person's shape, and over a proxy's scale."""
    track = load_track(path, ctx.shared)
    face = track.at(ctx.number)
    digest = hashlib.sha256(track.shape.tobytes())
    if face.points is None or face.pose is None:
        digest.update(f"none {face.reason}".encode())
    else:
        for array in (face.points, face.pose.rotation, face.pose.translation):
            digest.update(array.tobytes())
        digest.update(repr(face.pose.scale).encode())
        for known in (face.confidence, face.pupils):
            digest.update(b"" if known is None else known.tobytes())
    if face.head is not None:
        head, person = face.head, face.head.person
        for array in (head.rotation, head.translation, head.expression, person.identity):
            digest.update(array.tobytes())
        digest.update(repr(float(person.focal)).encode())
    if ctx.scale != 1:
        digest.update(f"scale {ctx.scale!r}".encode())
    return digest.hexdigest()

"""Track sidecars as the nodes use them: loaded once, digested per frame."""

from __future__ import annotations

import hashlib
from pathlib import Path

from doublure.core.face.track import FaceFrame, Track
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


def face_at(path: str | Path, ctx: Context) -> FaceFrame:
    """The face in the frame of ``ctx``, at its scale; where there is none, ``ctx`` is told.

    Raises:
        DoublureError: no such sidecar, a damaged one, or a frame that was never tracked.
    """
    face = load_track(path, ctx.shared).at(ctx.number)
    if not face.found:
        ctx.no_face(face.reason or "no face was found")
    return face.scaled(ctx.scale)


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
    if ctx.scale != 1:
        digest.update(f"scale {ctx.scale!r}".encode())
    return digest.hexdigest()

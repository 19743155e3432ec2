"""Relight: give the swapped face the light that falls on the plate's own face."""

from __future__ import annotations

import torch

from doublure.core.blend.filters import resize
from doublure.core.blend.log import gain
from doublure.core.cancel import check
from doublure.core.face.track import FaceFrame
from doublure.core.frame import Frame
from doublure.core.relight.normals import head_map, normal_map
from doublure.core.relight.ratio import enlarge, light_ratio, usable_skin
from doublure.core.relight.settings import RelightSettings
from doublure.core.window import Window

_MARGIN = 4


def _check(face: Frame, plate: Frame, face_frame: FaceFrame) -> None:
    if not face.has("R", "G", "B", "A"):
        raise face.error("the face has no alpha", "give Relight the RGBA output of a Swap")
    if face.data != plate.data:
        raise face.error("the face's data window is not the plate's", "render both over the same window")
    if face.space != plate.space:
        raise face.error(
            f"the face is in {face.space} and the plate in {plate.space}", "convert both to the working space"
        )
    if face.number is not None and face_frame.number != face.number:
        raise face.error(
            f"the track given is of frame {face_frame.number}", "give the track of the same frame"
        )
    if not face_frame.found:
        raise face.error(
            f"no face was tracked here ({face_frame.reason})", "track the frame, or set amount to 0 on it"
        )


def _box(alpha: torch.Tensor, data: Window) -> Window:
    rows = torch.nonzero((alpha > 0).any(1)).flatten()
    columns = torch.nonzero((alpha > 0).any(0)).flatten()
    tight = Window(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    moved = Window(tight.x0 + data.x0, tight.y0 + data.y0, tight.x1 + data.x0, tight.y1 + data.y0)
    return moved.grow(_MARGIN).intersect(data)


def relight(face: Frame, plate: Frame, face_frame: FaceFrame, settings: RelightSettings) -> Frame:
    """Relight a swapped face to match the plate.

    The light on each of the two faces is fitted in spherical harmonics on the same normals, and the face is
    multiplied by the ratio of the two, in scene-linear light.

    Args:
        face: ACEScg RGBA, premultiplied, over the plate's data window.
        plate: ACEScg RGB; its own face is where ``face_frame`` says.
        face_frame: the plate's track at this frame.
        settings: the artist's controls.

    Returns:
        ``face`` with R, G and B multiplied where it covers the plate, unclamped; ``face`` itself when amount
        and exposure are 0, or when it covers nothing.

    Raises:
        DoublureError: no alpha, other data window, space or frame number, no tracked face, or no skin of it
            in view.
    """
    if settings.amount == 0 and settings.exposure == 0:
        return face
    alpha = face.channel("A") if face.has("A") else None
    if alpha is not None and not bool((alpha > 0).any()):
        return face
    _check(face, plate, face_frame)
    alpha = face.channel("A")
    box = _box(alpha, plate.data)
    at = box.slices(plate.data)
    check()
    stops = torch.full((3, box.height, box.width), settings.exposure)
    if settings.amount > 0:
        stops = stops + settings.amount * _match(face, plate, face_frame, box, settings)
    check()
    rgb = face.rgb.clone()
    ratio = gain(stops)
    check()
    # Where the face covers nothing its colours are not light on it; they stay what they are.
    rgb[:, *at] = torch.where(alpha[at] > 0, rgb[:, *at] * ratio, rgb[:, *at])
    check()
    return face.with_rgb(rgb)


def _match(
    face: Frame, plate: Frame, face_frame: FaceFrame, box: Window, settings: RelightSettings
) -> torch.Tensor:
    """Stops (3, H, W) over ``box`` that take the face's light to the plate's."""
    at = box.slices(plate.data)
    assert face_frame.points is not None
    if face_frame.head is None:
        normals = normal_map(face_frame.points, box, plate.pixel_aspect)
    else:
        normals = head_map(face_frame.head, face_frame.points, box, plate.pixel_aspect)
    height, width = normals.skin.shape
    small = {
        name: resize(image[:, *at], height, width)
        for name, image in (("face", face.rgb), ("plate", plate.rgb))
    }
    alpha = resize(face.channel("A")[at], height, width)
    skin = usable_skin(normals, alpha.numpy())
    if not skin.any():
        raise face.error(
            "none of the tracked face's skin is in view to read the light from",
            "set amount to 0 on this frame, or check the track",
        )
    own = (small["face"] / alpha.clamp_min(0.5)).permute(1, 2, 0).numpy()
    target = small["plate"].permute(1, 2, 0).numpy()
    return enlarge(light_ratio(own, target, normals, skin, settings), box.height, box.width)

"""A contact sheet of a track: frames evenly chosen, and those that are worst, each with the reason."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from doublure.core.cancel import check
from doublure.core.display import display_view
from doublure.core.errors import DoublureError
from doublure.core.face.draw import draw_face, draw_text
from doublure.core.face.sidecar import FaceFrame, Track
from doublure.core.frame import Frame

TILE, CAPTION = 320, 40
_GROUND, _LOST = 0.16, (0.55, 0.08, 0.06)
_ROOM = 0.35
"""What a tile shows beyond the face's box, in its longer sides."""
_WORST = 2
"""Of every so many tiles one may be a bad frame of one kind, so that no kind hides the others."""
_UNSURE = 0.75


@dataclass(frozen=True)
class Pick:
    """A frame for the sheet, and why: "" for one of those evenly chosen."""

    number: int
    reason: str


def choose(track: Track, count: int = 24) -> list[Pick]:
    """Frames for a sheet, in order: up to half of them lost, occluded or unsure, the worst first; the rest even."""
    lost = [Pick(face.number, face.reason or "no face was found") for face in track if not face.found]
    covered = sorted((face for face in track.found if face.occluded), key=lambda face: -face.hidden)
    unsure = sorted(
        (face for face in track.found if face.confidence is not None and not face.occluded), key=_sure
    )
    kinds = [
        # Lost frames come in runs: a few of them, far apart, say more than a row of neighbours.
        [lost[i] for i in _even(len(lost), count)],
        [Pick(face.number, f"{face.hidden:.0%} of the face is hidden") for face in covered],
        [Pick(face.number, f"sure {_sure(face):.2f} only") for face in unsure if _sure(face) < _UNSURE],
    ]
    picked: dict[int, Pick] = {}
    while any(kinds) and len(picked) < max(1, count // _WORST):
        for kind in kinds:
            if kind and len(picked) < max(1, count // _WORST):
                pick = kind.pop(0)
                picked[pick.number] = pick
    others = [face.number for face in track if face.number not in picked]
    for i in _even(len(others), count - len(picked)):
        picked[others[i]] = Pick(others[i], "")
    return [picked[number] for number in sorted(picked)]


def contact_sheet(
    track: Track, plate: Callable[[int], Frame] | None = None, count: int = 24, columns: int = 6
) -> np.ndarray:
    """The sheet, (H, W, 3) uint8 sRGB.

    Args:
        track: at least one frame.
        plate: gives a frame of the plate by number, in any colour space; faces are drawn on grey where None, and
            where a frame cannot be read, which the tile then says.
        count: tiles at most. columns: of tiles.

    Raises:
        DoublureError: the track has no frames, or the plate is of another format.
    """
    picks = choose(track, count)
    if not picks:
        raise DoublureError("the track has no frames", file=track.source, remedy="track the plate first")
    columns = min(columns, len(picks))
    rows = math.ceil(len(picks) / columns)
    sheet = np.full((rows * (TILE + CAPTION), columns * TILE, 3), 0.05, np.float32)
    for index, pick in enumerate(picks):
        check()
        row, column = divmod(index, columns)
        top, left = row * (TILE + CAPTION), column * TILE
        tile = sheet[top : top + TILE + CAPTION, left : left + TILE]
        _fill(tile, track, pick, plate)
    return (np.clip(sheet, 0, 1) * 255 + 0.5).astype(np.uint8)


def _fill(tile: np.ndarray, track: Track, pick: Pick, plate: Callable[[int], Frame] | None) -> None:
    face, said = track.at(pick.number), pick.reason
    aspect = np.array([track.pixel_aspect, 1.0])
    size = np.array([track.width, track.height]) * aspect
    middle, side = size / 2, float(size.max())
    if face.points is not None:
        box = np.stack([face.points[:, :2].min(0), face.points[:, :2].max(0)]) * aspect
        middle, side = box.mean(0), (1 + 2 * _ROOM) * float(np.ptp(box, axis=0).max())
    scale = (TILE - 4) / side
    origin = middle - (TILE - 4) / 2 / scale
    window = tile[2 : TILE - 2, 2 : TILE - 2]
    window[:] = _GROUND
    if plate is not None:
        try:
            picture = plate(pick.number)
        except DoublureError as error:
            said = said or f"the plate cannot be read ({error.what})"
        else:
            _check(picture, track)
            _show(window, picture, origin, scale, aspect)
    canvas = np.ascontiguousarray(window)
    draw_face(
        canvas, face, lambda points: (points * aspect - origin) * scale, track.pixel_aspect, _style(face)
    )
    window[:] = canvas
    if not face.found:
        tile[:2], tile[TILE - 2 : TILE], tile[:TILE, :2], tile[:TILE, -2:] = _LOST, _LOST, _LOST, _LOST
    caption = np.ascontiguousarray(tile[TILE:])
    draw_text(caption, f"{pick.number}{'  by hand' if face.by_hand else ''}", (6, 15), 9)
    draw_text(caption, said if len(said) < 48 else said[:45] + "...", (6, 33), 8, 0.9)
    tile[TILE:] = caption


def _style(face: FaceFrame) -> str:
    return "all" if face.found else "axes"


def _show(window: np.ndarray, picture: Frame, origin: np.ndarray, scale: float, aspect: np.ndarray) -> None:
    """The picture under a tile, read at the tile's pixels: averaged where it is shown smaller."""
    data = picture.data
    # One pixel of the plate is this many of the tile; a picture that is shrunk is softened first by whole blocks.
    block = max(1, int(1 / scale))
    rgb = picture.rgb
    if block > 1:
        rgb = torch.nn.functional.avg_pool2d(rgb[None], block)[0]
    seen = display_view(picture if block == 1 else Frame.from_rgb(rgb.contiguous(), picture.space))
    side = window.shape[0]
    at = (np.arange(side) + 0.5) / scale
    columns = ((origin[0] + at) / aspect[0] - data.x0) / block
    rows = ((origin[1] + at) - data.y0) / block
    inside_x = (columns >= 0) & (columns < seen.shape[1])
    inside_y = (rows >= 0) & (rows < seen.shape[0])
    patch = seen[np.ix_(rows[inside_y].astype(int), columns[inside_x].astype(int))]
    window[np.ix_(inside_y, inside_x)] = patch.astype(np.float32) / 255


def _check(picture: Frame, track: Track) -> None:
    if (picture.display.width, picture.display.height) != (track.width, track.height):
        raise picture.error(
            f"the track is of a plate of {track.width} by {track.height} pixels, and this one has "
            f"{picture.display.width} by {picture.display.height}",
            "give the plate that was tracked",
        )


def _sure(face: FaceFrame) -> float:
    return 1.0 if face.confidence is None else float(face.confidence.mean())


def _even(length: int, count: int) -> list[int]:
    """``count`` of ``length`` places, evenly spread, both ends among them."""
    if count <= 0 or length == 0:
        return []
    return sorted({round(i) for i in np.linspace(0, length - 1, min(count, length))})

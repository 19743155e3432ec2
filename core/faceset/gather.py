"""Looks at pictures and puts their faces into a set; can be killed at any moment and goes on where it was."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import torch

from doublure.core.cancel import carried, check
from doublure.core.color import resolve_space, to_working
from doublure.core.errors import DoublureError
from doublure.core.face import nets
from doublure.core.face.pose import fit_pose
from doublure.core.face.still import StillFace, close_up, still_faces
from doublure.core.face.topology import canonical_shape
from doublure.core.faceset.expression import describe_expression
from doublure.core.faceset.face import THUMB, Face, PictureRecord
from doublure.core.faceset.folder import SetFolder
from doublure.core.faceset.known import Known
from doublure.core.faceset.light import describe_light
from doublure.core.faceset.quality import clip_level, dark_share, sharpness
from doublure.core.faceset.sources import Picture
from doublure.core.faceset.stored_crop import SPAN, StoredCrop, cut_stored
from doublure.core.frame import Frame
from doublure.core.measure import identity
from doublure.core.picture import pixels_digest, read_picture
from doublure.core.swap.masks import to_crop

_SHARPER = 1.25
"""A face that repeats another, but is this much sharper, takes its place."""
_AHEAD = 3


@dataclass(frozen=True)
class GatherSettings:
    """Attributes:
    space: of files that do not name theirs.
    threshold: lowest detector score and FaceMesh presence, 0..1.
    people: look harder until this many faces are found in a picture; all that are found are taken.
    alike: how alike two faces must be for the later one not to be stored, in units of what the eye hardly tells
        apart; 0 stores all.
    identify: measure who it is; None: where the optional extra is installed.
    keep: ids of faces to be stored, whatever they repeat.
    """

    space: str | None = None
    threshold: float = 0.5
    people: int = 1
    alike: float = 1.0
    identify: bool | None = None
    keep: frozenset[str] = frozenset()


@dataclass
class Gathered:
    """What a run did: pictures ``added`` and already ``known``; ``failed``: (picture's name, sentence)."""

    added: int = 0
    known: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)


def gather(
    folder: SetFolder,
    pictures: Sequence[Picture],
    settings: GatherSettings,
    known: Known,
    progress: Callable[[int, int], None] | None = None,
) -> Gathered:
    """Add pictures to a set.

    Args:
        folder: created and locked by the caller.
        known: what it holds.
        pictures: from ``find_pictures``; one that is known, by place and date or by its pixels, is not looked at
            again.
        progress: called with (pictures done, pictures in all).

    A picture that cannot be read is told in ``Gathered.failed`` and tried again by the next run; the others go on.

    Raises:
        DoublureError: a damaged record, a disk that refuses, identity asked for without the extra.
    """
    identify = identity.available() if settings.identify is None else settings.identify
    if identify and not identity.available():
        raise DoublureError(f"{identity.EXTRA}, which is not installed", remedy=identity.REMEDY)
    if settings.space is not None:
        resolve_space(settings.space)
    done = Gathered()
    wanted = [each for each in pictures if not known.fresh(each, identify, settings.keep)]
    done.known = len(pictures) - len(wanted)
    if wanted:
        # Networks that are missing are one fault, not one of every picture.
        nets.facemesh()
        if identify:
            identity.embedding(np.zeros((identity.CHIP, identity.CHIP, 3), np.uint8))
    for count, (picture, read) in enumerate(_ahead(wanted, settings.space), done.known + 1):
        check()
        try:
            frame, digest = read.result()
            again = known.forget(picture.name)
            record, crops = _look(picture, frame, digest, known, identify, settings)
        except DoublureError as error:
            done.failed.append((picture.name, str(error)))
        else:
            for face_id, crop in crops:
                cover = None if crop.cover is None else torch.from_numpy(crop.cover)
                folder.write_crop(face_id, crop.rgb.half().float(), torch.from_numpy(crop.visible), cover)
            folder.write_record(record)
            if again:
                folder.remove_other_crops(record)
            known.add(record)
            done.added += 1
        if progress:
            progress(count, len(pictures))
    return done


def _ahead(
    pictures: Iterable[Picture], space: str | None
) -> Iterator[tuple[Picture, Future[tuple[Frame, str]]]]:
    """Pictures with their pixels, a few of them read beforehand."""
    pool = ThreadPoolExecutor(2, thread_name_prefix="picture-reader")
    read = carried(_read)
    waiting: deque[tuple[Picture, Future[tuple[Frame, str]]]] = deque()
    try:
        for picture in pictures:
            waiting.append((picture, pool.submit(read, picture, space)))
            if len(waiting) > _AHEAD:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _read(picture: Picture, space: str | None) -> tuple[Frame, str]:
    frame = read_picture(picture.file, number=picture.frame, space=space)
    return frame, pixels_digest(frame)


def _look(
    picture: Picture,
    frame: Frame,
    digest: str,
    known: Known,
    identify: bool,
    settings: GatherSettings,
) -> tuple[PictureRecord, list[tuple[str, StoredCrop]]]:
    stat = picture.file.stat()
    record = PictureRecord(
        picture.name,
        picture.file,
        stat.st_size,
        stat.st_mtime_ns,
        picture.frame,
        digest,
        picture.track_sha256,
        identify,
    )
    twin = known.by_content.get(digest)
    if twin is not None and twin != picture.name:
        return replace(record, reason=f"it is the very picture {twin}"), []
    if picture.track_size not in (None, (frame.display.width, frame.display.height)):
        raise frame.error(
            f"it is {frame.display.width} x {frame.display.height}, and its track is of pictures of "
            "{} x {}".format(*picture.track_size or ()),
            "give the track that was made of these files",
        )
    level = clip_level(frame)
    clipped = None if level is None else (frame.rgb.amax(0) >= level * 0.998).float().numpy()
    working = to_working(frame)
    confidence = picture.tracked.confidence if picture.tracked is not None else None
    hidden = None if confidence is None else confidence == 0
    faces: list[Face] = []
    crops: list[tuple[str, StoredCrop]] = []
    outside = False
    for index, one in enumerate(_faces(picture, working, settings)):
        crop = cut_stored(working, one.points, hidden)
        if crop is None:
            outside = True
            continue
        face = _measured(f"{picture.name}.{index}", one, crop, identify)
        if clipped is not None:
            face = replace(face, clipped=_share(clipped, working, crop))
        if hidden is not None:
            face = replace(face, hidden=float(hidden.mean()))
        like = None if face.id in settings.keep else known.seen.nearest(face, settings.alike)
        if like is not None and face.sharpness < _SHARPER * like[1]:
            faces.append(replace(face, like=like[0]))
            continue
        digest_of_crop = pixels_digest(Frame.from_rgb(crop.rgb.half().float(), "ACEScg"))
        faces.append(
            replace(
                face,
                crop=f"crops/{face.id}.exr",
                crop_sha256=digest_of_crop,
                outdoes=like[0] if like else None,
            )
        )
        crops.append((face.id, crop))
    reason = None
    if not faces:
        reason = "the face lies outside the picture" if outside else "no face was found"
        if picture.tracked is not None and not picture.tracked.found:
            reason = picture.tracked.reason
    return replace(record, faces=tuple(faces), reason=reason), crops


def _faces(picture: Picture, working: Frame, settings: GatherSettings) -> list[StillFace]:
    face = picture.tracked
    if face is None:
        return still_faces(working, threshold=settings.threshold, wanted=settings.people)
    if face.points is None:
        return []
    return [StillFace(face.points, face.score, close_up(working, face.points), face.pupils)]


def _measured(face_id: str, one: StillFace, crop: StoredCrop, identify: bool) -> Face:
    rgb = crop.rgb.permute(1, 2, 0).numpy()
    pose = fit_pose(crop.points, canonical_shape())
    side = rgb.shape[0]
    described = None
    if identify:
        described = identity.embedding(
            identity.chip(one.view.pixels, one.view.mapping.to_view(one.points)[:, :2])
        )
    roll = _roll(crop.matrix)
    return Face(
        face_id,
        None,
        "",
        side,
        crop.across,
        crop.matrix,
        crop.points.astype(np.float32),
        one.presence,
        pose.yaw,
        pose.pitch,
        roll,
        describe_expression(crop.points),
        describe_light(rgb, crop.points),
        sharpness(rgb, crop.mask, max(crop.across * SPAN / side, 1e-6)),
        dark_share(rgb, crop.mask),
        0.0,
        crop.inside,
        None,
        described,
        _thumbnail(rgb, crop.mask),
        pupils=None if one.pupils is None else to_crop(one.pupils, crop.matrix).astype(np.float32),
    )


def _roll(matrix: np.ndarray) -> float:
    """Degrees that the crop is turned on the plate, clockwise positive: the head's roll."""
    return float(np.degrees(np.arctan2(matrix[1, 0], matrix[1, 1])))


def _thumbnail(rgb: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(24, 24) uint8 of the head's own crop: stops about the face's median luma, -3 to 3, 0 off the face."""
    side = rgb.shape[0]
    edge = round(side * (1 - 1 / SPAN) / 2)
    inner = slice(edge, side - edge)
    luma = cv2.resize(
        np.maximum(rgb[inner, inner], 0).astype(np.float32).mean(2),
        (THUMB, THUMB),
        interpolation=cv2.INTER_AREA,
    )
    weight = cv2.resize(mask[inner, inner], (THUMB, THUMB), interpolation=cv2.INTER_AREA)
    face = luma[weight > 0.5]
    usual = max(float(np.median(face)) if face.size else float(np.median(luma)), 1e-6)
    stops = np.clip(np.log2(np.maximum(luma, 1e-9) / usual), -3, 3) * weight
    return np.round((stops + 3) / 6 * 255).astype(np.uint8)


def _share(clipped: np.ndarray, frame: Frame, crop: StoredCrop, grid: int = 96) -> float:
    """Share of the face's pixels, on a grid over the crop, that are clipped in the picture (H, W)."""
    side = crop.mask.shape[0]
    centres = (np.arange(grid) + 0.5) * side / grid
    u, v = np.meshgrid(centres, centres)
    x, y = crop.matrix @ np.stack([u.ravel(), v.ravel(), np.ones(u.size)]) - np.array(
        [[frame.data.x0], [frame.data.y0]]
    )
    weight = cv2.resize(crop.mask, (grid, grid), interpolation=cv2.INTER_AREA).ravel()
    column = np.clip(x.astype(int), 0, clipped.shape[1] - 1)
    row = np.clip(y.astype(int), 0, clipped.shape[0] - 1)
    return float((clipped[row, column] * weight).sum() / max(float(weight.sum()), 1e-9))

"""Scan a shot: every frame of the result and of its plate is read once, and what is worth knowing is kept."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from pathlib import Path

import numpy as np

from doublure.core import pattern
from doublure.core.cancel import carried, check
from doublure.core.color import resolve_space
from doublure.core.errors import DoublureError
from doublure.core.face.sidecar import Track
from doublure.core.measure.identity import available
from doublure.core.one_thread import one_thread_each
from doublure.core.scan.face_cut import FaceCut, face_cut
from doublure.core.scan.face_reading import FaceReading, face_reading
from doublure.core.scan.facts import FrameFacts, ShotFacts
from doublure.core.scan.pair_reading import PairReading, pair_reading
from doublure.core.scan.pixel_facts import PixelFacts, pixel_facts
from doublure.core.scan.raw_frame import RawFrame, read_raw
from doublure.core.scan.shot_faces import shot_faces

IDENTITIES = 24
"""Frames of a shot, at most, whose face is recognised: a descriptor costs as much as everything else together."""


@dataclass(frozen=True)
class _Seen:
    """What one frame left: its facts, its face cut and measured, and the seconds of reading and of all."""

    facts: FrameFacts
    cut: FaceCut | None
    reading: FaceReading | None
    seconds_reading: float
    seconds: float


def scan_shot(
    result: Sequence[tuple[int, Path]],
    plate: pattern.Sequence,
    track: Track | None,
    *,
    threads: int = 2,
    progress: Callable[[int, int], None] | None = None,
    space: str | None = None,
    reference: np.ndarray | None = None,
    identities: int = IDENTITIES,
) -> ShotFacts:
    """Read a shot and measure it.

    Frames are read several at a time and looked at in order; at most ``2 * threads`` wait in memory. A frame that
    cannot be read is a fact with its ``fault``, not an error. Faces are measured on cuts of at most 256 pixels a side,
    in every frame where the track has one; identity on some frames of the shot, where its extra is installed.

    Args:
        result: numbers and files, each number once.
        plate: the plate's sequence.
        track: of the plate; None: no face is measured.
        threads: frames worked on at once (each also uses OpenEXR's own threads).
        progress: called with (frames done, frames in all).
        space: OCIO colour space of files that name none; None: their faces are not measured.
        reference: (128,) descriptor of the hero (``measure.identity.embedding``).
        identities: frames, at most, whose face is recognised; 0: none.

    Raises:
        DoublureError: a frame number twice; an unknown colour space.
        ValueError: fewer threads than one.
    """
    if threads < 1:
        raise ValueError(f"threads must be at least 1, not {threads}")
    ordered = sorted(result)
    for (number, _), (after, path) in pairwise(ordered):
        if number == after:
            raise DoublureError(
                "the frame number comes twice", file=path, frame=number, remedy="give each frame once"
            )
    space = None if space is None else resolve_space(space)
    faces_at = [number for number, _ in ordered if _points(track, number) is not None]
    recognised = _spread(faces_at, identities)

    def one(entry: tuple[int, Path]) -> _Seen:
        check()
        number, path = entry
        return _see(number, path, plate.path(number), _points(track, number), space, number in recognised)

    with one_thread_each():
        pool = ThreadPoolExecutor(threads, thread_name_prefix="scan")
        try:
            seen, pairs, seconds = _walk(pool, carried(one), ordered, threads, progress)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    faces, light, missing = shot_faces([one.reading for one in seen if one.reading], pairs, reference)
    reading = sum(one.seconds_reading for one in seen)
    return ShotFacts(
        tuple(replace(one.facts, face=faces.get(one.facts.number)) for one in seen),
        light,
        missing,
        reading,
        sum(one.seconds for one in seen) - reading + seconds,
    )


def _walk(
    pool: ThreadPoolExecutor,
    work: Callable[[tuple[int, Path]], _Seen],
    ordered: Sequence[tuple[int, Path]],
    threads: int,
    progress: Callable[[int, int], None] | None,
) -> tuple[list[_Seen], dict[int, PairReading], float]:
    """Every frame, every two that follow one another, and the seconds spent on the latter."""
    seen: list[_Seen] = []
    pairs: dict[int, PairReading] = {}
    seconds = 0.0
    waiting: deque[Future[_Seen]] = deque()
    compared: deque[Future[tuple[PairReading, float]]] = deque()
    compare = carried(_compare)
    coming = iter(ordered)
    cut: FaceCut | None = None
    for done in range(1, len(ordered) + 1):
        waiting.extend(pool.submit(work, entry) for entry in islice(coming, 2 * threads - len(waiting)))
        found = waiting.popleft().result()
        if cut is not None and found.cut is not None and found.cut.number == cut.number + 1:
            compared.append(pool.submit(compare, cut, found.cut))
        cut = found.cut
        # Pixels are let go as soon as the next frame was compared with them.
        seen.append(replace(found, cut=None))
        while compared and (len(compared) > threads or done == len(ordered)):
            pair, spent = compared.popleft().result()
            pairs[pair.number] = pair
            seconds += spent
        if progress is not None:
            progress(done, len(ordered))
    return seen, pairs, seconds


def _spread(numbers: Sequence[int], most: int) -> frozenset[int]:
    """At most ``most`` of the frames, evenly; none without the extra."""
    if not numbers or most < 1 or not available():
        return frozenset()
    return frozenset(numbers[:: -(-len(numbers) // most)])


def _points(track: Track | None, number: int) -> np.ndarray | None:
    face = None if track is None else track.frames.get(number)
    return None if face is None or face.points is None else np.asarray(face.points, np.float64)


def _compare(before: FaceCut, now: FaceCut) -> tuple[PairReading, float]:
    check()
    start = time.perf_counter()
    return pair_reading(before, now), time.perf_counter() - start


def _see(
    number: int, path: Path, plate_path: Path, points: np.ndarray | None, space: str | None, identity: bool
) -> _Seen:
    start = time.perf_counter()
    facts = FrameFacts(number, path, plate_path, expected=points is not None)
    try:
        result, plate = read_raw(path, number), read_raw(plate_path, number)
    except DoublureError as error:
        spent = time.perf_counter() - start
        return _Seen(replace(facts, fault=str(error)), None, None, spent, spent)
    spent = time.perf_counter() - start
    pixels = pixel_facts(result, plate)
    cut, reading, reason = None, None, "the track has no face here"
    if points is not None:
        try:
            spaces = _spaces(result, plate, pixels, space)
            cut = face_cut(result, plate, points, number, *spaces)
            reading = face_reading(cut, identity)
        except DoublureError as error:
            cut, reason = None, error.what
    facts = replace(
        facts,
        sha256=result.sha256,
        plate_sha256=plate.sha256,
        header=result.header,
        plate_header=plate.header,
        pixels=pixels,
        faceless=None if reading is not None else reason,
    )
    return _Seen(facts, cut, reading, spent, time.perf_counter() - start)


def _spaces(result: RawFrame, plate: RawFrame, pixels: PixelFacts, space: str | None) -> tuple[str, str]:
    """The colour spaces to read the two faces in.

    Where the pixels outside the matte are the plate's bit for bit, the result is in the plate's space, whatever its
    header says: what it says is told by the check of colour.
    """
    theirs = plate.header.space or space
    ours = theirs if pixels.outside_differs == 0 else result.header.space or space
    if ours is None or theirs is None:
        raise DoublureError("the file does not say its colour space (no colorInteropID)")
    return ours, theirs

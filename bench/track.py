"""How well is a face followed, beside FaceMesh alone in every frame, on takes whose landmarks are known exactly?

    python -m bench.track --render            # render the takes that are missing into out/stage (resumable)
    python -m bench.track                     # track them all, compare, time
    python -m bench.track --quick             # the committed small takes only

``*_baseline`` is what the networks say of each frame by itself: BlazeFace over the picture, FaceMesh in its crop laid
anew until it rests, and nothing carried over or smoothed. Errors are after the best fixed mapping
(``track_truth.errors``), as shares of the distance of the outer eye corners; ``ratio`` is ours over the baseline's,
the mean over takes of each. Times are those of the face already found, excluding the reading of files; with
``--quick`` fewer frames are timed.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from bench import standard_set, track_several
from bench.report import Row, run
from bench.track_plate import place, surroundings
from bench.track_truth import (
    TakeTruth,
    as_68,
    blink_errors,
    common_turn,
    errors,
    mean_error,
    read_truth,
    right,
    shake,
    turn_error,
)
from doublure.core.color import to_working
from doublure.core.errors import DoublureError
from doublure.core.face.find import find_faces
from doublure.core.face.heads import with_heads
from doublure.core.face.track import Track, track_frames
from doublure.core.face.view import detector_view
from doublure.core.frame import Frame
from doublure.core.measure.normals import normal_angle
from doublure.core.measure.take import LAYER_CHANNELS, PLATE
from doublure.core.relight.normals import head_map
from doublure.core.sequence import FrameReader
from doublure.core.sequence import Sequence as Files

CACHE = Path(__file__).resolve().parents[1] / "out" / "stage"
HARD = ("profile", "occluded")
LONG = standard_set.Standard("blinks", "talk", 31, "1001-1072", 256, 48, "0")
"""A talk long enough for the shake and the blinks; rendered without layers."""
_LAYERS = "layers/plate/plate.####.exr"
_TIMED = 48
_OCCLUDED = 0.1


@dataclass(frozen=True)
class Followed:
    """A take, tracked by us and read by the networks alone. ``normals``: degrees a frame."""

    name: str
    kind: str
    truth: TakeTruth
    track: Track
    ours: np.ndarray
    alone: np.ndarray
    normals: list[float]


def alone(frame: Frame) -> np.ndarray | None:
    """(468, 3) FaceMesh of the largest face of one frame by itself, plate pixels; None where none is found."""
    view = detector_view(frame)
    seen = find_faces(view.pixels)
    return view.mapping.to_plate(seen[0].points) if seen else None


def follow(folder: Path) -> Followed:
    """Track a take's plate both ways. Raises DoublureError where it is none of the stage's."""
    truth = read_truth(folder)
    reader = FrameReader(Files.parse(folder / PLATE), truth.numbers)
    frames = [to_working(reader.read(number)) for number in truth.numbers]
    track = with_heads(track_frames(frames, source=folder.name))
    kind = folder.name.split("_")[0]
    ours = {face.number: face.points for face in track.found if face.points is not None}
    single = {
        number: points
        for number, frame in zip(truth.numbers, frames, strict=True)
        if (points := alone(frame)) is not None
    }
    print(f"{folder.name}: tracked {len(ours)} of {len(frames)} frames", file=sys.stderr)
    return Followed(
        folder.name,
        kind,
        truth,
        track,
        as_68(ours, truth),
        as_68(single, truth),
        _normals(folder, frames, track),
    )


def _normals(folder: Path, frames: Sequence[Frame], track: Track) -> list[float]:
    if not (folder / _LAYERS).parent.is_dir():
        return []
    reader = FrameReader(Files.parse(folder / _LAYERS), sorted(track.frames))
    out = []
    for frame, face in zip(frames, track, strict=True):
        if face.points is None:
            continue
        layers = reader.read(face.number)
        matte = layers.channel("matte")
        assert face.head is not None
        points = face.points.astype(np.float64)
        longest = max(frame.data.width, frame.data.height)
        field = head_map(face.head, points, frame.data, frame.pixel_aspect, longest).normals * (1, -1, -1)
        truth = layers.pixels[[layers.channels.index(name) for name in LAYER_CHANNELS["normal"]]]
        ours = truth.new_tensor(np.ascontiguousarray(field.transpose(2, 0, 1), dtype=np.float32))
        out.append(normal_angle(ours, truth, matte))
    return out


def pose_errors(followed: Followed) -> tuple[list[float], list[float]]:
    """Degrees a found frame of the fitted head: (absolute, after the one turn that fits the take best)."""
    pairs = [
        (face.head.rotation, followed.truth.rotations[followed.truth.numbers.index(face.number)])
        for face in followed.track.found
        if face.head is not None
    ]
    if not pairs:
        return [], []
    rotations, truths = (np.stack(side) for side in zip(*pairs, strict=True))
    turn = common_turn(rotations, truths)
    return (
        [turn_error(a, b) for a, b in zip(rotations, truths, strict=True)],
        [turn_error(a @ turn, b) for a, b in zip(rotations, truths, strict=True)],
    )


def timed(frames: Sequence[Frame], size: tuple[int, int], side: int, count: int) -> float:
    """Median milliseconds a frame of a face ``side`` pixels of picture high in a plate of ``size``, once found."""
    ground = surroundings(*size, seed=3)
    at = ((size[0] - side) // 2, (size[1] - side) // 2)
    seconds: list[float] = []
    ended = 0.0

    def plates() -> Iterator[Frame]:
        nonlocal ended
        for i in range(count):
            # There and back again, so that any number of frames moves on smoothly.
            at_frame = i % (2 * len(frames) - 2)
            chosen = frames[min(at_frame, 2 * len(frames) - 2 - at_frame)]
            plate = place(chosen, ground, side, at)
            numbered = type(plate)(
                plate.pixels, plate.channels, plate.data, plate.display, plate.space, number=i + 1
            )
            start = time.perf_counter()
            yield numbered
            seconds.append(time.perf_counter() - start)
        ended = time.perf_counter()

    track = track_frames(plates(), source="timed")
    solve = (time.perf_counter() - ended) / count
    if len(track.found) < count:
        raise DoublureError("the face was lost while it was timed", remedy="see the other rows")
    return 1000 * (median(seconds[2:]) + solve)


def _small(frame: Frame) -> float:
    """Whether a 48-pixel face in a 4K plate is found, 0 or 1."""
    truth_height = 0.56
    side = round(48 / truth_height)
    ground = surroundings(4096, 2160, seed=4)
    at = (2900, 1400)
    found = track_frames([place(frame, ground, side, at)], source="small").found
    middle = np.array(at) + side / 2
    return float(bool(found) and float(np.abs(found[0].points[:, :2].mean(0) - middle).max()) < 24)  # type: ignore[index, union-attr]


def _turns(frame: Frame, every: int) -> float:
    """The share of turns through 360 degrees at which the face is found where it is."""
    ground = surroundings(640, 480, seed=5)
    upright = track_frames([place(frame, ground, 320, (160, 80))], source="upright").found
    if not upright or upright[0].points is None:
        return 0.0
    base = upright[0].points[:, :2] - (320, 240)
    good = []
    for degrees in range(0, 360, every):
        angle = math.radians(degrees)
        turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        found = track_frames([place(frame, ground, 320, (160, 80), degrees)], source="turned").found
        wanted = base @ turn.T + (320, 240)
        good.append(
            bool(found) and float(np.linalg.norm(found[0].points[:, :2] - wanted, axis=1).mean()) < 6  # type: ignore[index]
        )
    return float(np.mean(good))


def _mean(values: Sequence[float]) -> float:
    kept = [value for value in values if math.isfinite(value)]
    return sum(kept) / len(kept) if kept else math.nan


def accuracy(takes: Sequence[Followed]) -> list[Row]:
    """Rows of shake, error, blinks, found frames, pose and normals."""
    rows: list[Row] = []

    def add(
        name: str,
        value: float,
        unit: str,
        target: float | None,
        better: str = "lower",
    ) -> None:
        if math.isfinite(value):
            rows.append(Row(f"track.{name}", value, unit, target, better))  # type: ignore[arg-type]

    ours, single = ([errors(getattr(one, who), one.truth) for one in takes] for who in ("ours", "alone"))
    numbers = [one.truth.numbers for one in takes]
    shakes = [shake(e, n) for e, n in zip(ours, numbers, strict=True)]
    shakes_alone = [shake(e, n) for e, n in zip(single, numbers, strict=True)]
    add("jitter", _mean(shakes), "of eye distance", None)
    add("jitter_baseline", _mean(shakes_alone), "of eye distance", None)
    add("jitter_ratio", _mean(shakes) / _mean(shakes_alone), "x", 1 / 3)
    off, off_alone = [mean_error(e) for e in ours], [mean_error(e) for e in single]
    add("error", _mean(off), "of eye distance", None)
    add("error_baseline", _mean(off_alone), "of eye distance", None)
    add("error_ratio", _mean(off) / _mean(off_alone), "x", 1.0)
    blinks = [value for one in takes for value in blink_errors(one.ours, one.truth)]
    add("blink_depth_error", _mean(blinks), "share", 0.1)
    blinks_alone = [value for one in takes for value in blink_errors(one.alone, one.truth)]
    add("blink_depth_error_baseline", _mean(blinks_alone), "share", None)
    for name, hard, target in (("found", False, 1.0), ("found_hard", True, 0.95)):
        chosen = [right(e) for one, e in zip(takes, ours, strict=True) if (one.kind in HARD) == hard]
        if chosen:
            add(name, float(np.concatenate(chosen).mean()), "share", target, "higher")
    wrong, missed = _covered(takes)
    add("occluded_missed", missed, "share", 0.0)
    add("occluded_wrongly", wrong, "share", None)
    poses = [pose_errors(one) for one in takes]
    add("pose_error", _mean([v for one, _ in poses for v in one]), "degrees", 2.0)
    add("pose_error_one_turn", _mean([v for _, one in poses for v in one]), "degrees", None)
    add("normal_error", _mean([v for one in takes for v in one.normals]), "degrees", 9.0)
    for one, *values in zip(takes, shakes, shakes_alone, off, off_alone, poses, strict=True):
        a, b, c, d, (absolute, aligned) = values
        add(f"{one.name}.jitter_ratio", a / b, "x", None)
        add(f"{one.name}.error_ratio", c / d, "x", None)
        add(f"{one.name}.error", c, "of eye distance", None)
        add(f"{one.name}.pose_error", _mean(absolute), "degrees", None)
        add(f"{one.name}.pose_error_one_turn", _mean(aligned), "degrees", None)
        add(f"{one.name}.normal_error", _mean(one.normals), "degrees", None)
    return rows


def _covered(takes: Sequence[Followed]) -> tuple[float, float]:
    """(share of the other frames reported as occluded, share of occluded ones that are not), over found frames.

    A frame counts as occluded where the take is one with an occluder and a tenth of the landmarks are not seen.
    """
    told, really = [], []
    for one in takes:
        unseen = 1 - one.truth.seen.mean(1)
        for i, number in enumerate(one.truth.numbers):
            if one.track.frames[number].found:
                told.append(one.track.frames[number].occluded)
                really.append(one.kind == "occluded" and unseen[i] >= _OCCLUDED)
    said, true = np.array(told, bool), np.array(really, bool)
    missed = float((~said[true]).mean()) if true.any() else math.nan
    return float(said[~true].mean()) if (~true).any() else math.nan, missed


def speed_and_reach(folder: Path, quick: bool) -> list[Row]:
    """Rows of time, small faces and turned ones, on the frames of one take."""
    truth = read_truth(folder)
    reader = FrameReader(Files.parse(folder / PLATE), truth.numbers[:12])
    frames = [to_working(reader.read(number)) for number in truth.numbers[:12]]
    count = _TIMED // 2 if quick else _TIMED
    return [
        Row("track.ms_1080p", timed(frames, (1920, 1080), 900, count), "ms", 25.0, "lower"),
        Row("track.ms_4k", timed(frames, (4096, 2160), 1800, count), "ms", 60.0, "lower"),
        Row("track.found_48px_in_4k", _small(frames[0]), "share", 1.0, "higher"),
        Row("track.found_turned", _turns(frames[0], 90 if quick else 30), "share", 1.0, "higher"),
    ]


def measure(arguments: argparse.Namespace) -> list[Row]:
    """How well is a face followed, beside FaceMesh alone in every frame?"""
    cache: Path = arguments.takes
    if arguments.render:
        standard_set.render(standard_set.STANDARD, cache)
        _render_long(cache)
    folders = standard_set.present(standard_set.SMALL_ROOT if arguments.quick else cache)
    rows = accuracy([follow(folder) for folder in folders]) + track_several.rows(folders)
    if not arguments.no_times:
        chosen = next((one for one in folders if one.name == "talk"), folders[0])
        rows += speed_and_reach(chosen, arguments.quick)
    return rows


def _render_long(cache: Path) -> None:
    from bench.stage import __main__ as stage

    if stage.main([*LONG.arguments(cache), "--no-layers"]):
        raise DoublureError(f"the take {LONG.name} was not rendered", remedy="see the stage's message above")


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--takes", type=Path, default=CACHE, metavar="DIR", help="folder of takes")
    parser.add_argument("--render", action="store_true", help="render the takes that are missing first")
    parser.add_argument("--no-times", action="store_true", help="measure accuracy only")


if __name__ == "__main__":
    cv2.setNumThreads(2)
    run("track", measure, _options)

"""A take on disk: the plate, the truth and a result, read together and scored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from doublure.core.color import to_working
from doublure.core.face.find import find_faces
from doublure.core.face.view import detector_view
from doublure.core.frame import Frame
from doublure.core.measure import identity
from doublure.core.measure.summary import Score, score
from doublure.core.sequence import FrameReader, Sequence
from doublure.core.window import Window

PLATE, TRUTH = "plate/plate.####.exr", "truth/truth.####.exr"


@dataclass(frozen=True)
class Take:
    """The frames to compare, in ACEScg, cut to the pixels that all three have; ``mattes`` are the truth's."""

    numbers: list[int]
    results: list[Frame]
    plates: list[Frame]
    truths: list[Frame]
    mattes: list[torch.Tensor]


def read_take(pattern: str, folder: Path, frames: str | None = None) -> Take:
    """Read a result (a pattern) and a take (a folder with ``plate/`` and ``truth/``).

    Raises:
        DoublureError: a frame of the truth is missing in the result or the plate, or holds no ``matte``.
    """
    truth = Sequence.parse(folder / TRUTH, frames)
    sources = [
        FrameReader(sequence, truth.numbers)
        for sequence in (Sequence.parse(pattern), Sequence.parse(folder / PLATE), truth)
    ]
    take = Take(truth.numbers, [], [], [], [])
    for number in take.numbers:
        read = [to_working(source.read(number)) for source in sources]
        window = read[0].data.intersect(read[1].data).intersect(read[2].data)
        if window.empty:
            raise read[0].error("its data window lies beside that of the take", "render over the plate")
        result, plate, true = (_cut(frame, window) for frame in read)
        take.results.append(result)
        take.plates.append(plate)
        take.truths.append(true)
        take.mattes.append(true.channel("matte"))
    return take


def identity_distances(take: Take) -> dict[str, float | None]:
    """Mean descriptor distances over the frames; None where a face was found in no frame.

    Returns:
        ``hero``: result to truth; ``driver``: result to plate; ``plate_hero``: plate to truth (doing nothing);
        ``same_person``: truth to another frame of the truth, the noise of the measure.

    Raises:
        DoublureError: the extra ``identity`` is not installed.
    """
    results, plates, truths = (
        [_descriptor(frame) for frame in frames] for frames in (take.results, take.plates, take.truths)
    )
    # One frame has no other to be compared with.
    half = len(truths) // 2
    others: list[np.ndarray | None] = truths[half:] + truths[:half] if half else [None]
    return {
        "hero": _mean_distance(results, truths),
        "driver": _mean_distance(results, plates),
        "plate_hero": _mean_distance(plates, truths),
        "same_person": _mean_distance(others, truths),
    }


def score_take(take: Take) -> Score:
    """The result and the plate, scored alike (see ``summary.score``)."""
    return score(
        [frame.rgb for frame in take.results],
        [frame.rgb for frame in take.truths],
        take.mattes,
        [frame.rgb for frame in take.plates],
        take.numbers,
    )


def _cut(frame: Frame, window: Window) -> Frame:
    lines, columns = window.slices(frame.data)
    return replace(frame, pixels=frame.pixels[:, lines, columns].contiguous(), data=window)


def _descriptor(frame: Frame) -> np.ndarray | None:
    view = detector_view(frame).pixels
    faces = find_faces(view)
    return identity.embedding(identity.chip(view, faces[0].points)) if faces else None


def _mean_distance(first: list[np.ndarray | None], second: list[np.ndarray | None]) -> float | None:
    pairs = [
        identity.distance(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None
    ]
    return float(np.mean(pairs)) if pairs else None

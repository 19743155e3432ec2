"""A take on disk: the plate, the truth, what the stage knows of both, and a result, read together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from doublure.core.color import to_working
from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.core.measure.landmarks import track_points
from doublure.core.measure.reference import Reference, descriptor, mean_distance
from doublure.core.measure.summary import Score, score
from doublure.core.sequence import FrameReader, Sequence
from doublure.core.window import Window

PLATE, TRUTH = "plate/plate.####.exr", "truth/truth.####.exr"
LAYERS = "layers/truth/truth.####.exr"
SCHEMA = "doublure.take/1"

LAYER_CHANNELS: Mapping[str, tuple[str, ...]] = {
    "normal": ("normal.X", "normal.Y", "normal.Z"),
    "flow": ("flow.X", "flow.Y"),
    "albedo": ("albedo.R", "albedo.G", "albedo.B"),
    "occlusion": ("occlusion",),
}
"""What is read of the truth's layers, and under which channels; a result may carry the same channels."""


@dataclass(frozen=True)
class Take:
    """The frames to compare, in ACEScg, cut to the pixels that all of them have; ``mattes`` are the truth's.

    Attributes:
        layers: by name (``LAYER_CHANNELS``), a tensor (C, H, W) per frame: the truth's.
        absent: by the same names, why there is none.
        about: the take's ``take.json``, empty where it has none.
    """

    numbers: list[int]
    results: list[Frame]
    plates: list[Frame]
    truths: list[Frame]
    mattes: list[torch.Tensor]
    layers: Mapping[str, list[torch.Tensor]] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)

    def judged(self, results: list[Frame]) -> Take:
        """The same take with other results, one a frame over the same pixels (a baseline's)."""
        return replace(self, results=results)


def read_take(pattern: str | None, folder: Path, frames: str | None = None, *, layers: bool = False) -> Take:
    """Read a result and a take (a folder with ``plate/`` and ``truth/``, and perhaps ``layers/``).

    Args:
        pattern: the result's files; None: the truth is its own result.
        folder: the take.
        frames: a range that picks some frames of the truth.
        layers: read the truth's layers too, where there are any.

    Raises:
        DoublureError: a frame of the truth is missing in the result or the plate, or holds no ``matte``; the
            pictures differ in size; a layer file lacks a channel; ``take.json`` is damaged.
    """
    if not folder.is_dir():
        raise DoublureError("there is no such folder", file=folder, remedy="name a take's folder")
    truth = Sequence.parse(folder / TRUTH, frames)
    sources = {"truth": truth, "plate": Sequence.parse(folder / PLATE)}
    if pattern is not None:
        sources["result"] = Sequence.parse(pattern)
    absent = {} if layers else dict.fromkeys(LAYER_CHANNELS, "the layers were not asked for")
    if layers and not (folder / LAYERS).parent.is_dir():
        absent = dict.fromkeys(LAYER_CHANNELS, "the take has no layers")
    if not absent:
        sources["layers"] = Sequence.parse(folder / LAYERS)
    readers = {name: FrameReader(sequence, truth.numbers) for name, sequence in sources.items()}
    about = read_about(folder / "take.json")
    layers_read: dict[str, list[torch.Tensor]] = {} if absent else {name: [] for name in LAYER_CHANNELS}
    take = Take(truth.numbers, [], [], [], [], layers_read, absent, about)
    for number in take.numbers:
        read = {name: to_working(reader.read(number)) for name, reader in readers.items()}
        read.setdefault("result", read["truth"])
        window = _common(read)
        cut = {name: _cut(frame, window) for name, frame in read.items()}
        take.results.append(cut["result"])
        take.plates.append(cut["plate"])
        take.truths.append(cut["truth"])
        take.mattes.append(cut["truth"].channel("matte"))
        for name, planes in list(layers_read.items()):
            if not planes and not cut["layers"].has(*LAYER_CHANNELS[name]):
                absent[name] = f"the take's layers hold no {name}"
                del layers_read[name]
                continue
            planes.append(torch.stack([cut["layers"].channel(c) for c in LAYER_CHANNELS[name]]))
    return take


def own_layer(frame: Frame, name: str) -> torch.Tensor | None:
    """A layer (C, H, W) that a result carries itself under the channels of ``LAYER_CHANNELS``, or None."""
    channels = LAYER_CHANNELS[name]
    return torch.stack([frame.channel(c) for c in channels]) if frame.has(*channels) else None


def identity_distances(take: Take) -> dict[str, float | None]:
    """Mean descriptor distances over the frames; None where a face was found in no frame.

    Returns:
        ``hero``: result to truth; ``driver``: result to plate; ``plate_hero``: plate to truth (doing nothing);
        ``same_person``: truth to another frame of the truth, the noise of the measure.

    Raises:
        DoublureError: the extra ``identity`` is not installed.
    """
    known = Reference(take.truths, take.plates)
    found = track_points(take.results, known.truths)
    results = [descriptor(frame, face) for frame, face in zip(take.results, found, strict=True)]
    truths, plates = (
        [known.descriptor(who, i) for i in range(len(take.numbers))] for who in ("truth", "plate")
    )
    # One frame has no other to be compared with.
    half = len(truths) // 2
    others = truths[half:] + truths[:half] if half else [None]
    return {
        "hero": mean_distance(results, truths),
        "driver": mean_distance(results, plates),
        "plate_hero": mean_distance(plates, truths),
        "same_person": mean_distance(others, truths),
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


def read_about(file: Path) -> dict[str, Any]:
    """A take's ``take.json``; empty where there is no such file. Raises DoublureError on any other file."""
    if not file.is_file():
        return {}
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DoublureError(
            f"the take's description cannot be read ({error})", file=file, remedy="render the take again"
        ) from error
    if not isinstance(about, dict) or about.get("schema") != SCHEMA:
        raise DoublureError(f"this is not a {SCHEMA} file", file=file, remedy="render the take again")
    return about


def _common(read: Mapping[str, Frame]) -> Window:
    """The pixels that all frames have; refuses pictures (display windows) that are not one size."""
    truth, window = read["truth"], read["truth"].data
    for name, frame in read.items():
        if frame.display != truth.display:
            ours, theirs = frame.display, truth.display
            raise frame.error(
                f"the {name}'s display window is {ours.width}x{ours.height} at ({ours.x0}, {ours.y0}), the truth's"
                f" {theirs.width}x{theirs.height} at ({theirs.x0}, {theirs.y0})",
                "render it in the plate's format",
            )
        window = window.intersect(frame.data)
    if window.empty:
        raise read["result"].error("its data window lies beside that of the take", "render over the plate")
    return window


def _cut(frame: Frame, window: Window) -> Frame:
    lines, columns = window.slices(frame.data)
    return replace(frame, pixels=frame.pixels[:, lines, columns].contiguous(), data=window)

"""What every measure reads when the truth of a take is damaged in one known way.

    python -m bench.damages TAKE [--json]

Each damage says which measures must move, and which may move with them because they look at the same thing;
every other measure must stay within its tolerance. The table in docs/measures.md is this command's.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import torch

from bench.report import as_object
from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError
from doublure.core.measure.card import Card, score_card
from doublure.core.measure.catalogue import BY_KEY, MEASURES
from doublure.core.measure.masked_blur import gaussian_blur
from doublure.core.measure.matte import centroid, face_width
from doublure.core.measure.reference import Reference
from doublure.core.measure.take import LAYERS, Take, read_take
from doublure.core.sequence import FrameReader, Sequence
from doublure.core.window import Window

MARKS = ("<!-- damages -->", "<!-- end of damages -->")

WHOLE = frozenset({"psnr", "ssim", "detail", "flip"})
"""Measures of the whole error: anything that changes the picture moves them."""


@dataclass(frozen=True)
class Scene:
    """A take, its truth's pictures without grain, (3, H, W) each (the rest of the truth is grain), and its faces."""

    take: Take
    cleans: list[torch.Tensor]
    known: Reference

    @property
    def truths(self) -> list[torch.Tensor]:
        return [frame.rgb for frame in self.take.truths]

    @property
    def grains(self) -> list[torch.Tensor]:
        return [truth - clean for truth, clean in zip(self.truths, self.cleans, strict=True)]


@dataclass(frozen=True)
class Damage:
    """One way to spoil the truth.

    Attributes:
        key, text: its name, and what is done.
        make: the damaged pictures.
        moves: measures that must depart from perfect, and by how much at least (see ``departure``).
        may: measures that may depart, because the damage is theirs to see too.
    """

    key: str
    text: str
    make: Callable[[Scene], list[torch.Tensor]]
    moves: Mapping[str, float]
    may: frozenset[str] = field(default_factory=frozenset)


TOLERANCE: Mapping[str, float] = {
    "psnr": 62.0,
    "ssim": 0.05,
    "detail": 88.0,
    "light": 0.005,
    "flip": 0.06,
    "identity_hero": 0.25,
    "expression": 0.006,
    "lip_aperture": 0.007,
    "eye_aperture": 0.012,
    "pose": 1.5,
    "seam_ratio": 0.75,
    "grain_sigma": 0.15,
    "grain_spectrum": 0.06,
    "sharpness": 0.15,
    "temporal": 0.002,
    "jitter": 0.02,
    "light_direction": 8.0,
    "light_energy": 0.05,
    "albedo": 0.0,
    "normal": 0.0,
}
"""How far a measure may depart from perfect when something else was damaged."""


def departure(key: str, value: float) -> float:
    """How far a reading is from perfect: in the measure's unit, and |log2| for ratios."""
    perfect = BY_KEY[key].perfect
    if perfect is None:
        return 0.0
    if BY_KEY[key].unit == "x":
        return abs(math.log2(max(value, 1e-3) / perfect))
    return abs(value - perfect)


def read_scene(folder: Path, frames: str | None = None) -> Scene:
    """A take of the stage, with its truth's clean layer.

    Raises:
        DoublureError: the take has no layers; see ``read_take``.
    """
    take = read_take(None, folder, frames, layers=True)
    if not (folder / LAYERS).parent.is_dir():
        raise DoublureError("the take has no layers", file=folder, remedy="render it without --no-layers")
    cleans = []
    for frame in FrameReader(Sequence.parse(folder / LAYERS), take.numbers):
        rows, columns = take.truths[0].data.slices(frame.data)
        planes = [frame.channel(f"clean.{c}")[rows, columns] for c in "RGB"]
        cleans.append(torch.stack(planes).contiguous())
    return Scene(take, cleans, Reference(take.truths, take.plates))


def _shifted(scene: Scene) -> list[torch.Tensor]:
    return [_rolled(truth, _nudge(scene), 0) for truth in scene.truths]


def _nudge(scene: Scene) -> int:
    """1.5 % of the face's width in whole pixels, so that a shift needs no resampling; at least 1."""
    return max(1, round(0.015 * face_width(scene.take.mattes[0])))


def _rolled(picture: torch.Tensor, dx: float, dy: float) -> torch.Tensor:
    return torch.roll(picture, (round(dy), round(dx)), (1, 2))


def _jittered(scene: Scene) -> list[torch.Tensor]:
    rng = np.random.default_rng(1)
    most = _nudge(scene)
    return [_rolled(truth, *rng.integers(-most, most + 1, 2)) for truth in scene.truths]


def _blurred(scene: Scene) -> list[torch.Tensor]:
    return [
        gaussian_blur(clean, 0.8) + grain for clean, grain in zip(scene.cleans, scene.grains, strict=True)
    ]


def _regrained(scene: Scene) -> list[torch.Tensor]:
    """Other grain of the same law: that of another place, scaled to the light of this one."""
    out = []
    for clean, grain in zip(scene.cleans, scene.grains, strict=True):
        slope, floor = _grain_law(scene)
        sigma = (slope * clean.clamp_min(0) + floor).sqrt()
        unit = grain / sigma
        moved = torch.roll(unit.flip(2), (37, 53), (1, 2))
        out.append(clean + moved * sigma)
    return out


def _grain_law(scene: Scene) -> tuple[torch.Tensor, torch.Tensor]:
    law = scene.take.about["grain"]
    slope, floor = (torch.tensor(law[key], dtype=torch.float32)[:, None, None] for key in ("slope", "floor"))
    return slope, floor


def _grained(scene: Scene, amount: float) -> list[torch.Tensor]:
    return [clean + amount * grain for clean, grain in zip(scene.cleans, scene.grains, strict=True)]


def _relit(scene: Scene) -> list[torch.Tensor]:
    """The light moved to one side, face and surroundings alike: a stop from one side of the face to the other."""
    out = []
    for clean, grain, matte in zip(scene.cleans, scene.grains, scene.take.mattes, strict=True):
        middle, width = centroid(matte)[0], face_width(matte)
        across = (torch.arange(clean.shape[2]) + 0.5 - middle) / width
        out.append(clean * torch.exp2(-across.clamp(-0.75, 0.75)) + grain)
    return out


def _flickering(scene: Scene) -> list[torch.Tensor]:
    return [truth * (1.05 if i % 2 else 0.95) for i, truth in enumerate(scene.truths)]


def _seamed(scene: Scene) -> list[torch.Tensor]:
    return [
        truth * (1 + 0.05 * (matte > 0.5))
        for truth, matte in zip(scene.truths, scene.take.mattes, strict=True)
    ]


def _frozen(scene: Scene, hold: int = 4) -> list[torch.Tensor]:
    return [scene.truths[i - i % hold] for i in range(len(scene.truths))]


def _jaw_dropped(scene: Scene) -> list[torch.Tensor]:
    """The lower lip and the chin 6 % of the face's width lower from the middle of the shot, under unchanged grain.

    Not in all frames: a mouth that always hangs is the shape of a face, not an expression.
    """
    faces, half = scene.known.truths, len(scene.cleans) // 2
    return [
        clean + grain if face is None or i < half else _drop_jaw(clean, face.points, frame.data) + grain
        for i, (clean, grain, face, frame) in enumerate(
            zip(scene.cleans, scene.grains, faces, scene.take.truths, strict=True)
        )
    ]


def _drop_jaw(picture: torch.Tensor, points: np.ndarray, data: Window) -> torch.Tensor:
    """Pixels below the line between the lips fetched from above, most at the lower lip, fading away from it."""
    lip, width = points[14, :2] - (data.x0, data.y0), float(np.ptp(points[:, 0]))
    y, x = np.mgrid[: picture.shape[1], : picture.shape[2]] + 0.5
    across, below = (x - lip[0]) / width, (y - lip[1]) / width
    fade = np.exp(-((across / 0.2) ** 2) - (np.maximum(below, 0) / 0.25) ** 2)
    drop = 0.06 * width * fade * np.clip(below / 0.04 + 1.5, 0, 1)
    planes = [
        cv2.remap(
            plane.numpy(),
            (x - 0.5).astype(np.float32),
            (y - 0.5 - drop).astype(np.float32),
            cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for plane in picture
    ]
    return torch.from_numpy(np.stack(planes))


def _plate(scene: Scene) -> list[torch.Tensor]:
    return [frame.rgb for frame in scene.take.plates]


def _gained(scene: Scene) -> list[torch.Tensor]:
    return [0.8 * truth for truth in scene.truths]


_SHAKES = frozenset(
    {
        "jitter",
        "temporal",
        "pose",
        "expression",
        "lip_aperture",
        "eye_aperture",
        "light_direction",
        "light_energy",
    }
)
_PERSON = frozenset(BY_KEY)
_EDGES = frozenset({"seam_ratio"})
"""What changes the edges that the truth has there too (a jaw before the backdrop) shows in the seam."""

DAMAGES = (
    Damage("none", "the truth itself", lambda scene: scene.truths, {}),
    Damage("gain", "0.8 times the light, the whole shot", _gained, {"light_energy": 0.25}),
    Damage(
        "shift", "1.5 % of the face's width to the right, the whole shot", _shifted, {"fit": 0.006}, _EDGES
    ),
    Damage(
        "shake",
        "up to 1.5 % of the face's width either way, another way in every frame",
        _jittered,
        {"jitter": 0.04},
        WHOLE | _SHAKES | _EDGES | {"light"},
    ),
    Damage(
        "blur", "Gaussian of 0.8 pixels under unchanged grain", _blurred, {"sharpness": 0.4}, WHOLE | _EDGES
    ),
    Damage("regrain", "other grain of the same law", _regrained, {}, WHOLE),
    Damage(
        "grain x2",
        "twice the grain",
        lambda scene: _grained(scene, 2.0),
        {"grain_sigma": 0.7},
        WHOLE | {"temporal"},
    ),
    Damage(
        "no grain",
        "no grain",
        lambda scene: _grained(scene, 0.0),
        {"grain_sigma": 1.5},
        WHOLE | {"grain_spectrum"},
    ),
    Damage(
        "relight",
        "0.75 stops up at the left of the picture, 0.75 down at its right",
        _relit,
        {"light": 0.01, "light_direction": 10.0},
        WHOLE | {"light_energy"},
    ),
    Damage(
        "flicker",
        "5 % up and down from frame to frame",
        _flickering,
        {"temporal": 0.004},
        WHOLE | {"light", "light_energy"},
    ),
    Damage(
        "seam",
        "5 % brighter inside the matte, with a hard edge",
        _seamed,
        {"seam_ratio": 1.4},
        frozenset({"light_energy"}),
    ),
    Damage(
        "freeze",
        "every picture held for 4 frames",
        _frozen,
        {"jitter": 0.025},
        WHOLE | _SHAKES | _EDGES,
    ),
    Damage(
        "mouth",
        "the lower lip and the chin 6 % of the face's width lower from the middle of the shot on",
        _jaw_dropped,
        {"expression": 0.005, "lip_aperture": 0.012},
        WHOLE | {"pose"},
    ),
    Damage("plate", "the driver's face", _plate, {"identity_hero": 0.4, "detail": 90.0}, _PERSON),
)
"""The damages, in the order of the table."""


def fit_size(card: Card) -> float:
    """How far the shot fit moved the face: growth, turn in radians and shift in face widths, summed."""
    place = card.fit.similarity
    return abs(place.scale - 1) + math.radians(abs(place.rotation)) + math.hypot(place.shift_x, place.shift_y)


def readings(scene: Scene) -> dict[str, Card]:
    """The card of every damage, by its key."""
    out = {}
    for damage in DAMAGES:
        frames = [
            frame.with_rgb(picture)
            for frame, picture in zip(scene.take.truths, damage.make(scene), strict=True)
        ]
        out[damage.key] = score_card(scene.take.judged(frames), scene.known)
        print(f"{damage.key}: done", file=sys.stderr)
    return out


def faults(cards: Mapping[str, Card]) -> list[str]:
    """What did not move and should, and what moved and should not, one sentence each."""
    out = []
    for damage in DAMAGES:
        card = cards[damage.key]
        found = {key: departure(key, value) for key, value in card.summary.items() if value is not None}
        found["fit"] = fit_size(card)
        for key, least in damage.moves.items():
            if key in found and found[key] < least:
                out.append(f"{damage.key}: {key} departs by {found[key]:.3g}, less than {least:g}")
        for key, most in TOLERANCE.items():
            if key not in damage.moves and key not in damage.may and found.get(key, 0.0) > most:
                out.append(f"{damage.key}: {key} departs by {found[key]:.3g}, more than {most:g}")
    return out


def markdown(cards: Mapping[str, Card]) -> str:
    """The table of docs/measures.md: measures down, damages across; bold where the damage must be seen."""
    damages = [damage for damage in DAMAGES if damage.key in cards]
    lines = ["| | " + " | ".join(damage.key for damage in damages) + " |", "|---" * (len(damages) + 1) + "|"]
    for measure in MEASURES:
        values = [cards[damage.key].summary[measure.key] for damage in damages]
        if any(value is not None for value in values):
            cells = [_cell(v, measure.key in damage.moves) for v, damage in zip(values, damages, strict=True)]
            lines.append(f"| `{measure.key}` | " + " | ".join(cells) + " |")
    sizes = [_cell(fit_size(cards[damage.key]), "fit" in damage.moves) for damage in damages]
    lines.append("| moved by the fit | " + " | ".join(sizes) + " |")
    said = "; ".join(f"*{damage.key}*: {damage.text}" for damage in damages)
    return "\n".join([*lines, "", f"{said}."])


def write_table(file: Path, text: str) -> None:
    """Replace what stands between the marks of a Markdown file. Raises DoublureError where they are not."""
    start, end = MARKS
    before, found, rest = file.read_text(encoding="utf-8").partition(start)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise DoublureError(f"the marks {start} and {end} are not there", file=file, remedy="write them")
    with atomic_file(file) as temporary:
        temporary.write_text(f"{before}{start}\n{text}\n{end}{after}", encoding="utf-8")


def _cell(value: float | None, bold: bool) -> str:
    if value is None:
        return "–"
    size = abs(value)
    digits = 0 if size >= 99.95 else 1 if size >= 10 else 2
    said = "0" if size < 5e-5 else f"{value:.{digits}f}" if size >= 0.5 else f"{value:.2g}"
    return f"**{said}**" if bold else said


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.damages", description=__doc__.split("\n")[0])
    parser.add_argument("take", type=Path, help="a take with layers")
    parser.add_argument("--frames", help="only these frames, like 1001-1008")
    parser.add_argument("--write", type=Path, help="put the table between the marks of this file, too")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    try:
        with redirect_stdout(sys.stderr):
            cards = readings(read_scene(arguments.take, arguments.frames))
            if arguments.write is not None:
                write_table(arguments.write, markdown(cards))
    except DoublureError as error:
        sys.exit(str(error))
    wrong = faults(cards)
    if arguments.json:
        found = {key: {**card.summary, "fit": fit_size(card)} for key, card in cards.items()}
        print(json.dumps({**as_object("damages", []), "damages": found, "faults": wrong}, indent=2))
        return
    print(markdown(cards))
    for sentence in wrong:
        print(sentence, file=sys.stderr)


if __name__ == "__main__":
    main()

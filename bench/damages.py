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

import torch

from bench.report import as_object
from bench.spoilt import (
    Scene,
    blurred,
    flickering,
    frozen,
    gained,
    grained,
    jaw_dropped,
    jittered,
    plate,
    read_scene,
    regrained,
    relit,
    seamed,
    shifted,
)
from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError
from doublure.core.measure.card import Card, score_card
from doublure.core.measure.catalogue import BY_KEY, MEASURES

MARKS = ("<!-- damages -->", "<!-- end of damages -->")

WHOLE = frozenset({"psnr", "ssim", "detail", "flip"})
"""Measures of the whole error: anything that changes the picture moves them."""


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
    Damage("gain", "0.8 times the light, the whole shot", gained, {"light_energy": 0.25}),
    Damage(
        "shift", "1.5 % of the face's width to the right, the whole shot", shifted, {"fit": 0.006}, _EDGES
    ),
    Damage(
        "shake",
        "up to 1.5 % of the face's width either way, another way in every frame",
        jittered,
        {"jitter": 0.04},
        WHOLE | _SHAKES | _EDGES | {"light"},
    ),
    Damage(
        "blur", "Gaussian of 0.8 pixels under unchanged grain", blurred, {"sharpness": 0.4}, WHOLE | _EDGES
    ),
    Damage("regrain", "other grain of the same law", regrained, {}, WHOLE),
    Damage(
        "grain x2",
        "twice the grain",
        lambda scene: grained(scene, 2.0),
        {"grain_sigma": 0.7},
        WHOLE | {"temporal"},
    ),
    Damage(
        "no grain",
        "no grain",
        lambda scene: grained(scene, 0.0),
        {"grain_sigma": 1.5},
        WHOLE | {"grain_spectrum"},
    ),
    Damage(
        "relight",
        "0.75 stops up at the left of the picture, 0.75 down at its right",
        relit,
        {"light": 0.01, "light_direction": 10.0},
        WHOLE | {"light_energy"},
    ),
    Damage(
        "flicker",
        "5 % up and down from frame to frame",
        flickering,
        {"temporal": 0.004},
        WHOLE | {"light", "light_energy"},
    ),
    Damage(
        "seam",
        "5 % brighter inside the matte, with a hard edge",
        seamed,
        {"seam_ratio": 1.4},
        frozenset({"light_energy"}),
    ),
    Damage(
        "freeze",
        "every picture held for 4 frames",
        frozen,
        {"jitter": 0.025},
        WHOLE | _SHAKES | _EDGES,
    ),
    Damage(
        "mouth",
        "the lower lip and the chin 6 % of the face's width lower from the middle of the shot on",
        jaw_dropped,
        {"expression": 0.005, "lip_aperture": 0.012},
        WHOLE | {"pose"},
    ),
    Damage("plate", "the driver's face", plate, {"identity_hero": 0.4, "detail": 90.0}, _PERSON),
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

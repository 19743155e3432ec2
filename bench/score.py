"""How near is a result to the truth of a take?

    python -m bench.score out/comp.####.exr TAKE --json

TAKE is a folder of the stage with ``plate/``, ``truth/`` and perhaps ``layers/``. Frames are those of the truth
(``--frames`` picks some). docs/measures.md tells what each number means and what was taken off before it.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

import torch

from bench.report import Row, as_object
from doublure.core.errors import DoublureError
from doublure.core.measure.card import Card, score_card
from doublure.core.measure.catalogue import MEASURES
from doublure.core.measure.reference import Reference
from doublure.core.measure.take import Take, read_take


def rows(card: Card, prefix: str = "score") -> list[Row]:
    """The shot's numbers as rows of a bench, ``<prefix>.<measure>``; measures without a number have none."""
    return [
        Row(f"{prefix}.{measure.key}", value, measure.unit, None, measure.better)
        for measure in MEASURES
        if (value := card.summary[measure.key]) is not None
    ]


def as_json(card: Card, nothing: Card | None = None) -> dict[str, object]:
    """What ``--json`` prints: the fields of every bench, ``summary``, ``missing``, ``notes`` and ``frames``."""
    found: dict[str, object] = {**as_object("score", rows(card)), **_fields(card)}
    if nothing is not None:
        found["rows"] = [*found["rows"], *as_object("score", rows(nothing, "score.nothing"))["rows"]]  # type: ignore[misc]
        found["nothing"] = _fields(nothing)
    return found


def nothing_of(take: Take) -> Take:
    """The take whose result is its untouched plate."""
    return replace(take, results=take.plates)


def _fields(card: Card) -> dict[str, object]:
    return {
        "summary": {**card.summary, "fit": card.fit_json()},
        "missing": dict(card.missing),
        "notes": dict(card.notes),
        "frames": card.frames,
    }


def table(card: Card, nothing: Card | None = None) -> str:
    """The summary for people: a measure a line, with what the truth would read."""
    head = f"{'':<16}{'result':>10}" + (f"{'nothing':>10}" if nothing else "") + f"{'perfect':>10}"
    lines = [head]
    for measure in MEASURES:
        cells = [_cell(one.summary[measure.key]) for one in (card, nothing) if one is not None]
        perfect = "" if measure.perfect is None else f"{measure.perfect:g}"
        said = f"{measure.key:<16}" + "".join(f"{cell:>10}" for cell in cells) + f"{perfect:>10}"
        reason = card.missing.get(measure.key) or card.notes.get(measure.key)
        tail = f"{measure.unit or '':<9}{measure.text}" + (f" ({reason})" if reason else "")
        lines.append(f"{said}  {tail}")
    place, gain = card.fit.similarity, ", ".join(f"{g:.3f}" for g in card.fit.gain)
    lines.append(
        f"taken off before psnr to flip: gain {gain}; scale {place.scale:.3f}, {place.rotation:+.2f}°, "
        f"shift {100 * place.shift_x:+.1f} % {100 * place.shift_y:+.1f} % of the face"
    )
    return "\n".join(lines)


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.score", description=__doc__.split("\n")[0])
    parser.add_argument("result", help="the frames to judge, like out/comp.####.exr")
    parser.add_argument("take", type=Path, help="a take's folder, with plate/ and truth/")
    parser.add_argument("--frames", help="only these frames of the truth, like 1001-1045x4")
    parser.add_argument("--nothing", action="store_true", help="score the untouched plate beside the result")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    arguments = parser.parse_args()
    # Faces are small pictures: threads gain little here and lose much on a busy machine.
    torch.set_num_threads(1)
    try:
        with redirect_stdout(sys.stderr):
            take = read_take(arguments.result, arguments.take, arguments.frames, layers=True)
            known = Reference(take.truths, take.plates)
            card = score_card(take, known)
            nothing = score_card(nothing_of(take), known) if arguments.nothing else None
    except DoublureError as error:
        sys.exit(str(error))
    if arguments.json:
        print(json.dumps(as_json(card, nothing), indent=2))
    else:
        print(table(card, nothing))


if __name__ == "__main__":
    main()

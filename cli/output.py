"""What the verbs say: sentences on standard error, one JSON object on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any


def say(text: str) -> None:
    """One line for people, on standard error."""
    print(f"doublure: {text}", file=sys.stderr, flush=True)


def print_json(data: Any) -> None:
    """The one JSON object of a command run with ``--json``."""
    print(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))


def say_failed(failed: Iterable[tuple[int, str]]) -> None:
    """One line for each frame that failed."""
    for _, sentence in failed:
        say(sentence)


def say_faceless(source: str, faceless: Iterable[tuple[int, str]]) -> None:
    """Frames of ``source`` without a face, runs of the same reason in one line, with what to do."""
    for first, last, reason in _runs(faceless):
        frames = f"frame {first}" if first == last else f"frames {first}-{last}"
        say(
            f"{source} ({frames}): no face ({reason}); the plate is kept there and the matte is empty: "
            "lower the track's threshold, or pass --allow-faceless where that is right."
        )


def _runs(frames: Iterable[tuple[int, str]]) -> list[tuple[int, int, str]]:
    runs: list[tuple[int, int, str]] = []
    for number, reason in sorted(frames):
        if runs and runs[-1][1] == number - 1 and runs[-1][2] == reason:
            runs[-1] = (runs[-1][0], number, reason)
        else:
            runs.append((number, number, reason))
    return runs

"""The cast: many people in the same frames, so that frame k of one and frame k of another are a pair."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.stage.footage import render_footage
from bench.stage.people.person import Casting
from bench.stage.shading.rig import Rig


def render_cast(
    casting: Casting,
    people: Sequence[int],
    frames: Sequence[int],
    out: Path,
    *,
    size: int,
    samples: int,
    performance_seed: int,
) -> None:
    """Renders ``out/p100/p100.0001.exr`` and so on; frames that exist are skipped. Prints one line per person."""
    rig = Rig(casting.model)
    for seed in people:
        name = f"p{seed}"
        count = render_footage(
            casting,
            rig,
            seed,
            frames,
            out / name,
            name,
            size=size,
            samples=samples,
            performance_seed=performance_seed,
        )
        print(f"{name}: {count} rendered, {len(frames) - count} already there", flush=True)

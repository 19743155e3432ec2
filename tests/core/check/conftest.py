from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import torch

from doublure.core.scan.face_facts import FaceFacts, ShotLight
from doublure.core.scan.facts import FrameFacts, ShotFacts
from doublure.core.scan.file_header import FileHeader
from doublure.core.scan.pixel_facts import PixelFacts
from doublure.core.window import Window

FIRST = 1001


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    torch.set_num_threads(1)


def header(number: int = FIRST, **changes: Any) -> FileHeader:
    """Of a clean result frame; its plate's is the same without the matte."""
    clean = FileHeader(
        channels=("R", "G", "B", "matte"),
        formats=("half",) * 4,
        compression="zip",
        data=Window(-8, -8, 108, 68),
        display=Window(0, 0, 100, 60),
        pixel_aspect=1.0,
        interop_id="lin_ap1_scene",
        chromaticities=None,
        aces_container=False,
        timecode=f"01:00:00:{number - FIRST:02d}",
        fps=Fraction(24),
        own={"key": "k", "version": "0.1.0"},
        other=frozenset({"DateTime", "cameraModel"}),
    )
    return replace(clean, **changes)


def plate_header(number: int = FIRST, **changes: Any) -> FileHeader:
    return replace(header(number), channels=("R", "G", "B"), formats=("half",) * 3, own={}, **changes)


def face(**changes: Any) -> FaceFacts:
    """What a clean comp reads."""
    clean = FaceFacts(
        height=200.0,
        found=True,
        expression=0.01,
        lips=0.005,
        lids=0.01,
        jitter=0.006,
        temporal=0.002,
        grain=0.97,
        sharpness=0.95,
        seam=2.3,
        edge=0.2,
        light=0.05,
        identity=0.2,
        plate_identity=0.6,
        equal=0.0,
        likeness=0.5,
        held=0.0,
        plate_held=0.0,
        motion=1.4,
        plate_motion=1.5,
    )
    return replace(clean, **changes)


def frame(number: int = FIRST, **changes: Any) -> FrameFacts:
    clean = FrameFacts(
        number=number,
        path=Path(f"sh010_comp_v003.{number}.exr"),
        plate_path=Path(f"plate.{number}.exr"),
        sha256="0" * 64,
        plate_sha256="1" * 64,
        header=header(number),
        plate_header=plate_header(number),
        pixels=PixelFacts(
            nan=0,
            inf=0,
            negative=0,
            negative_made=0,
            above_half=0,
            outside_differs=0,
            outside_far=0,
            outside=6000,
            matte_minimum=0.0,
            matte_maximum=1.0,
            coverage=900.0,
            matte_wrong=0,
            inside=1000,
        ),
        face=face(),
        expected=True,
    )
    return replace(clean, **changes)


Build = Callable[..., ShotFacts]


@pytest.fixture
def shot() -> Build:
    """A clean shot of six frames; ``shot({1003: changed frame}, light=...)`` replaces some."""

    def build(changed: dict[int, FrameFacts] | None = None, **rest: Any) -> ShotFacts:
        frames = tuple((changed or {}).get(n, frame(n)) for n in range(FIRST, FIRST + 6))
        return ShotFacts(frames, **({"light": ShotLight(0.1, 0.1, -0.2)} | rest))

    return build

"""Does the result cover the pixels that the plate covers."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.scan.facts import ShotFacts
from doublure.core.window import Window


def check_windows(shot: ShotFacts) -> list[Finding]:
    """Data window, display window and pixel aspect are the plate's, frame by frame."""
    out = []
    for frame in shot.readable:
        ours, theirs = frame.header, frame.plate_header
        if ours is None or theirs is None:
            continue
        for label, mine, other in (
            ("data window", ours.data, theirs.data),
            ("display window", ours.display, theirs.display),
        ):
            if mine != other:
                out.append(
                    Finding(
                        frame.number,
                        f"the {label} is {_words(mine)} where the plate's is {_words(other)}",
                        "render over the plate's windows",
                    )
                )
        if abs(ours.pixel_aspect - theirs.pixel_aspect) > 1e-4:
            out.append(
                Finding(
                    frame.number,
                    f"the pixel aspect is {ours.pixel_aspect:g} where the plate's is {theirs.pixel_aspect:g}",
                    "keep the plate's pixel aspect",
                )
            )
    return out


def _words(window: Window) -> str:
    return f"{window.width}x{window.height} at ({window.x0}, {window.y0})"

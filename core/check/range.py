"""Do the values stay within what the files and the next department can take."""

from __future__ import annotations

from doublure.core.check.finding import Finding, counted
from doublure.core.check.limits import Limits
from doublure.core.scan.facts import ShotFacts


def check_range(shot: ShotFacts, limits: Limits) -> list[Finding]:
    """Nothing beyond 16-bit float, and under the matte no negative values that the plate has not.

    The plate's own negatives are nobody's fault, and grain in blacks makes a few: ``negative_share`` of the pixels
    under the matte may be below 0, none of them below ``negative_depth``.
    """
    out = []
    for frame in shot.readable:
        pixels = frame.pixels
        if pixels.above_half:
            out.append(
                Finding(
                    frame.number,
                    f"{counted(pixels.above_half, 'pixel')} beyond 65504, which 16-bit float cannot hold",
                    "lower the highlights",
                )
            )
        made = pixels.negative_made or 0
        most = limits.negative_share * (pixels.inside or 0)
        if made > most or (made and pixels.lowest < limits.negative_depth):
            out.append(
                Finding(
                    frame.number,
                    f"{counted(made, 'pixel')} under the matte below 0 where the plate is not"
                    f" (down to {pixels.lowest:.3g})",
                    "grade the face again, or lift its blacks",
                )
            )
    return out

"""Are the files compressed, and their numbers stored, as the delivery wants it."""

from __future__ import annotations

from collections.abc import Collection

from doublure.core.check.finding import Finding
from doublure.core.scan.facts import ShotFacts

_JUDGED = ("R", "G", "B", "A", "matte")


def check_encoding(
    shot: ShotFacts, *, compressions: Collection[str], pixel_type: str = "half"
) -> list[Finding]:
    """Compression and number type of every frame.

    Args:
        compressions: allowed OpenEXR names ("none", "zip", "zips", "piz"…).
        pixel_type: "half" or "float", of R, G, B, A and matte; other channels (depth, ids) may be either.
    """
    out = []
    for frame in shot.readable:
        header = frame.header
        if header is None:
            continue
        if header.compression not in compressions:
            out.append(
                Finding(
                    frame.number,
                    f"the compression is {header.compression}, not {' or '.join(sorted(compressions))}",
                    "write the frame from its source with that compression",
                )
            )
        wrong = [name for name in _JUDGED if header.format_of(name) not in (None, pixel_type)]
        if wrong:
            out.append(
                Finding(
                    frame.number,
                    f"{', '.join(wrong)} hold {header.format_of(wrong[0])} numbers, not {pixel_type}",
                    f"write the frame as {pixel_type}",
                )
            )
    return out

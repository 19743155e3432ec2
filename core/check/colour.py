"""Do the files say which colour space they are in, and the right one."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.scan.facts import ShotFacts
from doublure.core.scan.file_header import FileHeader

_AP0 = (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767)


def check_colour(shot: ShotFacts, *, interop_id: str | None = None, aces: bool = False) -> list[Finding]:
    """The ``colorInteropID`` of every frame.

    Args:
        interop_id: the id that is wanted; None: the plate's.
        aces: the files are ACES containers (SMPTE ST 2065-4) instead: flagged so, with the primaries of AP0.

    An id beside ``chromaticities`` is an error, as the two may contradict each other (ASWF ColorInterop 1.0).
    """
    out = []
    for frame in shot.readable:
        header, plate = frame.header, frame.plate_header
        if header is None or plate is None:
            continue
        fault = _aces(header) if aces else _named(header, interop_id or plate.interop_id)
        if fault is not None:
            out.append(Finding(frame.number, fault, "write the frame with its true colour space"))
    return out


def _aces(header: FileHeader) -> str | None:
    if not header.aces_container:
        return "the file is not flagged as an ACES container"
    known = header.chromaticities
    if known is None or max(abs(a - b) for a, b in zip(known, _AP0, strict=True)) > 1e-4:
        return "the chromaticities are not those of ACES2065-1"
    if header.interop_id not in (None, "lin_ap0_scene"):
        return f"the colorInteropID is {header.interop_id} in an ACES container"
    return None


def _named(header: FileHeader, wanted: str | None) -> str | None:
    if header.interop_id is None:
        return "the file does not say its colour space (no colorInteropID)"
    if wanted is None:
        return f"the plate does not say its colour space, so {header.interop_id} cannot be confirmed"
    if header.interop_id != wanted:
        return f"the colorInteropID is {header.interop_id}, not {wanted}"
    if header.chromaticities is not None:
        return "the file has chromaticities beside its colorInteropID"
    return None

"""Does the file carry a matte that says where the face was replaced."""

from __future__ import annotations

from doublure.core.check.finding import Finding, counted
from doublure.core.scan.face_cut import NO_MATTE
from doublure.core.scan.facts import ShotFacts


def check_matte(shot: ShotFacts) -> list[Finding]:
    """The channel ``matte`` is there, within 0 to 1, and covers something wherever the track has a face.

    A matte where the track has no face is a warning: somebody may have put it there by hand.
    """
    out = []
    tracked = any(frame.expected for frame in shot.frames)
    for frame in shot.readable:
        if frame.header is None:
            continue
        if "matte" not in frame.header.channels:
            out.append(Finding(frame.number, "there is no channel matte", "write all channels of the Blend"))
            continue
        pixels = frame.pixels
        if pixels.matte_wrong:
            out.append(
                Finding(
                    frame.number,
                    f"the matte is below 0 or above 1 in {counted(pixels.matte_wrong, 'pixel')}"
                    f" ({pixels.matte_minimum:.4g} to {pixels.matte_maximum:.4g})",
                    "clip the matte",
                )
            )
        elif frame.expected and (not pixels.inside or frame.faceless == NO_MATTE):
            out.append(
                Finding(frame.number, NO_MATTE, "render the frame again, or remove the face from the track")
            )
        elif tracked and not frame.expected and pixels.inside:
            out.append(
                Finding(
                    frame.number,
                    "the matte covers something although the track has no face here",
                    "look at the frame",
                    level="warning",
                )
            )
    return out

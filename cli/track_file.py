"""What ``doublure track`` does with a sidecar that exists: tell what it holds, correct it, export it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doublure.cli.output import print_json, say
from doublure.core.errors import DoublureError

if TYPE_CHECKING:
    from doublure.core.face.sidecar import Track


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments for a sidecar that exists."""
    group = parser.add_argument_group("with a sidecar instead of a plate")
    group.add_argument("--info", action="store_true", help="tell what the track holds")
    group.add_argument(
        "--correct",
        metavar="TABLE.csv",
        help="keyframes of the head, of the form that --export writes: delete the rows that are right, correct the "
        "others, set found to 0 where the face is to be left alone; the corrected track goes to -o",
    )
    group.add_argument(
        "--export",
        action="append",
        metavar="FILE",
        help="write the track as a table (.csv), as a CornerPin and Trackers for Nuke (.nk), or the fitted head's "
        "normals, positions and UVs as pictures (passes/passes.####.exr)",
    )
    group.add_argument(
        "--sheet",
        metavar="FILE.png",
        help="a contact sheet: frames evenly chosen, and the lost, the occluded and the least sure ones",
    )
    group.add_argument(
        "--plate",
        dest="plate_files",
        metavar="FILES",
        help="the plate under the sheet's meshes; by default none",
    )


def wanted(args: argparse.Namespace) -> bool:
    """Whether the command is about a sidecar that exists."""
    return bool(args.info or args.correct or args.export or args.sheet)


def run(args: argparse.Namespace) -> int:
    """Correct, export, draw, tell, in this order. Raises DoublureError where the sidecar, a table or a name is bad."""
    from doublure.core.face.sidecar import Track

    track = Track.load(args.plate)
    if args.correct:
        track = _correct(track, Path(args.correct), args.output)
    for target in args.export or ():
        _export(track, Path(target))
    if args.sheet:
        _draw(track, Path(args.sheet), args.plate_files, args.space)
    if args.info:
        _tell(track, str(args.plate), args.json)
    return 0


def _correct(track: Track, table: Path, output: str | None) -> Track:
    from doublure.core.face.correct import corrected
    from doublure.core.face.table import read_table

    if output is None:
        raise DoublureError("the corrected track has no name", remedy="give one with -o")
    made = corrected(track, read_table(table))
    made.save(output)
    say(f"{output}: the face is on {len(made.found)} of {len(made.frames)} frames, as corrected.")
    return made


def _export(track: Track, target: Path) -> None:
    from doublure.core.atomic import atomic_file
    from doublure.core.face.nuke_curves import to_nuke
    from doublure.core.face.table import to_table

    if target.suffix.lower() == ".exr":
        from doublure.core.face.pass_files import write_passes

        say(f"{target}: {write_passes(track, target)} frames written.")
        return
    writers = {".csv": to_table, ".nk": to_nuke}
    if target.suffix.lower() not in writers:
        raise DoublureError(
            "a track is not exported to this kind of file", file=target, remedy="name it .csv, .nk or .exr"
        )
    with atomic_file(target) as temporary:
        temporary.write_text(writers[target.suffix.lower()](track), encoding="utf-8")
    say(f"{target}: written.")


def _draw(track: Track, target: Path, plate: str | None, space: str) -> None:
    import cv2

    from doublure.core.atomic import atomic_file
    from doublure.core.face.sheet import contact_sheet
    from doublure.core.sequence import FrameReader, Sequence

    if target.suffix.lower() != ".png":
        raise DoublureError("a sheet is a PNG", file=target, remedy="name it .png")
    reader = None if plate is None else FrameReader(Sequence.parse(plate), [], space=space or None)
    sheet = contact_sheet(track, None if reader is None else reader.read)
    written, data = cv2.imencode(".png", sheet[..., ::-1])
    if not written:
        raise DoublureError("the sheet cannot be written as PNG", file=target, remedy="check the folder")
    with atomic_file(target) as temporary:
        temporary.write_bytes(data.tobytes())
    say(f"{target}: written.")


def _tell(track: Track, name: str, as_json: bool) -> None:
    from doublure.core.face.correct import SWITCHED_OFF

    found = track.found
    covered = [face.number for face in found if face.occluded]
    lost = [(face.number, face.reason or "no face was found") for face in track if not face.found]
    told: dict[str, Any] = {
        "track": name,
        "source": track.source,
        "width": track.width,
        "height": track.height,
        "pixel_aspect": track.pixel_aspect,
        "first": min(track.frames, default=None),
        "last": max(track.frames, default=None),
        "frames": len(track.frames),
        "found": len(found),
        "occluded": covered,
        "by_hand": [face.number for face in track if face.by_hand or (face.found and face.score == 0)],
        "switched_off": [face.number for face in track if face.reason == SWITCHED_OFF],
        "cuts": list(track.cuts),
        "face": track.face,
        "label": track.label,
        "focal": track.focal,
        "faceless": [{"frame": number, "reason": reason} for number, reason in lost],
        "confidence": {
            str(face.number): round(float(face.confidence.mean()), 3)
            for face in found
            if face.confidence is not None
        },
    }
    if as_json:
        print_json(told)
        return
    say(
        f"{name}: {track.source}, {track.width}x{track.height}, pixel aspect {track.pixel_aspect:g}, frames "
        f"{told['first']} to {told['last']}."
    )
    say(
        f"the face is on {len(found)} of {len(track.frames)} frames; something is in front of it on {len(covered)}."
    )
    name_of = " ".join(
        part for part in (f"face {track.face}" if track.face is not None else "", track.label) if part
    )
    if name_of:
        say(f"it is {name_of}.")
    if track.focal is not None:
        say(f"the camera's focal length is {track.focal:.0f} pixels.")
    if track.cuts:
        say(f"a new shot begins on {_ranges(track.cuts)}.")
    if told["by_hand"]:
        say(f"set by hand: {_ranges(told['by_hand'])}.")
    for number, reason in lost:
        say(f"frame {number}: {reason}.")
    for number in covered:
        say(f"frame {number}: {track.at(number).hidden:.0%} of the face is hidden.")


def _ranges(numbers: Iterable[int]) -> str:
    """Frame numbers as ``1001-1004, 1009``."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)

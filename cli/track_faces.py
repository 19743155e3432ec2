"""``doublure track --faces N``: several faces of a plate at once, a sidecar each."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from doublure.cli.output import print_json, say, say_faceless, say_failed
from doublure.cli.progress import Progress
from doublure.core.errors import DoublureError

if TYPE_CHECKING:
    from doublure.core.frame import Frame


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the argument."""
    parser.add_argument(
        "--faces",
        type=int,
        metavar="N",
        help="follow up to N faces, each as whom it is however they cross; the tracks are NAME.1.json, NAME.2.json …, "
        "the largest face first, then those that come in later",
    )


def run(args: argparse.Namespace) -> int:
    """Track them and tell where each is missing.

    Raises:
        DoublureError: no name, one of the sidecars exists already, no frame could be read.
    """
    from doublure.core.color import to_working
    from doublure.core.face.heads import with_heads
    from doublure.core.face.track import TrackSettings, track_faces
    from doublure.core.sequence import FrameReader, Sequence
    from doublure.nodes.read import on_disk

    if args.face is not None:
        raise DoublureError("--face and --faces exclude each other", remedy="give one of them")
    files = Sequence.parse(args.plate, args.frames or None)
    numbers = list(files.explicit) if files.explicit is not None else on_disk(files)
    reader = FrameReader(files, numbers, space=args.space or None)
    names = [named(Path(args.output), i) for i in range(1, args.faces + 1)]
    for name in names:
        if name.exists():
            raise DoublureError(
                "there is a track already", file=name, remedy="remove it, or choose another name"
            )
    failed: list[tuple[int, str]] = []

    def frames(progress: Progress) -> Iterator[Frame]:
        for done, number in enumerate(numbers):
            progress("tracking track", done, len(numbers))
            try:
                frame = to_working(reader.read(number))
                _ = frame.rgb
            except DoublureError as error:
                failed.append((number, str(error)))
                continue
            yield frame

    chosen = {"threshold": args.threshold, "smoothing": args.smoothing}
    settings = TrackSettings(**{name: value for name, value in chosen.items() if value is not None})
    with Progress("tracking track") as progress:
        tracks = track_faces(frames(progress), settings, args.faces, source=str(args.plate))
    say_failed(failed)
    missing = False
    tracks = [with_heads(track, args.focal) for track in tracks]
    for name, track in zip(names, tracks, strict=False):
        track.save(name)
        faceless = [(face.number, face.reason or "no face was found") for face in track if not face.found]
        missing = missing or bool(faceless)
        say_faceless(f"{args.plate}, {name}", faceless)
        say(f"{name}: the face is on {len(track.found)} of {len(numbers)} frames.")
    if args.json:
        print_json(
            {
                "tracks": [
                    {
                        "track": str(name),
                        "frames": len(numbers),
                        "found": len(track.found),
                        "cuts": list(track.cuts),
                    }
                    for name, track in zip(names, tracks, strict=False)
                ],
                "failed": [{"frame": number, "error": sentence} for number, sentence in failed],
            }
        )
    return int(bool(failed or (missing and not args.allow_faceless)))


def named(output: Path, number: int) -> Path:
    """``track.json`` and 2 as ``track.2.json``."""
    return output.with_name(f"{output.stem}.{number}{output.suffix}")

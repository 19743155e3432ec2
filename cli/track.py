"""``doublure track``: a face through a plate, into a sidecar."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from doublure.cli import track_faces, track_file
from doublure.cli.arguments import frame_range
from doublure.cli.output import print_json, say, say_faceless, say_failed
from doublure.cli.progress import Progress
from doublure.core.errors import DoublureError


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb's arguments."""
    parser = subparsers.add_parser(
        "track",
        description="Follow one face through a plate and keep its landmarks and head pose in a sidecar. A plate that "
        "was tracked with the same settings is not tracked again.",
        epilog="Exit code: 0 the face is on every frame; 1 a frame could not be read, or (without --allow-faceless) "
        "shows no face.",
    )
    parser.add_argument(
        "plate",
        metavar="PLATE",
        help="the files, such as plate.####.exr or plate.1001-1048#.exr; or a sidecar, see below",
    )
    parser.add_argument("-o", "--output", metavar="TRACK.json", help="the sidecar to write")
    parser.add_argument(
        "--frames",
        type=frame_range,
        metavar="RANGE",
        help="frames of the plate; by default all of them",
    )
    parser.add_argument(
        "--space", default="", metavar="NAME", help="colour space of the plate; by default what its files say"
    )
    parser.add_argument("--face", type=int, metavar="N", help="which face, by size: 0 is the largest")
    parser.add_argument("--threshold", type=float, metavar="T", help="how sure the detector must be, 0 to 1")
    parser.add_argument(
        "--focal",
        type=float,
        metavar="PIXELS",
        help="the lens: millimetres over those of the sensor's height, times the picture's height; else estimated",
    )
    parser.add_argument(
        "--smoothing", type=int, metavar="N", help="frames either side over which jitter is smoothed"
    )
    told = parser.add_argument_group("what is known of the shot")
    told.add_argument(
        "--from",
        dest="comp_track",
        metavar="FILE",
        help="a track from the comp: Nuke's CornerPin2D or Tracker as text (.nk), or a table (.csv)",
    )
    told.add_argument(
        "--use",
        choices=("fill", "override", "look"),
        default="fill",
        help="what --from is for: it places the head where no face is found (fill), everywhere (override), or only "
        "tells where to look (look)",
    )
    told.add_argument(
        "--ignore",
        metavar="FILE",
        help="regions in which no face is looked for (.json, .csv)",
    )
    told.add_argument(
        "--keyframes", metavar="TABLE.csv", help="keyframes of the head, laid over the track; see --correct"
    )
    told.add_argument(
        "--occlusion",
        metavar="FILES",
        help="a matte of what stands in front of the face, named like the plate; it may be the plate",
    )
    told.add_argument(
        "--occlusion-channel",
        metavar="NAME",
        help="the matte's channel; by default A, or the only one. Without --occlusion, a channel of the plate",
    )
    parser.add_argument("--allow-faceless", action="store_true", help="a frame without a face is no fault")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
    track_faces.add_arguments(parser)
    track_file.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Track and tell where there is no face."""
    if track_file.wanted(args):
        return track_file.run(args)
    if args.output is None:
        raise DoublureError("the track has no name", remedy="give one with -o, such as -o track.json")
    if args.faces is not None:
        return track_faces.run(args)
    from doublure.nodes import Graph, Read, Shared, Track, prepare_graph
    from doublure.nodes.sidecar_key import read_key, state
    from doublure.nodes.track_plan import FILL, HINT, OVERRIDE
    from doublure.nodes.tracks import load_track

    start = time.monotonic()
    sidecar = Path(args.output).absolute()
    if state(sidecar, "") == "foreign":
        raise DoublureError(
            "this track was edited by hand, or is none that doublure track wrote",
            file=args.output,
            remedy="remove it, or choose another name",
        )
    graph, shared = Graph(), Shared()
    plate = graph.add("plate", Read, pattern=args.plate, frames=args.frames or "", space=args.space)
    chosen = {
        "face_index": args.face,
        "threshold": args.threshold,
        "smoothing": args.smoothing,
        "focal": args.focal,
    }
    chosen |= {"ignore": args.ignore, "comp_track": args.comp_track, "corrections": args.keyframes}
    chosen |= {"occlusion_channel": args.occlusion_channel}
    settings = {name: value for name, value in chosen.items() if value is not None}
    if args.comp_track:
        settings["comp_use"] = {"fill": FILL, "override": OVERRIDE, "look": HINT}[args.use]
    if args.occlusion:
        frames = args.frames or ""
        settings["occlusion"] = graph.add(
            "occlusion", Read, pattern=args.occlusion, frames=frames, space="Raw"
        )
    elif args.occlusion_channel:
        settings["occlusion"] = plate
    graph.add("track", Track, plate=plate, sidecar=sidecar, **settings)
    with Progress("tracking track") as progress:
        prepare_graph(graph, ["track"], [], shared, progress=progress)
    track, made = load_track(sidecar, shared), read_key(sidecar)
    failed = list(made.failed) if made is not None else []
    faceless = [(face.number, face.reason or "no face was found") for face in track if not face.found]
    say_failed(failed)
    say_faceless(str(args.plate), faceless)
    occluded = [face.number for face in track.found if face.occluded]
    for number in occluded:
        say(
            f"{args.plate} (frame {number}): {track.at(number).hidden:.0%} of the face is hidden by something."
        )
    say(f"{args.output}: the face is on {len(track.found)} of {len(track.frames) + len(failed)} frames.")
    if args.json:
        print_json(
            {
                "track": str(args.output),
                "frames": len(track.frames) + len(failed),
                "found": len(track.found),
                "occluded": occluded,
                "faceless": [{"frame": number, "reason": reason} for number, reason in faceless],
                "failed": [{"frame": number, "error": sentence} for number, sentence in failed],
                "seconds": round(time.monotonic() - start, 3),
            }
        )
    return int(bool(failed or (faceless and not args.allow_faceless)))

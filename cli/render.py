"""``doublure render``: a graph over a range of frames."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from doublure.cli.arguments import assignment, frame_numbers
from doublure.cli.output import print_json, say, say_faceless, say_failed
from doublure.cli.progress import Progress

if TYPE_CHECKING:
    from doublure.nodes.report import RenderReport

_INTERRUPTED = 130


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb's arguments."""
    parser = subparsers.add_parser(
        "render",
        description="Render a graph of nodes. Frames that are done already, with the same plate, model and settings, "
        "are skipped, so the same command resumes a render.",
        epilog="Exit code: 0 every frame is written; 1 a frame failed, or (without --allow-faceless) shows no face.",
    )
    parser.add_argument("graph", metavar="GRAPH.json", help="the graph (see docs/nodes.md)")
    parser.add_argument(
        "--frames",
        type=frame_numbers,
        metavar="RANGE",
        help="frames to render, such as 1001-1048 or 1001-1100x2; by default every frame of the plates",
    )
    parser.add_argument(
        "--set",
        type=assignment,
        action="append",
        default=[],
        metavar="NODE.PARAM=VALUE",
        help="set a param of the graph, such as plate.pattern=shot/plate.####.exr; may be repeated",
    )
    parser.add_argument("--allow-faceless", action="store_true", help="a frame without a face is no fault")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Render and tell what became of the frames."""
    from doublure.nodes import load_graph, override, render_graph

    graph = load_graph(args.graph)
    for each in args.set:
        override(graph, each)
    with Progress("rendering") as progress:
        report = render_graph(graph, args.frames, progress=progress)
    tell(report)
    if args.json:
        print_json(report.as_json())
    return exit_code(report, allow_faceless=args.allow_faceless)


def tell(report: RenderReport) -> None:
    """The report for people, on standard error."""
    say_failed(report.failed)
    say_faceless(report.source, report.faceless)
    counts = [f"{len(report.rendered)} rendered", f"{len(report.skipped)} already there"]
    if report.failed:
        counts.append(f"{len({number for number, _ in report.failed})} failed")
    if report.faceless:
        counts.append(f"{len(report.faceless)} without a face")
    say(f"frames: {', '.join(counts)}; {report.seconds:.1f} s.")


def exit_code(report: RenderReport, *, allow_faceless: bool) -> int:
    """0 where every frame is written and shows a face, else 1 (130 when cancelled)."""
    if report.cancelled:
        return _INTERRUPTED
    return int(bool(report.failed or (report.faceless and not allow_faceless)))

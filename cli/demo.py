"""`doublure demo`: replaces the face in the example shot and scores the result against the truth."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doublure.cli.output import print_json, say
from doublure.cli.progress import Progress
from doublure.cli.render import exit_code, tell

if TYPE_CHECKING:
    from doublure.core.consent.grant import Grant
    from doublure.core.measure.summary import FrameScore
    from doublure.core.measure.take import Take

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
FRAMES = range(1001, 1049)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb's arguments."""
    parser = subparsers.add_parser(
        "demo",
        description="Track the driver's face in the example plate, swap, relight, blend, write EXR, and compare with"
        " the ground truth: the hero rendered under the same performance and light.",
    )
    parser.add_argument("--examples", type=Path, default=EXAMPLES, help="the examples folder of a checkout")
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("out/demo"), help="folder (default %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print the scores as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Ask for consent, render the example graph afresh, draw the comparison and print the scores."""
    from doublure.cli.strip import write_strip
    from doublure.core.consent.training import as_header
    from doublure.core.errors import DoublureError
    from doublure.core.measure.take import read_take, score_take
    from doublure.nodes import Shared, load_graph, override, render_graph
    from doublure.nodes.swap import consent_of

    file = args.examples / "graph.json"
    if not file.is_file():
        raise DoublureError(
            "the examples are not here", file=file, remedy="give a checkout's with --examples"
        )
    out = args.output.absolute()
    pattern = str(out / "comp.####.exr")
    graph = load_graph(file)
    override(graph, f"write.pattern={pattern}")
    override(graph, f"track.sidecar={out / 'track.json'}")
    grants = consent_of(graph.fixed_params("swap"), Shared())
    say(f"consent: {'; '.join(_told(grant) for grant in grants)}.")
    _clear(out)
    with Progress("rendering") as progress:
        report = render_graph(graph, FRAMES, progress=progress)
    tell(report)
    code = exit_code(report, allow_faceless=False)
    if code:
        return code
    say("comparing with the truth.")
    take = read_take(pattern, args.examples)
    scored = score_take(take)
    assert scored.nothing is not None
    picture = out / "comparison.png"
    write_strip(picture, take)
    outcome: dict[str, Any] = {
        "consent": as_header(grants),
        "frames": len(report.rendered),
        "seconds_per_frame": round(report.seconds / max(len(report.rendered), 1), 3),
        "plate": _figures(scored.nothing.shot),
        "result": _figures(scored.result.shot),
        "output": pattern,
        "picture": str(picture),
    }
    identity = _identity(take)
    if identity:
        outcome["identity"] = identity
    if args.json:
        print_json(outcome)
    else:
        _print(outcome)
    return 0


def _told(grant: Grant) -> str:
    """Whose face it is, and which record permits its use."""
    who = "an invented person" if grant.kind == "synthetic" else "a person"
    return f"{grant.part} {grant.person!r}, {who} ({_short(str(grant.path))}, {grant.record})"


def _clear(out: Path) -> None:
    """Removes what an earlier demo wrote, and nothing else: the seconds per frame are those of a whole run."""
    out.mkdir(parents=True, exist_ok=True)
    mine = [
        *(out / f"comp.{number}.exr" for number in FRAMES),
        *out.glob("track.json*"),
        out / "comparison.png",
    ]
    for path in mine:
        path.unlink(missing_ok=True)


def _figures(shot: FrameScore) -> dict[str, float]:
    return {name: round(getattr(shot, name), 4) for name in ("psnr", "ssim", "detail", "light")}


def _identity(take: Take) -> dict[str, float | None] | None:
    """Distances of the result to hero and driver, where the extra is installed."""
    from doublure.core.measure import identity
    from doublure.core.measure.take import identity_distances

    if not identity.available():
        return None
    found = identity_distances(take)
    return {
        name: None if found[name] is None else round(found[name] or 0.0, 4) for name in ("hero", "driver")
    }


def _print(outcome: dict[str, Any]) -> None:
    print(f"\n{'against the truth':<22}{'PSNR dB':>9}{'SSIM':>8}{'detail dB':>11}{'light':>8}")
    for name, row in (("plate (doing nothing)", "plate"), ("result", "result")):
        f = outcome[row]
        print(f"{name:<22}{f['psnr']:>9.2f}{f['ssim']:>8.3f}{f['detail']:>11.2f}{f['light']:>8.4f}")
    if "identity" in outcome:
        hero, driver = outcome["identity"]["hero"], outcome["identity"]["driver"]
        print(f"identity distance: {hero} to the hero, {driver} to the driver")
    print(f"{outcome['frames']} frames, {outcome['seconds_per_frame']:.2f} s each")
    print(f"frames:  {_short(outcome['output'])}")
    print(f"picture: {_short(outcome['picture'])} (plate / result / truth)")


def _short(path: str) -> str:
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else relative

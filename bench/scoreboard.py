"""How good is the whole pipeline, beside doing nothing and simple answers, on takes whose right answer is known?

    python -m bench.scoreboard --render            # render the standard set into out/stage (15 minutes; resumable)
    python -m bench.scoreboard                     # swap, relight and blend every take, score, print, write, draw
    python -m bench.scoreboard --quick             # the committed small takes only

Entries: ``plate`` (doing nothing), ``still`` (an unlit hero still laid over the driver's landmarks), ``transfer``
(that with colour transfer in every frame), ``result`` (the example graph with the shipped model) and ``truth``.
Rows are means over takes, ``<entry>.<measure>``; ``takes`` holds every take's own, ``<entry>.<take>.<measure>``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import torch

from bench import baselines, chart, standard_set
from bench.report import Row, as_object
from bench.stage_consent import swap_params
from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.core.measure.card import Card, score_card
from doublure.core.measure.catalogue import MEASURES
from doublure.core.measure.reference import Reference
from doublure.core.measure.sheet import mean
from doublure.core.measure.take import PLATE, Take, read_about, read_take
from doublure.nodes import load_graph, override, render_graph

ROOT = Path(__file__).resolve().parents[1]
GRAPH = ROOT / "examples" / "graph.json"
MODEL = ROOT / "examples" / "hero.safetensors"
CACHE = ROOT / "out" / "stage"
RESULTS = ROOT / "out" / "scoreboard"
OUT = ROOT / "bench" / "results" / "scoreboard.json"
CHART = ROOT / "docs" / "scoreboard.png"
ENTRIES = ("plate", "still", "transfer", "result", "truth")

Cards = dict[str, Card]


def swap(
    folder: Path, out: Path, *, model: Path = MODEL, hero: str = "hero", driver: str | None = None
) -> str:
    """Run the example graph (track, swap, relight, blend) over a take's plate; returns the result's pattern.

    The people get records of their own, made on the spot.

    Args:
        folder: the take.
        out: where result, track and records go.
        model: whose only hero is ``hero``.
        hero: his id.
        driver: the double's id; by default the stage's name for the take's seed.

    Raises:
        DoublureError: the graph cannot run, or a frame failed.
    """
    out.mkdir(parents=True, exist_ok=True)
    pattern = str((out / "comp.####.exr").absolute())
    graph = load_graph(GRAPH)
    override(graph, f"plate.pattern={(folder / PLATE).absolute()}")
    override(graph, f"track.sidecar={(out / 'track.json').absolute()}")
    override(graph, f"write.pattern={pattern}")
    override(graph, f"swap.model={model.absolute()}")
    driver = driver or _driver(folder)
    for name, value in swap_params((out / "consent").absolute(), model, hero=hero, driver=driver).items():
        override(graph, f"swap.{name}={value}")
    report = render_graph(graph)
    if report.failed:
        number, sentence = report.failed[0]
        raise DoublureError(f"the swap failed ({sentence})", file=folder, frame=number)
    return pattern


def _driver(folder: Path) -> str:
    """The id of the double of a take: the stage's name for the seed."""
    return f"p{read_about(folder / 'take.json')['driver_seed']}"


def score_entries(folder: Path, pattern: str) -> tuple[Cards, dict[str, str]]:
    """(cards by entry, reasons by entry that has none) of one take."""
    take = read_take(pattern, folder, layers=True)
    known = Reference(take.truths, take.plates)
    makers: dict[str, Callable[[], list[Frame]]] = {
        "plate": lambda: take.plates,
        "result": lambda: take.results,
        "truth": lambda: take.truths,
    }
    absent: dict[str, str] = {}
    try:
        still = baselines.choose_still(folder)
        makers["still"] = lambda: baselines.paste(take.plates, known.plates, still)
        makers["transfer"] = lambda: baselines.transfer(take.plates, known.plates, still)
    except DoublureError as error:
        absent = dict.fromkeys(("still", "transfer"), str(error))
    cards = {}
    for entry in ENTRIES:
        if entry in makers:
            cards[entry] = _card(entry, take, makers[entry](), known)
            print(f"{folder.name}: {entry} scored", file=sys.stderr)
    return cards, absent


def _card(entry: str, take: Take, frames: list[Frame], known: Reference) -> Card:
    card = score_card(take.judged(frames), known)
    if entry != "plate":
        return card
    # The light is read off the skin: it can be compared between pictures of one face only.
    reason = "the plate's light is the truth's own, on another skin"
    keys = ("light_direction", "light_energy")
    return Card(
        {**card.summary, **dict.fromkeys(keys)},
        {**card.missing, **dict.fromkeys(keys, reason)},
        card.notes,
        card.frames,
        card.fit,
    )


def mean_rows(takes: Mapping[str, Cards]) -> list[Row]:
    """``<entry>.<measure>``: means over the takes that have the number."""
    out = []
    for entry in ENTRIES:
        for measure in MEASURES:
            values = [cards[entry].summary[measure.key] for cards in takes.values() if entry in cards]
            value = mean(values)
            if value is not None:
                out.append(Row(f"{entry}.{measure.key}", value, measure.unit, None, measure.better))
    return out


def take_rows(takes: Mapping[str, Cards]) -> list[Row]:
    """``<entry>.<take>.<measure>``."""
    return [
        Row(f"{entry}.{name}.{measure.key}", value, measure.unit, None, measure.better)
        for entry in ENTRIES
        for name, cards in takes.items()
        if entry in cards
        for measure in MEASURES
        if (value := cards[entry].summary[measure.key]) is not None
    ]


def means_of(rows: Sequence[Row]) -> dict[str, dict[str, float | None]]:
    """By entry, by measure, from ``mean_rows``."""
    out: dict[str, dict[str, float | None]] = {}
    for row in rows:
        entry, key = row.id.split(".")
        out.setdefault(entry, {})[key] = row.value
    return out


def table(rows: Sequence[Row]) -> str:
    """Measures down, entries across."""
    means = means_of(rows)
    entries = [entry for entry in ENTRIES if entry in means]
    lines = [f"{'':<18}{'':<9}" + "".join(f"{entry:>10}" for entry in entries)]
    for measure in MEASURES:
        values = [means[entry].get(measure.key) for entry in entries]
        if any(value is not None for value in values):
            cells = "".join(f"{'-' if v is None else format(v, '.4g'):>10}" for v in values)
            lines.append(f"{measure.key:<18}{measure.unit:<9}{cells}")
    return "\n".join(lines)


def as_json(takes: Mapping[str, Cards], absent: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
    """The scoreboard's object: that of every bench, with ``date``, ``takes``, and why numbers are missing."""
    return {
        **as_object("scoreboard", mean_rows(takes)),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "model": "examples/hero.safetensors",
        "takes": {
            name: {
                "frames": len(next(iter(cards.values())).frames),
                "missing": {entry: dict(card.missing) for entry, card in cards.items()}
                | {entry: {"*": reason} for entry, reason in absent.get(name, {}).items()},
                "notes": {entry: dict(card.notes) for entry, card in cards.items()},
                "fit": {entry: card.fit_json() for entry, card in cards.items()},
            }
            for name, cards in takes.items()
        },
        "take_rows": [asdict(row) for row in take_rows(takes)],
    }


def run(folders: Sequence[Path], results: Path) -> tuple[dict[str, Cards], dict[str, dict[str, str]]]:
    """Swap and score every take; (cards by take and entry, reasons by take and entry)."""
    takes: dict[str, Cards] = {}
    absent: dict[str, dict[str, str]] = {}
    for folder in folders:
        pattern = swap(folder, results / folder.name)
        print(f"{folder.name}: swapped", file=sys.stderr)
        takes[folder.name], absent[folder.name] = score_entries(folder, pattern)
    return takes, absent


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.scoreboard", description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="the committed small takes only; writes no file unless --out is given",
    )
    parser.add_argument("--takes", type=Path, help="a folder of takes (default out/stage)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where results are rendered to")
    parser.add_argument("--out", type=Path, help="the JSON file (default bench/results/scoreboard.json)")
    parser.add_argument("--chart", type=Path, help="the picture (default docs/scoreboard.png)")
    parser.add_argument("--render", action="store_true", help="render the standard set first and stop")
    parser.add_argument("--render-small", action="store_true", help="render the committed takes and stop")
    parser.add_argument("--workers", type=int, help="processes for rendering (default: cores)")
    return parser


def main() -> None:
    arguments = _parser().parse_args()
    torch.set_num_threads(1)
    try:
        with redirect_stdout(sys.stderr):
            found = _work(arguments)
    except DoublureError as error:
        sys.exit(str(error))
    if found is None:
        return
    takes, absent = found
    print(json.dumps(as_json(takes, absent), indent=2) if arguments.json else table(mean_rows(takes)))


def _work(arguments: argparse.Namespace) -> tuple[dict[str, Cards], dict[str, dict[str, str]]] | None:
    cache = arguments.takes or CACHE
    if arguments.render:
        standard_set.render(standard_set.STANDARD, cache, arguments.workers)
        return None
    if arguments.render_small:
        standard_set.render_small(cache.with_name(f"{cache.name}-small"), arguments.workers)
        return None
    quick = arguments.quick and arguments.takes is None
    folders = standard_set.present(standard_set.SMALL_ROOT if quick else cache)
    results = arguments.results.with_name(f"{arguments.results.name}-quick") if quick else arguments.results
    takes, absent = run(folders, results)
    out = arguments.out or (None if quick else OUT)
    picture = arguments.chart or (None if quick else CHART)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(out) as temporary:
            temporary.write_text(json.dumps(as_json(takes, absent), indent=1) + "\n", encoding="utf-8")
    if picture is not None:
        frames = sum(len(next(iter(cards.values())).frames) for cards in takes.values())
        said = f"Mean over {', '.join(takes)}: {frames} frames; drivers, acts and light that the model never saw."
        chart.draw(picture, means_of(mean_rows(takes)), said)
    return takes, absent


if __name__ == "__main__":
    main()

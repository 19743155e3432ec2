"""Everything that Swap promises, measured on two people whom nobody trained on, and on takes that nobody saw.

    python -m bench.swap --quick --json     # speed and size only, minutes
    python -m bench.swap --render --json    # all: renders (once), trains for 100 minutes, scores
    python -m bench.swap --render --hero-seed 611 --driver-seed 612 --takes talk,turn    # whom and what you like

Rows ``swap.<measure>`` are means over the takes, ``swap.<take>.<measure>`` the takes' own. Where they come from:

* ``bench.swap_speed``: throughput, parameters, milliseconds.
* ``bench.swap_peer``: ours (``scratch``) and a classic network (``peer``) from nothing, ``--peer-minutes`` each;
  ``detail_gain`` and ``identity_gain`` say how much better ours is, in dB and in distance to the hero.
* ``bench.swap_warm``: from the shipped model, ``--minutes``; the rest. ``warm_start`` is the same after 0 minutes,
  ``generalisation_gap`` the hero's own detail on frames trained on less that on held-out ones, ``temporal_excess``
  and ``lip_correlation`` as in ``bench.swap_motion``.

What is rendered, trained and half trained stays in ``--cache``: killed, the same command goes on.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from bench import swap_footage, swap_rows, swap_speed
from bench.report import Row, run
from bench.scoreboard import ROOT
from bench.swap_cache import trained_path
from bench.swap_footage import SPEECH, Pair
from bench.swap_peer import BATCH, SIZE, race_classic, race_ours
from bench.swap_peer_score import Complexions, cut_plates, score
from bench.swap_warm import Figures, figures, swapped, warm_model
from doublure.core.errors import DoublureError
from doublure.core.measure import identity
from doublure.core.measure.reference import Reference
from doublure.core.measure.take import PLATE, read_take
from doublure.core.swap.faceset import Faceset


def measure(arguments: argparse.Namespace) -> list[Row]:
    """Does Swap keep its promises on people, takes and lights that it never saw?"""
    pair = pair_of(arguments)
    swap_footage.require_strangers(pair, swap_footage.known_seeds())
    race, warm = (0.0, 0.0) if arguments.quick else (arguments.peer_minutes, arguments.minutes)
    if arguments.render:
        if arguments.quick:
            raise DoublureError("--quick renders nothing", remedy="leave one of --quick and --render out")
        swap_footage.render(pair)
    if race or warm:
        swap_footage.require(pair)
    _tell_left_out(race, warm)
    rows = swap_speed.measure(arguments)
    if not race and not warm:
        return rows
    sets = swap_footage.facesets(pair, SIZE)
    if race:
        rows += peer_race(pair, sets, race)
    if warm:
        rows += warm_run(pair, sets, warm)
    return rows


def peer_race(pair: Pair, sets: list[Faceset], minutes: float) -> list[Row]:
    """Rows of the two networks that learned from nothing."""
    racers = {
        "scratch": race_ours(sets, minutes, trained_path(pair, "scratch", minutes)),
        "peer": race_classic(sets, minutes, trained_path(pair, "peer", minutes)),
    }
    people = Complexions(own=sets[1].complexion, wanted=sets[0].complexion)
    found: dict[str, dict[str, Figures]] = {name: {} for name in racers}
    with _one_thread():
        for kind in pair.takes:
            folder = pair.take(kind)
            take = read_take(str(folder / PLATE), folder, pair.take_frames, layers=True)
            known, shown = Reference(take.truths, take.plates), cut_plates(take, SIZE)
            for name, racer in racers.items():
                found[name][kind] = score(take, known, shown, racer.answer, people)
                _say(f"{kind}: {name} scored, detail {found[name][kind]['detail']}")
    pictures = {name: racer.pictures for name, racer in racers.items()}
    return swap_rows.peer_rows(found["scratch"], found["peer"], pictures)


def warm_run(pair: Pair, sets: list[Faceset], minutes: float) -> list[Row]:
    """Rows of the model that learned from the shipped one."""
    model = warm_model(pair, sets, minutes)
    start = warm_model(pair, sets, 0)
    found: dict[str, Figures] = {}
    begun: dict[str, Figures] = {}
    assert model.path is not None
    assert start.path is not None
    with _one_thread():
        for kind in pair.takes:
            take = swapped(pair, kind, model.path)
            known = Reference(take.truths, take.plates)
            found[kind] = figures(take, known)
            begun[kind] = figures(take.judged(swapped(pair, kind, start.path).results), known)
            _say(f"{kind}: swapped and scored, detail {found[kind]['detail']}")
    pictures = BATCH * int(model.training["steps"])
    return swap_rows.warm_rows(found, begun, model.training, pictures)


def pair_of(arguments: argparse.Namespace) -> Pair:
    """The pair that the options name."""
    return Pair(
        arguments.cache,
        arguments.hero_seed,
        arguments.driver_seed,
        tuple(kind for kind in arguments.takes.split(",") if kind),
        arguments.hero_frames,
        arguments.driver_frames,
        arguments.take_frames,
        arguments.assets,
    )


def _tell_left_out(race: float, warm: float) -> None:
    if not race:
        _say(f"left out, needing two trainings: {', '.join(swap_rows.PEER_IDS)}")
    if not warm:
        _say(f"left out, needing a long training: {', '.join(swap_rows.WARM_IDS)}")
    if (race or warm) and not identity.available():
        _say(f"left out: the rows of identity. {identity.EXTRA} ({identity.REMEDY})")


@contextmanager
def _one_thread() -> Iterator[None]:
    """As ``bench.scoreboard`` scores: the same sums on every machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def options(parser: argparse.ArgumentParser) -> None:
    """The bench's own arguments."""
    parser.add_argument(
        "--render", action="store_true", help="render what is missing first (needs the stage)"
    )
    parser.add_argument("--assets", type=Path, help="folder of the stage's assets")
    parser.add_argument("--cache", type=Path, default=ROOT / "out" / "swap", help="default %(default)s")
    parser.add_argument(
        "--hero-seed", type=int, default=481, help="whose face it becomes (default %(default)s)"
    )
    parser.add_argument("--driver-seed", type=int, default=482, help="who acts (default %(default)s)")
    parser.add_argument(
        "--takes", default="talk,hardkey", help="kinds of held-out takes (default %(default)s)"
    )
    parser.add_argument(
        "--hero-frames", type=int, default=120, help="frames of footage (default %(default)s)"
    )
    parser.add_argument(
        "--driver-frames", type=int, default=60, help="frames of footage (default %(default)s)"
    )
    parser.add_argument("--take-frames", default=SPEECH, help="frames of a take (default %(default)s)")
    parser.add_argument(
        "--minutes", type=_minutes, default=60.0, help="of training from the shipped model; 0 leaves it out"
    )
    parser.add_argument(
        "--peer-minutes",
        type=_minutes,
        default=20.0,
        help="of training for each of two networks; 0 leaves it out",
    )


def _minutes(text: str) -> float:
    found = float(text)
    if not 0 <= found < float("inf"):
        raise ValueError
    return found


def main() -> None:
    try:
        run("swap", measure, options)
    except DoublureError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("stopped; the same command goes on where it stopped")


if __name__ == "__main__":
    main()

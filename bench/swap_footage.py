"""Footage and takes of a pair of the stage's people whom the shipped model never saw, in a cache folder.

The hero's and the driver's footage are other performances (other seeds) in other lights and before other cameras; the
takes, which judge, are lit by the HDRIs that footage never has. Killed, a rendering goes on where it stopped.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.scoreboard import MODEL, ROOT
from bench.stage.settings import parse_span
from bench.stage.write import is_complete
from doublure.core.errors import DoublureError
from doublure.core.measure.take import PLATE, TRUTH
from doublure.core.sequence import Sequence
from doublure.core.swap.checkpoint import load_model
from doublure.core.swap.faceset import Faceset, build_faceset

RECORDS = ROOT / "examples" / "consent"
PERFORMANCE = {"hero": 21, "driver": 22}
"""Performance seeds of the footage: neither each other's nor those of what the shipped model learned from, 1 to 4."""
SPEECH = "1067-1078"
"""Half a second in which people have come to speak: a take begins with lips shut, where nothing correlates."""
SIZE, SAMPLES = 192, 16
TAKE_SIZE, TAKE_SAMPLES = 256, 48


@dataclass(frozen=True)
class Pair:
    """Who is swapped for whom, and where their pictures lie.

    Attributes:
        cache: the folder.
        hero, driver: seeds of the stage's people.
        takes: kinds of takes (``python -m bench.stage --take``).
        hero_frames, driver_frames: how many frames of footage.
        take_frames: a range; takes of other frames lie elsewhere, since a plate with gaps is no shot.
        assets: folder of the stage's assets, None for the stage's own default.
    """

    cache: Path
    hero: int = 481
    driver: int = 482
    takes: tuple[str, ...] = ("talk", "hardkey")
    hero_frames: int = 120
    driver_frames: int = 60
    take_frames: str = SPEECH
    assets: Path | None = None

    @property
    def tag(self) -> str:
        """What tells this pair's files from others'."""
        return f"h{self.hero}-d{self.driver}"

    def seed(self, role: str) -> int:
        return self.hero if role == "hero" else self.driver

    def name(self, role: str) -> str:
        """The person's id, as the stage names them."""
        return f"p{self.seed(role)}"

    def footage(self, role: str) -> Path:
        """The footage's pattern."""
        name = self.name(role)
        return self.cache / "footage" / f"{name}-s{PERFORMANCE[role]}" / f"{name}.####.exr"

    def span(self, role: str) -> str:
        """The footage's frames."""
        return f"1-{self.hero_frames if role == 'hero' else self.driver_frames}"

    def take(self, kind: str) -> Path:
        """A take's folder."""
        return self.cache / "takes" / f"{self.tag}-{self.take_frames}" / kind


def known_seeds(model: Path = MODEL, records: Path = RECORDS) -> dict[int, str]:
    """Seed -> id of everybody whom the shipped model was trained on, as their likeness records and names say.

    Raises:
        DoublureError: the model cannot be read, or somebody's seed cannot be told.
    """
    found: dict[int, str] = {}
    for person in load_model(model).names:
        record = records / f"{person}.consent.json"
        named = re.fullmatch(r"p(\d+)", person)
        if record.is_file():
            replica = json.loads(record.read_text(encoding="utf-8"))["replica"]
            found[int(replica["generator"]["seed"])] = person
        elif named:
            found[int(named[1])] = person
        else:
            raise DoublureError(
                f"nothing tells which of the stage's people {person!r} is",
                file=model,
                remedy=f"put their likeness record into {records}",
            )
    return found


def require_strangers(pair: Pair, known: dict[int, str]) -> None:
    """Raises DoublureError where the model knows one of the pair already, or both are one person."""
    for role in PERFORMANCE:
        if pair.seed(role) in known:
            raise DoublureError(
                f"the {role} {pair.seed(role)} is {known[pair.seed(role)]!r}, on whom the shipped model was trained",
                remedy="choose a person whom it never saw",
            )
    if pair.hero == pair.driver:
        raise DoublureError(
            f"hero and driver are both person {pair.hero}", remedy="choose two different people"
        )


def missing(pair: Pair) -> list[str]:
    """What still has to be rendered, in words."""
    lacking = []
    for role in PERFORMANCE:
        if not _whole(pair.footage(role), pair.span(role)):
            lacking.append(f"footage of the {role} {pair.seed(role)}")
    for kind in pair.takes:
        folder = pair.take(kind)
        if not all(_whole(folder / pattern, pair.take_frames) for pattern in (PLATE, TRUTH)):
            lacking.append(f"the take {kind}")
    return lacking


def _whole(pattern: Path, span: str) -> bool:
    return all(is_complete(Path(str(pattern).replace("####", f"{n:04d}"))) for n in parse_span(span))


def require(pair: Pair) -> None:
    """Raises DoublureError where something is not rendered yet."""
    lacking = missing(pair)
    if lacking:
        raise DoublureError(
            f"{', '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} not rendered",
            file=pair.cache,
            remedy="add --render",
        )


def commands(pair: Pair) -> list[list[str]]:
    """The stage's command lines that render everything; frames that are there are kept."""
    found = []
    for role in PERFORMANCE:
        words = ["footage", "--out", str(pair.footage(role).parent.absolute()), "--name", pair.name(role)]
        words += ["--person", str(pair.seed(role)), "--frames", pair.span(role)]
        words += ["--performance-seed", str(PERFORMANCE[role])]
        found.append([*words, "--size", str(SIZE), "--samples", str(SAMPLES)])
    for kind in pair.takes:
        words = ["--out", str(pair.take(kind).absolute()), "--take", kind, "--hero-frames", "0"]
        words += ["--driver-seed", str(pair.driver), "--hero-seed", str(pair.hero)]
        words += ["--frames", pair.take_frames]
        found.append([*words, "--size", str(TAKE_SIZE), "--samples", str(TAKE_SAMPLES)])
    if pair.assets is None:
        return found
    return [[*words, "--assets", str(pair.assets.absolute())] for words in found]


def render(pair: Pair) -> None:
    """Render what is missing, in processes of their own: their memory is free again for the training.

    Raises:
        DoublureError: Mitsuba or the stage's assets are missing; the stage says so on standard error.
    """
    for words in commands(pair):
        print(f"rendering: {' '.join(words)}", file=sys.stderr, flush=True)
        done = subprocess.run([sys.executable, "-m", "bench.stage", *words], cwd=ROOT, stdout=sys.stderr)
        if done.returncode:
            raise DoublureError(
                "the stage rendered not everything", remedy="see its message above; the same command goes on"
            )


def facesets(pair: Pair, size: int) -> list[Faceset]:
    """[the hero's faces, the driver's], cut for a network of ``size`` pixels."""
    sets = []
    for role in PERFORMANCE:
        sequence = Sequence.parse(pair.footage(role), pair.span(role))
        sets.append(build_faceset(pair.name(role), role, [sequence], size=size))
        print(f"{pair.name(role)} ({role}): {len(sets[-1])} faces", file=sys.stderr, flush=True)
    return sets

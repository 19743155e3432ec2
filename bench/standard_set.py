"""The takes that ``bench.scoreboard`` judges: which people, which act, how large.

The hero of all of them is person 23, whom the shipped model knows. The drivers, their performances and the light
(the HDRIs ``courtyard`` and ``studio``) were never trained on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench import small_take
from doublure.core.errors import DoublureError

HERO = 23
SMALL_ROOT = Path(__file__).resolve().parents[1] / "examples" / "takes"
"""The committed takes, of which ``--quick`` uses all."""


@dataclass(frozen=True)
class Standard:
    """One take: ``name`` is its folder, ``kind`` the performance (``python -m bench.stage --take``)."""

    name: str
    kind: str
    driver: int
    frames: str
    size: int
    samples: int
    hero_frames: str

    def arguments(self, out: Path, workers: int | None = None) -> list[str]:
        """The stage's command line that renders it."""
        words = ["--out", str(out / self.name), "--take", self.kind]
        words += ["--driver-seed", str(self.driver), "--hero-seed", str(HERO)]
        words += ["--frames", self.frames, "--hero-frames", self.hero_frames]
        words += ["--size", str(self.size), "--samples", str(self.samples)]
        return words + ([] if workers is None else ["--workers", str(workers)])


STANDARD = (
    Standard("talk", "talk", 31, "1001-1012", 256, 48, "1-8"),
    Standard("turn", "turn", 32, "1001-1012", 256, 48, "1-8"),
    Standard("hardkey", "hardkey", 33, "1001-1012", 256, 48, "1-8"),
    Standard("profile", "profile", 34, "1001-1012", 256, 48, "1-8"),
    Standard("occluded", "occluded", 35, "1001-1012", 256, 48, "1-8"),
)
"""The standard set, rendered into a cache by ``python -m bench.scoreboard --render``."""

SMALL = (
    Standard("talk", "talk", 31, "1001-1008", 208, 64, "1-6"),
    Standard("hardkey", "hardkey", 33, "1001-1008", 208, 64, "1-6"),
)
"""The committed takes; ``python -m bench.scoreboard --render-small`` renders them and cuts them down."""


def render(takes: tuple[Standard, ...], out: Path, workers: int | None = None) -> None:
    """Render takes into folders under ``out``; complete frames are kept.

    Raises:
        DoublureError: Mitsuba or the stage's assets are missing; see ``bench.stage``.
    """
    from bench.stage import __main__ as stage

    for take in takes:
        code = stage.main(take.arguments(out, workers))
        if code:
            raise DoublureError(
                f"the take {take.name} was not rendered", remedy="see the stage's message above"
            )


def render_small(cache: Path, workers: int | None = None) -> None:
    """Render the committed takes under ``cache`` and cut them down into ``SMALL_ROOT``."""
    render(SMALL, cache, workers)
    for take in SMALL:
        small_take.cut_take(cache / take.name, SMALL_ROOT / take.name, take.frames, take.hero_frames)


def present(folder: Path) -> list[Path]:
    """The takes that lie in a folder, by name. Raises DoublureError where there is none."""
    found = sorted(path.parent for path in folder.glob("*/take.json")) if folder.is_dir() else []
    if not found:
        raise DoublureError(
            "there are no takes here",
            file=folder,
            remedy="render the standard set with python -m bench.scoreboard --render, or name a folder with --takes",
        )
    return found

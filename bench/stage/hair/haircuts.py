"""Haircuts: how long, which way, how curly; and the one a person wears."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bench.stage.face.traits import Traits


@dataclass(frozen=True)
class Haircut:
    """How hair is cut and lies.

    Attributes:
        top, side: lengths, centimetres. comb: the way the top lies. lift: 0 lies flat, 1 stands up.
        curl: radius of curls in centimetres, 0 for straight hair; pitch: their length along the hair.
        clump: 0-1 gathers tips. count: of hairs. radius: of a hair, centimetres.
        under: 0-1, how much of the skin beneath is painted in the hair's colour.
        retreat: of the hairline at the temples, centimetres.
        body: how much packed hair thickens the scalp; volume: how far above it the uppermost hair lies, centimetres.
        knit: a cap covers it all.
    """

    name: str
    top: float
    side: float
    comb: str = "crown"
    lift: float = 0.3
    curl: float = 0.0
    pitch: float = 1.0
    clump: float = 0.4
    count: int = 18_000
    radius: float = 0.010
    under: float = 0.8
    retreat: float = 0.0
    body: float = 0.1
    volume: float = 1.2
    knit: bool = False


HAIRCUTS: dict[str, Haircut] = {
    h.name: h
    for h in (
        Haircut("bald", 0.12, 0.12, lift=0.7, count=9_000, radius=0.005, under=0.22, retreat=1.5, body=0.0),
        Haircut("shaved", 0.25, 0.22, lift=0.8, count=22_000, radius=0.006, under=0.62, body=0.0),
        Haircut("buzz", 0.7, 0.4, lift=0.7, count=24_000, radius=0.0075, under=0.75, body=0.03),
        Haircut("crop", 2.2, 0.9, lift=0.35, count=22_000, clump=0.5, radius=0.009),
        Haircut("tousled", 4.2, 1.8, lift=0.5, clump=0.75, curl=0.12, pitch=2.6, count=20_000, volume=2.0),
        Haircut("side", 5.5, 1.8, comb="side", lift=0.35, clump=0.55),
        Haircut("back", 6.5, 2.4, comb="back", lift=0.3, clump=0.7, body=0.15),
        Haircut("quiff", 5.0, 0.8, comb="quiff", lift=0.75, clump=0.65, count=20_000, volume=3.2),
        Haircut(
            "curls", 4.0, 2.6, lift=0.8, curl=0.3, pitch=1.1, clump=0.75, count=15_000, body=0.3, volume=2.4
        ),
        Haircut(
            "coils", 2.6, 1.7, lift=0.95, curl=0.16, pitch=0.5, clump=0.5, count=19_000, body=0.5, volume=2.6
        ),
        Haircut("receding", 2.0, 1.0, lift=0.25, count=15_000, under=0.55, retreat=2.6, radius=0.008),
        Haircut("long", 13.0, 12.0, comb="part", lift=0.1, clump=0.7, count=24_000, body=0.25, volume=0.8),
        Haircut("tied", 12.0, 8.0, comb="back", lift=0.04, clump=0.5, count=20_000, body=0.2, volume=0.3),
        Haircut("cap", 0.8, 1.2, lift=0.15, count=12_000, under=0.8, body=0.0, volume=0.25, knit=True),
    )
}
SHORT = ("buzz", "crop", "tousled", "side", "back", "quiff", "receding", "cap")
SOFT = ("tousled", "side", "back", "long", "long", "tied", "tied", "crop")


def haircut(traits: Traits) -> Haircut:
    """What a person wears: bald stays bald; the rest by the person's own stream of chance."""
    r = np.random.default_rng([traits.seed, 31])
    share = r.random()
    dark = float(traits.tone[0]) < 0.3
    if traits.hair_opacity < 0.5:
        name = "bald" if share < 0.5 else "shaved"
    elif dark and share < 0.6:
        name = ("coils", "buzz", "shaved", "curls", "coils", "cap")[int(share / 0.6 * 6)]
    elif traits.masculine:
        name = "curls" if share < 0.1 else SHORT[r.integers(len(SHORT))]
    else:
        name = "curls" if share < 0.15 else SOFT[r.integers(len(SOFT))]
    cut = HAIRCUTS[name]
    size = float(np.clip(0.75 + 0.55 * traits.hair_volume, 0.7, 1.35))
    return replace(
        cut,
        top=cut.top * size,
        side=cut.side * size,
        lift=float(np.clip(cut.lift * r.uniform(0.75, 1.25), 0, 1)),
        curl=cut.curl * r.uniform(0.8, 1.25),
        retreat=cut.retreat * r.uniform(0.6, 1.3),
    )

"""Every check passes a clean shot: none of them fails everything."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from doublure.core.check.alpha import check_alpha
from doublure.core.check.aperture import check_aperture
from doublure.core.check.colour import check_colour
from doublure.core.check.encoding import check_encoding
from doublure.core.check.finding import Finding
from doublure.core.check.finite import check_finite
from doublure.core.check.frozen import check_frozen
from doublure.core.check.grain import check_grain
from doublure.core.check.headers import check_headers
from doublure.core.check.identity import check_identity
from doublure.core.check.jitter import check_jitter
from doublure.core.check.light import check_light
from doublure.core.check.limits import Limits
from doublure.core.check.matte import check_matte
from doublure.core.check.outside import check_outside
from doublure.core.check.range import check_range
from doublure.core.check.readable import check_readable
from doublure.core.check.reverted import check_reverted
from doublure.core.check.seam import check_seam
from doublure.core.check.sharpness import check_sharpness
from doublure.core.check.temporal import check_temporal
from doublure.core.check.time import check_time
from doublure.core.check.windows import check_windows
from doublure.core.scan.facts import ShotFacts
from tests.core.check.conftest import Build

OF_FACES: dict[str, Callable[[ShotFacts, Limits], list[Finding]]] = {
    "aperture": check_aperture,
    "frozen": check_frozen,
    "grain": check_grain,
    "identity": check_identity,
    "jitter": check_jitter,
    "light": check_light,
    "outside": check_outside,
    "range": check_range,
    "reverted": check_reverted,
    "seam": check_seam,
    "sharpness": check_sharpness,
    "temporal": check_temporal,
}
OF_FILES: dict[str, Callable[[ShotFacts], list[Finding]]] = {
    "alpha": check_alpha,
    "colour": check_colour,
    "encoding": lambda shot: check_encoding(shot, compressions=("zip",)),
    "finite": check_finite,
    "headers": check_headers,
    "matte": check_matte,
    "readable": check_readable,
    "time": lambda shot: check_time(shot, fps=24),
    "windows": check_windows,
}


def told(shot: ShotFacts, limits: Limits | None = None) -> dict[str, list[Finding]]:
    """What every check finds, by name; checks that find nothing are left out."""
    limits = limits or Limits()
    found = {name: check(shot, limits) for name, check in OF_FACES.items()}
    found |= {name: check(shot) for name, check in OF_FILES.items()}
    return {name: findings for name, findings in found.items() if findings}


def test_a_clean_shot_passes_every_check(shot: Build) -> None:
    assert told(shot()) == {}


@pytest.mark.parametrize("name", sorted(set(OF_FACES) | set(OF_FILES)))
def test_a_shot_without_frames_crashes_no_check(name: str) -> None:
    empty = ShotFacts(())
    found = OF_FACES[name](empty, Limits()) if name in OF_FACES else OF_FILES[name](empty)
    assert bool(found) == (name == "readable")

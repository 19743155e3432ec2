from __future__ import annotations

from dataclasses import replace

import pytest

from doublure.core.check.colour import check_colour
from doublure.core.scan.facts import ShotFacts
from tests.core.check.conftest import Build, frame, header, plate_header

AP0 = (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767)


def aces(**changes: object) -> ShotFacts:
    said = {"interop_id": None, "chromaticities": AP0, "aces_container": True} | changes
    return ShotFacts((replace(frame(), header=header(**said)),))


def test_an_aces_container_passes_where_one_is_wanted() -> None:
    assert check_colour(aces(), aces=True) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"aces_container": False},
        {"chromaticities": None},
        {"chromaticities": (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767)},
        {"interop_id": "lin_ap1_scene"},
    ],
)
def test_a_container_that_contradicts_itself_does_not(changes: dict[str, object]) -> None:
    assert len(check_colour(aces(**changes), aces=True)) == 1


def test_a_named_id_counts_for_more_than_the_plates(shot: Build) -> None:
    assert len(check_colour(shot(), interop_id="lin_ap0_scene")) == 6


def test_an_id_that_no_plate_confirms_does_not_pass() -> None:
    unsure = replace(frame(), plate_header=plate_header(interop_id=None))
    assert len(check_colour(ShotFacts((unsure,)))) == 1
    assert check_colour(ShotFacts((unsure,)), interop_id="lin_ap1_scene") == []

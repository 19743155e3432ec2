from __future__ import annotations

import numpy as np
import pytest

from doublure.core.errors import DoublureError
from doublure.core.faceset.face import Face
from doublure.core.faceset.people import People
from doublure.core.faceset.select import SelectSettings, select, spread
from tests.core.faceset.faces import face


def one_person(faces: list[Face], labels: list[int] | None = None) -> People:
    rows = np.zeros(len(faces), int) if labels is None else np.array(labels)
    return People(rows, np.where(rows > 0, 0.7, 0.3))


def good(count: int) -> list[Face]:
    return [face(f"mara/{k:04d}.0", yaw=float(k)) for k in range(count)]


def test_good_faces_are_all_used() -> None:
    assert select(good(9), one_person(good(9)), SelectSettings()) == [""] * 9


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sharpness": 0.03}, "it is blurred: 30% of the detail"),
        ({"across": 40.0}, "it is 40 pixels across"),
        ({"hidden": 0.3}, "30% of it is hidden"),
        ({"dark": 0.8}, "80% of it is lost in the dark"),
        ({"clipped": 0.2}, "20% of it is clipped"),
        ({"inside": 0.6}, "only 60% of it lies inside the picture"),
        ({"crop": None, "like": "mara/0001.0"}, "it repeats mara/0001.0"),
    ],
)
def test_each_fault_has_its_reason(change: dict[str, object], reason: str) -> None:
    faces = [*good(9), face("mara/0100.0", **change)]
    reasons = select(faces, one_person(faces), SelectSettings())
    assert reasons[:9] == [""] * 9
    assert reason in reasons[9]


def test_a_face_is_as_sharp_as_others_of_its_size() -> None:
    faces = [*good(9), *(face(f"far/{k}.0", across=80.0, sharpness=0.03) for k in range(5))]
    assert not any(select(faces, one_person(faces), SelectSettings()))


def test_somebody_elses_face_is_left_out_even_when_it_is_on_the_list() -> None:
    faces = good(10)
    people = one_person(faces, [0] * 9 + [1])
    reasons = select(faces, people, SelectSettings(keep=frozenset({"mara/0009.0"})))
    assert reasons[9] == "it is somebody else: person 2, identity distance 0.70"


def test_a_face_on_the_list_is_used_whatever_is_said_of_it() -> None:
    faces = [*good(9), face("mara/0100.0", sharpness=0.0)]
    assert not any(select(faces, one_person(faces), SelectSettings(keep=frozenset({"mara/0100.0"}))))


def test_a_sharper_face_takes_the_place_of_the_one_it_repeats() -> None:
    faces = [*good(9), face("mara/0100.0", outdoes="mara/0003.0")]
    reasons = select(faces, one_person(faces), SelectSettings())
    assert reasons[3] == "mara/0100.0 shows the same and is sharper"
    assert not reasons[9]


def test_without_identities_the_largest_face_of_a_picture_is_the_person() -> None:
    faces = [*good(8), face("two/0001.0"), face("two/0001.1")]
    reasons = select(faces, one_person(faces, [-1] * 10), SelectSettings())
    assert not any(reasons[:9])
    assert "not the largest face" in reasons[9]


def test_as_many_are_kept_as_asked_and_the_rest_has_a_reason() -> None:
    faces = good(40)
    reasons = select(faces, one_person(faces), SelectSettings(most=10))
    assert reasons.count("") == 10
    assert set(reasons) == {"", "the 10 that are kept cover it"}


def test_too_few_to_keep_are_refused() -> None:
    with pytest.raises(DoublureError, match="3 faces are too few"):
        SelectSettings(most=3)


def test_the_spread_takes_the_rare_before_the_frequent() -> None:
    crowd = np.random.default_rng(0).normal(size=(200, 3)) * 0.1
    rare = np.array([[8.0, 0, 0], [-8, 0, 0], [0, 9, 0]])
    taken = spread(np.concatenate([crowd, rare]), 5)
    assert len(taken) == 5
    assert {200, 201, 202} <= set(taken)


def test_one_wild_value_does_not_use_up_the_spread() -> None:
    traits = np.random.default_rng(0).normal(size=(50, 3))
    traits[7] = 1e9
    assert len(set(spread(traits, 10))) == 10


def test_what_must_be_in_the_spread_is_in_it() -> None:
    traits = np.random.default_rng(0).normal(size=(50, 3))
    assert {4, 5} <= set(spread(traits, 8, [4, 5]))

from __future__ import annotations

import numpy as np

from doublure.core.faceset.people import tell_apart
from tests.core.faceset.faces import descriptor


def crowd(*people: tuple[int, int], variation: float = 0.28) -> np.ndarray:
    """Descriptors of (person, count)."""
    return np.array(
        [descriptor(who, variation, 100 * who + k) for who, count in people for k in range(count)]
    )


def test_one_person_is_one() -> None:
    assert tell_apart(crowd((1, 30))).labels.tolist() == [0] * 30


def test_the_set_is_of_whom_there_is_most() -> None:
    assert tell_apart(crowd((1, 6), (2, 20), (3, 9))).labels.tolist() == [2] * 6 + [0] * 20 + [1] * 9


def test_the_order_of_the_faces_does_not_matter() -> None:
    faces = crowd((1, 12), (2, 20))
    order = np.random.default_rng(0).permutation(len(faces))
    assert np.array_equal(tell_apart(faces[order]).labels, tell_apart(faces).labels[order])


def test_a_likeness_chooses_the_person() -> None:
    people = tell_apart(crowd((1, 6), (2, 20)), crowd((1, 1)))
    assert people.labels.tolist() == [0] * 6 + [1] * 20


def test_where_nobody_is_like_the_one_wanted_all_are_others() -> None:
    assert tell_apart(crowd((1, 6), (2, 9)), crowd((5, 2))).labels.min() > 0


def test_one_odd_view_of_a_person_is_not_somebody_else() -> None:
    faces = np.concatenate([crowd((1, 20)), [descriptor(1, 0.55, 9)]])
    people = tell_apart(faces)
    assert people.distances[-1] > 0.5
    assert people.labels[-1] == 0


def test_one_picture_of_somebody_else_is_told() -> None:
    assert tell_apart(crowd((1, 20), (2, 1))).labels.tolist() == [0] * 20 + [1]


def test_faces_that_were_not_measured_are_nobodys() -> None:
    faces = crowd((1, 4))
    faces[2] = np.nan
    people = tell_apart(faces)
    assert people.labels.tolist() == [0, 0, -1, 0]
    assert np.isnan(people.distances[2])


def test_no_faces_are_no_people() -> None:
    assert len(tell_apart(np.zeros((0, 128))).labels) == 0

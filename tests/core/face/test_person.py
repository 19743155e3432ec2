from __future__ import annotations

import numpy as np

from doublure.core.face.person import SAME, Person
from doublure.core.face.topology import canonical_shape

SHAPE = canonical_shape().astype(np.float64)


def colours(seed: int) -> np.ndarray:
    """A face of its own: skin whose red, green and blue lie differently on it."""
    rng = np.random.default_rng(seed)
    return 0.5 + 0.25 * np.tanh(SHAPE @ rng.normal(0, 2, (3, 3)) + rng.normal(0, 1, 3))


def person(seed: int) -> Person:
    out = Person()
    out.learn(colours(seed))
    return out


def test_nobody_known_yet_is_everybody() -> None:
    assert Person().known(colours(1))


def test_one_is_known_again_in_another_light() -> None:
    lit = colours(1) * (0.7 + 0.1 * SHAPE[:, :1]) + 0.02
    assert person(1).distance(lit) < 0.01


def test_another_one_is_not_known() -> None:
    assert not person(1).known(colours(2))
    assert person(1).distance(colours(2)) > SAME


def test_something_in_front_of_a_quarter_of_the_face_does_not_change_who_it_is() -> None:
    covered = colours(1)
    covered[SHAPE[:, 1] > np.quantile(SHAPE[:, 1], 0.75)] = (0.1, 0.2, 0.7)
    assert person(1).known(covered)


def test_a_face_with_something_in_front_is_not_learnt() -> None:
    one = person(1)
    covered = colours(1)
    covered[SHAPE[:, 0] > 0.2] = (0.1, 0.2, 0.7)
    before = one.distance(covered)
    one.learn(covered)
    assert one.distance(covered) == before


def test_what_changes_little_by_little_is_learnt_and_the_first_look_kept() -> None:
    one = person(1)
    for share in np.linspace(0, 0.2, 40):
        mixed = (1 - share) * colours(1) + share * colours(2)
        assert one.known(mixed)
        one.learn(mixed)
    assert one.known(colours(1))


def doubtful(share: float = 0.3) -> np.ndarray:
    """Somebody's face so changed that by itself it is nobody's."""
    return (1 - share) * colours(1) + share * colours(3)


def test_a_changed_face_beside_another_person_is_still_his_who_is_much_more_like_it() -> None:
    assert not person(1).known(doubtful())
    assert person(1).known(doubtful(), rivals=[person(2)])
    assert person(1).still(doubtful(), wary=True, rivals=[person(2)])


def test_a_changed_face_is_not_his_who_is_no_more_like_it_than_another() -> None:
    assert not person(1).known(doubtful(), rivals=[person(2), person(3)])


def test_a_rival_does_not_make_a_strangers_face_ones_own() -> None:
    assert not person(1).known(colours(4), rivals=[person(2)])


def test_what_was_just_learnt_counts_in_the_next_answer() -> None:
    one, seen = person(1), colours(1) * (1, 0.985, 1) + 0.03 * np.sin(3 * SHAPE[:, :1])
    before = one.distance(seen)
    one.learn(seen)
    assert before > 0.015 > one.distance(seen)

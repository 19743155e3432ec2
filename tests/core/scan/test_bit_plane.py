from __future__ import annotations

import numpy as np
import pytest

from doublure.core.scan.bit_plane import BitPlane, any_negative

ODD = [0.0, -0.0, 1.0, -1.0, 6e-8, -6e-8, 65504.0, -65504.0, np.inf, -np.inf, np.nan, -np.nan]
KINDS = [np.float16, np.float32]


@pytest.mark.parametrize("kind", KINDS)
def test_integers_answer_as_floats_do(kind: type) -> None:
    values = np.array([ODD], kind)
    plane = BitPlane(values)
    assert np.array_equal(plane.negative(), values < 0)
    assert np.array_equal(plane.zero(), values == 0)
    assert np.array_equal(plane.finite(), np.isfinite(values))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("odd", ODD)
def test_one_odd_value_among_ordinary_ones_is_noticed(kind: type, odd: float) -> None:
    values = np.full((3, 4), 0.5, kind)
    values[1, 2] = odd
    plane = BitPlane(values)
    assert plane.surely_finite == bool(np.isfinite(values).all())
    assert plane.negative().any() == (odd < 0)
    if odd < 0:
        assert plane.has_negative


def test_zeros_of_either_sign_differ_in_a_bit() -> None:
    assert BitPlane(np.array([[0.0]], np.float16)).differs(BitPlane(np.array([[-0.0]], np.float16))).all()


def test_a_plane_like_another_is_rounded_to_its_type() -> None:
    half = BitPlane(np.array([[1.0, np.inf]], np.float16))
    rounded = BitPlane(np.array([[1.0001, 1e6]], np.float32), like=half)
    assert not half.differs(rounded).any()


def test_strided_channels_become_planes_of_their_own() -> None:
    values = np.arange(24, dtype=np.float16).reshape(2, 4, 3)
    assert np.array_equal(BitPlane(values[..., 1]).values, values[..., 1])


@pytest.mark.parametrize("kind", KINDS)
def test_below_zero_in_any_of_several_planes(kind: type) -> None:
    values = [np.array([ODD], kind), np.array([ODD[::-1]], kind), np.array([[1.0] * len(ODD)], kind)]
    below = (values[0] < 0) | (values[1] < 0)
    assert np.array_equal(any_negative([BitPlane(one) for one in values]), below)
    assert not any_negative([BitPlane(values[2])]).any()


@pytest.mark.parametrize("kind", KINDS)
def test_some_columns_answer_as_in_the_whole(kind: type) -> None:
    plane = BitPlane(np.array([ODD, ODD], kind))
    assert np.array_equal(plane.negative(slice(3, 8)), plane.negative()[:, 3:8])


def test_the_columns_that_hold_something() -> None:
    values = np.zeros((3, 9), np.float16)
    assert BitPlane(values).occupied == slice(0, 0)
    values[1, 2], values[2, 6] = 1.0, np.nan
    assert BitPlane(values).occupied == slice(2, 7)

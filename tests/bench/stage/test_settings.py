"""What a take is, as read and as refused."""

from __future__ import annotations

import pytest

from bench.stage.settings import TakeSettings, format_span, parse_span
from doublure.core.errors import DoublureError

GOOD = ("talk", 31, 23, 5, (1001, 1002), (1,), 64, 8)


@pytest.mark.parametrize(
    ("text", "numbers"), [("3", [3]), ("1-3", [1, 2, 3]), ("1,5-6", [1, 5, 6]), ("1-9x4", [1, 5, 9])]
)
def test_ranges_are_read(text: str, numbers: list[int]) -> None:
    assert parse_span(text) == numbers


def test_a_bad_range_is_one_sentence() -> None:
    with pytest.raises(DoublureError, match="write it like 1-160"):
        parse_span("x-3")


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (1, -1, "seed is negative"),
        (4, (), "no frames"),
        (4, (-3,), "below 0"),
        (5, (0,), "below 1"),
        (6, 8, "size of 8"),
        (7, 1, "too few"),
    ],
)
def test_settings_out_of_range_are_told(place: int, value: object, message: str) -> None:
    with pytest.raises(DoublureError, match=message):
        TakeSettings(*GOOD[:place], value, *GOOD[place + 1 :])  # type: ignore[arg-type]


def test_a_shutter_beyond_a_frame_is_told() -> None:
    with pytest.raises(DoublureError, match="shutter"):
        TakeSettings(*GOOD, shutter=1.5)


@pytest.mark.parametrize("numbers", [[], [7], [1, 2, 3], [1001, 1003, 1004, 1005], [3, 1, 2]])
def test_ranges_are_written_as_they_are_read(numbers: list[int]) -> None:
    text = format_span(numbers)
    assert (parse_span(text) if text else []) == sorted(numbers)


def test_a_backwards_range_is_told() -> None:
    with pytest.raises(DoublureError, match="lower number first"):
        parse_span("9-1")

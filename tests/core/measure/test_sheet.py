from __future__ import annotations

import math

import pytest

from doublure.core.errors import DoublureError
from doublure.core.measure.catalogue import BY_KEY, MEASURES
from doublure.core.measure.sheet import Sheet, attempt, mean


def test_an_empty_sheet_misses_every_measure() -> None:
    sheet = Sheet([1001])
    assert sheet.missing.keys() == sheet.summary.keys() == BY_KEY.keys()


def test_a_number_is_no_longer_missing_and_frames_have_theirs() -> None:
    sheet = Sheet([1001, 1002])
    sheet.put("psnr", 30.0, [28.0, 32.0])
    assert sheet.summary["psnr"] == 30.0
    assert "psnr" not in sheet.missing
    assert [row["psnr"] for row in sheet.frames] == [28.0, 32.0]
    assert [row["frame"] for row in sheet.frames] == [1001, 1002]


@pytest.mark.parametrize("bad", [None, math.nan, math.inf])
def test_what_is_no_number_is_missing_with_its_reason(bad: float | None) -> None:
    sheet = Sheet([1001])
    sheet.put("psnr", bad, [bad], "there is no face")
    assert sheet.summary["psnr"] is None
    assert sheet.frames[0]["psnr"] is None
    assert sheet.missing["psnr"] == "there is no face"


def test_frames_without_a_number_are_noted() -> None:
    sheet = Sheet([1, 2, 3])
    sheet.mean("pose", [1.0, None, 3.0], "no face was found")
    assert sheet.summary["pose"] == 2.0
    assert sheet.notes["pose"] == "no face was found in 1 of 3 frames"


def test_the_mean_of_nothing_is_none() -> None:
    assert mean([None, math.nan]) is None
    assert mean([1.0, None, 2.0]) == 1.5


def test_an_attempt_gives_the_outcome_or_the_reason() -> None:
    def fails() -> float:
        raise DoublureError("the face is too small", remedy="go closer")

    assert attempt(lambda: 1.0) == (1.0, "")
    assert attempt(fails) == (None, "the face is too small")


def test_every_ratio_is_perfect_at_1_and_every_decibel_at_100() -> None:
    for measure in MEASURES:
        if measure.unit in ("x", "dB"):
            assert measure.perfect == {"x": 1.0, "dB": 100.0}[measure.unit]

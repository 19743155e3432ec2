from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from doublure.core.check.time import check_time
from doublure.core.scan.facts import FrameFacts, ShotFacts
from tests.core.check.conftest import frame, header, plate_header


def free(number: int, code: str, fps: Fraction | None = None) -> FrameFacts:
    """A frame whose plate has no time code."""
    rate = fps or Fraction(24)
    return replace(
        frame(number),
        header=header(number, timecode=code, fps=rate),
        plate_header=plate_header(number, timecode=None, fps=rate),
    )


def test_time_code_counts_over_a_second_and_over_midnight() -> None:
    shot = ShotFacts((free(1001, "23:59:59:22"), free(1002, "23:59:59:23"), free(1003, "00:00:00:00")))
    assert check_time(shot) == []


def test_a_step_over_missing_frames_is_as_long_as_they_are() -> None:
    assert check_time(ShotFacts((free(1001, "01:00:00:00"), free(1004, "01:00:00:03")))) == []


def test_time_code_that_stands_still_is_told_on_the_later_frame() -> None:
    (finding,) = check_time(ShotFacts((free(1001, "01:00:00:00"), free(1002, "01:00:00:00"))))
    assert finding.frame == 1002


def test_a_shots_own_rate_counts_for_more_than_the_plates() -> None:
    assert len(check_time(ShotFacts((frame(),)), fps=25)) == 1


def test_a_rate_written_as_a_float_is_the_same_rate() -> None:
    shot = ShotFacts((free(1001, "01:00:00:00", Fraction(24000, 1001)),))
    assert check_time(shot, fps=23.976) == []

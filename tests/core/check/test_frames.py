from __future__ import annotations

from doublure.core.check.frames import check_frames


def test_the_very_frames_that_were_ordered_pass() -> None:
    assert check_frames(range(1001, 1010), reversed(range(1001, 1010))) == []


def test_a_missing_frame_is_named() -> None:
    (finding,) = check_frames(range(1001, 1010), [n for n in range(1001, 1010) if n != 1004])
    assert finding.frame == 1004
    assert "missing" in finding.what


def test_missing_handles_are_missing_frames() -> None:
    assert [one.frame for one in check_frames(range(993, 1003), range(995, 1003))] == [993, 994]


def test_a_frame_too_many_is_named() -> None:
    (finding,) = check_frames(range(1001, 1003), range(1001, 1004))
    assert finding.frame == 1003


def test_an_order_of_nothing_does_not_pass() -> None:
    assert check_frames([], []) != []

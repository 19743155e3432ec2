from __future__ import annotations

import pytest

from doublure.core.errors import DoublureError


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "the fault."),
        ({"file": "a.exr"}, "a.exr: the fault."),
        ({"frame": 7}, "frame 7: the fault."),
        ({"frame": 0}, "frame 0: the fault."),
        ({"file": "a.exr", "frame": -3}, "a.exr (frame -3): the fault."),
        ({"file": "a.exr", "remedy": "fix it"}, "a.exr: the fault; fix it."),
    ],
)
def test_the_sentence_names_what_it_was_told(given: dict, sentence: str) -> None:
    assert str(DoublureError("the fault", **given)) == sentence


def test_the_parts_stay_readable_for_programs() -> None:
    error = DoublureError("the fault", file="a.exr", frame=3, remedy="fix it")
    assert (error.what, error.file, error.frame, error.remedy) == ("the fault", "a.exr", 3, "fix it")

from __future__ import annotations

from doublure.core.check.finding import Finding, counted


def test_a_finding_reads_as_one_sentence_with_its_frame() -> None:
    assert (
        str(Finding(1004, "the frame is missing", "render it"))
        == "frame 1004: the frame is missing; render it."
    )
    assert str(Finding(None, "there is no frame", "render it")) == "there is no frame; render it."


def test_one_is_no_plural() -> None:
    assert (counted(1, "pixel"), counted(2, "pixel")) == ("1 pixel", "2 pixels")

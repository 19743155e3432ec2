"""A repair changes no pixel and deletes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from doublure.core.errors import DoublureError
from doublure.pipeline_hooks import repair
from doublure.pipeline_hooks.gate import run_gate
from doublure.pipeline_hooks.publication import Publication
from tests.core.check.damages import Comp
from tests.pipeline_hooks.faults import FAULTS
from tests.pipeline_hooks.shots import Shot, read


def blocked(shot: Shot) -> Publication:
    outcome = run_gate(shot.file, dry_run=True)
    assert not outcome.ok
    return outcome.publications[0]


def test_frames_nobody_ordered_are_moved_aside(shot: Shot, comp: Comp) -> None:
    FAULTS["a frame too many"].make(shot, comp)
    (moved,) = repair.move_unordered(blocked(shot))
    assert moved == shot.folder / "comp/unordered" / shot.comp(1009).name
    assert moved.is_file()
    assert run_gate(shot.file, dry_run=True).ok


def test_a_file_moved_aside_replaces_none(shot: Shot, comp: Comp) -> None:
    FAULTS["a frame too many"].make(shot, comp)
    publication = blocked(shot)
    (shot.folder / "comp/unordered").mkdir()
    (shot.folder / "comp/unordered" / shot.comp(1009).name).touch()
    with pytest.raises(DoublureError, match="such a file already"):
        repair.move_unordered(publication)
    assert shot.comp(1009).is_file()


@pytest.mark.parametrize("fault", ["a lost time code", "another time code", "another rate in a header"])
def test_time_code_and_rate_come_from_the_plate_and_pixels_stay(shot: Shot, comp: Comp, fault: str) -> None:
    FAULTS[fault].make(shot, comp)
    _, before = read(shot.comp(1004))
    assert repair.forward_time(blocked(shot), "ValidateTime") == [shot.comp(1004)]
    _, after = read(shot.comp(1004))
    np.testing.assert_array_equal(before.view(np.uint16), after.view(np.uint16))
    assert run_gate(shot.file, dry_run=True).ok


def test_a_lossless_frame_is_compressed_again_and_pixels_stay(shot: Shot, comp: Comp) -> None:
    FAULTS["another compression"].make(shot, comp)
    _, before = read(shot.comp(1004))
    assert repair.compress_again(blocked(shot), "ValidateEncoding") == [shot.comp(1004)]
    _, after = read(shot.comp(1004))
    np.testing.assert_array_equal(before.view(np.uint16), after.view(np.uint16))
    assert run_gate(shot.file, dry_run=True).ok


def test_a_lossy_frame_is_left_to_be_rendered_again(shot: Shot) -> None:
    shot.rewrite([1004], spec=lambda header: header.attribute("compression", "dwaa:45"))
    stamp = shot.comp(1004).read_bytes()
    assert repair.compress_again(blocked(shot), "ValidateEncoding") == []
    assert shot.comp(1004).read_bytes() == stamp


def test_only_the_frames_that_were_told_are_touched(shot: Shot, comp: Comp) -> None:
    FAULTS["a lost time code"].make(shot, comp)
    others = {n: shot.comp(n).stat().st_mtime_ns for n in (1001, 1003, 1005)}
    repair.forward_time(blocked(shot), "ValidateTime")
    assert {n: shot.comp(n).stat().st_mtime_ns for n in others} == others

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from doublure.core.errors import DoublureError
from doublure.pipeline_hooks.gate import run_gate
from doublure.pipeline_hooks.markers import write_markers
from doublure.pipeline_hooks.overrides import Override
from tests.core.check.damages import Comp
from tests.pipeline_hooks.faults import FAULTS, profile
from tests.pipeline_hooks.shots import Shot

otio = pytest.importorskip("opentimelineio")


def test_every_flagged_frame_has_a_marker_and_the_clip_is_the_cut(shot: Shot, comp: Comp) -> None:
    FAULTS["a soft stretch"].make(shot, comp)
    profile("[markers]\notio = true")(shot, comp)
    override = Override("ValidateSharpness", "a rack focus, as planned", "Ana")
    outcome = run_gate(shot.file, overrides=[override])
    assert outcome.ok, outcome.as_dict()["blocked_by"]
    timeline = otio.adapters.read_from_file(str(shot.published / "flagged.otio"))
    (clip,) = timeline.find_clips()
    assert [marker.marked_range.start_time.to_frames() for marker in clip.markers] == [1006, 1007, 1008]
    assert {marker.color for marker in clip.markers} == {otio.schema.MarkerColor.YELLOW}
    assert clip.markers[0].metadata["doublure"]["validator"] == "ValidateSharpness"
    assert clip.source_range.start_time.to_frames() == 1003
    assert clip.source_range.duration.to_frames() == 4
    media = clip.media_reference
    assert media.target_url_for_image_number(0) == f"frames/{shot.comp(1001).name}"
    assert media.number_of_images_in_sequence() == 8
    assert "flagged.otio" in (shot.published / "provenance/frames.json").read_text()


def test_without_the_extra_it_is_told_how_to_get_it(
    shot: Shot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = run_gate(shot.file, dry_run=True)
    monkeypatch.setitem(sys.modules, "opentimelineio", None)
    with pytest.raises(DoublureError, match=r"doublure\[timeline\]"):
        write_markers(outcome.publications[0], tmp_path / "a.otio")

"""The gate is closed wherever pyblish by itself would be open."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyblish.api
import pytest

from doublure.core.errors import DoublureError
from doublure.core.scan import scan
from doublure.pipeline_hooks.gate import run_gate
from doublure.pipeline_hooks.load import PLUGINS
from doublure.pipeline_hooks.outcome import Outcome
from doublure.pipeline_hooks.overrides import Override
from doublure.pipeline_hooks.required import VALIDATORS
from tests.core.check.damages import Comp, grain_gone, pasted
from tests.pipeline_hooks.faults import profile
from tests.pipeline_hooks.shots import NUMBERS, Shot, place

HEAD = "import pyblish.api\nfrom doublure.pipeline_hooks import plugin, publication\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of our plug-ins, to be broken."""
    return shutil.copytree(PLUGINS, tmp_path / "plugins", ignore=shutil.ignore_patterns("__pycache__"))


def swap(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def studio(shot: Shot, source: str, more: str = "") -> None:
    """Give the shot a profile with a plug-in of the studio's own."""
    (shot.folder / "studio").mkdir()
    (shot.folder / "studio/studio_plugin.py").write_text(HEAD + source)
    profile(f'[plugins]\nfolders = ["studio"]\n{more}')(shot, None)  # type: ignore[arg-type]


def instance_plugin(name: str, order: str, body: str) -> str:
    return (
        f"class {name}(pyblish.api.InstancePlugin):\n"
        f"    order = pyblish.api.{order}\n"
        "    families = ['doublure.shot']\n"
        f"    def process(self, instance):\n        {body}\n"
    )


def nothing_is_left(shot: Shot) -> bool:
    """Neither a version nor half of one."""
    return not [path for path in (shot.folder / "publish").rglob("*") if path.is_file()]


# What pyblish only logs


def test_a_plugin_file_that_fails_to_import_fails_the_publish_with_its_error(shot: Shot, own: Path) -> None:
    swap(own / "validate_grain.py", "from __future__", "import a_module_that_is_not_there\nfrom __future__")
    outcome = run_gate(shot.file, plugins=own)
    assert not outcome.ok
    assert outcome.steps == []
    told = "\n".join(outcome.faults)
    assert "validate_grain.py failed to load" in told
    assert "SyntaxError" in told or "a_module_that_is_not_there" in told
    assert "the plug-in ValidateGrain was not loaded" in told


def test_an_import_that_worked_before_does_not_hide_that_it_fails_now(shot: Shot, own: Path) -> None:
    assert run_gate(shot.file, plugins=own, dry_run=True).ok
    (own / "validate_grain.py").write_text("raise RuntimeError('the disk is gone')\n")
    assert "RuntimeError: the disk is gone" in "\n".join(run_gate(shot.file, plugins=own).faults)


@pytest.mark.parametrize(
    "name", ["collect_facts", "validate_consent", "extract_provenance", "integrate_folder"]
)
def test_a_missing_plugin_fails_the_publish(shot: Shot, own: Path, name: str) -> None:
    (own / f"{name}.py").unlink()
    outcome = run_gate(shot.file, plugins=own)
    assert not outcome.ok
    assert f"the plug-in {name.title().replace('_', '')} was not loaded" in outcome.faults


def test_a_plugin_file_that_ends_the_process_fails_the_publish(shot: Shot, own: Path) -> None:
    (own / "validate_grain.py").write_text("import sys\nsys.exit(0)\n")
    outcome = run_gate(shot.file, plugins=own)
    assert not outcome.ok
    assert "ends the process" in outcome.faults[0]


@pytest.mark.parametrize("attribute", ["families = 'doublure.shot'", "hosts = ('*',)", "targets = 'default'"])
def test_a_plugin_that_pyblish_passes_over_without_a_word_fails_the_publish(
    shot: Shot, own: Path, attribute: str
) -> None:
    swap(own / "validate_grain.py", 'label = "Grain"', f'label = "Grain"\n    {attribute}')
    outcome = run_gate(shot.file, plugins=own)
    assert any("pyblish does not accept the plug-in ValidateGrain" in fault for fault in outcome.faults)


def test_a_plugin_that_is_switched_off_fails_the_publish(shot: Shot, own: Path) -> None:
    swap(own / "validate_grain.py", 'label = "Grain"', 'label = "Grain"\n    active = False')
    assert run_gate(shot.file, plugins=own).faults == ["the plug-in ValidateGrain is switched off"]


def test_a_file_without_a_plugin_fails_the_publish(shot: Shot) -> None:
    studio(shot, "x = 1\n")
    assert "accepts no plug-in" in run_gate(shot.file).faults[0]


def test_a_filter_of_plugins_that_somebody_registered_opens_nothing(shot: Shot) -> None:
    def drop(plugins: list[type]) -> None:
        plugins[:] = [one for one in plugins if one.__name__ != "ValidateConsent"]

    pyblish.api.register_discovery_filter(drop)
    try:
        outcome = run_gate(shot.file)
    finally:
        pyblish.api.deregister_discovery_filter(drop)
    assert "the plug-in ValidateConsent was not loaded" in outcome.faults


def test_a_studios_plugin_of_the_same_name_does_not_replace_ours(shot: Shot) -> None:
    studio(shot, instance_plugin("ValidateConsent", "ValidatorOrder", "pass"))
    outcome = run_gate(shot.file)
    assert not outcome.ok
    assert any("ValidateConsent" in fault for fault in outcome.faults)


def test_plugins_registered_for_another_host_are_not_run(
    shot: Shot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "maya").mkdir()
    (tmp_path / "maya/collect.py").write_text("import maya.cmds\n")
    monkeypatch.setenv("PYBLISHPLUGINPATH", str(tmp_path / "maya"))
    assert run_gate(shot.file, dry_run=True).ok


def test_a_plugin_that_a_host_registered_by_itself_is_not_run(shot: Shot) -> None:
    class ValidateElsewhere(pyblish.api.ContextPlugin):
        order = pyblish.api.ValidatorOrder

        def process(self, context: object) -> None:
            raise AssertionError

    pyblish.api.register_plugin(ValidateElsewhere)
    try:
        assert run_gate(shot.file, dry_run=True).ok
    finally:
        pyblish.api.deregister_plugin(ValidateElsewhere)


# Phases


@pytest.mark.parametrize("crash", ["raise RuntimeError('no')", "1 / 0", "import sys; sys.exit(0)"])
def test_after_a_crashing_collector_nothing_else_runs(shot: Shot, own: Path, crash: str) -> None:
    swap(own / "collect_files.py", "shot = publication.shot", f"{crash}\n        shot = publication.shot")
    outcome = run_gate(shot.file, plugins=own)
    assert not outcome.ok
    assert outcome.blocked_by == ["CollectFiles"]
    assert {step.phase for step in outcome.steps} == {"collect"}
    assert "CollectFiles failed unexpectedly" in str(outcome.steps[-1].error)
    assert nothing_is_left(shot)


def test_a_measure_that_is_no_number_passes_no_check(shot: Shot, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = scan.shot_faces

    def spoilt(*arguments: Any) -> Any:
        faces, *rest = measured(*arguments)
        return faces | {1004: replace(faces[1004], grain=float("nan"))}, *rest

    monkeypatch.setattr(scan, "shot_faces", spoilt)
    outcome = run_gate(shot.file)
    assert outcome.blocked_by == ["CollectFacts"]
    assert "(frame 1004): the measure grain is nan" in str(outcome.steps[-1].error)


def test_a_collector_that_collects_nothing_fails_the_publish(shot: Shot, own: Path) -> None:
    swap(own / "collect_shot.py", "if not file:", "if file:")
    outcome = run_gate(shot.file, plugins=own)
    assert not outcome.ok
    assert outcome.faults == ["no shot was collected"]


@pytest.mark.parametrize(
    "body",
    [
        "instance.data['publish'] = False",
        "instance.data.update(family='other', families=[])",
        "instance.data.clear()",
    ],
)
def test_an_instance_that_validators_would_pass_over_fails_the_publish(shot: Shot, body: str) -> None:
    studio(shot, instance_plugin("CollectWrongly", "CollectorOrder + 0.3", body))
    outcome = run_gate(shot.file)
    assert not outcome.ok
    assert outcome.faults
    assert nothing_is_left(shot)


@pytest.mark.parametrize("crash", ["raise RuntimeError('no')", "import sys; sys.exit(0)"])
def test_a_crashing_validator_is_named_and_the_others_run_all_the_same(
    shot: Shot, own: Path, crash: str
) -> None:
    swap(own / "validate_grain.py", "return check_grain", f"{crash}\n        return check_grain")
    outcome = run_gate(shot.file, plugins=own)
    # What did not run is told by the validator of plug-ins too.
    assert outcome.blocked_by == ["ValidateGrain", "ValidatePlugins"]
    (step, _) = [step for step in outcome.steps if not step.ok]
    assert not step.expected
    assert "ValidateGrain failed unexpectedly" in str(step.error)
    assert {step.plugin for step in outcome.steps} >= set(VALIDATORS)
    assert nothing_is_left(shot)


def test_a_validator_that_swallows_its_question_does_not_let_the_shot_pass(shot: Shot, own: Path) -> None:
    swap(own / "validate_grain.py", "def check(", "def process(self, instance): pass\n\n    def check(")
    outcome = run_gate(shot.file, plugins=own)
    assert outcome.blocked_by == ["ValidatePlugins"]


def test_a_studios_own_validator_blocks_too(shot: Shot) -> None:
    source = instance_plugin("ValidateStudio", "ValidatorOrder", "raise AssertionError('not on a Friday')")
    studio(shot, source, 'required = ["ValidateStudio"]')
    outcome = run_gate(shot.file)
    assert outcome.blocked_by == ["ValidateStudio"]
    assert "not on a Friday" in str(outcome.steps[-1].error or [s.error for s in outcome.steps])


def test_a_folder_of_plugins_may_be_named_in_a_roundabout_way(shot: Shot) -> None:
    studio(shot, instance_plugin("ValidateStudio", "ValidatorOrder", "pass"), 'required = ["ValidateStudio"]')
    text = (shot.folder / "own.toml").read_text()
    (shot.folder / "own.toml").write_text(text.replace('["studio"]', '["plate/../studio/"]'))
    outcome = run_gate(shot.file, dry_run=True)
    assert outcome.ok, outcome.faults
    assert "ValidateStudio" in [step.plugin for step in outcome.steps]


def test_a_plugin_that_the_profile_asks_for_must_be_there(shot: Shot) -> None:
    profile('[plugins]\nrequired = ["ValidateStudio"]')(shot, None)  # type: ignore[arg-type]
    assert "ValidateStudio" in run_gate(shot.file).faults[0]


def test_a_folder_of_plugins_that_is_not_there_fails_the_publish(shot: Shot) -> None:
    profile('[plugins]\nfolders = ["nowhere"]')(shot, None)  # type: ignore[arg-type]
    assert "there is no folder of plug-ins" in run_gate(shot.file).faults[0]


@pytest.mark.parametrize(
    "order",
    ["ExtractorOrder + 0.05", "ExtractorOrder + 0.45", "IntegratorOrder - 0.1", "IntegratorOrder + 0.2"],
)
def test_whatever_fails_after_validation_leaves_nothing_behind(shot: Shot, order: str) -> None:
    studio(shot, instance_plugin("HandOn", order, "raise RuntimeError('the disk is full')"))
    outcome = run_gate(shot.file)
    assert outcome.blocked_by == ["HandOn"]
    assert nothing_is_left(shot)
    assert not shot.published.exists()


def test_an_interrupt_leaves_nothing_behind(shot: Shot) -> None:
    studio(shot, instance_plugin("HandOn", "IntegratorOrder + 0.2", "raise KeyboardInterrupt"))
    with pytest.raises(KeyboardInterrupt):
        run_gate(shot.file)
    assert nothing_is_left(shot)


def test_a_frame_that_changes_after_it_was_checked_is_not_published(shot: Shot) -> None:
    path = shot.comp(1004)
    studio(
        shot,
        instance_plugin(
            "RenderAgain",
            "ExtractorOrder - 0.1",
            f"import pathlib; p = pathlib.Path({str(path)!r}); b = p.read_bytes(); p.unlink(); p.write_bytes(b + b'x')",
        ),
    )
    outcome = run_gate(shot.file)
    assert outcome.blocked_by == ["ExtractFiles"]
    assert "has changed since it was checked" in str([step.error for step in outcome.steps if step.error])
    assert nothing_is_left(shot)


@pytest.mark.parametrize(
    ("name", "told"), [("hero.safetensors", "the model"), ("plate/plate.1004.exr", "the plate 1004")]
)
def test_what_the_shot_is_made_from_may_not_change_either(shot: Shot, name: str, told: str) -> None:
    path = shot.folder / name
    body = f"import pathlib; p = pathlib.Path({str(path)!r}); b = p.read_bytes(); p.unlink(); p.write_bytes(b + b'x')"
    studio(shot, instance_plugin("Change", "ExtractorOrder - 0.1", body))
    outcome = run_gate(shot.file)
    assert outcome.blocked_by == ["IntegrateFolder"]
    assert f"{told} has changed since it was checked" in str(
        [step.error for step in outcome.steps if step.error]
    )
    assert nothing_is_left(shot)


def test_a_review_movie_is_published_with_a_manifest_of_its_own(shot: Shot) -> None:
    cv2.imwrite(str(shot.folder / "sheet.png"), np.full((8, 8, 3), 90, np.uint8))
    shot.edit("[publish]", '[review]\nmovie = "sheet.png"\n[publish]')
    outcome = run_gate(shot.file)
    assert outcome.ok
    signed = shot.published / "provenance/sheet.png"
    assert signed.stat().st_size > (shot.folder / "sheet.png").stat().st_size


def test_a_copy_that_is_damaged_before_it_is_in_its_place_is_not_published(shot: Shot) -> None:
    body = (
        "s = publication.of(instance).staging.folder; p = sorted((s / 'frames').glob('*.exr'))[0];"
        " p.write_bytes(p.read_bytes()[:-1] + b'!')"
    )
    studio(shot, instance_plugin("Damage", "IntegratorOrder - 0.2", body))
    outcome = run_gate(shot.file)
    assert outcome.blocked_by == ["IntegrateFolder"]
    assert "1001" in str([step.error for step in outcome.steps if step.error])
    assert nothing_is_left(shot)


# Shots


def test_a_published_version_is_never_replaced(shot: Shot) -> None:
    assert run_gate(shot.file).ok
    before = sorted((path, path.stat().st_mtime_ns) for path in shot.published.rglob("*"))
    again = run_gate(shot.file)
    assert again.blocked_by == ["ExtractFiles"]
    assert "published already" in str([step.error for step in again.steps if step.error])
    assert sorted((path, path.stat().st_mtime_ns) for path in shot.published.rglob("*")) == before


def test_what_is_published_verifies_and_lists_the_copied_records(shot: Shot) -> None:
    from doublure.core.provenance.record import Record
    from doublure.core.provenance.signature import Trust
    from doublure.core.provenance.verify import verify_provenance

    assert run_gate(shot.file).ok
    folder = shot.published / "provenance"
    verified = verify_provenance(folder, Trust(None, allow_test=True), complete=True)
    assert verified.ok, verified.findings
    record = Record.load(folder / "frames.json")
    assert [frame.number for frame in record.result.frames] == list(NUMBERS)
    assert [file.path for file in record.of_role("consent")] == [
        "../consent/1_mara.consent.json",
        "../consent/2_double.consent.json",
    ]
    moved = shot.folder / "elsewhere"
    shot.published.rename(moved)
    assert verify_provenance(moved / "provenance", Trust(None, allow_test=True)).ok


def test_an_empty_shot_fails_the_publish(shot: Shot) -> None:
    shutil.rmtree(shot.folder / "comp")
    outcome = run_gate(shot.file)
    assert not outcome.ok
    assert "ValidateFrames" in outcome.blocked_by
    assert nothing_is_left(shot)


def test_a_track_without_a_face_fails_the_publish_since_nothing_was_measured(shot: Shot) -> None:
    from doublure.core.face.sidecar import FaceFrame, Track

    track = Track.load(shot.folder / "track.json")
    frames = {number: FaceFrame.lost(number, "nobody is there") for number in track.frames}
    (shot.folder / "track.json").unlink()
    Track(track.source, track.width, track.height, 1.0, track.shape, frames).save(shot.folder / "track.json")
    outcome = run_gate(shot.file)
    assert "ValidateReadable" in outcome.blocked_by


def test_a_track_that_ends_early_is_told_frame_by_frame(shot: Shot) -> None:
    from doublure.core.face.sidecar import Track

    track = Track.load(shot.folder / "track.json")
    del track.frames[1008]
    (shot.folder / "track.json").unlink()
    track.save(shot.folder / "track.json")
    outcome = run_gate(shot.file)
    (step,) = [step for step in outcome.steps if step.plugin == "ValidateFrames"]
    assert [one.frame for one in step.findings] == [1008]


@pytest.mark.parametrize("text", ["", "not TOML [", "[shot]\nname = 'x'\n"])
def test_a_bad_shot_file_fails_the_publish_in_one_sentence(shot: Shot, text: str) -> None:
    shot.write("shot.toml", text)
    outcome = run_gate(shot.file)
    assert not outcome.ok
    assert len(outcome.faults) == 1
    assert "shot.toml" in outcome.faults[0]


def test_no_step_at_all_is_no_success() -> None:
    assert not Outcome().ok


def test_a_dry_run_writes_nothing(shot: Shot) -> None:
    before = sorted(shot.folder.rglob("*"))
    assert run_gate(shot.file, dry_run=True).ok
    assert sorted(shot.folder.rglob("*")) == before


def test_nothing_of_pyblishs_own_is_printed(shot: Shot, own: Path, capfd: pytest.CaptureFixture[str]) -> None:
    swap(
        own / "validate_grain.py",
        "return check_grain",
        "raise RuntimeError('no')\n        return check_grain",
    )
    assert not run_gate(shot.file, plugins=own).ok
    told = capfd.readouterr()
    assert "Traceback" not in told.err
    assert told.out == ""


def test_a_seam_is_told_by_its_validator_alone(shot: Shot, comp: Comp) -> None:
    from bench.spoilt import read_scene
    from tests.pipeline_hooks.shots import TAKE

    place(comp, pasted(comp, read_scene(TAKE, "1001-1008")), shot)
    # The two people's skins are a stop apart: that is the light's to tell.
    profile("[limits]\nlight_bright = 2.0\nlight_dark = 2.0")(shot, comp)
    assert run_gate(shot.file).blocked_by == ["ValidateSeam"]


# Overrides

ACCEPT = Override("ValidateGrain", "the client wants it without grain", "Ana")


def test_an_accepted_warning_lets_the_shot_pass_and_is_recorded(shot: Shot, comp: Comp) -> None:
    place(comp, grain_gone(comp), shot)
    assert run_gate(shot.file).blocked_by == ["ValidateGrain"]
    outcome = run_gate(shot.file, overrides=[ACCEPT])
    assert outcome.ok
    accepted = outcome.as_dict()["shots"][0]["overrides"]
    assert len(accepted) == len(NUMBERS)
    assert (accepted[0]["user"], accepted[0]["reason"]) == ("Ana", "the client wants it without grain")
    assert "Ana" in (shot.published / "publish.html").read_text()
    assert "Ana" in (shot.published / "publish.json").read_text()


def test_an_error_cannot_be_accepted(shot: Shot) -> None:
    shot.rewrite([1004], spec=lambda header: header.attribute("compression", "rle"))
    override = Override("ValidateEncoding", "nobody will notice this", "Ana")
    assert run_gate(shot.file, overrides=[override]).blocked_by == ["ValidateEncoding"]


def test_an_override_of_a_validator_that_does_not_exist_fails_the_publish(shot: Shot) -> None:
    outcome = run_gate(shot.file, overrides=[Override("ValidateNothing", "a long reason", "Ana")])
    assert not outcome.ok
    assert "ValidateNothing" in outcome.faults[0]


@pytest.mark.parametrize(
    ("text", "user"),
    [("ValidateGrain=a good reason", None), ("ValidateGrain=a good reason", " "), ("ValidateGrain=", "Ana"),
     ("ValidateGrain=ok", "Ana"), ("ValidateGrain", "Ana"), ("ValidateConsent=she said it is fine", "Ana"),
     ("ValidatePlugins=it will be fine", "Ana")],
)  # fmt: skip
def test_an_override_needs_a_user_and_a_reason_and_something_that_can_be_accepted(
    text: str, user: str | None
) -> None:
    with pytest.raises(DoublureError):
        Override.parse(text, user)


def test_progress_is_told_of_reading_copying_hashing_and_the_movie(shot: Shot) -> None:
    seen: set[str] = set()
    told: Callable[[str, int, int], None] = lambda phase, done, total: seen.add(phase)  # noqa: E731
    assert run_gate(shot.file, progress=told).ok
    assert seen == {"reading", "copying", "hashing", "movie"}


def test_the_gate_leaves_no_plugin_path_registered(shot: Shot) -> None:
    before = pyblish.api.registered_paths()
    run_gate(shot.file, dry_run=True)
    assert pyblish.api.registered_paths() == before
    assert str(PLUGINS / "validate_grain.py") in sys.modules

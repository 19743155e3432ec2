"""Every broken shot is blocked by the validator that is there for it, and by no other."""

from __future__ import annotations

import pytest

from doublure.core.measure.identity import available
from doublure.pipeline_hooks.gate import run_gate
from doublure.pipeline_hooks.required import VALIDATORS
from tests.core.check.damages import Comp
from tests.pipeline_hooks.faults import FAULTS
from tests.pipeline_hooks.shots import Shot

ELSEWHERE = {"ValidatePlugins"}
"""Blocked in tests of its own: no fault of a shot stops it."""


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_blocked_by_its_own_validator_alone(shot: Shot, comp: Comp, name: str) -> None:
    fault = FAULTS[name]
    if name == "too much drift of identity" and not available():
        pytest.skip("needs the extra identity")
    fault.make(shot, comp)
    outcome = run_gate(shot.file)
    assert not outcome.ok
    assert outcome.faults == []
    assert outcome.blocked_by == [fault.validator]
    (step,) = [step for step in outcome.steps if not step.ok]
    assert step.expected
    assert step.error
    named = {one.frame for one in step.findings} - {None}
    if fault.frames:
        assert named == set(fault.frames)
    for one in step.findings:
        assert one.what
        assert one.remedy
    assert {step.phase for step in outcome.steps} == {"collect", "validate"}
    assert not (shot.folder / "publish").exists()


def test_at_least_forty_faults_and_every_validator_have_been_tried() -> None:
    assert len(FAULTS) >= 40
    assert {fault.validator for fault in FAULTS.values()} == set(VALIDATORS) - ELSEWHERE


def test_the_clean_shot_passes(shot: Shot) -> None:
    outcome = run_gate(shot.file)
    assert outcome.ok, outcome.blocked_by
    assert shot.published.is_dir()

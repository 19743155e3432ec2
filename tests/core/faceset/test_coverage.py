from __future__ import annotations

import numpy as np

from doublure.core.faceset.coverage import PITCH, YAW, cover
from doublure.core.faceset.report import coverage_json, coverage_text
from tests.core.faceset.faces import face


def test_a_missing_profile_is_named_with_its_angle() -> None:
    gaps = cover([face(yaw=float(y)) for y in np.linspace(-38, 80, 60)]).gaps
    assert "no left profile above 40° (nose to the picture's left)" in gaps
    assert not any("right profile" in gap for gap in gaps)


def test_a_rare_profile_is_counted() -> None:
    faces = [face(yaw=float(y)) for y in np.linspace(-70, 39, 60)] + [face(yaw=50.0), face(yaw=55.0)]
    gaps = cover(faces).gaps
    assert "only 2 right profiles above 40° (nose to the picture's right)" in gaps


def test_the_map_counts_every_face_once() -> None:
    faces = [face(yaw=float(y), pitch=float(p)) for y in range(-95, 96, 10) for p in (-50, -20, 0, 20, 50)]
    coverage = cover(faces)
    assert coverage.map.shape == (len(PITCH) - 1, len(YAW) - 1)
    assert coverage.map.sum() == len(faces)


def test_expressions_that_nobody_makes_are_missing() -> None:
    gaps = cover([face(doing={0: 0.01 * k}) for k in range(30)]).gaps
    assert "no face with shut eyes" in gaps
    assert "no face with a smile" in gaps
    assert not any("open mouth" in gap for gap in gaps)


def test_light_that_never_comes_is_missing() -> None:
    gaps = cover([face(light={"x": 0.5, "contrast": 2.5}) for _ in range(30)]).gaps
    assert "no face with light from the picture's left" in gaps
    assert "no face with light from below" in gaps
    assert not any("picture's right" in gap and gap.startswith("no face with") for gap in gaps)


def test_what_is_there_but_never_together_is_told() -> None:
    faces = [face(yaw=-30.0) for _ in range(10)] + [face(yaw=30.0, light={"x": 1.0}) for _ in range(10)]
    gaps = cover(faces).gaps
    assert "no face turned to the picture's left with light from the picture's right" in gaps


def test_an_empty_set_covers_nothing() -> None:
    coverage = cover([])
    assert coverage.faces == 0
    assert coverage.gaps == ("there is no face",)
    assert "there is no face" in coverage_text(coverage)


def test_text_and_json_say_the_same() -> None:
    coverage = cover([face(yaw=float(y)) for y in range(-40, 40, 2)])
    told, text = coverage_json(coverage), coverage_text(coverage)
    assert told["faces"] == 40
    assert all(f"- {gap}" in text for gap in told["missing"])

"""A shot with one fault is told by the check of that fault and by no other."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from doublure.core.check.limits import Limits
from doublure.core.scan.face_cut import NO_MATTE
from doublure.core.scan.face_facts import ShotLight
from doublure.core.scan.facts import FrameFacts
from doublure.core.scan.pixel_facts import NOTHING
from doublure.core.window import Window
from tests.core.check.conftest import Build, face, frame, header, plate_header
from tests.core.check.test_clean import told

AT = 1003


def pixels(**changes: object) -> FrameFacts:
    return replace(frame(AT), pixels=replace(frame(AT).pixels, **changes))


def said(**changes: object) -> FrameFacts:
    return replace(frame(AT), header=header(AT, **changes))


def measured(**changes: object) -> FrameFacts:
    return replace(frame(AT), face=face(**changes))


FAULTS: dict[str, tuple[FrameFacts, str]] = {
    "unreadable": (
        FrameFacts(AT, frame(AT).path, frame(AT).plate_path, fault="it is truncated.", pixels=NOTHING),
        "readable",
    ),
    "another channel": (
        said(channels=("R", "G", "B", "matte", "Z"), formats=("half",) * 4 + ("float",)),
        "headers",
    ),
    "no red": (said(channels=("G", "B", "matte"), formats=("half",) * 3), "headers"),
    "a lost attribute": (said(other=frozenset({"DateTime"})), "headers"),
    "a lost own attribute": (said(own={"version": "0.1.0"}), "headers"),
    "cropped": (said(data=Window(0, 0, 100, 60)), "windows"),
    "another format": (said(display=Window(0, 0, 96, 60)), "windows"),
    "squeezed": (said(pixel_aspect=2.0), "windows"),
    "lossy": (said(compression="dwaa"), "encoding"),
    "float": (said(formats=("float",) * 4), "encoding"),
    "NaN": (pixels(nan=1, first_bad=(3, 4)), "finite"),
    "infinite": (pixels(inf=2), "finite"),
    "too bright for half": (pixels(above_half=1), "range"),
    "many negatives": (pixels(negative_made=100, lowest=-0.01), "range"),
    "one deep negative": (pixels(negative_made=1, lowest=-2.0), "range"),
    "another colour space": (said(interop_id="lin_rec709_scene"), "colour"),
    "no colour space": (said(interop_id=None), "colour"),
    "two colour statements": (said(chromaticities=(0.7,) * 8), "colour"),
    "the plate touched": (pixels(outside_differs=1, first_outside=(0, 0)), "outside"),
    "no matte": (
        replace(
            said(channels=("R", "G", "B"), formats=("half",) * 3),
            face=None,
            faceless="there is no channel matte",
        ),
        "matte",
    ),
    "a matte above 1": (pixels(matte_wrong=4, matte_maximum=1.5), "matte"),
    "an empty matte": (
        replace(pixels(inside=0, coverage=0.0, matte_maximum=0.0), face=None, faceless=NO_MATTE),
        "matte",
    ),
    "a matte elsewhere": (replace(frame(AT), face=None, faceless=NO_MATTE), "matte"),
    "another rate": (said(fps=Fraction(25)), "time"),
    "a rate off by a thousandth": (said(fps=Fraction(24000, 1001)), "time"),
    "no rate": (said(fps=None), "time"),
    "another time code": (said(timecode="01:00:00:09"), "time"),
    "no time code": (said(timecode=None), "time"),
    "alpha made up": (
        replace(
            said(channels=("R", "G", "B", "A", "matte"), formats=("half",) * 5),
        ),
        "alpha",
    ),
    "somebody else": (measured(identity=0.6), "identity"),
    "nobody": (
        measured(found=False, expression=None, lips=None, lids=None, identity=None, plate_identity=None),
        "identity",
    ),
    "shaking": (measured(jitter=0.05, temporal=0.02), "jitter"),
    "a frame's wrong mouth": (measured(lips=0.1, temporal=0.02), "aperture"),
    "flicker": (measured(temporal=0.009), "temporal"),
    "too much grain": (measured(grain=1.9, temporal=0.007), "grain"),
    "too little grain": (measured(grain=0.4), "grain"),
    "a soft frame": (measured(sharpness=0.55), "sharpness"),
    "a seam in a frame": (measured(seam=12.0), "seam"),
    "a frame that is not blended": (measured(edge=0.7), "seam"),
    "light of its own": (measured(light=0.5, temporal=0.02, edge=0.7), "light"),
    "reverted": (measured(equal=1.0, likeness=1.0, jitter=0.5, temporal=0.1, light=1.0), "reverted"),
    "frozen under other grain": (measured(motion=0.1, jitter=0.1, temporal=0.01), "frozen"),
    "reverted under other grain": (measured(likeness=0.9, jitter=0.1), "reverted"),
    "frozen": (measured(held=0.9, jitter=0.5, temporal=0.1, seam=20.0, lips=0.2), "frozen"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_is_told_once_and_names_its_frame(shot: Build, name: str) -> None:
    broken, check = FAULTS[name]
    found = told(shot({AT: broken}))
    # A channel that came or went is a difference between headers too, whichever check it belongs to.
    if check in ("matte", "alpha") and broken.header != header(AT):
        found.pop("headers")
    assert list(found) == [check]
    assert {one.frame for one in found[check]} == {AT}
    for one in found[check]:
        assert one.level == "error"
        assert one.what
        assert one.remedy
        assert not one.what.endswith(".")


@pytest.mark.parametrize(("stops", "word"), [(-1.0, "darker"), (0.26, "brighter")])
def test_a_dark_or_bright_face_through_the_whole_shot_is_the_lights(
    shot: Build, stops: float, word: str
) -> None:
    # The edge departs with it.
    edges = {n: replace(frame(n), face=face(edge=0.2 + abs(stops))) for n in range(1001, 1007)}
    found = told(shot(edges, light=ShotLight(stops, 0.0, 0.0, stops)))
    assert list(found) == ["light"]
    assert word in found["light"][0].what


def test_a_beard_darkens_the_edge_and_not_the_exposure(shot: Build) -> None:
    assert told(shot(light=ShotLight(-0.1, 0.0, 0.0, -0.6))) == {}


def test_a_soft_shot_is_told_once(shot: Build) -> None:
    soft = {n: replace(frame(n), face=face(sharpness=0.6)) for n in range(1001, 1007)}
    (finding,) = told(shot(soft))["sharpness"]
    assert finding.frame is None
    assert told(shot(soft), Limits(sharpness=0.5)) == {}


def test_a_face_too_small_to_tell_is_not_called_soft(shot: Build) -> None:
    small = {n: replace(frame(n), face=face(sharpness=0.4, height=64.0)) for n in range(1001, 1007)}
    assert told(shot(small)) == {}


def test_a_seam_through_the_whole_shot_is_told_once(shot: Build) -> None:
    found = told(shot({n: replace(frame(n), face=face(seam=8.0)) for n in range(1001, 1007)}))
    assert list(found) == ["seam"]
    assert [one.frame for one in found["seam"]] == [None]


def test_a_shot_that_is_not_blended_is_told_once(shot: Build) -> None:
    found = told(shot({n: replace(frame(n), face=face(edge=0.4)) for n in range(1001, 1007)}))
    assert list(found) == ["seam"]
    assert [one.frame for one in found["seam"]] == [None]


def test_a_face_is_not_frozen_where_the_plate_hardly_moves(shot: Build) -> None:
    assert told(shot({AT: measured(motion=0.05, plate_motion=0.3)})) == {}


def test_a_held_plate_excuses_a_held_face(shot: Build) -> None:
    assert told(shot({AT: measured(held=1.0, plate_held=1.0)})) == {}


def test_frames_beside_a_reverted_one_do_not_shake_for_it(shot: Build) -> None:
    changed = {
        AT - 1: replace(frame(AT - 1), face=face(jitter=0.3)),
        AT: measured(equal=1.0),
        AT + 1: replace(frame(AT + 1), face=face(jitter=0.3, temporal=0.05)),
    }
    assert list(told(shot(changed))) == ["reverted"]


def test_a_mouth_that_is_wrong_for_three_frames_is_told_below_twice_the_limit(shot: Build) -> None:
    lips = Limits().lips * 1.2
    changed = {n: replace(frame(n), face=face(lips=lips)) for n in (1002, 1003, 1004)}
    assert {one.frame for one in told(shot(changed))["aperture"]} == {1002, 1003, 1004}


def test_one_doubtful_reading_alone_is_no_wrong_mouth(shot: Build) -> None:
    assert told(shot({AT: measured(lips=Limits().lips * 1.2)})) == {}


def test_lossy_files_may_differ_a_little_where_a_profile_allows_them(shot: Build) -> None:
    lossy = replace(
        said(compression="dwaa"), pixels=replace(frame(AT).pixels, outside_differs=900, outside_far=3)
    )
    assert "outside" not in told(shot({AT: lossy}))
    far = replace(lossy, pixels=replace(lossy.pixels, outside_far=500))
    assert "outside" in told(shot({AT: far}))


def test_a_matte_where_the_track_has_no_face_is_a_warning(shot: Build) -> None:
    stray = replace(frame(AT), expected=False, face=None, faceless="the track has no face here")
    (finding,) = told(shot({AT: stray}))["matte"]
    assert finding.level == "warning"


def test_what_no_frame_could_tell_is_a_warning(shot: Build) -> None:
    frames = {n: replace(frame(n), face=face(grain=None)) for n in range(1001, 1007)}
    (finding,) = told(shot(frames, missing={"grain": "the face is too small"}))["grain"]
    assert finding.level == "warning"
    assert "too small" in finding.what


def test_the_plates_alpha_must_be_kept(shot: Build) -> None:
    rgba = ("R", "G", "B", "A")
    with_alpha = replace(
        frame(AT),
        header=header(AT, channels=(*rgba, "matte"), formats=("half",) * 5),
        plate_header=replace(plate_header(AT), channels=rgba, formats=("half",) * 4),
    )
    assert "alpha" not in told(shot({AT: with_alpha}))
    changed = replace(with_alpha, pixels=replace(with_alpha.pixels, alpha_differs=5))
    assert "5 pixels" in told(shot({AT: changed}))["alpha"][0].what
    lost = replace(with_alpha, header=header(AT))
    assert "no alpha" in told(shot({AT: lost}))["alpha"][0].what

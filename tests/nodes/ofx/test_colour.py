"""Colour management of OpenFX 1.5, and hosts without it."""

from __future__ import annotations

import numpy as np
import pytest

from doublure.core.color import resolve_space
from doublure.nodes.ofx.descriptors import SPACES
from tests.nodes.ofx.conftest import MakeHost
from tests.nodes.ofx.driver import DEFAULT, FAILED, OK, FakeService, Host, Pixels

PLATE: Pixels = np.full((6, 8, 4), 0.5, np.float32)
CORE = "OfxImageEffectColourManagementCore"
SPACE = "OfxImageClipPropColourspace"


def swap_in(started: Host, space: str) -> tuple[int, tuple[int, int, int, int]]:
    instance, box = started.swap(PLATE)
    if space:
        started.command("clipset", instance, "Source", SPACE, "s", space)
    return instance, box


@pytest.mark.parametrize("space", SPACES)
def test_every_choice_is_a_space_of_the_pinned_configuration(space: str) -> None:
    assert resolve_space(space) == space


def test_a_host_that_manages_colour_is_the_default_choice(host: MakeHost) -> None:
    described = host(colour=CORE).command("describe", "swap", "OfxImageEffectContextGeneral")
    space = described["params"]["input_space"]
    assert space["OfxParamPropChoiceOption"] == [*SPACES, "Host"]
    assert space["OfxParamPropDefault"] == [len(SPACES)]
    assert described["properties"]["OfxImageEffectPropColourManagementStyle"] == [CORE]
    assert described["properties"]["OfxImageEffectPropColourManagementAvailableConfigs"] == [
        "ofx-native-v1.5_aces-v1.3_ocio-v2.3"
    ]


@pytest.mark.parametrize("style", ["", "OfxImageEffectColourManagementNone", "yes"])
def test_any_other_host_is_not_told_of_colour(host: MakeHost, style: str) -> None:
    described = host(colour=style).command("describe", "swap", "OfxImageEffectContextGeneral")
    assert described["params"]["input_space"]["OfxParamPropChoiceOption"] == list(SPACES)
    assert "OfxImageEffectPropColourManagementStyle" not in described["properties"]


def test_acescg_is_preferred_and_the_result_is_in_the_space_of_source(host: MakeHost) -> None:
    started = host(colour=CORE)
    instance = started.create("blend")
    out = started.action(instance, "OfxImageEffectActionGetClipPreferences")["out"]
    for clip in ("Source", "Face"):
        assert out[f"OfxImageClipPropPreferredColourspaces_{clip}"] == ["ACEScg", "ofx_scene_linear"]
    assert "OfxImageClipPropPreferredColourspaces_Occlusion" not in out
    answer = started.action(instance, "OfxImageEffectActionGetOutputColourspace")
    assert answer == {"status": OK, "out": {SPACE: ["OfxColourspace_Source"]}}


def test_without_colour_management_the_output_space_is_the_hosts(host: MakeHost) -> None:
    started = host()
    instance = started.create("blend")
    assert started.action(instance, "OfxImageEffectActionGetOutputColourspace")["status"] == DEFAULT


def test_the_space_is_what_the_host_says_not_what_was_preferred(host: MakeHost, fake: FakeService) -> None:
    started = host(colour=CORE)
    instance, box = swap_in(started, "lin_rec2020")
    assert started.render(instance, box)[0] == OK
    assert fake.last("render")["space"] == "lin_rec2020"


def test_what_the_artist_chooses_goes_before_the_host(host: MakeHost, fake: FakeService) -> None:
    started = host(colour=CORE)
    instance, box = swap_in(started, "lin_rec2020")
    started.param(instance, "input_space", 2)
    started.render(instance, box)
    assert fake.last("render")["space"] == "ACES2065-1"


@pytest.mark.parametrize("space", ["", "ofx_scene_linear", "OfxColourspace_Nowhere", "x" * 200])
def test_a_space_that_says_too_little_is_an_error(host: MakeHost, fake: FakeService, space: str) -> None:
    started = host(colour=CORE)
    instance, box = swap_in(started, space)
    assert started.render(instance, box)[0] == FAILED
    assert "choose the space under Input space" in started.report()["messages"]


def test_inputs_in_different_spaces_are_an_error_and_references_are_followed(
    host: MakeHost, fake: FakeService
) -> None:
    started = host(colour=CORE)
    instance = started.create("blend")
    box = started.connect(instance, "Source", PLATE)
    started.connect(instance, "Face", PLATE)
    started.connect(instance, "Occlusion", PLATE[..., :1])
    started.command("clipset", instance, "Source", SPACE, "s", "ACEScg")
    started.command("clipset", instance, "Face", SPACE, "s", "lin_p3d65")
    assert started.render(instance, box)[0] == FAILED
    assert "Face is in lin_p3d65 and another input in ACEScg" in started.report()["messages"]
    started.command("clipset", instance, "Face", SPACE, "s", "OfxColourspace_Source")
    assert started.render(instance, box)[0] == OK

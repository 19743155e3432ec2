from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest
import torch

from doublure.core.blend.settings import COLOUR_MATCH, BlendSettings
from doublure.core.errors import DoublureError
from doublure.core.exr import COMPRESSIONS
from doublure.core.face.track import TrackSettings
from doublure.core.frame import Frame
from doublure.core.relight.settings import MODES, RelightSettings
from doublure.core.swap.infer import SwapSettings
from doublure.nodes import NODES, Blend, Relight, Swap, Track, Write, describe
from doublure.nodes.consent import CONSENT
from doublure.nodes.schema import Identity, Node, Param


def param(**rest: object) -> Param:
    return Param(**{"name": "x", "kind": "float", "default": 0.0, "label": "X", "help": "An x.", **rest})


@pytest.mark.parametrize("node", NODES.values(), ids=lambda node: node.id)
def test_every_node_is_registered_under_its_lower_case_id(node: Node) -> None:
    assert NODES[node.id] is node
    assert node.id == node.id.lower()


@pytest.mark.parametrize("node", NODES.values(), ids=lambda node: node.id)
def test_a_description_is_json_and_names_every_param_with_help(node: Node) -> None:
    told = json.loads(json.dumps(describe(node), allow_nan=False))
    assert [each["name"] for each in told["params"]] == [each.name for each in node.params]
    assert all(each["help"].endswith(".") and each["label"] for each in told["params"])


@pytest.mark.parametrize("node", NODES.values(), ids=lambda node: node.id)
def test_defaults_pass_their_own_check_unless_they_are_required(node: Node) -> None:
    given = {each.name: "x.exr" for each in node.params if each.required}
    assert node.complete(given) == {each.name: given.get(each.name, each.default) for each in node.params}


@pytest.mark.parametrize("node", NODES.values(), ids=lambda node: node.id)
def test_no_node_needs_other_frames_which_the_evaluator_does_not_deliver(node: Node) -> None:
    assert node.frames_needed == (0, 0)


@pytest.mark.parametrize("node", NODES.values(), ids=lambda node: node.id)
def test_every_number_has_a_range_that_a_slider_can_show(node: Node) -> None:
    for each in node.params:
        if each.kind in ("float", "point", "int"):
            told = next(item for item in describe(node)["params"] if item["name"] == each.name)
            assert told["soft_minimum"] is not None, each.name
            assert told["soft_maximum"] is not None, each.name


def test_blend_shows_every_setting_of_the_core_with_its_default_and_nothing_else() -> None:
    core = {each.name: each.default for each in fields(BlendSettings)}
    assert {each.name: each.default for each in Blend.params if each.name != "seed"} == core
    assert Blend.param("colour_match").choices == COLOUR_MATCH


def test_relight_shows_every_setting_of_the_core_that_has_more_than_one_value() -> None:
    core = {each.name: each.default for each in fields(RelightSettings) if each.name != "mode"}
    assert {each.name: each.default for each in Relight.params if each.name != "track"} == core
    assert len(MODES) == 1


@pytest.mark.parametrize(("node", "settings"), [(Blend, BlendSettings), (Relight, RelightSettings)])
def test_ranges_are_those_that_the_core_accepts(node: Node, settings: type) -> None:
    for each in node.params:
        if each.kind == "float":
            for edge in (each.minimum, each.maximum):
                settings(**{each.name: edge})
            with pytest.raises(DoublureError):
                settings(**{each.name: each.maximum + 1})


def test_track_shows_every_setting_of_the_core() -> None:
    assert {each.name for each in fields(TrackSettings)} <= {each.name for each in Track.params}


def test_swap_shows_as_many_knobs_as_the_core_has_settings() -> None:
    assert len(fields(SwapSettings)) == len(
        [each for each in Swap.params if each.kind != "file" and each not in CONSENT]
    )


def test_write_offers_only_compressions_that_can_be_written() -> None:
    assert set(Write.param("compression").choices) <= set(COMPRESSIONS)


@pytest.mark.parametrize(
    ("declared", "value", "kept"),
    [
        (param(), 3, 3.0),
        (param(kind="int", default=0), 3.0, 3),
        (param(kind="bool", default=False), True, True),
        (param(kind="choice", default="a", choices=("a", "b")), "b", "b"),
        (param(kind="point", default=(0.0, 0.0)), [1, 2], (1.0, 2.0)),
        (param(kind="colour", default=(0.0, 0.0, 0.0)), [1, -2, 40], (1.0, -2.0, 40.0)),
        (param(kind="string", default="", animatable=False), "é", "é"),
    ],
)
def test_values_come_back_in_their_declared_type(declared: Param, value: object, kept: object) -> None:
    checked = declared.check(value, "node.x")
    assert checked == kept
    assert type(checked) is type(kept)


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        (param(), "1"),
        (param(), True),
        (param(), float("nan")),
        (param(), float("inf")),
        (param(), None),
        (param(minimum=0.0, maximum=1.0), 1.01),
        (param(minimum=0.0), -0.01),
        (param(kind="int", default=0), 1.5),
        (param(kind="int", default=0), False),
        (param(kind="bool", default=False), 1),
        (param(kind="choice", default="a", choices=("a", "b")), "c"),
        (param(kind="point", default=(0.0, 0.0)), [1]),
        (param(kind="point", default=(0.0, 0.0)), "12"),
        (param(kind="colour", default=(0.0, 0.0, 0.0)), [1, 2, "3"]),
        (param(kind="string", default="", animatable=False), 5),
        (param(kind="file", default="", animatable=False), "a\0b"),
        (param(kind="file", default="", animatable=False, required=True), ""),
    ],
)
def test_a_bad_value_is_refused_in_a_sentence_that_names_node_and_param(
    declared: Param, value: object
) -> None:
    with pytest.raises(DoublureError, match=r"^node\.x .*\.$"):
        declared.check(value, "node.x")


@pytest.mark.parametrize(
    "bad",
    [
        {"name": "Upper"},
        {"kind": "double"},
        {"kind": "choice", "default": "a"},
        {"choices": ("a",)},
        {"default": 2.0, "maximum": 1.0},
        {"kind": "file", "default": ""},
        {"kind": "int", "default": 0.5},
    ],
)
def test_a_wrong_declaration_is_refused_when_it_is_made(bad: dict[str, object]) -> None:
    with pytest.raises((ValueError, DoublureError)):
        param(**bad)


def test_an_unknown_param_is_told_with_its_closest_match() -> None:
    with pytest.raises(DoublureError, match="did you mean identity_mix"):
        Swap.complete({"identiy_mix": 1.0, "model": "m", "track": "t"})


def test_a_choice_that_is_misspelt_is_told_with_its_closest_match() -> None:
    with pytest.raises(DoublureError, match="did you mean gain"):
        Blend.complete({"colour_match": "gian"})


def test_a_missing_input_is_told_by_name() -> None:
    plate = Frame.from_rgb(torch.zeros(3, 4, 4), "ACEScg")
    with pytest.raises(DoublureError, match="input 'face' of Blend is not connected"):
        Blend(plate=plate)


def test_a_misspelt_input_is_told_with_its_closest_match() -> None:
    plate = Frame.from_rgb(torch.zeros(3, 4, 4), "ACEScg")
    with pytest.raises(DoublureError, match="no input or param 'plat'; did you mean plate"):
        Blend(plat=plate, face=plate)


def test_a_node_can_be_called_from_python() -> None:
    plate = Frame.from_rgb(torch.rand(3, 48, 64), "ACEScg", number=7)
    face = Frame.from_rgb(torch.zeros(4, 48, 64), "ACEScg", number=7)
    comp = Blend(plate=plate, face=face, feather=3.0)
    assert torch.equal(comp.rgb, plate.rgb)
    assert not comp.channel("matte").any()


def test_a_node_passes_an_input_through_only_while_every_condition_holds() -> None:
    assert Blend.passes(Blend.complete({"mix": 0.0})) == "plate"
    assert Blend.passes(Blend.complete({})) is None
    still = {"track": "track.json", "amount": 0.0}
    assert Relight.passes(Relight.complete({**still, "exposure": 0.0})) == "face"
    assert Relight.passes(Relight.complete({**still, "exposure": 0.5})) is None


def test_an_identity_that_names_no_input_or_a_wrong_value_is_refused() -> None:
    with pytest.raises(DoublureError, match="no input"):
        replace(Blend, identity=(Identity("nobody", (("mix", 0.0),)),))
    with pytest.raises(DoublureError, match="mix"):
        replace(Blend, identity=(Identity("plate", (("mix", "none"),)),))


def test_what_blend_declares_as_identity_leaves_the_picture_bit_for_bit() -> None:
    plate = Frame.from_rgb(torch.randn(4, 6, 8) * 40, "ACEScg")
    face = Frame.from_rgb(torch.rand(4, 6, 8), "ACEScg")
    comp = Blend(plate=plate, face=face, mix=0.0)
    assert torch.equal(torch.stack([comp.channel(name) for name in "RGBA"]), plate.pixels)

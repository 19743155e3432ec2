"""What a host is told of the nodes."""

from __future__ import annotations

from typing import Any

import pytest

from doublure.nodes.ofx.descriptors import OFFERED, SPACES
from doublure.nodes.registry import NODES
from tests.nodes.ofx.conftest import MakeHost
from tests.nodes.ofx.driver import OK, UNSUPPORTED

NODE_NAMES = [name.rpartition(".")[2] for name in OFFERED]
TYPES = {
    "float": "Double",
    "int": "Integer",
    "bool": "Boolean",
    "choice": "Choice",
    "string": "String",
    "file": "String",
    "colour": "RGB",
    "point": "Double2D",
}


def describe(host: MakeHost, node: str, context: str = "General", **options: Any) -> dict[str, Any]:
    described = host(**options).command("describe", node, f"OfxImageEffectContext{context}")
    assert described["status"] == OK
    return described


def test_every_node_is_a_plugin_with_its_id_and_version(host: MakeHost) -> None:
    loaded = host().loaded
    assert [plugin["id"] for plugin in loaded["plugins"]] == list(OFFERED)
    assert [plugin["major"] for plugin in loaded["plugins"]] == [NODES[name].version for name in OFFERED]
    assert {plugin["api"] for plugin in loaded["plugins"]} == {"OfxImageEffectPluginAPI"}


def test_there_is_no_plugin_outside_the_list(host: MakeHost) -> None:
    assert host().loaded["outside"] is False


def test_no_service_is_started_by_loading_and_describing(
    host: MakeHost, environment: dict[str, str], fake: Any
) -> None:
    host()
    assert fake.starts == 0


def test_the_effect_is_float_only_and_without_tiles(host: MakeHost) -> None:
    properties = describe(host, "blend")["properties"]
    assert properties["OfxImageEffectPropSupportedPixelDepths"] == ["OfxBitDepthFloat"]
    assert properties["OfxImageEffectPropSupportsTiles"] == [0]
    assert properties["OfxImageEffectPropTemporalClipAccess"] == [0]
    assert properties["OfxImageEffectPropSupportedContexts"] == [
        "OfxImageEffectContextFilter",
        "OfxImageEffectContextGeneral",
    ]
    assert properties["OfxPropLabel"] == ["Doublure Blend"]
    assert properties["OfxImageEffectPluginPropGrouping"] == ["Doublure"]
    assert properties["OfxImageEffectPluginRenderThreadSafety"] == ["OfxImageEffectRenderFullySafe"]


@pytest.mark.parametrize("name", NODE_NAMES)
def test_every_param_has_its_type_label_hint_and_script_name(host: MakeHost, name: str) -> None:
    params = describe(host, name)["params"]
    for param in NODES[f"org.doublure.{name}"].params:
        shown = params[param.name]
        assert shown["type"] == [f"OfxParamType{TYPES[param.kind]}"]
        assert shown["OfxPropLabel"] == [param.label]
        assert shown["OfxParamPropHint"] == [param.help]
        assert shown["OfxParamPropScriptName"] == [param.name]


@pytest.mark.parametrize("name", NODE_NAMES)
def test_every_number_has_all_four_limits(host: MakeHost, name: str) -> None:
    for param in describe(host, name)["params"].values():
        kind = param["type"][0].removeprefix("OfxParamType")
        if kind in ("Double", "Integer", "Double2D"):
            low, high, shown_low, shown_high = (
                param[f"OfxParamProp{limit}"] for limit in ("Min", "Max", "DisplayMin", "DisplayMax")
            )
            assert (
                len(low) == len(high) == len(shown_low) == len(shown_high) == (2 if kind == "Double2D" else 1)
            )
            assert low[0] <= shown_low[0] < shown_high[0] <= high[0]
            assert low[0] <= param["OfxParamPropDefault"][0] <= high[0]


def test_no_param_has_a_type_that_some_host_refuses(host: MakeHost) -> None:
    for name in NODE_NAMES:
        types = {param["type"][0] for param in describe(host, name)["params"].values()}
        assert not {kind for kind in types if "StrChoice" in kind or "Integer2D" in kind or "3D" in kind}


def test_a_choice_has_its_labels_in_order_and_no_keyframes_where_the_host_has_none(host: MakeHost) -> None:
    choice = describe(host, "blend")["params"]["colour_match"]
    assert choice["OfxParamPropChoiceOption"] == ["off", "gain", "full"]
    assert choice["OfxParamPropDefault"] == [1]
    assert choice["OfxParamPropAnimates"] == [0]


def test_blend_offers_its_matte_as_alpha_and_the_host_asks_again_for_channels(host: MakeHost) -> None:
    described = describe(host, "blend")
    alpha = described["params"]["alpha"]
    assert alpha["OfxParamPropChoiceOption"] == ["plate", "matte"]
    assert alpha["OfxParamPropDefault"] == [0]
    assert alpha["OfxParamPropAnimates"] == [0]
    assert described["properties"]["OfxImageEffectPropClipPreferencesSlaveParam"] == ["alpha"]
    assert "alpha" not in describe(host, "swap")["params"]


def test_params_are_in_their_groups_and_all_on_one_page(host: MakeHost) -> None:
    params = describe(host, "blend")["params"]
    assert params["feather"]["OfxParamPropParent"] == ["group_matte"]
    assert params["group_matte"]["type"] == ["OfxParamTypeGroup"]
    shown = params["controls"]["OfxParamPropPageChild"]
    assert set(shown) == {param.name for param in NODES["org.doublure.blend"].params} | {
        "alpha",
        "use_occlusion",
        "input_space",
    }


def test_a_host_without_pages_gets_none(host: MakeHost) -> None:
    assert "controls" not in describe(host, "blend", no_pages=1)["params"]


def test_a_path_is_a_file_path(host: MakeHost) -> None:
    params = describe(host, "swap")["params"]
    assert params["model"]["OfxParamPropStringMode"] == ["OfxParamStringIsFilePath"]
    assert params["model"]["OfxParamPropStringFilePathExists"] == [1]
    assert describe(host, "track")["params"]["sidecar"]["OfxParamPropStringFilePathExists"] == [0]


def test_the_version_is_kept_but_not_shown(host: MakeHost) -> None:
    version = describe(host, "swap")["params"]["version"]
    assert version["OfxParamPropSecret"] == [1]
    assert version["OfxParamPropEnabled"] == [0]
    assert version["OfxParamPropDefault"][0]


def test_only_track_has_the_button(host: MakeHost) -> None:
    with_button = [name for name in NODE_NAMES if "analyse" in describe(host, name)["params"]]
    assert with_button == ["track"]


def test_the_main_input_is_source_and_mattes_are_alpha_first(host: MakeHost) -> None:
    clips = describe(host, "blend")["clips"]
    assert list(clips) == ["Source", "Face", "Occlusion", "Output"]
    assert clips["Occlusion"]["OfxImageEffectPropSupportedComponents"] == [
        "OfxImageComponentAlpha",
        "OfxImageComponentRGBA",
    ]
    assert clips["Occlusion"]["OfxImageClipPropIsMask"] == [1]
    assert clips["Source"]["OfxImageEffectPropSupportedComponents"] == [
        "OfxImageComponentRGBA",
        "OfxImageComponentRGB",
    ]


@pytest.mark.parametrize(("context", "optional"), [("General", [0, 0, 1]), ("Filter", [0, 1, 1])])
def test_in_a_filter_every_clip_but_source_is_optional(
    host: MakeHost, context: str, optional: list[int]
) -> None:
    clips = describe(host, "blend", context)["clips"]
    assert [
        clips[name]["OfxImageClipPropOptional"][0] for name in ("Source", "Face", "Occlusion")
    ] == optional


def test_another_context_is_refused(host: MakeHost) -> None:
    described = host().command("describe", "blend", "OfxImageEffectContextRetimer")
    assert described["status"] == UNSUPPORTED


def test_a_matte_is_used_unless_the_host_says_of_every_clip_that_it_is_connected(host: MakeHost) -> None:
    assert describe(host, "blend")["params"]["use_occlusion"]["OfxParamPropDefault"] == [1]
    resolve = describe(host, "blend", name="DaVinciResolve")
    assert resolve["params"]["use_occlusion"]["OfxParamPropDefault"] == [0]


def test_input_spaces_are_named_as_in_the_colour_configuration(host: MakeHost) -> None:
    space = describe(host, "swap")["params"]["input_space"]
    assert space["OfxParamPropChoiceOption"] == list(SPACES)
    assert space["OfxParamPropDefault"] == [0]


def test_a_strict_host_knows_every_property_that_is_set(host: MakeHost) -> None:
    started = host()
    for name in NODE_NAMES:
        started.command("describe", name, "OfxImageEffectContextFilter")
    report = started.report()
    assert report["complaints"] == ""
    assert report["unknown"] == ""

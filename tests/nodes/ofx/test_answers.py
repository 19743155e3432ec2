"""Actions that only answer: regions, frames, identity, clip preferences."""

from __future__ import annotations

import numpy as np
import pytest

from tests.nodes.ofx.conftest import MakeHost
from tests.nodes.ofx.driver import DEFAULT, OK, Host, Pixels

PLATE: Pixels = np.zeros((12, 16, 4), np.float32)


def blend(started: Host, context: str = "General") -> int:
    instance = started.create("blend", context)
    started.connect(instance, "Source", PLATE, at=(-3, 2))
    started.connect(instance, "Face", PLATE[:5])
    return instance


def test_the_result_covers_what_source_covers(host: MakeHost) -> None:
    started = host()
    answer = started.action(blend(started), "OfxImageEffectActionGetRegionOfDefinition")
    assert answer["status"] == OK
    assert answer["out"]["OfxImageEffectPropRegionOfDefinition"] == [-3, 2, 13, 14]


def test_without_source_the_host_decides_the_region(host: MakeHost) -> None:
    started = host()
    instance = started.create("blend")
    assert started.action(instance, "OfxImageEffectActionGetRegionOfDefinition")["status"] == DEFAULT


def test_the_whole_of_every_connected_clip_is_wanted(host: MakeHost) -> None:
    started = host()
    answer = started.action(blend(started), "OfxImageEffectActionGetRegionsOfInterest")
    assert answer["status"] == OK
    assert answer["out"] == {
        "OfxImageClipPropRoI_Source": [-3, 2, 13, 14],
        "OfxImageClipPropRoI_Face": [0, 0, 16, 5],
    }


def test_a_node_that_needs_the_same_pixels_leaves_regions_to_the_host(host: MakeHost) -> None:
    started = host()
    instance = started.create("track")
    started.connect(instance, "Source", PLATE)
    assert started.action(instance, "OfxImageEffectActionGetRegionsOfInterest")["status"] == DEFAULT


def test_no_other_frames_are_needed(host: MakeHost) -> None:
    started = host()
    assert started.action(blend(started), "OfxImageEffectActionGetFramesNeeded")["status"] == DEFAULT


@pytest.mark.parametrize("context", ["General", "Filter"])
def test_mix_0_is_the_plate(host: MakeHost, context: str) -> None:
    started = host()
    instance = blend(started, context)
    assert started.action(instance, "OfxImageEffectActionIsIdentity")["status"] == DEFAULT
    started.param(instance, "mix", 0)
    answer = started.action(instance, "OfxImageEffectActionIsIdentity", 7)
    assert answer["status"] == OK
    assert answer["out"] == {"OfxPropName": ["Source"], "OfxPropTime": [7]}


def test_identity_is_asked_at_the_frame(host: MakeHost) -> None:
    started = host()
    instance = blend(started)
    started.param(instance, "mix", "-0.5~0.25")
    assert started.action(instance, "OfxImageEffectActionIsIdentity", 2)["status"] == OK
    assert started.action(instance, "OfxImageEffectActionIsIdentity", 3)["status"] == DEFAULT


def test_all_conditions_of_an_identity_must_hold(host: MakeHost) -> None:
    started = host()
    instance = started.create("relight")
    started.connect(instance, "Source", PLATE)
    started.param(instance, "amount", 0)
    started.param(instance, "exposure", 1)
    assert started.action(instance, "OfxImageEffectActionIsIdentity")["status"] == DEFAULT
    started.param(instance, "exposure", 0)
    assert started.action(instance, "OfxImageEffectActionIsIdentity")["status"] == OK


def test_track_without_its_overlay_is_the_plate(host: MakeHost) -> None:
    started = host()
    instance = started.create("track")
    started.connect(instance, "Source", PLATE)
    assert started.action(instance, "OfxImageEffectActionIsIdentity")["status"] == OK
    started.param(instance, "overlay", 1)
    assert started.action(instance, "OfxImageEffectActionIsIdentity")["status"] == DEFAULT


def test_a_plate_that_is_not_premultiplied_is_no_identity(host: MakeHost) -> None:
    started = host()
    instance = blend(started)
    started.param(instance, "mix", 0)
    started.command(
        "clipset",
        instance,
        "Source",
        "OfxImageEffectPropPreMultiplication",
        "s",
        "OfxImageAlphaUnPremultiplied",
    )
    assert started.action(instance, "OfxImageEffectActionIsIdentity")["status"] == DEFAULT


@pytest.mark.parametrize(
    ("node", "channels", "result", "alpha"),
    [
        ("blend", 4, "RGBA", "OfxImageAlphaPremultiplied"),
        ("blend", 3, "RGB", "OfxImageOpaque"),
        ("swap", 3, "RGBA", "OfxImageAlphaPremultiplied"),
    ],
)
def test_the_result_has_the_channels_of_source_or_the_face_its_alpha(
    host: MakeHost, node: str, channels: int, result: str, alpha: str
) -> None:
    started = host()
    instance = started.create(node)
    started.connect(instance, "Source", PLATE[..., :channels])
    out = started.action(instance, "OfxImageEffectActionGetClipPreferences")["out"]
    assert out["OfxImageClipPropComponents_Output"] == [f"OfxImageComponent{result}"]
    assert out["OfxImageClipPropComponents_Source"] == ["OfxImageComponentRGB" + "A" * (channels - 3)]
    assert out["OfxImageClipPropDepth_Output"] == ["OfxBitDepthFloat"]
    assert out["OfxImageEffectPropPreMultiplication"] == [alpha]
    assert out["OfxImageEffectFrameVarying"] == [1]
    assert out["OfxImageClipPropPAR_Output"] == [1]


@pytest.mark.parametrize("channels", [3, 4])
def test_with_the_matte_for_alpha_the_result_is_rgba_and_no_identity(host: MakeHost, channels: int) -> None:
    started = host()
    instance = started.create("blend")
    started.connect(instance, "Source", PLATE[..., :channels])
    started.param(instance, "mix", 0)
    started.param(instance, "alpha", 1)
    out = started.action(instance, "OfxImageEffectActionGetClipPreferences")["out"]
    assert out["OfxImageClipPropComponents_Output"] == ["OfxImageComponentRGBA"]
    assert out["OfxImageClipPropComponents_Source"] == ["OfxImageComponentRGB" + "A" * (channels - 3)]
    assert started.action(instance, "OfxImageEffectActionIsIdentity")["status"] == DEFAULT


@pytest.mark.parametrize(
    "name",
    [
        "OfxActionBeginInstanceChanged",
        "OfxActionEndInstanceChanged",
        "OfxActionSyncPrivateData",
        "OfxImageEffectActionBeginSequenceRender",
        "OfxImageEffectActionEndSequenceRender",
    ],
)
def test_actions_around_others_are_well(host: MakeHost, name: str) -> None:
    started = host()
    assert started.action(blend(started), name)["status"] == OK


def test_the_time_domain_is_the_hosts(host: MakeHost) -> None:
    started = host()
    assert started.action(blend(started), "OfxImageEffectActionGetTimeDomain")["status"] == DEFAULT

"""Swap: the hero's face over the plate."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from doublure.core.consent.grant import Grant
from doublure.core.frame import Frame
from doublure.core.swap.face_space import OUTPUTS
from doublure.core.swap.infer import Swapper, SwapSettings
from doublure.nodes.consent import CONSENT, DRIVER, HERO, TRUST, require_consent
from doublure.nodes.context import Context, Setup, Shared
from doublure.nodes.digest import file_digest, file_state
from doublure.nodes.schema import Input, Inputs, Node, Param, Params
from doublure.nodes.tracks import TRACK, face_at, face_digest, load_track, rest_of

_DEFAULTS = SwapSettings()


@dataclass(frozen=True)
class _Loaded:
    """A model and the SHA-256 of its file, taken together: what was agreed to is what runs."""

    swapper: Swapper
    sha256: str

    def hero(self, name: str) -> str:
        """The hero of that name, or the only one. Raises DoublureError when it cannot be told."""
        return self.swapper.model.names[self.swapper.hero_index(name)]


def _loaded(path: str, shared: Shared) -> _Loaded:
    if not Path(path).exists():
        Swapper.load(path)  # says what is wrong
    return shared.get(
        ("model", *file_state(Path(path))), lambda: _Loaded(Swapper.load(path), file_digest(path, Shared()))
    )


def consent_of(params: Params, shared: Shared) -> tuple[Grant, ...]:
    """The grants of driver and hero for complete params of Swap.

    Raises:
        ConsentDenied: not both of them permit it.
        DoublureError: the model cannot be read or does not know the hero.
    """
    return _permitted(params, shared)[1]


def _permitted(params: Params, shared: Shared) -> tuple[_Loaded, tuple[Grant, ...]]:
    loaded = _loaded(params["model"], shared)
    return loaded, require_consent(params, loaded.hero(params["hero"]), loaded.sha256, shared)


def _prepare(params: Params, setup: Setup) -> None:
    _permitted(params, setup.shared)
    load_track(params["track"], setup.shared)


def _render(inputs: Inputs, params: Params, ctx: Context) -> Frame:
    settings = SwapSettings(
        hero=params["hero"],
        mix=params["identity_mix"],
        scale=params["face_scale"],
        offset=params["face_offset"],
        complexion=params["complexion"],
        sharpness=params["sharpness"],
        plate_detail=params["plate_detail"],
        highlights=params["highlights"],
        expression=params["expression"],
        output=params["output"],
        crop_scale=params["crop_scale"] * ctx.scale,
    )
    swapper = _permitted(params, ctx.shared)[0].swapper
    face = face_at(params["track"], ctx, inputs["plate"])
    shape = load_track(params["track"], ctx.shared).shape
    rest = rest_of(params["track"], ctx.shared)
    return swapper.render(inputs["plate"], face, settings, shape, rest)


def _content(params: Params, ctx: Context) -> dict[str, str]:
    # Asked for the key too: a picture that is kept from an earlier render is as much a use as a new one.
    return {
        "model": _permitted(params, ctx.shared)[0].sha256,
        "track": face_digest(params["track"], ctx),
        "rest": hashlib.sha256(rest_of(params["track"], ctx.shared).numpy().tobytes()).hexdigest(),
    }


Swap = Node(
    id="org.doublure.swap",
    label="Swap",
    version=3,
    help="Renders the hero's face with the performance of the face in the plate: RGBA, premultiplied, over the plate's "
    "data window, unclamped. Where there is no face, and where identity mix is 0, it is empty, and Blend gives the "
    "plate. Hero and driver must have consented: without their signed records every frame fails.",
    inputs=(Input("plate", "the plate with the performer"),),
    params=(
        Param(
            "model",
            "file",
            "",
            "Model",
            "The trained model, a .safetensors file.",
            animatable=False,
            required=True,
        ),
        TRACK,
        Param(
            "hero",
            "string",
            _DEFAULTS.hero,
            "Hero",
            "Whose face, by name. Empty: the model's only hero.",
            animatable=False,
        ),
        *CONSENT,
        Param(
            "identity_mix",
            "float",
            _DEFAULTS.mix,
            "Identity mix",
            "0 is the face in the plate, 1 the hero; between lies a mixed identity, not a dissolve.",
            minimum=0.0,
            maximum=1.0,
            group="Identity",
        ),
        Param(
            "complexion",
            "float",
            _DEFAULTS.complexion,
            "Complexion",
            "How much of the hero's own large features (cheekbones, beard shadow, lips) replaces the performer's; the "
            "overall skin tone stays the plate's.",
            minimum=0.0,
            maximum=1.0,
            group="Identity",
        ),
        Param(
            "expression",
            "float",
            _DEFAULTS.expression,
            "Expression",
            "Gain of the performer's expression: 1 as played, less is calmer, more exaggerates. 0 is the mean face of "
            "the shot. Where a chin moves up, the plate's own stays below it.",
            minimum=0.0,
            maximum=3.0,
            soft_minimum=0.5,
            soft_maximum=1.5,
            group="Identity",
        ),
        Param(
            "face_scale",
            "float",
            _DEFAULTS.scale,
            "Face scale",
            "Size of the new face against the head it was fitted to: the hero's head over the performer's, where both "
            "were measured. The eyes stay where they are.",
            minimum=0.25,
            maximum=4.0,
            soft_minimum=0.8,
            soft_maximum=1.25,
            group="Placement",
        ),
        Param(
            "face_offset",
            "point",
            _DEFAULTS.offset,
            "Face offset",
            "Shift of the new face along the head's own axes, right and down, in crop sides (about 1.25 faces).",
            minimum=-1.0,
            maximum=1.0,
            soft_minimum=-0.1,
            soft_maximum=0.1,
            group="Placement",
        ),
        Param(
            "sharpness",
            "float",
            _DEFAULTS.sharpness,
            "Sharpness",
            "Gain of the finest details: 0 as predicted, 1 doubled, negative softer.",
            minimum=-1.0,
            maximum=4.0,
            soft_maximum=1.0,
            group="Detail",
        ),
        Param(
            "plate_detail",
            "float",
            _DEFAULTS.plate_detail,
            "Plate detail",
            "How much of the plate's own detail, finer than the network's crop, is laid over the new face: pores, "
            "lashes and grain of a face larger than the crop. Only where the face is neither scaled nor moved nor its "
            "expression changed.",
            minimum=0.0,
            maximum=1.0,
            group="Detail",
        ),
        Param(
            "highlights",
            "float",
            _DEFAULTS.highlights,
            "Highlights",
            "How much of the plate's highlights comes back on the new face: what lies over 3 stops above the plate's "
            "face, in linear light, as far as the new face is not as bright already. 0 leaves what the network makes "
            "of it.",
            minimum=0.0,
            maximum=1.0,
            group="Detail",
        ),
        Param(
            "output",
            "choice",
            _DEFAULTS.output,
            "Output",
            "Plate: the face over the plate. Crop: the face straightened, in a square picture, to paint on. ST map: "
            "lays such a crop over the plate (Nuke's STMap, source the crop). Inverse ST map: cuts the plate so. "
            "Network input: what an exported network takes, for a host that runs it: the crop in ACEScct with its mask "
            "and the channels that guide it, which only Write keeps. Write maps and input as 32-bit float; the matrix "
            "is in the header as doublureCropToPlate.",
            choices=OUTPUTS,
            animatable=False,
            group="Output",
        ),
        Param(
            "crop_scale",
            "int",
            int(_DEFAULTS.crop_scale),
            "Crop scale",
            "Size of the crop's picture: how many of its pixels make one of the network's, along a side.",
            minimum=1,
            maximum=16,
            animatable=False,
            group="Output",
        ),
    ),
    render=_render,
    region_needed="whole",
    prepare=_prepare,
    content=_content,
    reads=lambda params, number: [
        Path(params[name]) for name in ("model", "track", HERO.name, DRIVER.name, TRUST.name) if params[name]
    ],
)

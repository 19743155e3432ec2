"""Doublure FaceReplace: Track, Swap, Relight and Blend in one tool, with the controls that a shot needs."""

from __future__ import annotations

from doublure.gizmos.plugin import ALPHA, ANALYSE, INPUT_SPACE
from doublure.gizmos.tool import Control, Member, Page, Result, Section, Tool
from doublure.nodes.registry import NODES
from doublure.nodes.schema import Input

_TRACK, _SWAP, _RELIGHT, _BLEND = (
    NODES[f"org.doublure.{name}"] for name in ("track", "swap", "relight", "blend")
)


def _of(member: str, prefix: str, *names: str) -> tuple[Control, ...]:
    """Controls named after the member, because two nodes may have a param of one name."""
    return tuple(Control(f"{prefix}_{name}", member, name) for name in names)


_FACE = Page(
    "Face",
    (
        Section(
            "",
            (
                Control(
                    "sidecar",
                    "Track",
                    "sidecar",
                    "Track file",
                    also=(("Swap", "track"), ("Relight", "track")),
                    help="Where the track of this shot is kept, such as track.json. Track writes it, Swap and "
                    "Relight read it.",
                ),
                Control("analyse", "Track", ANALYSE.name),
                Control("model", "Swap", "model"),
                Control("hero", "Swap", "hero"),
            ),
        ),
        Section(
            "Consent",
            tuple(
                Control(name, "Swap", name)
                for name in ("consent", "driver_consent", "trust", "project", "shot")
            ),
        ),
        Section(
            "Tracking",
            _of(
                "Track",
                "track",
                "face_index",
                "threshold",
                "smoothing",
                "focal",
                "ignore",
                "occlusion_channel",
            ),
        ),
        Section("By hand", _of("Track", "track", "enabled", "corrections", "comp_track", "comp_use")),
        Section("View", _of("Track", "track", "show")),
    ),
)
_SWAPPED = Page(
    "Swap",
    (
        Section("", _of("Swap", "swap", "identity_mix", "complexion", "expression")),
        Section("Placement", _of("Swap", "swap", "face_scale", "face_offset")),
        Section("Detail", _of("Swap", "swap", "sharpness", "plate_detail", "highlights")),
    ),
)
_RELIT = Page(
    "Relight",
    (
        Section("", _of("Relight", "relight", "amount", "level", "exposure")),
        Section("Limits", _of("Relight", "relight", "ratio_clamp", "floor")),
    ),
)
_BLENDED = Page(
    "Blend",
    (
        Section(
            "Matte",
            _of(
                "Blend",
                "blend",
                "erode",
                "feather",
                "fade_top",
                "fade_right",
                "fade_bottom",
                "fade_left",
                "edge_extend",
            ),
        ),
        Section("Colour", _of("Blend", "blend", "colour_match", "colour_amount")),
        Section("Seam", _of("Blend", "blend", "membrane", "leak", "membrane_stops", "light_wrap")),
        Section("Texture", _of("Blend", "blend", "sharpness", "grain", "seed")),
    ),
)
_OUTPUT = Page(
    "Output",
    (
        Section(
            "",
            (
                Control(
                    "mix",
                    "Blend",
                    "mix",
                    help="0 is the plate, 1 the comp. Key it to bring the face in or take it out.",
                ),
                Control(
                    "input_space",
                    "Track",
                    INPUT_SPACE.name,
                    also=(
                        ("Swap", INPUT_SPACE.name),
                        ("Relight", INPUT_SPACE.name),
                        ("Blend", INPUT_SPACE.name),
                    ),
                ),
            ),
        ),
    ),
)

FACE_REPLACE = Tool(
    name="DoublureFaceReplace",
    label="Doublure FaceReplace",
    version=1,
    help="Replaces the face in a plate by the hero's. Give a track file and press Analyse once, choose the model and "
    "the records in which both people consent, then work from left to right through the tabs. Connect a matte to "
    "occlusion where something passes in front of the face. Outside the matte the plate is kept bit for bit.",
    inputs=(
        Input("plate", "the plate with the performer"),
        Input("occlusion", "a matte of what stands in front of the face", optional=True, mask=True),
    ),
    members=(
        # Swap reads the plate itself, so that the overlay, which is there to be looked at, is never in a comp.
        Member("Track", _TRACK, {"plate": "plate", "occlusion": "occlusion"}, {"overlay": True}),
        # Crops and maps are for the node alone: what follows here comps over the plate.
        Member("Swap", _SWAP, {"plate": "plate"}, {"output": "Plate", "crop_scale": 4, "plate_detail": 0.5}),
        Member("Relight", _RELIGHT, {"face": "Swap", "plate": "plate"}, {"amount": 0.2, "level": 0.0}),
        # The matte is asked for in the alpha: hosts hand on four channels, and the plate's alpha is put back outside.
        Member(
            "Blend",
            _BLEND,
            {"plate": "plate", "face": "Relight", "occlusion": "occlusion"},
            {"colour_match": "off", "leak": 0.05, ALPHA.name: "matte"},
        ),
    ),
    pages=(_FACE, _SWAPPED, _RELIT, _BLENDED, _OUTPUT),
    results=(
        Result("comp", "Blend"),
        Result("face", "Relight"),
        Result("matte", "Blend", matte=True),
        Result("track", "Track"),
    ),
    matte=True,
    linked=True,
)

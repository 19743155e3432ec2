"""The node that makes a .cat file for Nuke's Inference of an exported hero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from doublure.gizmos.nk.syntax import TAB, Knob, Node, Script, UserKnob
from doublure.gizmos.nk.values import number

RGBA = ("rgba.red", "rgba.green", "rgba.blue", "rgba.alpha")
_FLOAT = 7


def cat_file_creator(
    torchscript: Path,
    model_id: str,
    knobs: Mapping[str, tuple[float, float, float, str]],
    more: Sequence[str] = (),
) -> Script:
    """A script with one CatFileCreator: paste it, press its button, and Inference has the knobs.

    Args:
        torchscript: the TorchScript file; the .cat file is named after it.
        model_id: what Inference shows as the model.
        knobs: name of a float of the root module -> its value, the slider's lowest and highest value, and its tip. Nuke
            matches a user knob of this node with the attribute of the same name.
        more: channels that go in behind `RGBA`, by layer, as "guide.lips".
    """
    added: list[Knob | UserKnob] = [UserKnob(TAB, "User", "Doublure")]
    for name, (value, low, high, tip) in knobs.items():
        added += [UserKnob(_FLOAT, name, name.capitalize(), tip, (low, high)), Knob(name, number(value))]
    # Nuke wants forward slashes on every system.
    where = torchscript.absolute()
    node = Node(
        "CatFileCreator",
        (
            Knob("inputs", "0"),
            Knob("torchScriptFile", where.as_posix()),
            Knob("catFile", where.with_suffix(".cat").as_posix()),
            Knob("channelsIn", ", ".join((*RGBA, *more))),
            Knob("channelsOut", ", ".join(RGBA)),
            Knob("modelId", model_id),
            Knob("name", "DoublureCatFile1"),
            *added,
        ),
    )
    return (node,)

"""A tool's panel in Nuke: tabs, headings, knobs, and a last tab that tells what it is."""

from __future__ import annotations

import html
from collections.abc import Iterator

from doublure.gizmos.nk.syntax import LINK, TAB, TEXT, Knob, UserKnob
from doublure.gizmos.nuke.knobs import CODES, knobs_of
from doublure.gizmos.tool import Section, Tool

RESULT = "result"
MATTE = "matte_to"
MATTE_TARGET = ("Comp", "to3")
"""The knob that says into which channel the matte goes."""

_RESULT_TIP = (
    "What comes out. comp: the finished picture. face: the new face alone, premultiplied. matte: the final matte. "
    "track: the plate with the tracked landmarks."
)
_MATTE_TIP = "The channel of the comp that gets the final matte. The plate's own alpha and its other channels are kept."


def panel(tool: Tool) -> tuple[UserKnob | Knob, ...]:
    """Every knob of a tool's panel, with its value."""
    knobs: list[UserKnob | Knob] = []
    for page in tool.pages:
        knobs.append(UserKnob(TAB, f"tab_{_word(page.label)}", page.label))
        last = page is tool.pages[-1]
        if last:
            knobs += _output(tool)
        for section in page.sections:
            knobs += _section(tool, section, f"{_word(page.label)}_{_word(section.label)}")
    return (*knobs, *_about(tool))


def _section(tool: Tool, section: Section, name: str) -> Iterator[UserKnob | Knob]:
    if section.label:
        yield UserKnob(TAB, f"group_{name}", section.label, level=1)
    for control in section.controls:
        yield from knobs_of(tool, control)
    if section.label:
        yield UserKnob(TAB, f"end_{name}", section.label, level=-1)


def _output(tool: Tool) -> Iterator[UserKnob | Knob]:
    if len(tool.results) > 1:
        labels = tuple(result.label for result in tool.results)
        yield UserKnob(CODES["choice"], RESULT, "Result", _RESULT_TIP, choices=labels)
        yield Knob(RESULT, labels[0])
    if tool.matte:
        yield UserKnob(LINK, MATTE, "Matte to", _MATTE_TIP, text=".".join(MATTE_TARGET))


def _about(tool: Tool) -> Iterator[UserKnob]:
    yield UserKnob(TAB, "tab_about", "About")
    yield UserKnob(TEXT, "about_version", "Version", text=html.escape(tool.versions(), quote=False))
    yield UserKnob(TEXT, "about_help", "", text=html.escape(tool.about(), quote=False))


def _word(label: str) -> str:
    return label.lower().replace(" ", "_")

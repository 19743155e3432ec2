"""The measures of a face as a report shows them: a number for each frame, and the band in which it may lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from doublure.core.check.limits import Limits
from doublure.core.scan.face_facts import FaceFacts
from doublure.pipeline_hooks.publication import Publication


@dataclass(frozen=True)
class Point:
    """One frame: its number, the measure's value, and the allowed band; None is no bound."""

    number: int
    value: float
    low: float | None
    high: float | None

    @property
    def excess(self) -> float:
        """The value over its bound: above 1 it is out of the band."""
        out = 0.0
        if self.high:
            out = self.value / self.high
        if self.low:
            out = max(out, 2.0 if self.value <= 0 else self.low / self.value)
        return out


@dataclass(frozen=True)
class Line:
    """A measure over the shot. ``validator`` judges it, which knows more than the band (``core.check``)."""

    name: str
    label: str
    unit: str
    validator: str
    points: tuple[Point, ...]


_Ask = Callable[[FaceFacts], float | None]
_Bound = Callable[[Limits, FaceFacts], float | None]


def _no(_: Limits, __: FaceFacts) -> None:
    return None


def _landmarks(name: str) -> _Bound:
    return lambda limits, face: limits.of_landmarks(float(getattr(limits, name)), face.height)


def _least_motion(limits: Limits, face: FaceFacts) -> float | None:
    """The share of the plate's motion that the face must make; None where the plate's face hardly moves."""
    plate = face.plate_motion or 0.0
    return limits.still * plate if plate >= limits.moving else None


_SHOWN: tuple[tuple[str, str, str, str, _Bound, _Bound], ...] = (
    ("identity", "Identity", "distance", "ValidateIdentity", _no, lambda m, _: m.identity),
    ("expression", "Expression", "eyes", "ValidateAperture", _no, _landmarks("expression")),
    ("lips", "Lips", "eyes", "ValidateAperture", _no, _landmarks("lips")),
    ("lids", "Lids", "eyes", "ValidateAperture", _no, _landmarks("lids")),
    ("jitter", "Shake", "eyes", "ValidateJitter", _no, _landmarks("jitter")),
    ("temporal", "Flicker", "ACEScct", "ValidateTemporal", _no, lambda m, face: m.of_change(face.height)),
    ("grain", "Grain", "x plate", "ValidateGrain", lambda m, _: m.grain_least, lambda m, _: m.grain_most),
    (
        "sharpness",
        "Sharpness",
        "x plate",
        "ValidateSharpness",
        lambda m, face: m.of_sharpness(face.height),
        _no,
    ),
    ("seam", "Seam", "x", "ValidateSeam", _no, lambda m, _: m.seam),
    ("edge", "Step at the edge", "stops", "ValidateSeam", _no, lambda m, _: m.edge),
    ("light", "Light", "stops", "ValidateLight", _no, lambda m, _: m.light),
    ("equal", "The plate's pixels", "share", "ValidateReverted", _no, lambda m, _: m.equal),
    ("likeness", "Likeness to the plate", "", "ValidateReverted", _no, lambda m, _: m.likeness),
    ("held", "Held pixels", "share", "ValidateFrozen", _no, lambda m, _: m.held),
    ("motion", "Motion", "px", "ValidateFrozen", _least_motion, _no),
)


def lines(publication: Publication) -> list[Line]:
    """Every measure that has a number on some frame."""
    limits = publication.profile.limits
    out = []
    for name, label, unit, validator, low, high in _SHOWN:
        points = tuple(
            Point(frame.number, float(value), low(limits, face), high(limits, face))
            for frame, face in publication.facts.faces
            if (value := getattr(face, name)) is not None
        )
        if points:
            out.append(Line(name, label, unit, validator, points))
    return out


def told_frames(publication: Publication, line: Line) -> set[int]:
    """The frames that the line's validator has told; those out of their band too, where it told the whole shot."""
    findings = publication.findings.get(line.validator, ())
    told = {one.frame for one in findings if one.frame is not None}
    if told != {one.frame for one in findings}:
        told |= {point.number for point in line.points if point.excess > 1}
    return told


def worst_frames(publication: Publication, most: int = 12) -> list[tuple[int, list[str]]]:
    """(frame, what is wrong or highest there): errors first, then warnings, then those nearest to their bounds.

    What was told of the whole shot is no frame's own.
    """
    told: dict[int, list[str]] = {}
    errors: Counter[int] = Counter()
    for findings in publication.findings.values():
        for one in findings:
            if one.frame is not None:
                told.setdefault(one.frame, []).append(one.what)
                errors[one.frame] += one.level == "error"
    highest: dict[int, tuple[float, str]] = {}
    whole = {name for name, found in publication.findings.items() if any(one.frame is None for one in found)}
    for line in lines(publication):
        if line.validator in whole:
            continue
        for point in line.points:
            words = f"{line.label.lower()} {point.value:.3g}"
            highest[point.number] = max(highest.get(point.number, (0.0, "")), (point.excess, words))
    numbers = sorted(
        set(told) | set(highest),
        key=lambda number: (
            -errors[number],
            -len(told.get(number, [])),
            -highest.get(number, (0.0, ""))[0],
            number,
        ),
    )
    return [
        (number, told[number] if number in told else [_untold(*highest[number])]) for number in numbers[:most]
    ]


def _untold(excess: float, words: str) -> str:
    return f"{'outside its band, alone' if excess > 1 else 'nearest to its bound'}: {words}"

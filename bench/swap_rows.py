"""The rows of ``bench.swap``: names, units and targets, and means over the takes."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from bench.report import Row
from doublure.core.measure.catalogue import BY_KEY
from doublure.core.measure.sheet import mean

Better = Literal["higher", "lower"]
Takes = Mapping[str, Mapping[str, float | None]]
"""By take, by measure."""


class Promise(NamedTuple):
    """One measure of the warm run; ``target`` None is context."""

    unit: str
    target: float | None
    better: Better


WARM: dict[str, Promise] = {
    "detail_over_plate": Promise("dB", 4.0, "higher"),
    "psnr_over_plate": Promise("dB", 3.0, "higher"),
    "detail": Promise("dB", 7.0, "higher"),
    "light": Promise("ACEScct", 0.015, "lower"),
    "ssim": Promise("", 0.88, "higher"),
    "identity_hero": Promise("distance", 0.40, "lower"),
    "identity_margin": Promise("distance", 0.15, "higher"),
    "expression_error": Promise("of the inter-ocular distance", 0.02, "lower"),
    "lip_correlation": Promise("", 0.95, "higher"),
    "temporal_excess": Promise("of the truth's change", 0.10, "lower"),
    "psnr": Promise("dB", None, "higher"),
    "temporal": Promise("ACEScct", None, "lower"),
    "plate.detail": Promise("dB", None, "higher"),
    "plate.psnr": Promise("dB", None, "higher"),
    "plate.lip_correlation": Promise("", None, "higher"),
}
GAINS: dict[str, tuple[str, float]] = {"detail": ("dB", 3.0), "identity_hero": ("distance", 0.0)}
"""Unit and target of what ours is better by than the peer."""
RACED = ("detail", "psnr", "light", "identity_hero")

PEER_IDS = ("swap.detail_gain", "swap.identity_gain")
WARM_IDS = (*(f"swap.{key}" for key, one in WARM.items() if one.target), "swap.generalisation_gap")


def warm_rows(found: Takes, begun: Takes, training: Mapping[str, Any], pictures: int) -> list[Row]:
    """Rows of the warm run.

    Args:
        found: of the trained model. begun: of the model after 0 minutes.
        training: what the trained model says of itself: ``trained`` and ``held_out`` in dB.
        pictures: how many it saw.
    """
    rows = []
    for key, (unit, target, better) in WARM.items():
        rows += _rows(f"swap.{key}", _column(found, key), unit, target, better)
    gap = None
    if "trained" in training and "held_out" in training:
        gap = float(training["trained"]) - float(training["held_out"])
    rows += _rows("swap.generalisation_gap", {"": gap}, "dB", 3.0, "lower")
    for key in ("detail", "identity_hero"):
        unit, _, better = WARM[key]
        rows += _rows(f"swap.warm_start.{key}", _column(begun, key), unit, None, better)
    rows.append(Row("swap.pictures", pictures, "", None, "higher"))
    for key, (unit, _, better) in WARM.items():
        rows += _own(found, "", key, unit, better)
    return rows


def peer_rows(scratch: Takes, peer: Takes, pictures: Mapping[str, int]) -> list[Row]:
    """Rows of the race: ours (``scratch``) and the classic network's (``peer``), and how much better ours is."""
    rows = []
    for key, (unit, target) in GAINS.items():
        sign = 1 if BY_KEY[key].better == "higher" else -1
        gain = {
            take: sign * (ours - theirs)
            for take in scratch
            if (ours := scratch[take][key]) is not None and (theirs := peer[take][key]) is not None
        }
        rows += _rows(f"swap.{key.removesuffix('_hero')}_gain", gain, unit, target, "higher")
    for name, takes in (("scratch", scratch), ("peer", peer)):
        for key in RACED:
            measure = BY_KEY[key]
            rows += _rows(f"swap.{name}.{key}", _column(takes, key), measure.unit, None, measure.better)
        rows.append(Row(f"swap.{name}.pictures", pictures[name], "", None, "higher"))
    for name, takes in (("scratch", scratch), ("peer", peer)):
        for key in RACED:
            rows += _own(takes, f"{name}.", key, BY_KEY[key].unit, BY_KEY[key].better)
    return rows


def _column(takes: Takes, key: str) -> dict[str, float | None]:
    return {take: figures[key] for take, figures in takes.items()}


def _rows(
    name: str, values: Mapping[str, float | None], unit: str, target: float | None, better: Better
) -> list[Row]:
    """The mean over the takes that have the number: one row, or none and a line that says so."""
    value = mean(list(values.values()))
    if value is None:
        print(f"left out: {name}, which no take tells", file=sys.stderr)
        return []
    lacking = [take for take, one in values.items() if one is None]
    if lacking:
        print(f"{name} is without {', '.join(lacking)}, which cannot tell", file=sys.stderr)
    return [Row(name, value, unit, target, better)]


def _own(takes: Takes, prefix: str, key: str, unit: str, better: Better) -> list[Row]:
    """A measure of each take."""
    return [
        Row(f"swap.{take}.{prefix}{key}", value, unit, None, better)
        for take, figures in takes.items()
        if (value := figures[key]) is not None
    ]

"""How good could Swap be on a take if its network were perfect, and what stands in the way?

    python -m bench.swap_ceiling --takes DIR        # folders of takes, as bench.stage renders them

The truth stands in for the network's answer, and one after another all that Swap adds around the network is put between
it and the plate. Each step's loss is what no training can win back:

``pixels``  the truth itself through a crop of ``--size`` pixels, laid over the plate inside a generous matte
``light``   the same, with the plate's low frequencies and the complexions exchanged in place of the truth's own
``pose``    the same, cropped by the pose that is tracked on the hero, which is all that training knows
``matte``   the same, inside the matte that Swap allows: the hull of the driver's landmarks

Beside them ``plate``, doing nothing. Rows are means over the takes, ``swap_ceiling.<step>.<measure>``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from bench import standard_set
from bench.report import Row, run
from doublure.core.errors import DoublureError
from doublure.core.face.track import FaceFrame, track_frames
from doublure.core.frame import Frame
from doublure.core.measure.summary import FrameScore, score_shot
from doublure.core.measure.take import PLATE, Take, read_take
from doublure.core.swap.complexion import exchange, mean_complexion
from doublure.core.swap.light import restore
from doublure.core.swap.plate_face import PlateFace, cut_face, lay_over

STEPS = ("plate", "pixels", "light", "pose", "matte")
_GENEROUS = 1 / 14
"""By which share of the crop the generous matte is wider than the hull."""
_UNITS = {"psnr": "dB", "ssim": "", "detail": "dB", "light": "ACEScct"}


@dataclass(frozen=True)
class Cuts:
    """One frame: ``driver`` cut from the plate; ``hero`` cut from the truth by his own pose, ``aligned`` by the
    driver's."""

    driver: PlateFace
    hero: PlateFace
    aligned: PlateFace


def cut_take(take: Take, size: int) -> list[Cuts]:
    """Every frame's crops. Raises DoublureError where a face is not found in plate or truth."""
    plates, truths = track_frames(take.plates), track_frames(take.truths)
    out = []
    for number, plate, truth in zip(take.numbers, take.plates, take.truths, strict=True):
        driver = _cut(plate, plates.frames[number], size)
        hero = _cut(truth, truths.frames[number], size)
        out.append(Cuts(driver, hero, _cut(truth, truths.frames[number], size, driver.matrix)))
    return out


def _cut(frame: Frame, face: FaceFrame, size: int, matrix: np.ndarray | None = None) -> PlateFace:
    found = cut_face(frame, face, size, matrix) if face.found else None
    if found is None:
        raise frame.error(face.reason or "the face lies outside the picture", "leave this take out")
    return found


def wider(mask: np.ndarray) -> np.ndarray:
    """(S, S) the hull grown on every side, soft by a pixel."""
    side = 2 * round(mask.shape[0] * _GENEROUS / 2) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.GaussianBlur(cv2.dilate(mask, disc), (0, 0), mask.shape[0] / 128))


def answers(take: Take, cuts: Sequence[Cuts]) -> dict[str, list[torch.Tensor]]:
    """By step, the take's frames (3, H, W) as they would come out."""
    own = mean_complexion([(one.driver.split.low, one.driver.mask) for one in cuts])
    wanted = mean_complexion([(one.hero.split.low, one.hero.mask) for one in cuts])

    def lit(one: Cuts, source: PlateFace) -> np.ndarray:
        return restore(source.split.detail, exchange(one.driver.split.low, own, wanted, 1.0))

    def wide(one: Cuts, source: PlateFace) -> np.ndarray:
        return wider(np.maximum(one.driver.mask, source.mask))

    crops: dict[str, Callable[[Cuts], tuple[np.ndarray, np.ndarray, float]]] = {
        "pixels": lambda one: (
            restore(one.aligned.split.detail, one.aligned.split.low),
            wide(one, one.aligned),
            one.aligned.split.exposure,
        ),
        "light": lambda one: (lit(one, one.aligned), wide(one, one.aligned), one.driver.split.exposure),
        "pose": lambda one: (lit(one, one.hero), wide(one, one.hero), one.driver.split.exposure),
        "matte": lambda one: (lit(one, one.hero), one.driver.mask, one.driver.split.exposure),
    }
    out = {"plate": [plate.rgb for plate in take.plates]}
    for step, make in crops.items():
        out[step] = []
        for one, plate in zip(cuts, take.plates, strict=True):
            crop, matte, exposure = make(one)
            face = lay_over(plate, crop, matte, one.driver.matrix, exposure)
            out[step].append(face.rgb + plate.rgb * (1 - face.channel("A")))
    return out


def ceilings(take: Take, size: int) -> dict[str, FrameScore]:
    """By step, the shot's figures after its own gain and similarity."""
    truths = [frame.rgb for frame in take.truths]
    return {
        step: score_shot(results, truths, take.mattes, take.numbers).shot
        for step, results in answers(take, cut_take(take, size)).items()
    }


def measure(arguments: argparse.Namespace) -> list[Row]:
    """How good could Swap be if its network were perfect?"""
    torch.set_num_threads(1)
    folders = standard_set.present(standard_set.SMALL_ROOT if arguments.takes is None else arguments.takes)
    found = []
    for folder in folders:
        try:
            found.append(ceilings(read_take(str(folder / PLATE), folder), arguments.size))
        except DoublureError as error:
            print(f"{folder.name} is left out: {error}", file=sys.stderr)
            continue
        print(f"{folder.name}: {found[-1]}", file=sys.stderr)
    if not found:
        raise DoublureError("no take could be measured", remedy="see the sentences above")
    rows = []
    for step in STEPS:
        for name, unit in _UNITS.items():
            value = float(np.mean([getattr(one[step], name) for one in found]))
            better = "lower" if name == "light" else "higher"
            rows.append(Row(f"swap_ceiling.{step}.{name}", value, unit, None, better))  # type: ignore[arg-type]
    return rows


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--takes", type=Path, metavar="DIR", help="folder of takes (default: the committed ones)"
    )
    parser.add_argument(
        "--size", type=int, default=128, help="side of the crop in pixels (default %(default)s)"
    )


if __name__ == "__main__":
    run("swap_ceiling", measure, _options)

"""All measures of one result against one take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from doublure.core.measure.matte import check_shot
from doublure.core.measure.measure_faces import measure_faces
from doublure.core.measure.measure_fitted import measure_fitted
from doublure.core.measure.measure_picture import measure_picture
from doublure.core.measure.reference import Reference
from doublure.core.measure.sheet import Sheet
from doublure.core.measure.shot_fit import ShotFit
from doublure.core.measure.take import Take


@dataclass(frozen=True)
class Card:
    """A scored result.

    Attributes:
        summary: by measure (``catalogue.MEASURES``), the shot's number, or None.
        missing: by measure, why ``summary`` has None.
        notes: by measure, what limits a number that is there.
        frames: one mapping a frame: ``frame`` and the measures that frames have.
        fit: the gain and the similarity that psnr, ssim, detail, light, flip and albedo were taken after.
    """

    summary: Mapping[str, float | None]
    missing: Mapping[str, str]
    notes: Mapping[str, str]
    frames: list[dict[str, float | None]]
    fit: ShotFit

    def fit_json(self) -> dict[str, object]:
        """The fit as JSON data: gain (three factors), scale, rotation (degrees), shifts (widths of the face)."""
        place = self.fit.similarity
        return {
            "gain": list(self.fit.gain),
            "scale": place.scale,
            "rotation": place.rotation,
            "shift_x": place.shift_x,
            "shift_y": place.shift_y,
        }


def score_card(take: Take, known: Reference | None = None) -> Card:
    """Measure ``take.results``.

    Args:
        take: read with its layers where every measure is wanted.
        known: the faces of truth and plate, where several results of one take are measured.

    Raises:
        DoublureError: see ``matte.check_shot``.
    """
    results, truths = ([frame.rgb for frame in frames] for frames in (take.results, take.truths))
    check_shot(results, truths, take.mattes, take.numbers)
    sheet = Sheet(take.numbers)
    known = known or Reference(take.truths, take.plates)
    fit = measure_fitted(take, sheet)
    measure_faces(take, known, sheet)
    measure_picture(take, known, fit, sheet)
    return Card(sheet.summary, sheet.missing, sheet.notes, sheet.frames, fit)

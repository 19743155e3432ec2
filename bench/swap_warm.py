"""Trains a pair from the shipped model for some minutes, as an artist would, and swaps held-out takes with it.

The training is ``core.swap.train.train`` with the footage of hero and driver alone, under likeness records made on the
spot. It goes on from its last checkpoint (at most two minutes old) where the bench was killed. The swap is that of
``bench.scoreboard``: the example graph, which tracks, swaps, relights and blends.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.scoreboard import MODEL, swap
from bench.stage_consent import Office
from bench.swap_cache import trained_path
from bench.swap_footage import Pair
from bench.swap_motion import lip_apertures, lip_correlation, temporal_share
from doublure.core.consent.training import TrainingConsent
from doublure.core.measure.card import score_card
from doublure.core.measure.landmarks import track_points
from doublure.core.measure.measure_picture import take_pairs
from doublure.core.measure.reference import Reference
from doublure.core.measure.summary import score_shot
from doublure.core.measure.take import Take, read_take
from doublure.core.swap.checkpoint import Model
from doublure.core.swap.faceset import Faceset
from doublure.core.swap.keeper import people_of
from doublure.core.swap.train import Progress, TrainSettings, model_digest, train
from doublure.core.swap.training_files import read_state, state_path

SIZE = 128
TOLD = 60.0
"""Seconds between two lines."""
Figures = dict[str, float | None]


@dataclass
class Lines:
    """Says now and then how far a training is."""

    last: float = field(default_factory=time.monotonic)

    def __call__(self, line: Progress) -> None:
        if line.held_out is None and line.unsaved is None and time.monotonic() - self.last < TOLD:
            return
        self.last = time.monotonic()
        text = (
            f"warm run: {line.seconds / 60:.1f} min, step {line.step}, {line.images_per_second:.1f} images/s"
        )
        if line.held_out is not None and line.trained is not None:
            text += f", hero's detail {line.trained:.2f} dB trained, {line.held_out:.2f} dB held out"
        if line.unsaved is not None:
            text += f", not saved: {line.unsaved}"
        print(text, file=sys.stderr, flush=True)


def warm_model(pair: Pair, sets: list[Faceset], minutes: float) -> Model:
    """The pair's model, ``minutes`` from the shipped one; 0 is that one with the mean of its people's codes.

    Raises:
        DoublureError: as `train`.
    """
    path = trained_path(pair, "warm", minutes)
    settings = TrainSettings(
        steps=None if minutes else 0, minutes=minutes or None, size=SIZE, back_up_every=0
    )
    resume = _begun(path, sets)
    if resume:
        print(f"{path.name} goes on where it was", file=sys.stderr, flush=True)
    consent = _agreed(path.with_suffix(".consent"), sets)
    return train(sets, path, settings, consent=consent, resume=resume, start=MODEL, progress=Lines())


def _begun(path: Path, sets: list[Faceset]) -> bool:
    """Whether a training of these very pictures has left its state."""
    return state_path(path).is_file() and read_state(path)[1]["people"] == list(people_of(sets))


def _agreed(folder: Path, sets: list[Faceset]) -> TrainingConsent:
    """Everybody's consent to these pictures, and to going on from the shipped model."""
    office = Office(folder)
    models = [{"name": MODEL.name, "sha256": model_digest(MODEL)}]
    records = tuple(
        office.record(
            faces.person,
            faces.role,
            replica={
                "models": models,
                "reference_sets": [{"name": f"{len(faces)} pictures", "sha256": faces.sha256}],
            },
        )
        for faces in sets
    )
    return TrainingConsent(records, office.trust, office.project)


def swapped(pair: Pair, kind: str, model: Path) -> Take:
    """A held-out take with what the example graph makes of it, its layers read too."""
    folder = pair.take(kind)
    out = pair.cache / "results" / model.stem / pair.take_frames / kind
    pattern = swap(folder, out, model=model, hero=pair.name("hero"), driver=pair.name("driver"))
    return read_take(pattern, folder, pair.take_frames, layers=True)


def figures(take: Take, known: Reference) -> Figures:
    """All that is asked of a swapped take; None where it cannot be told.

    ``expression_error`` is the card's ``expression``: a share of the inter-ocular distance, which is that of the outer
    corners of the eyes (300-W, Sagonas et al. 2013).
    """
    card = score_card(take, known)
    truth, plates = lip_apertures(known.truths), lip_apertures(known.plates)
    found: Figures = {
        key: card.summary[key] for key in ("psnr", "detail", "light", "ssim", "identity_hero", "temporal")
    }
    plate = score_shot(
        [frame.rgb for frame in take.plates],
        [frame.rgb for frame in take.truths],
        take.mattes,
        take.numbers,
    ).shot
    found |= {"plate.detail": plate.detail, "plate.psnr": plate.psnr}
    found["detail_over_plate"] = _apart(found["detail"], plate.detail)
    found["psnr_over_plate"] = _apart(found["psnr"], plate.psnr)
    found["identity_margin"] = _apart(card.summary["identity_driver"], card.summary["identity_hero"])
    found["expression_error"] = card.summary["expression"]
    own = lip_apertures(track_points(take.results, known.truths))
    found["lip_correlation"] = lip_correlation(own, truth)
    found["plate.lip_correlation"] = lip_correlation(plates, truth)
    found["temporal_excess"] = temporal_share(take_pairs(take))
    return found


def _apart(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other

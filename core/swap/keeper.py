"""Checkpoints of a training and their backups, each in its time."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence as Series
from typing import Any

import torch

from doublure.core.consent.grant import Grant
from doublure.core.consent.training import as_header
from doublure.core.errors import DoublureError
from doublure.core.swap.checkpoint import STATE_SCHEMA, Model, save_model, write_tensors
from doublure.core.swap.detector import Verdict
from doublure.core.swap.faceset import Faceset
from doublure.core.swap.learner import Learner
from doublure.core.swap.meter import reconstruction
from doublure.core.swap.pairs import outlined, rests_of
from doublure.core.swap.preview import write_preview
from doublure.core.swap.settings import TrainSettings
from doublure.core.swap.train_log import Log
from doublure.core.swap.training_files import back_up, best_path, preview_path, state_path


class Keeper:
    """Writes them beside ``out``, the model file. ``log`` is told what each reached, or why it could not be written."""

    def __init__(
        self,
        run: Learner,
        sets: Series[Faceset],
        out: str | os.PathLike[str],
        settings: TrainSettings,
        log: Log,
    ) -> None:
        self.run, self.sets, self.out, self.settings, self.log = run, sets, out, settings, log
        self.saved = time.monotonic()
        self.backed_up = run.seconds

    @property
    def due(self) -> bool:
        """Whether it is time for a checkpoint."""
        return time.monotonic() - self.saved > self.settings.save_every

    def checkpoint(self, grants: Series[Grant], found: Verdict | None, *, last: bool = False) -> None:
        """Writes model, best model, state and preview, and now and then a backup.

        A disk that refuses (full, away) does not end a training while it goes on: it is asked again next time.

        Raises:
            DoublureError: it is the last one, and the disk refuses; what was saved before is whole.
        """
        try:
            self.log.measured(_save(self.run, self.sets, self.out, grants, found))
            every = self.settings.back_up_every
            if 0 < every <= self.run.seconds - self.backed_up:
                back_up(self.out, self.run.step, self.settings.backups)
                self.backed_up = self.run.seconds
        except DoublureError as fault:
            if last or not isinstance(fault.__cause__, OSError):
                raise
            self.log.unsaved(str(fault))
        self.saved = time.monotonic()


def people_of(sets: Series[Faceset]) -> tuple[dict[str, Any], ...]:
    """The people as a model names them."""
    return tuple({"name": s.person, "role": s.role, "frames": len(s), "sha256": s.sha256} for s in sets)


def _save(
    run: Learner,
    sets: Series[Faceset],
    out: str | os.PathLike[str],
    grants: Series[Grant],
    found: Verdict | None,
) -> dict[str, float]:
    figures = reconstruction(run.average, sets)
    training = {
        "steps": run.step,
        "seconds": round(run.seconds, 1),
        **{k: round(v, 3) for k, v in figures.items()},
        **(
            {}
            if found is None
            else {"detector": [round(x, 3) for x in (found.accuracy, found.low, found.high)]}
        ),
    }
    complexions = torch.stack([faces.complexion for faces in sets])
    agreed = tuple(as_header(grants))
    model = Model(
        run.average,
        complexions,
        people_of(sets),
        training,
        consent=agreed,
        start=run.start,
        outlined=outlined(sets),
        rests=rests_of(sets),
    )
    save_model(out, model)
    reached = figures.get("held_out")
    if reached is not None and (run.best is None or reached > run.best):
        save_model(best_path(out), model)
        # Only now: a disk that refused is asked again.
        run.best = reached
    header = {
        "schema": STATE_SCHEMA,
        "step": run.step,
        "seconds": run.seconds,
        "best": run.best,
        "device": run.device.type,
        "shape": run.network.shape.as_dict(),
        "people": list(people_of(sets)),
        "start": run.start,
    }
    write_tensors(state_path(out), run.tensors(), header)
    write_preview(preview_path(out), run.average, sets)
    return figures

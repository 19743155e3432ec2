"""Training: learns one model from several people's faces, and can be killed and resumed at any moment."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from collections.abc import Sequence as Series

import torch
from torch import Generator

from doublure.core.consent.grant import Grant
from doublure.core.consent.training import TrainingConsent
from doublure.core.errors import DoublureError
from doublure.core.swap.checkpoint import Model, load_model
from doublure.core.swap.detector import Verdict
from doublure.core.swap.faceset import Faceset
from doublure.core.swap.keeper import Keeper, people_of
from doublure.core.swap.learner import Learner, first_says, processes
from doublure.core.swap.memory import out_of_memory, too_large
from doublure.core.swap.meter import verdict
from doublure.core.swap.pairs import Pairs
from doublure.core.swap.settings import TrainSettings, schedule
from doublure.core.swap.train_log import Log, Progress
from doublure.core.swap.training_files import best_path, read_state, state_path

__all__ = [
    "Progress", "TrainSettings", "best_path", "model_digest", "resumed_start", "state_path", "train",
]  # fmt: skip

UNDETECTED = 2
"""Times in a row that the detector must fail to tell before a training stops."""


def model_digest(path: str | os.PathLike[str]) -> str:
    """SHA-256 of a model's file, as likeness records name it. Raises DoublureError where it cannot be read."""
    try:
        with open(path, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise DoublureError(
            f"the model cannot be read ({error.strerror or error})", file=path, remedy="check the path"
        ) from error


def resumed_start(out: str | os.PathLike[str]) -> str | None:
    """SHA-256 of the model that the training beside ``out`` went on from. Raises DoublureError as a resume does."""
    return read_state(out)[1].get("start")


def train(
    sets: Series[Faceset],
    out: str | os.PathLike[str],
    settings: TrainSettings,
    *,
    consent: TrainingConsent,
    resume: bool = False,
    start: str | os.PathLike[str] | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Model:
    """Trains on the sets and writes ``out`` (and beside it the resume state and a preview picture).

    Args:
        sets: one per person; every person's name becomes one of the model's.
        out: the model file; replaced atomically at every checkpoint. Beside it lies the best one, see `best_path`.
        settings: see `TrainSettings`.
        consent: asked about the sets' people and pictures before the first step and before every checkpoint.
        resume: go on from the state beside ``out``; with ``steps`` the result equals an unbroken run, unless it goes
            on on another kind of device, whose dice fall otherwise.
        start: a model to start warm from; people it knows keep their codes, new ones begin at its mean.
        progress: called about once a second.
        cancelled: polled every step; the state is saved before returning.

    Raises:
        ConsentDenied: not everybody agreed. Where that happens in the midst of it, the last checkpoint stays as it is.
        DoublureError: sets of another size, no state to resume, or a state of other people.
    """
    if any(s.size != settings.size for s in sets):
        raise DoublureError(
            f"the faces were not cut for {settings.size} px", remedy="cut them at the size to train"
        )
    run = Learner(len(sets), settings)
    if resume:
        _resume(run, sets, out)
    elif start is not None:
        run.start = model_digest(start)
        _start_warm(run, sets, load_model(start))

    def ask() -> tuple[Grant, ...]:
        people = [(faces.role, faces.person) for faces in sets]
        pictures = {name: [f.sha256 for f in sets if f.person == name] for _, name in people}
        return consent.require(people, pictures, run.start)

    ask()
    pairs = Pairs(sets, settings.size, run.device)
    log, doubt = Log(progress), _Doubt(settings, sets, run.seconds)
    keep = Keeper(run, sets, out, settings, log)
    began, first_step, earlier = time.monotonic(), run.step, run.seconds
    while True:
        share, stop = first_says(_share(run, settings), float(cancelled() or doubt.settled))
        if share >= 1 or stop:
            break
        try:
            # What goes on from another model has learned to paint the core.
            side = settings.size if run.start else settings.side_at(share)
            if run.step == first_step and side < settings.size:
                # Whether all of it fits into the memory is better known now than half way.
                run.attempt(pairs.draw(settings.batch, Generator(run.device).manual_seed(settings.seed)))
            batch = pairs.draw(settings.batch, run.generator).at(side)
            loss = run.learn(batch, settings.rate * schedule(run.step, share))
        except (MemoryError, RuntimeError) as fault:
            if not out_of_memory(fault):
                raise
            batch = None  # Memory for the attempts.
            raise too_large(
                settings.batch, fault, lambda count: run.attempt(pairs.draw(count, run.generator))
            ) from fault
        run.seconds = earlier + time.monotonic() - began
        speed = (run.step - first_step) * settings.batch / max(run.seconds - earlier, 1e-6)
        log.add(Progress(run.step, _share(run, settings), run.seconds, speed, loss))
        if not _leads():
            continue
        if doubt.due(run.seconds):
            log.judged(doubt.ask(run))
        if keep.due:
            keep.checkpoint(ask(), doubt.verdict)
    if _leads():
        keep.checkpoint(ask(), doubt.verdict, last=True)
    # Nobody reads the model before it is there.
    first_says(0.0, 0.0)
    return load_model(out)


def _leads() -> bool:
    """Whether this is the process that measures and saves, of those that train together."""
    return processes()[0] == 0


class _Doubt:
    """Asks the detector now and then, and knows when training may stop."""

    def __init__(self, settings: TrainSettings, sets: Series[Faceset], seconds: float) -> None:
        self.settings, self.sets, self.last = settings, sets, seconds
        self.verdict: Verdict | None = None
        self.in_a_row = 0

    def due(self, seconds: float) -> bool:
        return 0 < self.settings.detect_every <= seconds - self.last

    def ask(self, run: Learner) -> Verdict:
        self.verdict, self.last = verdict(run.average, self.sets, seed=run.step), run.seconds
        self.in_a_row = self.in_a_row + 1 if self.verdict.undetected else 0
        return self.verdict

    @property
    def settled(self) -> bool:
        return self.settings.until_undetected and self.in_a_row >= UNDETECTED


def _share(run: Learner, settings: TrainSettings) -> float:
    if settings.steps is not None:
        return run.step / settings.steps if settings.steps else 1.0
    assert settings.minutes is not None
    return run.seconds / max(settings.minutes * 60, 1e-6)


def _resume(run: Learner, sets: Series[Faceset], out: str | os.PathLike[str]) -> None:
    tensors, header = read_state(out)
    if header["people"] != list(people_of(sets)):
        raise DoublureError(
            "it was begun with other people or footage",
            file=state_path(out),
            remedy="give the same sequences, or begin anew",
        )
    shape = run.network.shape.as_dict()
    # States from before they said it are of the size that was the only one, or all core.
    begun = {"guide": 0, **header.get("shape", shape)}
    begun = {"core": begun["size"], **begun}
    if begun["guide"] != shape["guide"]:
        raise DoublureError(
            "it was begun before landmarks guided the network",
            file=state_path(out),
            remedy=f"begin anew, from what it has reached: --from {os.fspath(out)}, with another -o",
        )
    if begun["size"] == shape["size"] and begun["core"] != shape["core"]:
        raise DoublureError(
            f"it was begun with a core of {begun['core']} pixels, and one of {begun['size']} has {shape['core']} now",
            file=state_path(out),
            remedy="begin anew, with another -o",
        )
    if begun != shape:
        raise DoublureError(
            f"it was begun at {begun['size']} pixels, width {begun['width']}, bottleneck {begun['bottleneck']}",
            file=state_path(out),
            remedy=f"resume with --size {begun['size']}, or begin anew",
        )
    run.restore(
        tensors, header["step"], header["seconds"], same_dice=header.get("device", "cpu") == run.device.type
    )
    run.start, run.best = header.get("start"), header.get("best")


def _start_warm(run: Learner, sets: Series[Faceset], model: Model) -> None:
    shape, wanted = model.network.shape, run.network.shape
    if (shape.core, shape.width, shape.bottleneck) != (wanted.core, wanted.width, wanted.bottleneck):
        raise DoublureError(
            f"it has a core of {shape.core} pixels, width {shape.width}, bottleneck {shape.bottleneck}",
            file=model.path,
            remedy="train with these, or start from another model",
        )
    known = model.network.state_dict()
    codes = known.pop("codes.weight")
    mean = codes.mean(0)
    rows = [codes[model.index(s.person)] if s.person in model.names else mean for s in sets]
    # A model without a guide or with fewer finer levels lacks weights: those of the network as it begins change
    # nothing. Finer levels that are not asked for are left out.
    weights = run.network.state_dict()
    weights |= {name: tensor for name, tensor in known.items() if name in weights}
    begun = torch.zeros_like(weights["codes.weight"])
    kept = min(begun.shape[1], codes.shape[1])
    begun[:, :kept] = torch.stack(rows)[:, :kept]
    weights["codes.weight"] = begun
    run.begin_with(weights)

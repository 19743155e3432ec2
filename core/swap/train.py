"""Training: learns one model from several people's faces, and can be killed and resumed at any moment."""

from __future__ import annotations

import hashlib
import math
import os
import time
from collections.abc import Callable
from collections.abc import Sequence as Series
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Generator, Tensor

from doublure.core.consent.grant import Grant
from doublure.core.consent.training import TrainingConsent, as_header
from doublure.core.errors import DoublureError
from doublure.core.swap.augment import Batch, unmoved
from doublure.core.swap.checkpoint import (
    STATE_SCHEMA,
    Model,
    load_model,
    read_tensors,
    save_model,
    write_tensors,
)
from doublure.core.swap.faceset import Faceset
from doublure.core.swap.losses import detail_db, swap_loss
from doublure.core.swap.network import NetworkShape, SwapNetwork
from doublure.core.swap.pairs import Pairs
from doublure.core.swap.preview import write_preview

WARM_UP = 200  # steps over which the learning rate rises


@dataclass(frozen=True)
class TrainSettings:
    """How to train. Exactly one of ``steps`` and ``minutes`` is set.

    Attributes:
        steps: optimiser steps in all (resumed ones included); reproducible.
        minutes: wall-clock training time in all.
        batch: pictures a step.
        rate: peak learning rate (AdamW); falls along a cosine to a twentieth.
        width, bottleneck, size: see `NetworkShape`.
        seed: of initial weights and of everything random.
        save_every: seconds between checkpoints.
        precision: "float32", "bfloat16", or "auto" (bfloat16 where the processor computes it natively).
    """

    steps: int | None = None
    minutes: float | None = None
    batch: int = 16
    rate: float = 8e-4
    size: int = 128
    width: int = 32
    bottleneck: int = 256
    seed: int = 0
    save_every: float = 120.0
    precision: str = "auto"

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.minutes is None):
            raise DoublureError("training needs a length", remedy="give either --steps or --minutes")


@dataclass(frozen=True)
class Progress:
    """One line of the training log.

    Attributes:
        step: optimiser steps so far.
        share: of the training done, 0–1.
        seconds: spent training so far, earlier runs included.
        images_per_second: of this run.
        loss: mean since the last line.
        trained, held_out: heroes' reconstruction detail in dB on frames trained on and on the held-out block; None
            between measurements. Their gap is overfitting.
    """

    step: int
    share: float
    seconds: float
    images_per_second: float
    loss: float
    trained: float | None = None
    held_out: float | None = None


def native_bfloat16() -> bool:
    """True where the processor multiplies bfloat16 in hardware (elsewhere it is slower than float32)."""
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


class _Run:
    """The mutable state of one training: everything that a resume must bring back."""

    def __init__(self, sets: Series[Faceset], settings: TrainSettings) -> None:
        torch.manual_seed(settings.seed)
        shape = NetworkShape(settings.size, settings.width, settings.bottleneck, len(sets))
        self.network = SwapNetwork(shape)
        # torch's type hints lack this form of `to`.
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = SwapNetwork(shape)
        self.average.load_state_dict(self.network.state_dict())
        for parameter in self.average.parameters():
            parameter.requires_grad_(False)
        plain = [
            p for name, p in self.network.named_parameters() if p.ndim > 1 and not name.startswith("codes")
        ]
        spared = [p for name, p in self.network.named_parameters() if p.ndim <= 1 or name.startswith("codes")]
        groups = [{"params": plain, "weight_decay": 1e-3}, {"params": spared, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=settings.rate, betas=(0.8, 0.99))
        self.generator = Generator().manual_seed(settings.seed)
        self.step, self.seconds = 0, 0.0
        self.start: str | None = None

    def average_weights(self) -> None:
        """Moves the exponential average, which is what is saved: it generalises better than the last step."""
        keep = min(0.999, (1 + self.step) / (10 + self.step))
        for mean, now in zip(self.average.parameters(), self.network.parameters(), strict=True):
            mean.lerp_(now.detach(), 1 - keep)

    def tensors(self) -> dict[str, Tensor]:
        found = {f"network.{k}": v for k, v in self.network.state_dict().items()}
        found |= {f"average.{k}": v for k, v in self.average.state_dict().items()}
        for index, state in self.optimiser.state_dict()["state"].items():
            found |= {f"optimiser.{index}.{k}": v for k, v in state.items()}
        return found | {"generator": self.generator.get_state()}

    def restore(self, tensors: dict[str, Tensor], step: int, seconds: float) -> None:
        def part(prefix: str) -> dict[str, Tensor]:
            return {k[len(prefix) :]: v for k, v in tensors.items() if k.startswith(prefix)}

        self.network.load_state_dict(part("network."))
        self.average.load_state_dict(part("average."))
        state: dict[int, dict[str, Tensor]] = {}
        for key, value in part("optimiser.").items():
            index, name = key.split(".", 1)
            state.setdefault(int(index), {})[name] = value
        self.optimiser.load_state_dict({**self.optimiser.state_dict(), "state": state})
        self.generator.set_state(tensors["generator"])
        self.step, self.seconds = step, seconds


def state_path(out: str | os.PathLike[str]) -> Path:
    """Where a training keeps what a resume needs, beside its model."""
    return Path(out).with_suffix(".training.safetensors")


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
    return _read_state(out)[1].get("start")


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
        out: the model file; replaced atomically at every checkpoint.
        settings: see `TrainSettings`.
        consent: asked about the sets' people and pictures before the first step and before every checkpoint.
        resume: go on from the state beside ``out``; with ``steps`` the result equals an unbroken run.
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
    run = _Run(sets, settings)
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
    pairs = Pairs(sets, settings.size)
    bfloat16 = settings.precision == "bfloat16" or (settings.precision == "auto" and native_bfloat16())
    log = _Log(progress)
    began, first_step, earlier = time.monotonic(), run.step, run.seconds
    saved = began
    figures: dict[str, float] = {}
    while (share := _share(run, settings)) < 1 and not cancelled():
        for group in run.optimiser.param_groups:
            group["lr"] = settings.rate * _schedule(run.step, share)
        loss = _step(run, pairs.draw(settings.batch, run.generator), bfloat16)
        run.step += 1
        run.seconds = earlier + time.monotonic() - began
        run.average_weights()
        speed = (run.step - first_step) * settings.batch / max(run.seconds - earlier, 1e-6)
        log.add(Progress(run.step, _share(run, settings), run.seconds, speed, loss))
        if time.monotonic() - saved > settings.save_every:
            figures = _save(run, sets, out, ask())
            log.measured(figures)
            saved = time.monotonic()
    figures = _save(run, sets, out, ask())
    log.measured(figures)
    return load_model(out)


def _share(run: _Run, settings: TrainSettings) -> float:
    if settings.steps is not None:
        return run.step / settings.steps if settings.steps else 1.0
    assert settings.minutes is not None
    return run.seconds / max(settings.minutes * 60, 1e-6)


def _schedule(step: int, share: float) -> float:
    """Learning rate as a share of its peak: a short rise, then a cosine to a twentieth."""
    return min(1.0, (step + 1) / WARM_UP) * (0.05 + 0.475 * (1 + math.cos(math.pi * min(share, 1.0))))


def _step(run: _Run, batch: Batch, bfloat16: bool) -> float:
    network = run.network.train()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
        source = batch.source.contiguous(memory_format=torch.channels_last)
        detail, matte = network(source, network.code(batch.person))
    loss = swap_loss(detail.float(), matte.float(), batch.target, batch.mask, batch.weight)
    if not torch.isfinite(loss):
        raise DoublureError(
            f"the loss is no longer a number at step {run.step}",
            remedy="resume from the last checkpoint with a smaller --rate",
        )
    run.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    run.optimiser.step()
    return float(loss.detach())


class _Log:
    """Passes at most about one line a second on."""

    def __init__(self, report: Callable[[Progress], None] | None) -> None:
        self.report, self.last = report, 0.0
        self.losses: list[float] = []
        self.line: Progress | None = None

    def add(self, line: Progress) -> None:
        self.losses.append(line.loss)
        self.line = line
        if time.monotonic() - self.last > 1.0:
            self._emit(line)

    def measured(self, figures: dict[str, float]) -> None:
        if self.line is not None:
            self._emit(replace(self.line, trained=figures.get("trained"), held_out=figures.get("held_out")))

    def _emit(self, line: Progress) -> None:
        if self.report is not None:
            mean = sum(self.losses) / len(self.losses) if self.losses else line.loss
            self.report(replace(line, loss=mean))
        self.losses, self.last = [], time.monotonic()


def _people(sets: Series[Faceset]) -> tuple[dict[str, Any], ...]:
    return tuple({"name": s.person, "role": s.role, "frames": len(s), "sha256": s.sha256} for s in sets)


def _save(
    run: _Run, sets: Series[Faceset], out: str | os.PathLike[str], grants: Series[Grant]
) -> dict[str, float]:
    figures = measure(run.average, sets)
    training = {
        "steps": run.step,
        "seconds": round(run.seconds, 1),
        **{k: round(v, 3) for k, v in figures.items()},
    }
    complexions = torch.stack([faces.complexion for faces in sets])
    agreed = tuple(as_header(grants))
    save_model(out, Model(run.average, complexions, _people(sets), training, consent=agreed, start=run.start))
    header = {
        "schema": STATE_SCHEMA,
        "step": run.step,
        "seconds": run.seconds,
        "people": list(_people(sets)),
        "start": run.start,
    }
    write_tensors(state_path(out), run.tensors(), header)
    write_preview(Path(out).with_suffix(".preview.png"), run.average, sets)
    return figures


def _read_state(out: str | os.PathLike[str]) -> tuple[dict[str, Tensor], dict[str, Any]]:
    path = state_path(out)
    if not path.is_file():
        raise DoublureError(
            "there is no training to resume", file=path, remedy="leave --resume out to begin one"
        )
    return read_tensors(path, STATE_SCHEMA)


def _resume(run: _Run, sets: Series[Faceset], out: str | os.PathLike[str]) -> None:
    tensors, header = _read_state(out)
    if header["people"] != list(_people(sets)):
        raise DoublureError(
            "it was begun with other people or footage",
            file=state_path(out),
            remedy="give the same sequences, or begin anew",
        )
    run.restore(tensors, header["step"], header["seconds"])
    run.start = header.get("start")


def _start_warm(run: _Run, sets: Series[Faceset], model: Model) -> None:
    shape, wanted = model.network.shape, run.network.shape
    if (shape.size, shape.width, shape.bottleneck) != (wanted.size, wanted.width, wanted.bottleneck):
        raise DoublureError(
            f"it has size {shape.size}, width {shape.width}, bottleneck {shape.bottleneck}",
            file=model.path,
            remedy="train with these, or start from another model",
        )
    weights = dict(model.network.state_dict())
    codes = weights["codes.weight"]
    mean = codes.mean(0)
    rows = [codes[model.index(s.person)] if s.person in model.names else mean for s in sets]
    weights["codes.weight"] = torch.stack(rows)
    run.network.load_state_dict(weights)
    run.average.load_state_dict(weights)


def measure(network: SwapNetwork, sets: Series[Faceset], most: int = 48) -> dict[str, float]:
    """Reconstruction detail of the heroes in dB: ``trained`` on frames trained on, ``held_out`` on those kept away."""
    found: dict[str, list[float]] = {"trained": [], "held_out": []}
    for index, faces in enumerate(sets):
        if faces.role != "hero":
            continue
        for name, rows in (("trained", ~faces.held_out), ("held_out", faces.held_out)):
            picked = torch.from_numpy(rows.nonzero()[0])
            picked = picked[:: max(1, len(picked) // most)][:most]
            if len(picked):
                found[name].append(_reconstruction(network, faces, index, picked))
    return {name: sum(values) / len(values) for name, values in found.items() if values}


@torch.inference_mode()
def _reconstruction(network: SwapNetwork, faces: Faceset, index: int, rows: Tensor) -> float:
    network.eval()
    detail = unmoved(faces.detail[rows].float(), faces.size)
    mask = unmoved(faces.mask[rows][:, None].float() / 255, faces.size)
    code = network.code(torch.full((len(rows),), index))
    return detail_db(network(detail * mask, code)[0], detail, mask)

"""What learns: the network, its running average and the optimiser, one step at a time, in one process or several."""

from __future__ import annotations

from dataclasses import fields

import torch
from torch import Generator, Tensor
from torch import distributed as dist

from doublure.core.errors import DoublureError
from doublure.core.swap.augment import Batch
from doublure.core.swap.guide import CHANNELS
from doublure.core.swap.losses import swap_loss
from doublure.core.swap.network import NetworkShape, SwapNetwork
from doublure.core.swap.settings import TrainSettings


class Learner:
    """The mutable state of one training: everything that a resume must bring back.

    Where `torch.distributed` runs, every process draws the same batch, learns from its own share of it, and all take
    the mean of their gradients: N processes step as one does, but for the order of sums.
    """

    def __init__(self, people: int, settings: TrainSettings) -> None:
        torch.manual_seed(settings.seed)
        shape = NetworkShape(settings.size, settings.width, settings.bottleneck, people, CHANNELS)
        self.device = settings.place
        self.network = SwapNetwork(shape).to(self.device)
        # torch's type hints lack this form of `to`.
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = SwapNetwork(shape).to(self.device)
        self.average.load_state_dict(self.network.state_dict())
        for parameter in self.average.parameters():
            parameter.requires_grad_(False)
        plain = [
            p for name, p in self.network.named_parameters() if p.ndim > 1 and not name.startswith("codes")
        ]
        spared = [p for name, p in self.network.named_parameters() if p.ndim <= 1 or name.startswith("codes")]
        groups = [{"params": plain, "weight_decay": 1e-3}, {"params": spared, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=settings.rate, betas=(0.8, 0.99))
        self.generator = Generator(self.device).manual_seed(settings.seed)
        self.bfloat16 = settings.bfloat16
        self.step, self.seconds = 0, 0.0
        self.start: str | None = None
        self.best: float | None = None

    def learn(self, batch: Batch, rate: float) -> float:
        """One step at a learning rate; returns the loss, the mean over all processes.

        Raises:
            DoublureError: the loss is no longer a number.
        """
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        network = self.network
        told = _mean(self._gradients(share_of(batch)))
        # Asked of the mean, so that all processes stop together or none.
        if not torch.isfinite(told):
            raise DoublureError(
                f"the loss is no longer a number at step {self.step}",
                remedy="resume from the last checkpoint with a smaller --rate",
            )
        for parameter in network.parameters():
            if parameter.grad is not None:
                _mean(parameter.grad)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        self._average_weights()
        return float(told)

    def attempt(self, batch: Batch) -> None:
        """All of a step that takes memory, but for the optimiser's own; nothing is learned."""
        self._gradients(share_of(batch))
        self.optimiser.zero_grad(set_to_none=True)

    def _gradients(self, batch: Batch) -> Tensor:
        """The loss; every parameter's gradient is of this batch alone."""
        network = self.network.train()
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.bfloat16):
            source = batch.source.contiguous(memory_format=torch.channels_last)
            guide = batch.guide.contiguous(memory_format=torch.channels_last)
            detail, matte = network(source, network.code(batch.person), guide)
        loss = swap_loss(detail.float(), matte.float(), batch.target, batch.mask, batch.weight, batch.known)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        return loss.detach().clone()

    def _average_weights(self) -> None:
        """Moves the exponential average, which is what is saved: it generalises better than the last step."""
        keep = min(0.999, (1 + self.step) / (10 + self.step))
        for mean, now in zip(self.average.parameters(), self.network.parameters(), strict=True):
            mean.lerp_(now.detach(), 1 - keep)

    def begin_with(self, weights: dict[str, Tensor]) -> None:
        """Takes over another network's state."""
        self.network.load_state_dict(weights)
        self.average.load_state_dict(weights)

    def tensors(self) -> dict[str, Tensor]:
        """Everything that `restore` needs, by name."""
        found = {f"network.{k}": v for k, v in self.network.state_dict().items()}
        found |= {f"average.{k}": v for k, v in self.average.state_dict().items()}
        for index, state in self.optimiser.state_dict()["state"].items():
            found |= {f"optimiser.{index}.{k}": v for k, v in state.items()}
        return found | {"generator": self.generator.get_state()}

    def restore(
        self, tensors: dict[str, Tensor], step: int, seconds: float, *, same_dice: bool = True
    ) -> None:
        """Goes on exactly where the `tensors` were taken; with new dice where those were another device's."""

        def part(prefix: str) -> dict[str, Tensor]:
            return {k[len(prefix) :]: v for k, v in tensors.items() if k.startswith(prefix)}

        self.network.load_state_dict(part("network."))
        self.average.load_state_dict(part("average."))
        state: dict[int, dict[str, Tensor]] = {}
        for key, value in part("optimiser.").items():
            index, name = key.split(".", 1)
            state.setdefault(int(index), {})[name] = value
        self.optimiser.load_state_dict({**self.optimiser.state_dict(), "state": state})
        if same_dice:
            self.generator.set_state(tensors["generator"])
        else:
            self.generator.manual_seed(self.generator.initial_seed() + step)
        self.step, self.seconds = step, seconds


def processes() -> tuple[int, int]:
    """(this process's number, how many train together)."""
    return (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)


def first_says(*values: float) -> tuple[float, ...]:
    """What the first process holds these numbers to be: a decision that all must take alike."""
    if processes()[1] == 1:
        return values
    said = torch.tensor(values, dtype=torch.float64)
    dist.broadcast(said, src=0)
    return tuple(said.tolist())


def share_of(batch: Batch) -> Batch:
    """This process's part of a batch: every N-th picture."""
    rank, count = processes()
    if count == 1:
        return batch
    return Batch(**{one.name: getattr(batch, one.name)[rank::count] for one in fields(batch)})


def _mean(tensor: Tensor) -> Tensor:
    """The mean over all processes, in place."""
    _, count = processes()
    if count > 1:
        dist.all_reduce(tensor)
        tensor /= count
    return tensor

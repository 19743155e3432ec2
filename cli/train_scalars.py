"""A training's figures for TensorBoard, an extra."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from doublure.core.errors import DoublureError

if TYPE_CHECKING:
    from doublure.core.swap.train import Progress


class TrainScalars:
    """A context manager to be called with every line of a training's log; writes event files into ``folder``.

    Raises:
        DoublureError: the extra is not installed.
    """

    def __init__(self, folder: Path) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise DoublureError(
                "TensorBoard is not installed",
                remedy="pip install 'doublure[tensorboard]', or leave --tensorboard out",
            ) from error
        self._writer = SummaryWriter(str(folder))

    def __enter__(self) -> TrainScalars:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    def __call__(self, line: Progress) -> None:
        figures = {
            "loss": line.loss,
            "images_per_second": line.images_per_second,
            "detail/trained": line.trained,
            "detail/held_out": line.held_out,
        }
        if line.detector is not None:
            figures |= {
                "detector/accuracy": line.detector.accuracy,
                "detector/low": line.detector.low,
                "detector/high": line.detector.high,
            }
        for name, value in figures.items():
            if value is not None:
                self._writer.add_scalar(name, value, line.step)

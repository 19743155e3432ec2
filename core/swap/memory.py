"""What to say where a training does not fit into the memory: how many pictures a step would."""

from __future__ import annotations

import gc
import traceback
from collections.abc import Callable

import torch

from doublure.core.errors import DoublureError

_SAID = ("can't allocate memory", "not enough memory", "out of memory")


def out_of_memory(fault: BaseException) -> bool:
    """Whether it says that memory ran out, on a card or beside it."""
    if isinstance(fault, MemoryError | torch.OutOfMemoryError):
        return True
    # torch's allocator for the processor has no exception of its own.
    return isinstance(fault, RuntimeError) and any(said in str(fault).lower() for said in _SAID)


def too_large(batch: int, fault: BaseException, attempt: Callable[[int], object]) -> DoublureError:
    """The error to raise where ``batch`` pictures a step do not fit; it names the largest half of a half that does.

    Args:
        fault: what was raised. Its traceback holds on to the step that failed, all that it computed included, which is
            let go here.
        attempt: computes a step of so many pictures and changes nothing.
    """
    traceback.clear_frames(fault.__traceback__)
    fits = batch // 2
    while fits:
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        try:
            attempt(fits)
            break
        except (MemoryError, RuntimeError) as again:
            if not out_of_memory(again):
                raise
            fits //= 2
    remedy = f"train with --batch {fits}" if fits else "train on a machine with more, or a smaller network"
    return DoublureError(f"{batch} pictures a step do not fit into the memory", remedy=remedy)

"""Several processes that train as one, where ``torchrun`` started this command."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def together() -> Iterator[bool]:
    """Joins the processes that ``torchrun`` started, for the time of the block; alone without it.

    Yields:
        Whether this process tells how it goes: the first one, of however many.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield True
        return
    from torch import distributed as dist

    dist.init_process_group("gloo")
    try:
        yield dist.get_rank() == 0
    finally:
        dist.destroy_process_group()

"""Shared memory for pixels: anonymous files that can neither shrink nor grow, so that no access can fault."""

from __future__ import annotations

import fcntl
import mmap
import os

from doublure.core.errors import DoublureError
from doublure.nodes.service.faults import BadRequest


def create(size: int) -> tuple[int, mmap.mmap]:
    """New sealed memory of ``size`` bytes: its descriptor, to be sent and closed, and its mapping.

    Raises:
        DoublureError: the system gives no memory, or has no sealed memory.
    """
    try:
        descriptor = os.memfd_create("doublure", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    except (AttributeError, OSError) as error:
        raise DoublureError(
            "the system gives no shared memory", remedy="use Linux 3.17 or later, or close other programs"
        ) from error
    try:
        os.ftruncate(descriptor, size)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
        return descriptor, mmap.mmap(descriptor, size)
    except (OSError, ValueError) as error:
        os.close(descriptor)
        raise DoublureError(
            f"the system gives no {size} bytes of shared memory", remedy="close other programs"
        ) from error


def attach(descriptor: int, size: int) -> mmap.mmap:
    """The mapping of a client's memory. The descriptor stays the caller's.

    Raises:
        BadRequest: no anonymous memory, one that its owner could truncate under us, smaller than said, or one
            that cannot be written.
    """
    try:
        seals = fcntl.fcntl(descriptor, fcntl.F_GET_SEALS)
    except OSError as error:
        raise BadRequest("the descriptor is not of memory that can be sealed") from error
    needed = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW
    if seals & needed != needed:
        raise BadRequest("the segment is not sealed against shrinking and growing")
    if os.fstat(descriptor).st_size < size:
        raise BadRequest("the segment is smaller than said")
    try:
        return mmap.mmap(descriptor, size)
    except (OSError, ValueError) as error:
        raise BadRequest("the segment cannot be mapped for reading and writing") from error

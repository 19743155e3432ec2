"""Frames in order, read ahead on threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from doublure.core.cancel import carried
from doublure.core.errors import DoublureError
from doublure.core.exr import read_exr
from doublure.core.frame import Frame
from doublure.core.pattern import Sequence


class FrameReader:
    """An iterable over the frames of a sequence, in the order of ``numbers``.

    At most ``ahead`` frames wait in memory besides the one in the caller's hands. An unreadable frame raises
    its DoublureError in its turn, after the frames before it.

    Args:
        sequence: what to read.
        numbers: which frames, in this order; None: all of ``sequence.numbers``.
        threads: frames decoded at once (each also uses OpenEXR's own threads).
        ahead: frames read before they are asked for, at least 1.
        space: the colour space of the files; None: their ``colorInteropID``.
    """

    def __init__(
        self,
        sequence: Sequence,
        numbers: Iterable[int] | None = None,
        threads: int = 2,
        ahead: int = 4,
        space: str | None = None,
    ) -> None:
        if threads < 1 or ahead < 1:
            raise ValueError(f"threads and ahead must be at least 1, not {threads} and {ahead}")
        self.sequence = sequence
        self.numbers = list(sequence.numbers if numbers is None else numbers)
        self.space = space
        self._threads, self._ahead = threads, ahead

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[Frame]:
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="frame-reader")
        read = carried(self.read)
        waiting: deque[Future[Frame]] = deque()
        numbers = iter(self.numbers)
        try:
            for number in numbers:
                waiting.append(pool.submit(read, number))
                if len(waiting) == self._ahead:
                    break
            while waiting:
                # Taken off first, so that a frame is freed as soon as the caller lets go of it.
                frame = waiting.popleft().result()
                following = next(numbers, None)
                if following is not None:
                    waiting.append(pool.submit(read, following))
                yield frame
                del frame
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def read(self, number: int) -> Frame:
        """One frame, read now. Raises DoublureError when it is missing or unreadable (see ``read_exr``)."""
        path = self.sequence.path(number)
        if not path.exists():
            raise DoublureError(
                "the frame is missing", file=path, frame=number, remedy="render it, or check the frame range"
            )
        return read_exr(path, number=number, space=self.space)

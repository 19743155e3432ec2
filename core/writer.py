"""Frames written behind the caller's back."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from types import TracebackType

from doublure.core.cancel import check
from doublure.core.errors import DoublureError
from doublure.core.exr import write_exr
from doublure.core.frame import Frame
from doublure.core.pattern import Sequence


class FrameWriter:
    """A context manager that writes frames of a sequence on background threads, each file atomically.

    ``write`` returns at once unless ``ahead`` frames are already waiting. A failed write raises its
    DoublureError at the next ``write`` or at the end of the ``with`` block. When the block itself raises,
    frames not yet begun are dropped and the block's error goes through. The output folder is created.

    Args:
        sequence: where the frames go; a frame's ``number`` picks its file.
        compression, half, interop: see ``write_exr``.
        threads: frames encoded at once (each also uses OpenEXR's own threads).
        ahead: frames waiting or being written, at least 1.
    """

    def __init__(
        self,
        sequence: Sequence,
        *,
        compression: str = "zip",
        half: bool = True,
        interop: bool = True,
        threads: int = 1,
        ahead: int = 2,
    ) -> None:
        if threads < 1 or ahead < 1:
            raise ValueError(f"threads and ahead must be at least 1, not {threads} and {ahead}")
        self.sequence = sequence
        self._write = partial(write_exr, compression=compression, half=half, interop=interop)
        self._threads, self._ahead = threads, ahead
        self._waiting: deque[Future[None]] = deque()
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> FrameWriter:
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="frame-writer")
        return self

    def write(self, frame: Frame) -> None:
        """Hand over a frame; its pixels must not be changed afterwards.

        Raises:
            DoublureError: an earlier frame failed, or this one's number is none of the sequence's.
        Cancelled: the caller's work is to stop; a file that is being written is finished first.
        """
        if self._pool is None:
            raise RuntimeError("FrameWriter.write is used outside its with block")
        check()
        while self._waiting and (self._waiting[0].done() or len(self._waiting) >= self._ahead):
            self._waiting.popleft().result()
        if frame.number is None:
            raise frame.error("the frame has no number to write it under", "give it a number")
        named = self.sequence.explicit
        if named is not None and frame.number not in named:
            raise DoublureError(
                "the frame is outside the range to write",
                file=self.sequence.pattern,
                frame=frame.number,
                remedy="widen the output's range",
            )
        path = self.sequence.path(frame.number)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DoublureError(
                f"the folder {path.parent} cannot be made ({error.strerror})",
                file=path,
                frame=frame.number,
                remedy="check the path and its rights",
            ) from error
        self._waiting.append(self._pool.submit(self._write, path, frame))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is None:
            return
        self._pool.shutdown(wait=True, cancel_futures=kind is not None)
        self._pool = None
        waiting, self._waiting = self._waiting, deque()
        for future in waiting:
            if future.cancelled():
                continue
            failure = future.exception()
            if failure is not None and error is None:
                raise failure
            if failure is not None and error is not None:
                error.add_note(f"Also: {failure}")

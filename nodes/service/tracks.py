"""A track that grows as a host hands over its frames, one by one; the sidecar is written at the end."""

from __future__ import annotations

import mmap
import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from doublure.core.cancel import Cancelled, cancellable
from doublure.core.color import to_working
from doublure.core.errors import DoublureError
from doublure.core.face.track import FaceFrame, Track, TrackSettings, track_frames
from doublure.core.frame import Frame
from doublure.nodes.folders import ensure_writable
from doublure.nodes.service.jobs import check_file, picture_digest
from doublure.nodes.service.messages import Picture, TrackBegin
from doublure.nodes.service.planes import frame_of
from doublure.nodes.service.ticket import Token
from doublure.nodes.sidecar_key import save, state
from doublure.nodes.track import analysis_key

_END = object()
_Outcome: TypeAlias = FaceFrame | Track | BaseException


class TrackSession:
    """One analysis. The tracker runs in a thread of its own, which waits whenever no frame is there.

    Args:
        begin: checked.

    Raises:
        DoublureError: the sidecar's place is bad, or holds a track that somebody corrected by hand.
    """

    def __init__(self, begin: TrackBegin) -> None:
        check_file(begin.sidecar, "the sidecar")
        self._sidecar = Path(begin.sidecar)
        ensure_writable(self._sidecar.parent)
        if state(self._sidecar, "") == "foreign":
            raise DoublureError(
                "this track was edited by hand, or is none that Doublure wrote",
                file=self._sidecar,
                remedy="remove it, or choose another name",
            )
        self._settings = TrackSettings(begin.face_index, begin.threshold, begin.smoothing)
        self._source = begin.source
        self._digests: dict[int, str] = {}
        self._failures: list[tuple[int, str]] = []
        self._token = Token()
        self._over = False
        self._inbox: queue.SimpleQueue[Frame | object] = queue.SimpleQueue()
        self._outbox: queue.SimpleQueue[_Outcome] = queue.SimpleQueue()
        threading.Thread(target=self._track, name="doublure-track", daemon=True).start()

    def add(self, number: int, space: str, picture: Picture, memory: mmap.mmap, token: Token) -> bool:
        """Track the next frame; whether the face is on it.

        A frame that lacks R, G or B fails alone; after any other error, and after a cancel, the session is over.

        Raises:
            DoublureError: the frame cannot be tracked.
            Cancelled: ``token`` said so.
        """
        self._check_open()
        if number in self._digests:
            raise DoublureError(f"frame number {number} came twice", remedy="give each frame once")
        self._digests[number] = picture_digest(picture, memory) + space
        frame = to_working(frame_of(picture, memory, space, number))
        try:
            _ = frame.rgb
        except DoublureError as fault:
            self._failures.append((number, str(fault)))
            raise
        self._token = token
        self._inbox.put(frame)
        del frame
        outcome = self._next()
        assert isinstance(outcome, FaceFrame)
        return outcome.found

    def finish(self, token: Token) -> tuple[int, int]:
        """Solve the shot and write the sidecar; returns how many frames show the face, and how many there are.

        Raises:
            DoublureError: no frame was given, or the sidecar cannot be written.
            Cancelled: ``token`` said so; nothing is written.
        """
        self._check_open()
        self._token = token
        self._inbox.put(_END)
        outcome = self._next()
        self._over = True
        assert isinstance(outcome, Track)
        frames = {str(number): digest for number, digest in self._digests.items()}
        save(outcome, self._sidecar, analysis_key(vars(self._settings), frames), self._failures)
        return len(outcome.found), len(self._digests)

    def abort(self) -> None:
        """End without a track. May be called while a frame is being tracked."""
        self._over = True
        self._token = Token()
        self._token.stop("cancelled")
        self._inbox.put(_END)

    def _check_open(self) -> None:
        if self._over:
            raise DoublureError("this track has ended", remedy="begin it again")

    def _next(self) -> FaceFrame | Track:
        outcome = self._outbox.get()
        if isinstance(outcome, BaseException):
            self._over = True
            raise outcome
        return outcome

    def _asked(self) -> bool:
        return self._token.asked()

    def _track(self) -> None:
        try:
            with cancellable(self._asked):
                made = track_frames(self._frames(), self._settings, self._outbox.put, source=self._source)
        except BaseException as fault:
            self._outbox.put(fault)
        else:
            self._outbox.put(made)

    def _frames(self) -> Iterator[Frame]:
        while True:
            found = self._inbox.get()
            if self._token.asked():
                raise Cancelled
            if not isinstance(found, Frame):
                return
            yield found
            # So that a client's memory is let go of as soon as the frame is done.
            del found

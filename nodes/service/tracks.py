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
from doublure.core.face.occlusion import Matte, matte_of
from doublure.core.face.track import FaceFrame, Track, TrackSettings, track_frames
from doublure.core.frame import Frame
from doublure.nodes.folders import ensure_writable
from doublure.nodes.service.jobs import check_file, picture_digest
from doublure.nodes.service.messages import TrackBegin, TrackFrame
from doublure.nodes.service.planes import frame_of
from doublure.nodes.service.ticket import Token
from doublure.nodes.sidecar_key import state
from doublure.nodes.track import analysis_key
from doublure.nodes.track_plan import FILL, HINT, OVERRIDE, TrackPlan, store

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
        self._plan = _plan(begin)
        self._off: list[int] = []
        self._plate: Frame | None = None
        self._mattes: dict[int, Matte] = {}
        self._source = begin.source
        self._digests: dict[int, str] = {}
        self._failures: list[tuple[int, str]] = []
        self._token = Token()
        self._over = False
        self._inbox: queue.SimpleQueue[Frame | object] = queue.SimpleQueue()
        self._outbox: queue.SimpleQueue[_Outcome] = queue.SimpleQueue()
        threading.Thread(target=self._track, name="doublure-track", daemon=True).start()

    def add(self, message: TrackFrame, memory: mmap.mmap, matte: mmap.mmap | None, token: Token) -> bool:
        """Track the next frame; whether the face is on it. ``memory`` holds its pixels, ``matte`` those of its
        occlusion.

        A frame that lacks R, G or B fails alone; after any other error, and after a cancel, the session is over.

        Raises:
            DoublureError: the frame cannot be tracked.
            Cancelled: ``token`` said so.
        """
        self._check_open()
        number, space = message.frame, message.space
        if number in self._digests:
            raise DoublureError(f"frame number {number} came twice", remedy="give each frame once")
        self._digests[number] = picture_digest(message.input, memory) + space
        frame = to_working(frame_of(message.input, memory, space, number))
        if not message.enabled:
            self._off.append(number)
        try:
            _ = frame.rgb
        except DoublureError as fault:
            self._failures.append((number, str(fault)))
            raise
        if message.occlusion is not None and matte is not None:
            self._digests[number] += picture_digest(message.occlusion, matte)
            picture = frame_of(message.occlusion, matte, "Raw", number)
            self._mattes[number] = matte_of(picture, frame, self._plan.channel)
        self._token = token
        self._plate = frame
        self._inbox.put(frame)
        del frame
        outcome = self._next()
        assert isinstance(outcome, FaceFrame)
        return outcome.found and message.enabled

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
        key = analysis_key(self._plan.analysis(), frames)
        store(outcome, self._sidecar, self._plan, key, self._off, self._failures)
        return len(Track.load(self._sidecar).found), len(self._digests)

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

    def _now(self) -> Frame:
        assert self._plate is not None
        return self._plate

    def _asked(self) -> bool:
        return self._token.asked()

    def _track(self) -> None:
        try:
            with cancellable(self._asked):
                guide = self._plan.guide(self._now, lambda number: self._mattes.pop(number, None))
                made = track_frames(
                    self._frames(), self._plan.settings, self._outbox.put, source=self._source, guide=guide
                )
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


def _plan(begin: TrackBegin) -> TrackPlan:
    """What the client wants, its files checked. Raises DoublureError."""
    use = begin.comp_use or FILL
    if use not in (FILL, OVERRIDE, HINT):
        raise DoublureError(
            f"the use of the comp track is {use!r}", remedy=f"give {FILL}, {OVERRIDE} or {HINT}"
        )
    plan = TrackPlan(
        TrackSettings(begin.face_index, begin.threshold, begin.smoothing),
        begin.ignore,
        begin.corrections,
        begin.comp_track,
        use,
        begin.channel,
    )
    for path, owner in (
        (plan.ignore, "the file of ignored regions"),
        (plan.corrections, "the table of keyframes"),
        (plan.comp_track, "the comp track"),
    ):
        if path:
            check_file(path, owner)
    plan.check()
    return plan

"""The tracks that one connection has begun. Begun, fed and finished by the worker's thread, aborted by any."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from doublure.core.errors import DoublureError
from doublure.nodes.service.faults import BadRequest
from doublure.nodes.service.messages import TrackBegin

if TYPE_CHECKING:
    from doublure.nodes.service.tracks import TrackSession


class OpenTracks:
    """Track sessions by number.

    Args:
        limit: at once.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: dict[int, TrackSession] = {}
        self._last = 0
        self._closed = False
        self._lock = threading.Lock()

    def begin(self, message: TrackBegin) -> int:
        """Begin a track; returns its number.

        Raises:
            BadRequest: there are too many.
            DoublureError: as ``TrackSession``.
        """
        from doublure.nodes.service.tracks import TrackSession

        with self._lock:
            if len(self._open) >= self._limit:
                raise BadRequest(f"a connection has at most {self._limit} tracks at once")
        track = TrackSession(message)
        with self._lock:
            if not self._closed:
                self._last += 1
                self._open[self._last] = track
                return self._last
        track.abort()
        raise DoublureError("the client has gone")

    def check(self, number: int) -> None:
        """Raise BadRequest where there is no such track."""
        if number not in self._open:
            raise BadRequest(f"there is no track session {number}")

    def get(self, number: int) -> TrackSession:
        """A track that was there when it was asked for. Raises DoublureError where it has ended since."""
        with self._lock:
            track = self._open.get(number)
        if track is None:
            raise DoublureError("this track has ended", remedy="begin it again")
        return track

    def abort(self, number: int) -> None:
        """End a track, which may be under way; of one that has ended there is nothing to do."""
        with self._lock:
            track = self._open.pop(number, None)
        if track is not None:
            track.abort()

    def close(self) -> None:
        """End all, and begin none any more."""
        with self._lock:
            self._closed = True
            tracks, self._open = list(self._open.values()), {}
        for track in tracks:
            track.abort()

"""What the service puts up with; told to every client in the hello."""

from __future__ import annotations

from dataclasses import dataclass

PROTOCOL = 1

MESSAGE = 1 << 20
"""Longest message, in bytes."""

WHOLE = 1 << 53
"""Whole numbers of the protocol lie below: JSON readers that know doubles alone must not spoil them."""

TEXT = 4096
"""Longest text in a message, in UTF-8 bytes: the longest path Linux opens."""

NAME = 128
"""Longest name of a channel, a param or an input, in UTF-8 bytes."""

SIDE = 1 << 16
"""Most pixels along one side of a picture."""

PLACE = 1 << 24
"""Window coordinates lie between minus this and this; float32 tells pixels apart up to there."""

CHANNELS = 64
"""Most channels of one picture."""

PARAMS = 256
"""Most params of one request."""

ALIGNMENT = 64
"""Planes begin at multiples of this many bytes."""


@dataclass(frozen=True)
class Limits:
    """Limits that a test may lower.

    Attributes:
        connections: at once.
        requests: waiting or under way, each connection.
        segments: each connection.
        segment_bytes: one segment.
        total_bytes: all segments of a connection.
        tracks: track sessions, each connection.
        message_seconds: to finish a message once begun, and to say hello.
    """

    connections: int = 64
    requests: int = 32
    segments: int = 32
    segment_bytes: int = 4 << 30
    total_bytes: int = 16 << 30
    tracks: int = 4
    message_seconds: float = 10.0

    def told(self) -> dict[str, float]:
        """As the hello tells them."""
        return {"message": MESSAGE, **vars(self)}

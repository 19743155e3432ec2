"""Times in records: UTC, whole seconds, one way to write them (``2026-09-01T00:00:00Z``)."""

from __future__ import annotations

from datetime import UTC, datetime

from doublure.core.errors import DoublureError

_FORM = "%Y-%m-%dT%H:%M:%SZ"


def parse_time(text: str) -> datetime:
    """The moment; DoublureError where ``text`` is of another form or no such day exists."""
    try:
        moment = datetime.strptime(text, _FORM).replace(tzinfo=UTC)
    except ValueError:
        moment = None
    if moment is None or format_time(moment) != text:
        raise DoublureError(f"{text!r} is not a time", remedy="write it like 2026-09-01T00:00:00Z")
    return moment


def format_time(moment: datetime) -> str:
    """The text of a moment, fractions of a second cut off. Raises DoublureError for a moment without a time zone."""
    return f"{utc(moment):{_FORM}}"


def utc(moment: datetime) -> datetime:
    """The same moment in UTC; DoublureError where it has no time zone, since nobody knows when that is."""
    if moment.tzinfo is None:
        raise DoublureError("a time has no time zone", remedy="give it in UTC")
    return moment.astimezone(UTC)

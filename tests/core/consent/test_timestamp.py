from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from doublure.core.consent.timestamp import format_time, parse_time
from doublure.core.errors import DoublureError


def test_a_time_is_read_as_it_was_written():
    moment = datetime(2026, 11, 24, 12, 30, 1, tzinfo=UTC)
    assert parse_time(format_time(moment)) == moment


def test_other_zones_are_written_in_utc():
    assert format_time(datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2)))) == "2025-12-31T22:00:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00+00:00",
        "2026-1-01T00:00:00Z",
        "2026-01-01T00:00:00Z ",
        "",
    ],
)
def test_any_other_form_and_days_that_do_not_exist_are_refused(text):
    with pytest.raises(DoublureError, match="is not a time"):
        parse_time(text)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(DoublureError, match="no time zone"):
        format_time(datetime(2026, 1, 1))

from __future__ import annotations

from datetime import timedelta

import pytest

from consent.studio import ID, NOW, OTHER_ID, seeded_key
from doublure.core.consent.document import write_document
from doublure.core.consent.revoke import issued, new_list, read_list, revoked, strike_over, struck
from doublure.core.errors import DoublureError

KEY, WEEK = seeded_key("registrar"), timedelta(days=7)


def test_a_new_list_counts_at_once(studio):
    write_document(studio.list_path, issued(new_list("north"), NOW + WEEK, KEY, NOW))
    assert studio.check().grant


def test_entries_stay_when_the_list_is_issued_anew(studio):
    before = read_list(studio.list_path, KEY.public)
    after = issued(revoked(before, ID, "breach", NOW), NOW + WEEK, KEY, NOW)
    assert after["revoked"][:-1] == before["revoked"]
    assert after["strikes"] == before["strikes"]


def test_the_same_entry_twice_is_one():
    body = revoked(new_list("north"), ID, "withdrawn", NOW)
    assert revoked(body, ID, "withdrawn", NOW + WEEK) == body
    assert len(revoked(body, ID, "superseded", NOW, OTHER_ID)["revoked"]) == 2


def test_a_list_signed_with_another_key_or_altered_is_not_taken_over(studio):
    with pytest.raises(DoublureError, match="fitting signature"):
        read_list(studio.list_path, seeded_key("producer").public)
    studio.list_path.write_text(studio.list_path.read_text().replace("withdrawn", "breach"))
    with pytest.raises(DoublureError, match="fitting signature"):
        read_list(studio.list_path, KEY.public)


def test_a_list_is_never_issued_before_its_last_issue():
    last = issued(new_list("north"), NOW + WEEK, KEY, NOW)
    with pytest.raises(DoublureError, match="check the clock"):
        issued(last, NOW + WEEK, KEY, NOW - timedelta(seconds=1))


def test_a_list_that_is_stale_at_once_is_refused():
    with pytest.raises(DoublureError, match="stale at once"):
        issued(new_list("north"), NOW, KEY, NOW)


@pytest.mark.parametrize("entry", [("urn:uuid:1", "withdrawn"), (ID, "because")])
def test_an_entry_that_nobody_could_read_back_is_refused(entry):
    with pytest.raises(DoublureError, match="is wrong at revoked/0"):
        issued(revoked(new_list("north"), *entry, NOW), NOW + WEEK, KEY, NOW)


def test_a_strike_begins_once_and_ends_once():
    body = struck(new_list("north"), "equity", NOW)
    with pytest.raises(DoublureError, match="strikes already"):
        struck(body, "equity", NOW)
    over = strike_over(body, "equity", NOW + WEEK)
    assert [strike["until"] for strike in over["strikes"]] == ["2026-12-01T12:00:00Z"]
    with pytest.raises(DoublureError, match="no strike of equity lasts"):
        strike_over(over, "equity", NOW)

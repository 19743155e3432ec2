from __future__ import annotations

from datetime import UTC, datetime

import pytest

from consent.studio import NOW, pinned, seeded_key
from doublure.core.consent.document import write_document
from doublure.core.consent.trust import load_trust
from doublure.core.consent.trust_issue import (
    extended,
    new_trust,
    read_trust,
    with_key,
    with_list,
    without_key,
)
from doublure.core.errors import DoublureError

KEY, END = seeded_key("studio"), datetime(2027, 1, 1, tzinfo=UTC)


def test_a_new_file_trusts_nobody(tmp_path, monkeypatch):
    monkeypatch.delenv("DOUBLURE_TRUST_ROOT", raising=False)
    write_document(tmp_path / "trust.json", new_trust("Northlight", "the desk", END, KEY, NOW))
    trust = load_trust(tmp_path / "trust.json", NOW)
    assert (trust.keys, trust.lists, trust.root, trust.until) == ({}, {}, KEY.public, END)


def test_each_change_is_a_new_signed_issue(studio):
    data = read_trust(studio.trust_path, KEY)
    data = with_key(data, pinned("agent", "representative", "*"), KEY, NOW)
    data = with_list(data, "south", "south.json", KEY, NOW)
    data = without_key(data, "maker", KEY, NOW)
    write_document(studio.trust_path, extended(data, END, KEY, NOW))
    trust = load_trust(studio.trust_path, NOW)
    assert trust.keys[seeded_key("agent").public]["for"] == ["*"]
    assert seeded_key("maker").public not in trust.keys
    assert set(trust.lists) == {"north", "south"}
    assert trust.until == END


def test_only_the_studios_key_changes_it(studio):
    with pytest.raises(DoublureError, match="not with this key"):
        read_trust(studio.trust_path, seeded_key("producer"))


def test_an_altered_file_is_not_signed_again(studio):
    studio.trust_path.write_text(studio.trust_path.read_text().replace('"agent"', '"agens"'))
    with pytest.raises(DoublureError, match="changed after the studio signed"):
        read_trust(studio.trust_path, KEY)


def test_a_key_that_is_not_there_cannot_be_taken_out(studio):
    with pytest.raises(DoublureError, match="no key 'nobody'"):
        without_key(read_trust(studio.trust_path, KEY), "nobody", KEY, NOW)


@pytest.mark.parametrize(
    ("field", "value"), [("roles", ["studio"]), ("for", []), ("key", "ed25519:00"), ("label", "A B")]
)
def test_an_entry_that_would_be_refused_is_not_written(studio, field, value):
    entry = {**pinned("x", "subject", "mara"), field: value}
    with pytest.raises(DoublureError, match="is wrong at keys/"):
        with_key(read_trust(studio.trust_path, KEY), entry, KEY, NOW)

from __future__ import annotations

import pytest

from doublure.core.consent.names import name_fits, seal_name
from doublure.core.errors import DoublureError


def test_the_name_fits_its_seal_and_another_does_not():
    seal, opening = seal_name("Mara Doe")
    assert name_fits(seal, opening, "Mara Doe")
    assert not name_fits(seal, opening, "Mara Dow")


@pytest.mark.parametrize("name", ["MARA DÖE", "  mara   döe ", "Mara Do\u0308e", "Mara\u00a0Döe"])
def test_case_blanks_and_composition_do_not_count(name):
    seal, opening = seal_name("Mara Döe")
    assert name_fits(seal, opening, name)


def test_two_seals_of_one_name_have_nothing_in_common():
    assert not set(seal_name("Mara Doe")) & set(seal_name("Mara Doe"))


def test_the_right_name_does_not_fit_without_the_opening():
    seal, _ = seal_name("Mara Doe")
    assert not name_fits(seal, "0" * 64, "Mara Doe")


@pytest.mark.parametrize("opening", ["", "0" * 63, "G" * 64, "0" * 64 + "\n"])
def test_what_opens_nothing_is_refused(opening):
    with pytest.raises(DoublureError, match="64 hex digits"):
        name_fits("0" * 64, opening, "Mara Doe")


def test_no_name_is_refused():
    with pytest.raises(DoublureError, match="empty"):
        seal_name(" ")

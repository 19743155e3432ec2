from __future__ import annotations

import pytest

from doublure.core.blend.settings import BlendSettings
from doublure.core.errors import DoublureError


@pytest.mark.parametrize(
    "wrong", [{"mix": 1.5}, {"feather": -1.0}, {"leak": -0.1}, {"grain": float("nan")}, {"fade_left": 2.0}]
)
def test_a_value_out_of_range_is_refused_with_its_name(wrong):
    with pytest.raises(DoublureError, match=next(iter(wrong))):
        BlendSettings(**wrong)


def test_an_unknown_colour_match_is_refused_with_the_choices():
    with pytest.raises(DoublureError, match="off, gain, full"):
        BlendSettings(colour_match="magic")

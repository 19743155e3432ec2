from __future__ import annotations

import numpy as np
import pytest
import torch

from doublure.core.display import display_view
from doublure.core.errors import DoublureError
from doublure.core.look import look

RAMP = torch.linspace(0, 1, 32).expand(3, 2, 32).contiguous()


def test_the_untonemapped_view_is_the_preview_of_core() -> None:
    shown = look(RAMP, "sRGB - Display", "Un-tone-mapped")
    assert shown.shape == (2, 32, 3)
    assert np.abs(shown.astype(int) - display_view(RAMP)).max() <= 1


def test_the_default_view_maps_highlights_below_white() -> None:
    shown = look(torch.full((3, 1, 1), 2.0))
    assert 150 < shown.max() < 255


def test_what_is_beyond_the_display_is_clipped() -> None:
    assert look(torch.full((3, 1, 1), -1.0)).max() == 0
    assert look(torch.full((3, 1, 1), 1e4)).min() == 255


def test_a_view_that_does_not_exist_is_told_with_those_that_do() -> None:
    with pytest.raises(DoublureError, match=r"no view 'Nice' of a display 'sRGB - Display'.*Rec\.1886"):
        look(RAMP, "sRGB - Display", "Nice")

from __future__ import annotations

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.core.window import Window


def frame(*channels: str) -> Frame:
    window = Window(-1, 0, 3, 2)
    values = torch.arange(len(channels) * 8, dtype=torch.float32).reshape(len(channels), 2, 4)
    return Frame(values, channels, window, Window.of_size(2, 2), "ACEScg", number=5)


def test_pixels_of_another_shape_than_the_data_window_are_refused() -> None:
    with pytest.raises(ValueError, match="expected float32"):
        Frame(torch.zeros(3, 2, 2), ("R", "G", "B"), Window.of_size(3, 2), Window.of_size(3, 2), "ACEScg")


def test_pixels_of_another_type_than_float32_are_refused() -> None:
    with pytest.raises(ValueError, match="float16"):
        Frame.from_rgb(torch.zeros(3, 2, 2, dtype=torch.float16), "ACEScg")


def test_rgb_follows_names_not_positions() -> None:
    shuffled = frame("B", "matte", "R", "G")
    assert torch.equal(shuffled.rgb, shuffled.pixels[[2, 3, 0]])


def test_a_missing_channel_is_a_sentence_with_the_frame_and_what_there_is() -> None:
    with pytest.raises(DoublureError, match=r"frame 5: there is no channel R \(it has A\)"):
        _ = frame("A").rgb


def test_alpha_is_none_where_there_is_none() -> None:
    assert frame("R", "G", "B").alpha is None


def test_setting_a_new_channel_appends_it() -> None:
    out = frame("R").with_channel("matte", torch.ones(2, 4))
    assert out.channels == ("R", "matte")
    assert out.channel("matte").eq(1).all()


def test_setting_a_channel_leaves_the_frame_it_came_from_unchanged() -> None:
    before = frame("R", "A")
    after = before.with_channel("A", torch.full((2, 4), -9.0))
    assert after.channel("A").eq(-9).all()
    assert not before.channel("A").eq(-9).any()


def test_setting_rgb_touches_no_other_channel() -> None:
    before = frame("A", "B", "G", "R", "Z")
    after = before.with_rgb(torch.full((3, 2, 4), -2.0))
    assert after.rgb.eq(-2).all()
    assert torch.equal(after.channel("A"), before.channel("A"))
    assert torch.equal(after.channel("Z"), before.channel("Z"))

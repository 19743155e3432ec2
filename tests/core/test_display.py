from __future__ import annotations

import numpy as np
import PyOpenColorIO as ocio
import torch

from doublure.core.color import config, convert, display_view
from doublure.core.frame import Frame


def test_it_equals_ocios_untonemapped_srgb_view_within_one_code() -> None:
    rgb = torch.rand(3, 40, 50, generator=torch.Generator().manual_seed(4)) * 1.4 - 0.2
    rgba = torch.cat([rgb, torch.ones(1, 40, 50)]).permute(1, 2, 0).contiguous().numpy()
    view = ocio.DisplayViewTransform("ACEScg", "sRGB - Display", "Un-tone-mapped")
    config().getProcessor(view).getDefaultCPUProcessor().applyRGBA(rgba)
    expected = np.rint(np.clip(rgba[..., :3], 0, 1) * 255).astype(int)
    assert np.abs(display_view(rgb).astype(int) - expected).max() <= 1


def test_the_result_is_packed_bytes_in_image_order() -> None:
    out = display_view(torch.rand(3, 4, 6))
    assert (out.shape, out.dtype) == ((4, 6, 3), np.uint8)
    assert out.flags["C_CONTIGUOUS"]


def test_extremes_clip_instead_of_wrapping() -> None:
    out = display_view(torch.tensor([-40.0, 0.0, 1.0, 40.0]).expand(3, 1, 4))
    assert out[0, :, 0].tolist() == [0, 0, 255, 255]


def test_a_frame_is_converted_from_its_own_space_first() -> None:
    frame = Frame.from_rgb(torch.rand(3, 8, 8, generator=torch.Generator().manual_seed(5)), "ACEScg")
    other = convert(frame, "ACEScct")
    assert np.abs(display_view(other).astype(int) - display_view(frame)).max() <= 1

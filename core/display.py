"""8-bit sRGB previews of working-space pixels."""

from __future__ import annotations

import numpy as np
import torch

from doublure.core.frame import Frame

# AP1 (ACES white) to Rec.709 (D65), Bradford adaptation: the product that the ACES configs use.
_AP1_TO_REC709 = (
    (1.70505099, -0.62179212, -0.08325887),
    (-0.13025642, 1.14080474, -0.01054832),
    (-0.02400336, -0.12896898, 1.15297233),
)


def display_view(image: Frame | torch.Tensor) -> np.ndarray:
    """A preview for screens: AP1 to Rec.709, clipped to 0..1, sRGB curve (IEC 61966-2-1), 8 bits.

    No tone mapping, hence deterministic and quick; it equals OCIO's "Un-tone-mapped" view of
    "sRGB - Display".

    Args:
        image: a frame in any colour space (premultiplied colour shows over black), or ACEScg (3, H, W).

    Returns:
        uint8 (H, W, 3), R G B, contiguous.
    """
    if isinstance(image, Frame):
        # Imported late: color offers this function under its own name.
        from doublure.core.color import to_working

        image = to_working(image).rgb
    linear = torch.einsum("dc,chw->hwd", torch.tensor(_AP1_TO_REC709), image).clamp(0.0, 1.0)
    curve = torch.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * linear.clamp(min=0.0031308) ** (1 / 2.4) - 0.055
    )
    return (curve * 255.0 + 0.5).to(torch.uint8).contiguous().numpy()

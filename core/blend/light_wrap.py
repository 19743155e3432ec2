"""Let surroundings brighter than the face spill over its edge, as glare in a lens does."""

from __future__ import annotations

import torch

from doublure.core.blend.filters import gaussian
from doublure.core.blend.membrane import face_size
from doublure.core.cancel import check


def light_wrap(plate: torch.Tensor, face: torch.Tensor, matte: torch.Tensor, amount: float) -> torch.Tensor:
    """The face with the surroundings' surplus light added along its edge.

    Args:
        plate, face: float32 (3, H, W), unclamped.
        matte: (H, W), 0–1.
        amount: 0–1; 0 returns ``face`` itself. The spill reaches about 4 % of the face's size.
    """
    if amount == 0:
        return face
    sigma = max(0.04 * face_size(matte), 1.0)
    outside = gaussian(1.0 - matte, sigma).clamp(0.0, 1.0)
    around = gaussian(plate * (1.0 - matte), sigma) / outside.clamp_min(1e-4)
    check()
    return face + amount * outside * (around - face).clamp_min(0.0)

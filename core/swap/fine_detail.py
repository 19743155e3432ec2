"""What a plate's face has that is finer than the network's crop: pores, lashes, single hairs, grain."""

from __future__ import annotations

import numpy as np

from doublure.core.frame import Frame
from doublure.core.swap.crop import cut, footprint, place
from doublure.core.swap.highlights import hold_back
from doublure.core.swap.light import encode


def fine_detail(plate: Frame, matrix: np.ndarray, mask: np.ndarray, exposure: float) -> np.ndarray:
    """The plate's face less what its crop can hold of it.

    Args:
        plate: in ACEScg. matrix: crop to plate, see `crop.crop_matrix`.
        mask: (S, S) float32, the plate's face in the crop, 0-1: its jaw against what is behind it is no detail.
        exposure: the gain under which the crop was encoded.

    Returns:
        (h, w, 3) float32 ACEScct about 0, over the plate's pixels that the crop covers (`footprint` without margin);
        0 by and by where the crop is as fine as the plate.
    """
    size = mask.shape[0]
    seen = footprint(matrix, size, plate.data)
    rows, columns = seen.slices(plate.data)
    linear = plate.rgb[:, rows, columns].permute(1, 2, 0).numpy()
    encoded = encode(hold_back(linear, exposure) * exposure)
    coarse = place(cut(encoded, (seen.x0, seen.y0), matrix, size), matrix, seen)
    inner = footprint(matrix, size, plate.data, margin=0)
    face = place(mask[..., None], matrix, inner, outside=0.0).clip(0, 1)
    return np.asarray((encoded - coarse)[inner.slices(seen)] * face)

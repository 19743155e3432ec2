"""Does the face sit in the plate's light: the low-frequency error."""

from __future__ import annotations

import torch

from doublure.core.measure.log_bands import log_bands, mean_square


def light(result: torch.Tensor, truth: torch.Tensor, matte: torch.Tensor) -> float:
    """Rms, in ACEScct units, of the difference of the low frequencies of one frame; 0 is perfect.

    One stop too bright everywhere reads about 0.057. Low frequencies are those left by a Gaussian of 0.087 of
    the matte's width in ACEScct, see ``log_bands``. For a shot take the root of the mean of squares.

    Args:
        result, truth: (3, H, W), scene-linear. matte: (H, W), 0..1.

    Raises:
        DoublureError: see ``matte.check_frame``.
    """
    got, wanted = log_bands(result, truth, matte)
    return mean_square(got.light - wanted.light, matte) ** 0.5

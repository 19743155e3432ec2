"""ACEScct as closed-form tensor functions: what the networks see (Academy S-2016-001)."""

from __future__ import annotations

import torch

# S-2016-001, section 4.4: the linear toe below X_BRK, log2 above. Y_BRK is the code value at X_BRK.
X_BRK = 0.0078125
Y_BRK = 0.155251141552511
_SLOPE = 10.5402377416545
_OFFSET = 0.0729055341958355


def acescct_encode(linear: torch.Tensor) -> torch.Tensor:
    """Scene-linear AP1 (ACEScg) to ACEScct, elementwise; any shape, differentiable everywhere.

    Range: unbounded. 0 gives 0.0729, 0.18 gives 0.4136, 1.0 gives 0.5548; negatives follow the linear toe.
    """
    # The clamp keeps log2 away from values that the toe handles, whose gradient would be NaN.
    curve = (torch.log2(linear.clamp(min=X_BRK)) + 9.72) / 17.52
    return torch.where(linear <= X_BRK, _SLOPE * linear + _OFFSET, curve)


def acescct_decode(code: torch.Tensor) -> torch.Tensor:
    """ACEScct to scene-linear AP1 (ACEScg), elementwise; the inverse of ``acescct_encode``.

    The specification's clamp at 65504 is left out: values above it survive.
    """
    curve = torch.exp2(code.clamp(min=Y_BRK) * 17.52 - 9.72)
    return torch.where(code <= Y_BRK, (code - _OFFSET) / _SLOPE, curve)

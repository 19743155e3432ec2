from __future__ import annotations

import numpy as np

from bench.stage.base.memory import LINE, aligned


def test_what_lies_askew_comes_to_lie_straight() -> None:
    for skip in range(5):
        values = np.arange(40, dtype=np.float32)[skip:]
        out = aligned(values)
        assert out.ctypes.data % LINE == 0
        assert np.array_equal(out, values)


def test_rows_become_flat_float32_in_their_order() -> None:
    out = aligned(np.array([[1.0, 2.0], [3.0, 4.0]]).T)
    assert out.dtype == np.float32
    assert out.tolist() == [1.0, 3.0, 2.0, 4.0]

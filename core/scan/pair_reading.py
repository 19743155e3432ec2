"""What changes in the face from one frame to the next, in result and plate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doublure.core.face.topology import RIGID
from doublure.core.measure.flow import dis_flow
from doublure.core.measure.motion import followed
from doublure.core.measure.temporal import PairErrors, pair_errors
from doublure.core.scan.face_cut import FaceCut


@dataclass(frozen=True)
class PairReading:
    """One frame against the frame before.

    Attributes:
        number: the later frame's.
        apart: (N, 2) how much further each landmark that expression hardly moves (``topology.RIGID``) moves in the
            result than in the plate, square pixels of the plate.
        errors: the warp errors along the plate's flow; None where no pixel can be followed.
        held, plate_held: share of the face's pixels that are bit for bit the frame's before; None where the faces lie
            too far apart to be compared.
    """

    number: int
    apart: np.ndarray
    errors: PairErrors | None
    held: float | None
    plate_held: float | None


def pair_reading(before: FaceCut, now: FaceCut) -> PairReading:
    """Compare two consecutive frames. The two cuts' own places cancel, as result and plate are cut alike."""
    first, second = before.whole, now.whole
    points = [first.inside(before.points), second.inside(now.points)]
    moves = []
    for pair in ([first.result, second.result], [first.plate, second.plate]):
        path = followed(pair, points)
        moves.append(path[1] - path[0])
    flow = dis_flow(first.plate, second.plate)
    errors = pair_errors(
        [first.result, second.result], [first.plate, second.plate], [first.matte, second.matte], flow
    )
    # Square pixels: a cut's pixels are square, and its rows are the plate's.
    apart = (moves[0] - moves[1])[list(RIGID)] * second.step[1]
    return PairReading(now.number, apart, errors, *_held(before, now))


def _held(before: FaceCut, now: FaceCut) -> tuple[float | None, float | None]:
    common = before.window.intersect(now.window)
    if common.empty:
        return None, None
    places = [common.slices(cut.window) for cut in (before, now)]
    solid = before.solid[places[0]] & now.solid[places[1]]
    if not solid.any():
        return None, None
    shares = []
    for a, b in ((before.bits, now.bits), (before.plate_bits, now.plate_bits)):
        shares.append(float((a[places[0]] == b[places[1]]).all(2)[solid].mean()))
    return shares[0], shares[1]

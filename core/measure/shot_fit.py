"""One gain per channel and one similarity for a whole shot that bring a result nearest to the truth.

Skin tone and the size of the face on another's head are the artist's choice, so no measure may punish them;
being one for the shot, they leave flicker, jitter and light errors in.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch

from doublure.core.measure.encode import POWER, display, exposure_scale, power
from doublure.core.measure.face_canvas import FaceCanvas
from doublure.core.measure.matte import check_shot, face_crop
from doublure.core.measure.similarity import Similarity

SCALE = (0.85, 1.18)
ROTATION = 5.0
SHIFT = 0.06

_LOW = torch.tensor([math.log(SCALE[0]), -math.radians(ROTATION), -SHIFT, -SHIFT], dtype=torch.float64)
_HIGH = torch.tensor([math.log(SCALE[1]), math.radians(ROTATION), SHIFT, SHIFT], dtype=torch.float64)
_SEARCH_WIDTH, _MIDDLE_WIDTH, _FINE_WIDTH = 24, 48, 128
_SEARCH_FRAMES, _FIT_FRAMES = 6, 24
_STEP = 2e-3


@dataclass(frozen=True)
class ShotFit:
    """``gain``: (R, G, B) linear factors. ``similarity``: where the result was moved to."""

    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    similarity: Similarity = field(default_factory=Similarity)

    def apply(self, result: torch.Tensor, matte: torch.Tensor) -> torch.Tensor:
        """``result`` (3, H, W) moved about the face of ``matte`` (H, W), then multiplied by the gain."""
        gain = torch.tensor(self.gain, dtype=torch.float32)[:, None, None]
        return self.similarity.apply(result, matte) * gain


def fit_shot(
    results: Sequence[torch.Tensor], truths: Sequence[torch.Tensor], mattes: Sequence[torch.Tensor]
) -> ShotFit:
    """The least-squares fit of results to truths in display-encoded values inside the mattes.

    A grid over scale (0.85 to 1.18), rotation (±5°) and shift (±6 % of the face's width) on small copies of
    the faces, then Levenberg-Marquardt on larger ones, within the same limits. The similarity is dropped
    where it is no better, at full size, than the gain alone. Longer shots are fitted on 24 of their frames.

    Args:
        results, truths: lists of (3, H, W), scene-linear. mattes: list of (H, W), the truth's, 0..1.

    Raises:
        DoublureError: see ``matte.check_shot``.
    """
    check_shot(results, truths, mattes)
    chosen = _spread(len(results), _FIT_FRAMES)
    faces = []
    for i in chosen:
        rows, columns = face_crop(mattes[i])
        matte, truth = mattes[i][rows, columns], truths[i][:, rows, columns]
        faces.append((results[i][:, rows, columns], truth, matte, exposure_scale(truth, matte)))

    if all(_same(result, truth, matte) for result, truth, matte, _ in faces):
        return ShotFit()
    still = torch.zeros(7, dtype=torch.float64)
    few = [faces[i] for i in _spread(len(faces), _SEARCH_FRAMES)]
    middle, fine = _Problem(few, _MIDDLE_WIDTH), _Problem(faces, _FINE_WIDTH)
    starts = [middle.solve(start) for start in _search(_Problem(few, _SEARCH_WIDTH))]
    best = fine.solve(min(starts, key=middle.cost))
    moved = _as_fit(best)
    gain_only = _as_fit(fine.solve(fine.matched(still), gain_only=True))
    if moved.similarity.negligible or _error(few, gain_only) <= _error(few, moved):
        return gain_only
    return moved


_Face = tuple[torch.Tensor, torch.Tensor, torch.Tensor, float]
"""Result, truth, matte, and what the exposure is multiplied by."""


class _Problem:
    """Sum of squares over canvases of one size.

    The 7 unknowns, float64: log scale, radians, shift x and y, log of the gains of R, G, B in power encoding.
    """

    def __init__(self, faces: Sequence[_Face], width: int) -> None:
        self.canvas = FaceCanvas([matte for _, _, matte, _ in faces], width)
        self.results = self.canvas.draw([power(result, scale) for result, _, _, scale in faces])
        self.truths = self.canvas.draw([power(truth, scale) for _, truth, _, scale in faces]).clamp_max(1)
        self.weights = self.canvas.weights[:, None]

    def moved(self, unknowns: torch.Tensor) -> torch.Tensor:
        return self.canvas.move(self.results, *unknowns[:4].tolist())

    def matched(self, unknowns: torch.Tensor) -> torch.Tensor:
        """The unknowns with the gains that fit best when clipping is ignored."""
        moved = self.moved(unknowns) * self.weights
        top = (moved * self.truths).double().sum((0, 2, 3))
        bottom = (moved * moved / self.weights.clamp_min(1e-6)).double().sum((0, 2, 3))
        gains = torch.where((top > 1e-6) & (bottom > 1e-6), top / bottom.clamp_min(1e-12), 1.0)
        return torch.cat([unknowns[:4], gains.log()])

    def cost(self, unknowns: torch.Tensor) -> float:
        return self._cost(self.moved(unknowns), unknowns)

    def _cost(self, moved: torch.Tensor, unknowns: torch.Tensor) -> float:
        error = (moved * _gains(unknowns)).clamp_max(1) - self.truths
        return float((self.weights * error * error).double().sum())

    def solve(self, unknowns: torch.Tensor, gain_only: bool = False, steps: int = 25) -> torch.Tensor:
        """Levenberg-Marquardt from ``unknowns``, clipped to the limits."""
        free = torch.arange(4 if gain_only else 0, 7)
        damping, moved = 1e-3, self.moved(unknowns)
        cost = self._cost(moved, unknowns)
        for _ in range(steps):
            normal, gradient = self._normal(moved, unknowns, free)
            while damping < 1e6:
                damped = normal + damping * torch.diag(normal.diagonal()) + 1e-9 * torch.eye(len(free))
                trial = unknowns.clone()
                trial[free] -= torch.linalg.solve(damped, gradient)
                trial[:4] = trial[:4].clamp(_LOW, _HIGH)
                trial_moved = moved if gain_only else self.moved(trial)
                trial_cost = self._cost(trial_moved, trial)
                if trial_cost < cost:
                    break
                damping *= 10
            else:
                return unknowns
            step, gained = float((trial - unknowns).abs().max()), cost - trial_cost
            unknowns, moved, cost, damping = trial, trial_moved, trial_cost, damping / 10
            if step < 1e-6 or gained < 1e-7 * cost:
                return unknowns
        return unknowns

    def _normal(
        self, moved: torch.Tensor, unknowns: torch.Tensor, free: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        gains = _gains(unknowns)
        scaled = moved * gains
        root = self.weights.sqrt()
        live = root * (scaled < 1)
        columns = []
        for k in free.tolist():
            if k < 4:
                ahead, behind = unknowns.clone(), unknowns.clone()
                ahead[k] += _STEP
                behind[k] -= _STEP
                slope = (self.moved(ahead) - self.moved(behind)) * (gains / (2 * _STEP))
            else:
                slope = torch.zeros_like(scaled)
                slope[:, k - 4] = scaled[:, k - 4]
            columns.append((slope * live).flatten())
        jacobian = torch.stack(columns)
        residual = (root * (scaled.clamp_max(1) - self.truths)).flatten()
        return (jacobian @ jacobian.T).double(), (jacobian @ residual).double()


def _search(problem: _Problem, keep: int = 3) -> list[torch.Tensor]:
    sizes = [math.log(s) for s in (0.87, 0.915, 0.955, 1.0, 1.045, 1.09, 1.145)]
    turns = [math.radians(a) for a in (-3.5, 0.0, 3.5)]
    shifts = (-0.045, -0.0225, 0.0, 0.0225, 0.045)
    costs = []
    for place in itertools.product(sizes, turns, shifts, shifts):
        unknowns = problem.matched(torch.tensor([*place, 0.0, 0.0, 0.0], dtype=torch.float64))
        costs.append((problem.cost(unknowns), unknowns))
    costs.sort(key=lambda pair: pair[0])
    return [unknowns for _, unknowns in costs[:keep]]


def _gains(unknowns: torch.Tensor) -> torch.Tensor:
    return unknowns[4:].exp().float()[None, :, None, None]


def _as_fit(unknowns: torch.Tensor) -> ShotFit:
    size, turn, x, y = unknowns[:4].tolist()
    red, green, blue = (unknowns[4:] / POWER).exp().tolist()
    return ShotFit((red, green, blue), Similarity(math.exp(size), math.degrees(turn), x, y))


def _same(result: torch.Tensor, truth: torch.Tensor, matte: torch.Tensor) -> bool:
    # The truth itself is exactly perfect, which a solver's last digits are not.
    return torch.equal(result[:, matte > 0], truth[:, matte > 0])


def _error(faces: Sequence[_Face], fit: ShotFit) -> float:
    total = 0.0
    for result, truth, matte, scale in faces:
        error = display(fit.apply(result, matte), scale) - display(truth, scale)
        total += float((matte * error * error).sum() / matte.sum())
    return total


def _spread(count: int, most: int) -> list[int]:
    return list(range(count)) if count <= most else [round(i * (count - 1) / (most - 1)) for i in range(most)]

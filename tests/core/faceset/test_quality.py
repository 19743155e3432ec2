from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from doublure.core.faceset.quality import clip_level, dark_share, sharpness
from doublure.core.frame import Frame

SIDE = 128
MASK = np.zeros((SIDE, SIDE), np.float32)
MASK[16:-16, 16:-16] = 1


def features(seed: int = 0) -> np.ndarray:
    """Dark strokes on even skin, (H, W, 3)."""
    picture = np.full((SIDE, SIDE, 3), 0.2, np.float32)
    generator = np.random.default_rng(seed)
    for a, b in generator.integers(16, 112, (12, 2, 2)):
        cv2.line(picture, a.tolist(), b.tolist(), (0.05, 0.04, 0.03), 2, cv2.LINE_AA)
    return picture


def test_blur_is_seen() -> None:
    sharp = sharpness(features(), MASK, 1.0)
    soft = sharpness(cv2.GaussianBlur(features(), (0, 0), 3), MASK, 1.0)
    assert soft < 0.3 * sharp


def test_exposure_does_not_count() -> None:
    assert sharpness(features() * 8, MASK, 1.0) == pytest.approx(sharpness(features(), MASK, 1.0), rel=0.01)


def test_grain_is_not_taken_for_detail() -> None:
    grain = 1 + 0.05 * np.random.default_rng(1).normal(size=(SIDE, SIDE, 1)).astype(np.float32)
    soft = cv2.GaussianBlur(features(), (0, 0), 3)
    assert sharpness(soft * grain, MASK, 1.0) < 0.5 * sharpness(features(), MASK, 1.0)


def test_no_face_has_no_sharpness() -> None:
    assert sharpness(features(), np.zeros_like(MASK), 1.0) == 0


def test_the_dark_half_is_counted() -> None:
    picture = np.full((SIDE, SIDE, 3), 0.2, np.float32)
    picture[:, : SIDE // 2] = 1e-4
    assert dark_share(picture, MASK) == pytest.approx(0.5)


def test_a_plateau_at_the_top_is_the_clip() -> None:
    rgb = torch.rand(3, 64, 64) * 2
    assert clip_level(Frame.from_rgb(rgb, "ACEScg")) is None
    assert clip_level(Frame.from_rgb(rgb.clamp(max=1), "ACEScg")) == 1

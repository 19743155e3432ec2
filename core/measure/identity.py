"""Identity distance: dlib's 128-d face descriptor (Davis King, 2017; the network is CC0).

Needs the optional extra ``doublure[identity]``. Only the descriptor network of ``face-recognition-models`` is
ever opened: its 68-point file may not be used commercially, so FaceMesh landmarks align the face here.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np

from doublure.core.errors import DoublureError

CHIP = 150
"""Side of a chip in pixels."""

EXTRA = "identity distances need the optional extra"
REMEDY = "pip install 'doublure[identity]'"

_FILE = "dlib_face_recognition_resnet_model_v1.dat"
_SHA256 = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
# FaceMesh vertices: the corners of the subject's left eye (outer, inner), of his right eye (outer, inner), and
# the base of the nose; and where dlib's alignment puts them in its unit square, before padding (found by
# probing its chips).
_FIVE = (263, 362, 33, 133, 2)
_TEMPLATE = np.array(
    [(0.8596, 0.2135), (0.6461, 0.2290), (0.1206, 0.2137), (0.3341, 0.2291), (0.4901, 0.6278)]
)
_PADDING = 0.25


def available() -> bool:
    """True when the extra is installed: dlib, and the file of the descriptor network."""
    return importlib.util.find_spec("dlib") is not None and _model_file() is not None


def chip(view: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The face turned upright, scaled and cut out as the network was trained on (dlib's template).

    Args:
        view: (H, W, 3) uint8 sRGB, as ``detector_view`` gives it.
        points: (468, 2 or 3) FaceMesh landmarks in the view, continuous coordinates (pixel centres at .5).

    Returns:
        (150, 150, 3) uint8, black beyond the view. Raises DoublureError on another shape or type, or landmarks
        that are not finite. Needs no extra.
    """
    if view.ndim != 3 or view.shape[2] != 3 or view.dtype != np.uint8:
        raise DoublureError(f"the view is {view.dtype} {view.shape}, not uint8 (height, width, 3)")
    if points.ndim != 2 or points.shape[0] != 468 or points.shape[1] not in (2, 3):
        raise DoublureError(f"the landmarks are {points.shape}, not (468, 2 or 3)")
    if not np.isfinite(points).all():
        raise DoublureError("the landmarks are not finite", remedy="leave untracked frames out")
    wanted = (_TEMPLATE + _PADDING) / (1 + 2 * _PADDING) * CHIP
    turn, offset = _similarity(wanted, points[list(_FIVE), :2].astype(np.float64))
    step = float(np.hypot(*turn[:, 0]))
    # Averaged down first where the face is larger than the chip, or point sampling would alias.
    smooth = cv2.GaussianBlur(view, (0, 0), 0.5 * step) if step > 1 else view
    # cv2 counts from pixel centres: both sides shift by half a pixel.
    matrix = np.c_[turn, turn @ [0.5, 0.5] + offset - 0.5]
    return cv2.warpAffine(
        smooth,
        matrix,
        (CHIP, CHIP),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
    )


def embedding(face: np.ndarray) -> np.ndarray:
    """The descriptor, (128,) float64, of a (150, 150, 3) uint8 ``chip``.

    Raises DoublureError on another shape or type, or without the extra.
    """
    if face.shape != (CHIP, CHIP, 3) or face.dtype != np.uint8:
        raise DoublureError(f"the chip is {face.dtype} {face.shape}, not uint8 {(CHIP, CHIP, 3)}")
    return np.array(_network().compute_face_descriptor(np.ascontiguousarray(face)))


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """Euclidean distance of two descriptors: 0 for one picture, use differences of it, not the value."""
    return float(np.linalg.norm(a - b))


def _similarity(start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(2, 2) and (2,) of the least-squares similarity that takes points ``start`` (N, 2) to ``end`` (N, 2)."""
    a, b = start - start.mean(0), end - end.mean(0)
    x, y = (a * b).sum(), (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()
    turn = np.array([[x, -y], [y, x]]) / (a * a).sum()
    return turn, end.mean(0) - turn @ start.mean(0)


def _dlib() -> ModuleType:
    if not available():
        raise DoublureError(f"{EXTRA}, which is not installed", remedy=REMEDY)
    return importlib.import_module("dlib")


def _model_file() -> Path | None:
    # The package cannot be imported (it wants pkg_resources), so it is only located.
    spec = importlib.util.find_spec("face_recognition_models")
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).parent / "models" / _FILE
    return file if file.is_file() else None


@cache
def _network() -> Any:
    dlib, file = _dlib(), _model_file()
    if file is None or hashlib.sha256(file.read_bytes()).hexdigest() != _SHA256:
        raise DoublureError(
            "this is not the pinned descriptor network", file=file, remedy=f"install it again: {REMEDY}"
        )
    return dlib.face_recognition_model_v1(str(file))

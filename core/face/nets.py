"""TFLite networks through OpenCV's DNN module: loaded once per process, safe to call from any thread."""

from __future__ import annotations

import threading

import cv2
import numpy as np

from doublure.core import weights
from doublure.core.cancel import check

_loading = threading.Lock()
_loaded: dict[str, Net] = {}


class Net:
    """One network; calls are serialised, because cv2.dnn keeps its buffers inside."""

    def __init__(self, pack: str, file: str, outputs: tuple[str, ...]) -> None:
        # ENGINE_AUTO fails on these graphs in OpenCV 5; the classic engine runs them.
        self._net = cv2.dnn.readNetFromTFLite(str(weights.path(pack, file)), engine=cv2.dnn.ENGINE_CLASSIC)
        self._outputs = list(outputs)
        self._lock = threading.Lock()

    def __call__(self, blob: np.ndarray) -> list[np.ndarray]:
        """``blob`` (1, 3, H, W) float32 -> one array per output."""
        # Every tile and every pass of detector and landmarks comes through here.
        check()
        with self._lock:
            self._net.setInput(np.ascontiguousarray(blob))
            return [np.array(output) for output in self._net.forward(self._outputs)]


def _get(pack: str, file: str, outputs: tuple[str, ...]) -> Net:
    with _loading:
        if pack not in _loaded:
            _loaded[pack] = Net(pack, file, outputs)
        return _loaded[pack]


def blazeface() -> Net:
    """RGB -1..1 (1, 3, 256, 256) -> regressors (1, 896, 16), classificators (1, 896, 1)."""
    return _get("blazeface", "face_detection_back.tflite", ("regressors", "classificators"))


def facemesh() -> Net:
    """RGB 0..1 (1, 3, 192, 192) -> points (1404 values), presence (1 logit)."""
    return _get("facemesh", "face_landmark.tflite", ("conv2d_20", "conv2d_30"))


def iris() -> Net:
    """RGB 0..1 (1, 3, 64, 64) of a right eye -> contour and brow (213 values), iris (15 values)."""
    return _get("iris", "iris_landmark.tflite", ("output_eyes_contours_and_brows", "output_iris"))

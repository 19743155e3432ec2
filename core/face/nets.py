"""TFLite networks through OpenCV's DNN module: loaded once per process, safe to call from any thread."""

from __future__ import annotations

import threading

import cv2
import numpy as np

from doublure.core import weights
from doublure.core.cancel import check

_COPIES = 2
"""Copies of a network at most, a few megabytes each: a forward keeps one core busy whatever it is offered."""

_loading = threading.Lock()
_loaded: dict[str, Net] = {}


class Net:
    """One network. cv2.dnn keeps its buffers inside, so each call takes a copy of its own; a third caller waits."""

    def __init__(self, pack: str, file: str, outputs: tuple[str, ...]) -> None:
        self._file = str(weights.path(pack, file))
        self._outputs = list(outputs)
        self._places = threading.Semaphore(_COPIES)
        self._idle = [self._load()]

    def _load(self) -> cv2.dnn.Net:
        # ENGINE_AUTO fails on these graphs in OpenCV 5; the classic engine runs them.
        return cv2.dnn.readNetFromTFLite(self._file, engine=cv2.dnn.ENGINE_CLASSIC)

    def __call__(self, blob: np.ndarray) -> list[np.ndarray]:
        """``blob`` (1, 3, H, W) float32 -> one array per output."""
        # Every tile and every pass of detector and landmarks comes through here.
        check()
        with self._places:
            try:
                net = self._idle.pop()
            except IndexError:
                net = self._load()
            try:
                net.setInput(np.ascontiguousarray(blob))
                return [np.array(output) for output in net.forward(self._outputs)]
            finally:
                self._idle.append(net)


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

"""How much too far FaceMesh turns a head, and the head turned back."""

from __future__ import annotations

import numpy as np

from doublure.core.face.turn import axis_angle

_YAW = (0.0, 15.0, 25.0, 35.0, 40.0, 50.0)
_TOO_FAR = (0.0, 1.6, 2.2, 4.0, 4.0, 0.0)
"""Degrees, medians of 1025 frames of 28 of the stage's people, each read by itself (scatter 2 to 3). Beyond 40 degrees
readings of one yaw come from heads of many, until at 60 FaceMesh turns no further: there nothing is taken off."""


def turned_back(rotation: np.ndarray) -> np.ndarray:
    """A head's rotation (3, 3), model to camera, as FaceMesh's points have it -> as it is on the average of people.

    The turn is taken off about the head's own axis, top to chin: pitch and roll after it stay as they are.
    """
    yaw = np.degrees(np.arctan2(rotation[2, 0], rotation[2, 2]))
    over = np.sign(yaw) * np.interp(abs(yaw), _YAW, _TOO_FAR)
    return np.asarray(rotation @ axis_angle(np.radians([0.0, over, 0.0])))

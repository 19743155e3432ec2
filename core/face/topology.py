"""Facts about FaceMesh's 468 points: which index lies where on a face.

Indices are those of the FaceMesh network (Kartynnik et al., "Real-time Facial Surface Geometry from Monocular
Video on Mobile GPUs", 2019). LEFT and RIGHT are the person's own: the person's left eye is on the right of a
picture of an upright face.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

POINTS = 468

OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
"""The face's outline as a closed ring, clockwise in the picture from the top of the forehead."""

LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
"""The outer border of the lips as a closed ring."""

LIPS_INNER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191)
"""The inner border of the lips as a closed ring."""

LEFT_EYE = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
"""The rims of the person's left lids as a closed ring, outer corner first."""

RIGHT_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
"""The rims of the person's right lids as a closed ring, outer corner first."""

LEFT_BROW = (276, 283, 282, 295, 285, 336, 296, 334, 293, 300)
"""The person's left eyebrow as a closed ring."""

RIGHT_BROW = (46, 53, 52, 65, 55, 107, 66, 105, 63, 70)
"""The person's right eyebrow as a closed ring."""

NOSE_BRIDGE = (168, 6, 197, 195, 5, 4)
"""The ridge of the nose from between the eyes to the tip."""

NOSE_BASE = (98, 97, 2, 326, 327)
"""The base of the nose, from the right wing to the left."""

EYE_CORNERS = (33, 133, 362, 263)
"""Right outer, right inner, left inner, left outer."""

CHIN = 152
FOREHEAD = 10
NOSE_TIP = 4

RIGID = (
    1, 2, 3, 4, 5, 6, 8, 9, 10, 19, 20, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 33, 35, 36, 44, 45, 47, 48, 49,
    50, 51, 56, 59, 60, 64, 69, 75, 79, 94, 98, 99, 100, 101, 102, 104, 108, 109, 110, 111, 112, 113, 114, 115,
    117, 118, 119, 120, 121, 122, 124, 125, 126, 128, 129, 130, 131, 133, 134, 141, 142, 151, 166, 168, 174,
    188, 189, 190, 193, 195, 196, 197, 198, 203, 205, 209, 217, 218, 219, 220, 221, 222, 223, 224, 225, 226,
    228, 229, 230, 231, 232, 233, 235, 236, 237, 238, 239, 240, 241, 242, 243, 244, 245, 247, 248, 250, 252,
    253, 254, 255, 256, 257, 258, 259, 260, 261, 263, 265, 266, 274, 275, 277, 278, 279, 280, 281, 286, 289,
    290, 294, 299, 305, 309, 327, 328, 329, 330, 331, 333, 337, 338, 339, 340, 341, 342, 343, 344, 346, 347,
    348, 349, 350, 351, 353, 354, 355, 357, 358, 359, 360, 362, 363, 370, 371, 392, 399, 412, 413, 414, 417,
    419, 420, 423, 425, 429, 437, 438, 439, 440, 441, 442, 443, 444, 445, 446, 448, 449, 450, 451, 452, 453,
    455, 456, 457, 458, 459, 460, 461, 462, 463, 464, 465, 467,
)  # fmt: skip
"""Points that expression hardly moves and FaceMesh places surely: round the eyes, nose, cheeks, lower forehead.

Chosen by measurement on rendered people of known pose: the points above the lip, off lids and brows, that stay
within 3.3 mm (rms over random expressions, poses, lights) of their own head-fixed place. Temples and hairline slide.
"""


@cache
def _asset() -> dict[str, np.ndarray]:
    with np.load(Path(__file__).with_name("canonical.npz"), allow_pickle=False) as file:
        arrays = {name: file[name] for name in ("shape", "triangles", "mirror")}
    for array in arrays.values():
        array.setflags(write=False)
    return arrays


def canonical_shape() -> np.ndarray:
    """The average face, (468, 3) float32, read-only: x right, y down, z away from the camera.

    Its RIGID points have their centroid at the origin and rms radius 1. Made by ``bench.canonical_face`` from the
    stage's cast (people 100 to 104 and 110, frames 1 to 80, near-frontal ones), mirror-symmetric.
    """
    return _asset()["shape"]


def triangles() -> np.ndarray:
    """The face's surface, (T, 3) int32 indices of points, clockwise in the picture; eyes and mouth filled."""
    return _asset()["triangles"]


def mirror() -> np.ndarray:
    """(468,) the index of each point's mirror image on the other half of the face (its own on the midline)."""
    return _asset()["mirror"]

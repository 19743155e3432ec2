"""Where the light on a face comes from, and how much of it there is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch

from doublure.core.blend.log import luminance
from doublure.core.errors import DoublureError
from doublure.core.measure.grain_plane import WHOLLY
from doublure.core.measure.masked_blur import masked_blur
from doublure.core.measure.matte import check_frame, face_width
from doublure.core.measure.normals import SHORTEST
from doublure.core.relight.sh import basis, fit_irradiance

LEAST_CONTRAST = 0.1
"""A truth whose directional part is less than this share of its mean light has no direction to be wrong about."""
SOFT = 0.02
"""Gaussian sigma, in face widths, to which picture and albedo are low-passed before one is divided by the other."""
BLACKEST = 0.02
"""Skin of a lower albedo tells nothing of the light."""
_ENOUGH = 100
_PIXELS = 20_000


@dataclass(frozen=True)
class FaceLight:
    """The light of one face.

    Attributes:
        direction: (3,) order-1 part of the irradiance, towards the light, x right, y up, z to the camera; its
            length is in units of ``energy``.
        energy: mean over the face's pixels of the fitted light, scene-linear luminance (over albedo's, if given).
    """

    direction: np.ndarray
    energy: float

    @property
    def contrast(self) -> float:
        """Length of ``direction``: 0 for light that is the same from everywhere."""
        return float(np.linalg.norm(self.direction))


@dataclass(frozen=True)
class LightError:
    """direction: degrees, 0..180. energy: stops, at least 0."""

    direction: float
    energy: float


def light_error(
    result: torch.Tensor,
    truth: torch.Tensor,
    matte: torch.Tensor,
    normals: torch.Tensor,
    albedo: torch.Tensor | None = None,
) -> LightError:
    """How far the result's light is from the truth's, of one frame; both 0 for the truth itself.

    ``light_difference`` of the two ``face_light``, read through the same normals and albedo, which is fair as
    long as the two faces are alike. Without an albedo a beard reads as light from above in both, which
    can hide half of a difference. For two faces that differ (doing nothing, say) take each one's ``face_light`` with
    its own normals and albedo.

    Source: the first order of a Lambertian surface's irradiance points to the light and holds most of what
    varies (Ramamoorthi and Hanrahan 2001).

    Args:
        result, truth: (3, H, W), scene-linear. matte: (H, W), 0..1. normals: (3, H, W) of the truth, x right,
            y up, z to the camera (``relight.normals`` has y and z the other way round); need not be of unit length,
            zero where there is no surface. albedo: (3, H, W) of the truth, linear.

    Raises:
        DoublureError: see ``matte.check_frame`` and ``face_light``.
    """
    check_frame(result, truth, matte)
    got, wanted = (face_light(picture, matte, normals, albedo) for picture in (result, truth))
    return light_difference(got, wanted)


def light_difference(result: FaceLight, truth: FaceLight) -> LightError:
    """``direction``: the angle between the two; 0 by definition where the truth's is shorter than 0.1 of its
    mean light, 90 where the result has none. ``energy``: ``|log2(e_result / e_truth)|``, at most 20 stops.

    Raises DoublureError when the truth's energy is not above 0.
    """
    return LightError(_angle(result, truth), _stops(result.energy, truth.energy))


def face_light(
    picture: torch.Tensor, matte: torch.Tensor, normals: torch.Tensor, albedo: torch.Tensor | None = None
) -> FaceLight:
    """Fit ``a + b . n`` to the luminance of a face, robustly (``relight.sh.fit_irradiance``, order 1): b is the
    direction, up to the energy.

    Not order 2: a camera sees half of the sphere at most, where its five functions and z tell the same; light
    turned by 20 degrees then reads anything between 2 and 55, and with order 1 between 13 and 32.

    Args:
        picture: (3, H, W), scene-linear. matte: (H, W), 0..1; pixels above 0.9 count. normals: (3, H, W) as for
            ``light_error``. albedo: (3, H, W), linear: the luminance is divided by its, both low-passed by
            0.02 face widths; pixels below 0.02 are left out.

    Raises:
        DoublureError: see ``matte.check_frame``; normals of another shape or not finite; fewer than 100 pixels
            with a normal that looks to the camera.
    """
    check_frame(picture, picture, matte)
    for name, layer in (("normals", normals), ("albedo", albedo)):
        if layer is not None and (layer.shape != picture.shape or not bool(torch.isfinite(layer).all())):
            raise DoublureError(
                f"the {name} layer is {tuple(layer.shape)}, or not finite, where the picture is "
                f"{tuple(picture.shape)}",
                remedy="write it as three finite channels of the picture's size",
            )
    length = normals.norm(dim=0)
    seen = (matte > WHOLLY) & (length > SHORTEST) & (normals[2] > 0)
    light = luminance(picture)
    if albedo is not None:
        seen &= luminance(albedo) > BLACKEST
        # Soft on both sides of the fraction, or a result a pixel off would show every hair as light.
        both = torch.stack([light, luminance(albedo)])
        over, under = masked_blur(both, seen.float(), SOFT * face_width(matte))
        light = over / under.clamp_min(BLACKEST)
    count = int(seen.sum())
    if count < _ENOUGH:
        raise DoublureError(
            f"only {count} pixels of the face have a normal, too few to fit its light",
            remedy="write normals inside the matte, or measure a closer shot",
        )
    step = -(-count // _PIXELS)
    directions = (normals[:, seen] / length[seen])[:, ::step].T.double().numpy()
    values = light[seen][::step].double().numpy()
    fitted = fit_irradiance(values[:, None], directions, 1)
    # The constant and z are alike on the half of the sphere one sees: what the pixels got is better known than
    # the constant alone.
    energy = float((basis(directions, 1) @ fitted).mean())
    return FaceLight(fitted[1:4, 0] / max(abs(energy), 1e-12), energy)


def _angle(result: FaceLight, truth: FaceLight) -> float:
    if truth.contrast < LEAST_CONTRAST:
        return 0.0
    if result.contrast == 0:
        return 90.0
    across = np.linalg.norm(np.cross(result.direction, truth.direction))
    return math.degrees(math.atan2(across, float(result.direction @ truth.direction)))


def _stops(result: float, truth: float) -> float:
    if truth <= 0:
        raise DoublureError(
            "the truth's face is black, so its light has no energy", remedy="leave the frame out"
        )
    return abs(math.log2(max(result / truth, 2.0**-20)))

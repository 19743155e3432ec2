"""FLIP: the difference that an eye sees when it flips between result and truth (Andersson et al. 2020)."""

from __future__ import annotations

import OpenImageIO as oiio
import torch

from doublure.core.errors import DoublureError
from doublure.core.measure.encode import exposure_scale
from doublure.core.measure.matte import check_frame, face_crop

PIXELS_PER_DEGREE = 67.02
"""FLIP's own viewing condition: a 0.7 m wide 4K monitor seen from 0.7 m."""


def flip(result: torch.Tensor, truth: torch.Tensor, matte: torch.Tensor) -> float:
    """Matte-weighted mean of the LDR-FLIP error map of one frame, 0..1; 0 is the truth itself.

    ``sum(m * F(E(r), E(t))) / sum(m)``, where m is the matte, E the exposure and clip of ``psnr``
    (``encode.display``) and F is OpenImageIO's ``FLIP_diff``, at 67 pixels per degree, of the face's box grown
    by a quarter. The display's primaries are taken to be the picture's, as in PSNR and SSIM. Where the matte is
    0 both pictures hold the truth, so that nothing from outside enters through the filters of FLIP.

    Source: Andersson, Nilsson, Akenine-Möller, Oskarsson, Åström, Fairchild, "FLIP: A Difference Evaluator for
    Alternating Images", HPG 2020.

    Args:
        result, truth: (3, H, W), scene-linear. matte: (H, W), 0..1.

    Raises:
        DoublureError: see ``matte.check_frame``.
    """
    check_frame(result, truth, matte)
    scale = exposure_scale(truth, matte)
    rows, columns = face_crop(matte)
    face, wanted = matte[rows, columns], truth[:, rows, columns]
    got = torch.where(face > 0, result[:, rows, columns], wanted)
    error = _error_map(_buffer(wanted, scale), _buffer(got, scale))
    return float((face * error).double().sum() / face.double().sum())


def _buffer(picture: torch.Tensor, scale: float) -> oiio.ImageBuf:
    # What a display shows, but linear: an untagged buffer is linear Rec. 709 to FLIP_diff, whatever $OCIO holds.
    shown = (picture * scale).clamp(0, 1).permute(1, 2, 0).contiguous()
    return oiio.ImageBuf(shown.numpy())


def _error_map(truth: oiio.ImageBuf, result: oiio.ImageBuf) -> torch.Tensor:
    error = oiio.ImageBufAlgo.FLIP_diff(truth, result, hdr=0, ppd=PIXELS_PER_DEGREE)
    pixels = None if error.has_error else error.get_pixels(oiio.FLOAT)
    if pixels is None:
        raise DoublureError(f"FLIP failed: {error.geterror()}", remedy="install openimageio 3.2 or later")
    return torch.from_numpy(pixels[..., 0].copy())

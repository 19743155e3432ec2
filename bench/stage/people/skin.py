"""Paints a person's skin: transferred base textures, melanin, lips, brows, beard, freckles, short hair."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from bench.stage.base.color import srgb_to_linear
from bench.stage.face.canvas import Canvas, smoothstep
from bench.stage.face.traits import Traits
from bench.stage.hair.hair import ears, hair_height
from bench.stage.hair.haircuts import Haircut
from bench.stage.people.cloth import shirt_depth


def noise(rng: np.random.Generator, shape: tuple[int, int], sigma: float) -> np.ndarray:
    """Gaussian noise (H, W) of unit variance whose spots are about sigma texels wide."""
    step = max(1, int(sigma // 2))
    small = rng.standard_normal((shape[0] // step + 2, shape[1] // step + 2)).astype(np.float32)
    field = cv2.resize(
        cv2.GaussianBlur(small, (0, 0), sigma / step), shape[::-1], interpolation=cv2.INTER_CUBIC
    )
    return np.asarray(field / field.std())


def split_bands(log_skin: np.ndarray, sigma: float = 20) -> tuple[np.ndarray, np.ndarray]:
    """A log texture as (low, high) frequencies that add up to it."""
    low = cv2.GaussianBlur(log_skin, (0, 0), sigma)
    return low, log_skin - low


def fine_texture(bases: Mapping[str, np.ndarray], traits: Traits) -> np.ndarray:
    """Log brightness (H, W) of a person's base skin, pores and creases only."""
    grey = np.log(np.maximum(srgb_to_linear(bases[traits.high_skin]).mean(-1), 0.004)).astype(np.float32)
    return split_bands(grey, 8)[1]


def brow_region(canvas: Canvas) -> np.ndarray:
    """Where (H, W) the source heads have brows of their own, 0-1."""
    region = np.zeros(canvas.lips.shape, np.float32)
    eyes = float(np.abs(canvas.landmark[45] - canvas.landmark[36])[0])
    for ids in (range(17, 22), range(22, 27)):
        line = canvas.landmark[list(ids)] + [0, 0.035 * eyes]
        cv2.polylines(region, [np.rint(line).astype(np.int32)], False, 1.0, int(0.15 * eyes))
    return cv2.GaussianBlur(region, (0, 0), 0.02 * eyes)


def slit_region(canvas: Canvas) -> np.ndarray:
    """Where (H, W) lips meet lips and lids meet lids on the source heads, 0-1."""
    region = np.zeros(canvas.lips.shape, np.uint8)
    for ids, grow in ((range(48, 60), -43), (range(36, 42), 33), (range(42, 48), 33)):
        slit = np.zeros_like(region)
        cv2.fillPoly(slit, [np.rint(canvas.landmark[list(ids)]).astype(np.int32)], 1)
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (abs(grow), abs(grow) * 2 // 3))
        region |= np.asarray(cv2.dilate(slit, disc) if grow > 0 else cv2.erode(slit, disc), np.uint8)
    for corner in 0.85 * canvas.landmark[[48, 54]] + 0.15 * canvas.landmark[[54, 48]]:
        cv2.ellipse(region, [int(v) for v in corner], (34, 24), 0, 0, 360, 1, -1)
    return np.asarray(cv2.GaussianBlur(region.astype(np.float32), (0, 0), 2.5))


def filled(log_skin: np.ndarray, region: np.ndarray, sigma: float) -> np.ndarray:
    """A log texture (H, W, 3) whose region (H, W) is filled from around it, smooth over sigma texels."""
    away = (1 - region)[..., None]
    total = (
        cv2.GaussianBlur(log_skin * away, (0, 0), sigma)
        / np.maximum(cv2.GaussianBlur(1 - region, (0, 0), sigma), 1e-6)[..., None]
    )
    return np.asarray(log_skin * away + total * region[..., None])


def base_layer(bases: Mapping[str, np.ndarray], traits: Traits, canvas: Canvas) -> np.ndarray:
    """Log reflectance (H, W, 3): low frequencies of one base skin, high ones of another, centred on the tone."""
    logs = {
        n: np.log(np.maximum(srgb_to_linear(bases[n]), 0.004)).astype(np.float32)
        for n in {traits.low_skin, traits.high_skin}
    }
    brows = brow_region(canvas)
    slits = slit_region(canvas)
    whole = {n: filled(filled(skin, slits, 22), brows, 25) for n, skin in logs.items()}
    low, high = split_bands(whole[traits.low_skin])[0], split_bands(whole[traits.high_skin])[1]
    x, y, z = np.moveaxis(canvas.position, -1, 0)
    face = (y > -7) & (y < 8) & (z > 5)
    low = low - np.median(low[face], axis=0)
    grey = low.mean(-1, keepdims=True)
    # Make-up, veins under thin skin and ears that do not meet ICT's are not this person's: only lips keep their hue.
    hue = low - grey
    limit = (0.09 - 0.05 * smoothstep(np.abs(x), 6.0, 7.2))[..., None] * np.array([1.0, 1.0, 0.6])
    lips = np.clip(1.3 * canvas.lips, 0, 1)[..., None]
    hue = lips * hue + (1 - lips) * limit * np.tanh(hue / limit)
    low = np.where(grey > 0, 0.2 * np.tanh(0.75 * grey / 0.2), 0.45 * np.tanh(0.75 * grey / 0.45)) + 0.8 * hue
    fine = high.mean(-1, keepdims=True)
    high = np.where(fine > 0, 0.2 * np.tanh(fine / 0.2), fine) + (0.4 + 0.6 * lips) * (high - fine)
    away_from_face = smoothstep(canvas.hair_height, -1.5, 0.5)[..., None]
    low, high = low * (1 - away_from_face), high * (1 - away_from_face)
    side = (smoothstep(3.5 - z, 0, 3) * smoothstep(np.abs(x), 4.0, 5.2))[..., None]
    low, high = low * (1 - 0.85 * side), high * (1 - 0.9 * side)
    body = smoothstep(-y, 8.0, 11.0)[..., None]
    low, high = low * (1 - 0.7 * body), high * (1 - 0.5 * body)
    # The nose tips of the source heads do not quite meet ICT's: keep only the broad colour there.
    tip = np.exp(-(x**2 + (y - 0.4) ** 2 + (z - 13) ** 2) / 2.5)[..., None]
    high = high * (1 - tip)
    # Old skin's contrast is stronger than light skin bears: what is melanin there would be dirt here.
    bear = 0.6 if "dark" in traits.low_skin + traits.high_skin and traits.tone[0] > 0.33 else 1.0
    return np.log(traits.tone) + bear * (low + traits.detail * np.clip(high, -1.2, 0.8))


def paint_skin(
    bases: Mapping[str, np.ndarray],
    canvas: Canvas,
    traits: Traits,
    cut: Haircut,
    brows: np.ndarray,
    beard: np.ndarray,
    lines: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """A person's skin in the atlas: reflectance (1024, 2048, 3), linear Rec.709, and roughness (1024, 2048), 0-1."""
    rng = np.random.default_rng([traits.seed, 7])
    shape = canvas.lips.shape
    skin = base_layer(bases, traits, canvas)
    x, y, z = np.moveaxis(canvas.position, -1, 0)
    mottle = 0.05 * noise(rng, shape, 40) + 0.035 * noise(rng, shape, 10) + 0.03 * noise(rng, shape, 2.5)
    skin = skin + mottle[..., None] * np.array([0.7, 1.0, 1.1]) * traits.mottling
    skin = skin + 0.022 * (noise(rng, shape, 1.2) - 0.4 * np.abs(noise(rng, shape, 1.4)))[..., None]

    zone = noise(rng, shape, 12)
    cheeks = np.exp(-((np.abs(x) - 4.6) ** 2 / 5 + (y - 0.6) ** 2 / 5)) * (z > 2)
    nose = np.exp(-(x**2 / 2.0 + (y - 0.3) ** 2 / 2.0)) * (z > 9)
    chin = np.exp(-(x**2 / 2.5 + (y + 7.0) ** 2 / 2.0)) * (z > 7)
    rims = smoothstep(np.abs(x), 7.6, 9.0) * (np.abs(y - 3) < 6)
    red = traits.redness * (cheeks + 0.8 * nose + 0.35 * chin + 0.9 * rims) * (1 + 0.3 * zone)
    skin = skin + red[..., None] * np.array([0.08, -0.13, -0.10])
    brow = np.exp(-(x**2 / 14 + (y - 7.2) ** 2 / 3.5)) * (z > 4)
    skin = skin + (brow * (1 + 0.3 * zone))[..., None] * np.array([0.02, 0.015, -0.05])
    sag = np.exp(-(((np.abs(x) - 2.9) / 1.3) ** 2) - ((y - 2.1 + 0.12 * (np.abs(x) - 2.9) ** 2) / 0.55) ** 2)
    skin = skin - ((0.4 + 0.8 * traits.age) * sag * (z > 5))[..., None] * np.array([0.12, 0.11, 0.05])
    lids = np.exp(-(((np.abs(x) - 3.4) / 1.4) ** 2) - ((y - 4.5) / 0.5) ** 2) * (z > 5)
    skin = skin - lids[..., None] * np.array([0.04, 0.10, 0.09])
    skin = skin - (traits.age * lines)[..., None] * np.array([0.10, 0.16, 0.16])

    lips = canvas.lips[..., None]
    skin = skin + lips * np.log(traits.lip_tint)

    if traits.freckles > 0:
        spots = np.zeros(shape, np.float32)
        rows, columns = np.nonzero((np.abs(x) < 6.5) & (y > -3) & (y < 7) & (z > 5))
        chance = np.exp(-((y[rows, columns] - 1.5) ** 2) / 18)
        pick = rng.choice(len(rows), int(traits.freckles * 900), p=chance / chance.sum())
        spots[rows[pick], columns[pick]] = rng.uniform(0.3, 1, len(pick))
        spots = 14 * cv2.GaussianBlur(spots, (0, 0), 1.6) + 20 * cv2.GaussianBlur(
            spots * (spots > 0.85), (0, 0), 2.6
        )
        skin = skin - np.minimum(spots, 1)[..., None] * np.array([0.25, 0.42, 0.5]) * 0.8

    own = np.random.default_rng([traits.seed, 44])
    face = canvas.covered & (np.abs(x) < 7) & (y > -12) & (y < 8) & (z > 1)
    rows, columns = np.nonzero(face)
    for k in own.integers(len(rows), size=int(own.poisson(4))):
        wide = own.uniform(1.2, 3.4)
        patch = slice(rows[k] - 12, rows[k] + 13), slice(columns[k] - 12, columns[k] + 13)
        away = np.hypot(*np.meshgrid(np.arange(-12, 13), np.arange(-12, 13)))
        mole = smoothstep(-away, -wide - 1.2, -wide + 1.2) * own.uniform(0.4, 1.0)
        if skin[patch].shape[:2] == mole.shape:
            skin[patch] -= mole[..., None] * np.array([0.45, 0.62, 0.66])

    hair = np.log(traits.hair_colour)
    stubble = np.clip(0.8 + 0.25 * noise(rng, shape, 1.0) + 0.15 * noise(rng, shape, 30), 0, 1.2)
    shadow = 0.75 * beard * traits.beard**0.7 * stubble
    # Hair below the skin is seen through it, bluish; in dark skin it hardly shows.
    below = skin + np.clip(np.minimum(hair + 0.5, skin) - skin, -1.2, 0) * np.array([1.0, 0.85, 0.75])
    skin = skin + np.clip(shadow, 0, 0.9)[..., None] * (below - skin)
    darker = np.clip(np.minimum(hair, skin) - skin, -1.0, 0)
    skin = skin + (0.5 * brows * traits.brow_opacity)[..., None] * darker

    edge = (
        hair_height(canvas.position, traits, cut) + 0.35 * noise(rng, shape, 14) + 0.2 * noise(rng, shape, 4)
    )
    cover = smoothstep(edge, -0.5, 0.6 + smoothstep(z, 1.0, 4.0)) * cut.under * ~ears(canvas.position)
    grain = noise(rng, shape, 1.3)
    cover = np.clip(cover * (1 + 0.2 * grain * (1 - cover)), 0, 1).astype(np.float32)
    skin = skin + cover[..., None] * (np.minimum(hair + 0.3, skin) - skin)

    # Behind the lips and in the eye sockets the mesh is mucous membrane.
    back = np.arange(shape[1]) >= shape[1] // 2
    within = back & (z > 1) & (np.abs(x) < 4.2) & (y > -8) & (y < 0.5)
    within |= back & (z > 4) & (np.abs(x) < 5.4) & (y > 1.5) & (y < 7)
    wet = np.log(np.array([0.20, 0.06, 0.05])) + np.log(np.clip(0.12 + (z - 5) / 6, 0.1, 1))[..., None]
    skin = np.where(within[..., None], wet, skin)

    cloth = smoothstep(shirt_depth(canvas.position, traits), 0.0, 0.15)
    weave = 1 + 0.06 * noise(rng, shape, 1.2)
    reflectance = np.exp(skin) * (1 - cloth[..., None]) + (traits.shirt * weave[..., None]) * cloth[..., None]
    shine = nose + 0.8 * brow + 0.45 * chin + 0.4 * np.exp(-((np.abs(x) - 3.6) ** 2 + (y - 1.6) ** 2) / 2)
    rough = traits.roughness + 0.04 * zone + 0.03 * noise(rng, shape, 3) + 0.12 * beard * traits.beard
    rough = rough - (0.05 + 0.11 * traits.oil) * np.clip(shine, 0, 1.2) - 0.15 * canvas.lips
    rough = rough + (0.85 - rough) * np.maximum(cover, cloth)
    rough = np.where(within, 0.3, rough)
    return np.clip(reflectance, 0.004, 0.92).astype(np.float32), np.clip(rough, 0.22, 0.95).astype(np.float32)

"""The swap itself: a tracked face on a plate becomes the hero's, over the plate's pixels, unclamped."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

import cv2
import numpy as np
import torch

from doublure.core.cancel import check
from doublure.core.color import WORKING
from doublure.core.errors import DoublureError
from doublure.core.face.track import FaceFrame
from doublure.core.frame import Frame
from doublure.core.swap.checkpoint import Model, load_model
from doublure.core.swap.complexion import exchange
from doublure.core.swap.crop import EyeLine
from doublure.core.swap.expression_gain import with_expression
from doublure.core.swap.face_space import OUTPUTS, canvas, inverse_st_map, st_map, with_matrix
from doublure.core.swap.fine_detail import fine_detail
from doublure.core.swap.guide import CHANNELS, drawn
from doublure.core.swap.light import restore
from doublure.core.swap.marks import Marks, acted, eyes_at_rest, eyes_of, marks_of_face
from doublure.core.swap.masks import grown
from doublure.core.swap.network_input import network_input, no_input
from doublure.core.swap.plate_face import cut_face, lay_over, placement

_PLATE, _CROP, _MAP, _INVERSE, _INPUT = OUTPUTS


@dataclass(frozen=True)
class SwapSettings:
    """The artist's knobs.

    Attributes:
        hero: whose face; "" is the model's only hero.
        mix: identity, 0 = the plate's own face, 1 = the hero; between, codes and the plate's residual are mixed.
        scale: size of the new face relative to the fitted head. Its eyes stay where the plate's are.
        offset: shift of the new face along the head's own axes, share of the crop's side (x right, y down).
        complexion: how much of the hero's own large features (cheekbones, beard shadow, lips) replaces the driver's,
            0–1; the overall skin tone stays the plate's.
        sharpness: gain of the finest details, 0 = as predicted, 1 = doubled; negative softens.
        plate_detail: how much of the plate's own detail finer than the network's crop is laid over the new face, 0-1.
        highlights: how much of the plate's highlights, above what the new face has, is put back, 0–1.
        expression: gain of the driver's expression, 1 = as it is, 0 = the person's mean face, above 1 exaggerated.
        output: one of ``OUTPUTS``: the face over the plate, the face in its crop, a map between the two, or what an
            exported network takes (`doublure.core.swap.network_input`).
        crop_scale: pixels of an output in crop space for one of the network's, along a side; above 0.
    """

    hero: str = ""
    mix: float = 1.0
    scale: float = 1.0
    offset: tuple[float, float] = (0.0, 0.0)
    complexion: float = 1.0
    sharpness: float = 0.0
    plate_detail: float = 0.0
    highlights: float = 1.0
    expression: float = 1.0
    output: str = OUTPUTS[0]
    crop_scale: float = 4.0


class Swapper:
    """A loaded model, ready for frames. Safe to share between threads: it is never changed."""

    def __init__(self, model: Model) -> None:
        self.model = model

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Swapper:
        """Raises DoublureError where the file is missing, broken or foreign."""
        return cls(load_model(path))

    def hero_index(self, hero: str) -> int:
        """The code of the named hero, or of the only one. Raises DoublureError when it cannot be told."""
        if hero:
            return self.model.index(hero)
        if len(self.model.heroes) != 1:
            raise DoublureError(
                f"the model holds {len(self.model.heroes)} heroes ({', '.join(self.model.heroes)})",
                file=self.model.path,
                remedy="name one as hero",
            )
        return self.model.index(self.model.heroes[0])

    def render(
        self,
        plate: Frame,
        face: FaceFrame,
        settings: SwapSettings | None = None,
        shape: np.ndarray | None = None,
        rest: torch.Tensor | None = None,
    ) -> Frame:
        """The swapped face over the plate's data window, or what else ``settings.output`` asks for.

        Args:
            plate: in ACEScg.
            face: where the face is on this frame.
            settings: the knobs.
            shape: (468, 3) the driver's mean shape, from the track. With it the landmarks guide the network, where it
                has learned to be guided; an expression gain needs it.
            rest: the driver's face at rest over the whole shot, see ``marks.at_rest``; as this frame alone tells it
                where None.

        Returns:
            RGBA in ACEScg, premultiplied, 0 away from the face; maps and a network's input are data. All zero where
            the track has no face here, where the face lies outside the picture (maps are then whole), and where
            ``mix`` is 0.

        Raises:
            ValueError: an expression gain without a shape.
            DoublureError: the plate is not in ACEScg or lacks R, G or B, or the model does not know the hero.
        """
        settings = settings or SwapSettings()
        if plate.space != WORKING:
            raise plate.error(f"it is in {plate.space}, not {WORKING}", "convert it first")
        hero = self.hero_index(settings.hero)
        size = self.model.network.shape.size
        flat = settings.output in (_CROP, _INVERSE)

        def nothing() -> Frame:
            if settings.output == _INPUT:
                return no_input(plate, size, self.model.rests is not None)
            return canvas(plate, size, settings.crop_scale)[0] if flat else _nothing(plate)

        if face.points is None or face.pose is None or settings.mix == 0:
            return nothing()
        check()
        eyes = self._eyes(hero, shape, settings.mix)
        target = placement(plate, face, size, scale=settings.scale, offset=settings.offset, eyes=eyes)
        if settings.output in (_MAP, _INVERSE):
            over, _ = canvas(plate, size, settings.crop_scale)
            made = inverse_st_map(plate, over, target, size) if flat else st_map(plate, target, size)
            return with_matrix(made, target, over.data.width, size)
        own = cut_face(plate, face, size)
        if own is None:
            return nothing()
        check()
        if settings.expression != 1:
            if shape is None:
                raise ValueError("an expression gain needs the person's shape")
            own = with_expression(own, face, shape, settings.expression, plate.pixel_aspect)
        marks = self._marks(plate, face, shape, rest)
        if settings.output == _INPUT:
            guides = [self._guide(marks, hero, settings, share) for share in (settings.mix, 0.0)]
            made = network_input(plate, own, [guide for guide in guides if guide is not None])
            return with_matrix(made, target, size, size)
        detail, matte = self._predict(own.split.detail, own.mask, hero, settings, marks)
        check()
        detail = _sharpen(detail, settings.sharpness)
        amount = settings.complexion * settings.mix
        low = exchange(own.split.low, self.own_complexion(), self.model.complexions[hero], amount)
        # At mix 0 the face is the plate's, and so are its highlights.
        bright = 1 - settings.mix * (1 - settings.highlights)
        under, matrix = canvas(plate, size, settings.crop_scale) if flat else (plate, target)
        fine = None
        if settings.plate_detail and _at_rest(settings):
            check()
            fine = settings.plate_detail * fine_detail(plate, target, own.mask, own.split.exposure)
        made = lay_over(
            under, restore(detail, low), matte, matrix, own.split.exposure, own.highlights, bright, fine
        )
        return with_matrix(made, target, under.data.width, size) if flat else made

    @torch.inference_mode()
    def _predict(
        self, detail: np.ndarray, mask: np.ndarray, hero: int, settings: SwapSettings, marks: Marks | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """(detail (S, S, 3), matte (S, S)) with the identity mixed in."""
        network, mix = self.model.network, settings.mix
        seen = torch.from_numpy((detail * mask[..., None]).transpose(2, 0, 1)[None].copy())
        codes = network.codes.weight
        if mix == 1:
            wanted, matte = network(seen, codes[hero][None], self._guide(marks, hero, settings, 1))
        else:
            own = self.own_code()
            mixed = torch.lerp(own, codes[hero][None], mix)
            wanted, matte = network(seen, mixed, self._guide(marks, hero, settings, mix))
            check()
            # What the network misses of the plate's own face fades in, so that mix 0 is the plate itself.
            wanted = wanted + (1 - mix) * (
                torch.from_numpy(detail.transpose(2, 0, 1)[None])
                - network(seen, own, self._guide(marks, hero, settings, 0))[0]
            )
        inside = torch.sigmoid(matte)[0, 0].numpy()
        limit = self.limit(torch.from_numpy(mask)[None, None])[0, 0].numpy()
        return wanted[0].permute(1, 2, 0).numpy(), np.minimum(np.minimum(inside, limit), matte_rim(len(mask)))

    def _marks(
        self, plate: Frame, face: FaceFrame, shape: np.ndarray | None, rest: torch.Tensor | None
    ) -> Marks | None:
        """What guides the network; None where it has not learned to be guided, or nothing is known of the driver."""
        if self.model.rests is None or shape is None:
            return None
        return marks_of_face(face, plate.pixel_aspect, shape, rest)

    def _eyes(self, hero: int, shape: np.ndarray | None, mix: float) -> EyeLine | None:
        """By which the new face is laid on the plate's; None where the model or the track does not tell."""
        if self.model.rests is None or shape is None:
            return None
        own = eyes_of(shape)
        return EyeLine(own, own + mix * (eyes_at_rest(self.model.rests[hero]) - own))

    def _guide(
        self, marks: Marks | None, hero: int, settings: SwapSettings, share: float
    ) -> torch.Tensor | None:
        """The marks on the driver's face, which ``share`` makes the hero's; None where the network is not guided."""
        if self.model.rests is None:
            return None
        side = self.model.network.shape.guide_side
        if marks is None:
            return torch.zeros(1, CHANNELS, side, side)
        mixed = torch.lerp(marks.rest, self.model.rests[hero], share)
        return drawn(acted(marks, mixed, settings.expression), side)

    def limit(self, mask: torch.Tensor) -> torch.Tensor:
        """What the matte may reach at most, by the driver's hull (N, 1, S, S).

        A network that has learned where a face ends may go beyond it; the others must not, since there lies the
        background.
        """
        return grown(mask) if self.model.outlined else mask

    def own_code(self) -> torch.Tensor:
        """The driver's identity code (1, K), or where the model knows none the mean of everyone's."""
        codes, driver = self.model.network.codes.weight, self._driver()
        return codes.mean(0, keepdim=True) if driver is None else codes[driver][None]

    def own_complexion(self) -> torch.Tensor:
        """The driver's, or where the model knows none the mean of everyone's."""
        driver = self._driver()
        return self.model.complexions.mean(0) if driver is None else self.model.complexions[driver]

    def _driver(self) -> int | None:
        roles = [p["role"] for p in self.model.people]
        return roles.index("driver") if "driver" in roles else None


def _at_rest(settings: SwapSettings) -> bool:
    """Whether the new face lies on the plate's own, pixel by pixel: else the plate's finest detail is not its own."""
    return (
        settings.output == _PLATE
        and settings.scale == 1
        and settings.offset == (0.0, 0.0)
        and settings.expression == 1
    )


def _nothing(plate: Frame) -> Frame:
    return plate.with_pixels(torch.zeros(4, plate.data.height, plate.data.width), ("R", "G", "B", "A"))


def matte_rim(size: int) -> np.ndarray:
    """(S, S) that falls to 0 within a few pixels of the crop's edge, so that a matte never ends in a straight cut."""
    edge = np.minimum(np.arange(size) + 0.5, size - np.arange(size) - 0.5)
    ramp = np.clip(edge / (size * 0.04), 0.0, 1.0).astype(np.float32)
    return np.minimum(ramp[:, None], ramp[None, :])


def _sharpen(detail: np.ndarray, amount: float) -> np.ndarray:
    """Unsharp mask on log detail: additive there, so highlights keep their ratio."""
    if amount == 0:
        return detail
    sigma = detail.shape[0] / 128
    return detail + amount * (detail - cv2.GaussianBlur(detail, (0, 0), sigma * math.sqrt(2)))

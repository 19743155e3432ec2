"""Scores networks on held-out takes by their answers alone: all that lies around a network is the same for each.

The plate's face is cut as Swap cuts it, the network is asked for the hero, and its answer goes back over the plate in
the plate's light, with the complexions of the two people's footage exchanged: the steps of ``bench.swap_ceiling``. A
network with a matte of its own is shown in it, as Swap shows it; the others inside the hull of the driver's landmarks.
No relight, no blend.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from bench.swap_peer import Answer
from doublure.core.face.track import track_frames
from doublure.core.frame import Frame
from doublure.core.measure.card import score_card
from doublure.core.measure.reference import Reference
from doublure.core.measure.take import Take
from doublure.core.swap.complexion import exchange
from doublure.core.swap.infer import matte_rim
from doublure.core.swap.light import restore
from doublure.core.swap.marks import Marks, marks_of_face, stacked
from doublure.core.swap.masks import grown
from doublure.core.swap.plate_face import PlateFace, cut_face, lay_over


@dataclass(frozen=True)
class Complexions:
    """(3, G, G) each: of the driver, and of the hero that is wanted."""

    own: torch.Tensor
    wanted: torch.Tensor


@dataclass(frozen=True)
class Seen:
    """The faces of a take's plates, and their landmarks."""

    cuts: list[PlateFace]
    marks: Marks


def cut_plates(take: Take, size: int) -> Seen:
    """What the networks see of a take. Raises DoublureError where a face is not found."""
    track = track_frames(take.plates)
    found, marks = [], []
    for number, plate in zip(take.numbers, take.plates, strict=True):
        face = track.frames[number]
        cut = cut_face(plate, face, size) if face.found else None
        if cut is None:
            raise plate.error(face.reason or "the face lies outside the picture", "leave this take out")
        found.append(cut)
        marks.append(marks_of_face(face, plate.pixel_aspect, track.shape))
    return Seen(found, stacked(marks, track.shape))


def put_back(take: Take, shown: Seen, answer: Answer, people: Complexions) -> list[Frame]:
    """A network's answers over the take's plates, one frame a plate."""
    seen = torch.stack([torch.from_numpy(cut.split.detail * cut.mask[..., None]) for cut in shown.cuts])
    found, own = answer(seen.permute(0, 3, 1, 2).contiguous(), shown.marks)
    hulls = torch.stack([torch.from_numpy(cut.mask) for cut in shown.cuts])[:, None]
    mattes = hulls if own is None else torch.minimum(own.float(), grown(hulls))
    details, rim = found.permute(0, 2, 3, 1).float().numpy(), matte_rim(hulls.shape[-1])
    out = []
    for plate, cut, detail, matte in zip(take.plates, shown.cuts, details, mattes[:, 0].numpy(), strict=True):
        low = exchange(cut.split.low, people.own, people.wanted, 1.0)
        inside = np.minimum(matte, rim)
        face = lay_over(plate, restore(detail, low), inside, cut.matrix, cut.split.exposure, cut.highlights)
        out.append(plate.with_pixels(face.rgb + plate.rgb * (1 - face.channel("A")), ("R", "G", "B")))
    return out


def score(
    take: Take, known: Reference, shown: Seen, answer: Answer, people: Complexions
) -> dict[str, float | None]:
    """The card's figures of a network's answers, see ``core.measure.catalogue``."""
    return dict(score_card(take.judged(put_back(take, shown, answer, people)), known).summary)

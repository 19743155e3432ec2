"""What somebody who knows the shot tells the tracker: where not to look, where to look first, what is covered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from doublure.core.face.occlusion import Matte
from doublure.core.face.regions import Region
from doublure.core.face.view import View
from doublure.core.window import Window

_STOPS = (0.0, 2.0, -2.0)
"""Exposure corrections, in stops, tried in turn where no face is found."""


@dataclass(frozen=True)
class Guide:
    """Help for :func:`doublure.core.face.track.track_frames`; the default knows nothing.

    Attributes:
        ignore: no face is looked for in these. A face that is followed may pass in front of one.
        look: by frame number, where to look before the whole plate is searched; None where it is not known.
        hidden: by frame number, the matte of what is in front of the face; None where there is none. Called once a
            frame, after the frame came in.
    """

    ignore: tuple[Region, ...] = ()
    look: Callable[[int], Window | None] | None = None
    hidden: Callable[[int], Matte | None] | None = None

    def looks(self, number: int) -> Iterator[tuple[Window | None, float]]:
        """(part of the plate, exposure correction in stops) to search in turn; None is the whole."""
        window = self.look(number) if self.look is not None else None
        if window is not None:
            yield from ((window, stops) for stops in _STOPS)
        yield from ((None, stops) for stops in _STOPS)

    def masked(self, view: View, number: int) -> View:
        """The networks' picture with nothing to be seen in ignored regions."""
        regions = [region for region in self.ignore if region.counts(number)]
        if not regions:
            return view
        pixels = view.pixels.copy()
        plain = [int(value) for value in np.median(pixels[::8, ::8].reshape(-1, 3), axis=0)]
        for region in regions:
            # Eight fractional bits, and pixel centres on whole numbers: OpenCV's own convention.
            outline = np.round((view.mapping.to_view(region.polygon) - 0.5) * 256).astype(np.int32)
            cv2.fillPoly(pixels, [outline], plain, shift=8)
        return view._replace(pixels=pixels)

    def ignores(self, points: np.ndarray, number: int) -> bool:
        """Whether a face, (468, 2 or 3) plate pixels, has its middle in an ignored region."""
        middle = points[:, :2].mean(0)
        return any(region.counts(number) and region.holds(middle) for region in self.ignore)

"""What was measured in the face of one frame, the plate's own face being the reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FaceFacts:
    """One face; every number is None where it cannot be measured, and ``missing`` then says why.

    Attributes:
        height: of the plate's landmarks, pixels of the plate, brow to chin; limits depend on it.
        found: whether landmarks were found in the result.
        expression: rms distance of the landmarks, pose and each person's own mean face of the shot taken off, in
            distances of the outer eye corners ("eyes").
        lips, lids: difference of the openings, in eyes, less the shot's own median difference; lids: of the eye that
            differs more.
        jitter: shake of the landmarks beyond the plate's, in eyes (``core.measure.jitter``).
        temporal: change from the frame before in excess of the plate's own, ACEScct (``core.measure.temporal``).
        grain: sigma of the result's grain over the plate's in the same region; 1 is equal.
        sharpness: amplitude of fine detail over the plate's there; 1 is equal (``core.measure.sharpness``).
        seam: steps along the matte's edge that the plate has not; 1 is none (``core.measure.seam``).
        edge: stops by which result and plate differ just inside the matte's edge; 0 is none (``edge_step``).
        light: rms, in stops, over nine parts of the face, of the light's difference to the plate less the shot's own
            median of that difference: light that does not follow the plate's.
        identity: distance of the face's descriptor to the reference, or to the shot's middle descriptor where no
            reference was given; None on the frames that are not sampled and without the extra ``identity``.
        plate_identity: distance to the plate's own face.
        equal: share, 0..1, of the pixels inside the matte that are the plate's, bit for bit.
        likeness: correlation, -1..1, of the fine structure of result and plate inside the matte.
        held: share, 0..1, of the face's pixels that are the frame's before, bit for bit; plate_held: the plate's own.
        motion, plate_motion: how far the face moves from the frame before, rms over its landmarks, in result and plate;
            pixels of a picture of 256 round the face (of the plate where the face is smaller).
        missing: by name of a number above, why it is None.
    """

    height: float
    found: bool
    expression: float | None = None
    lips: float | None = None
    lids: float | None = None
    jitter: float | None = None
    temporal: float | None = None
    grain: float | None = None
    sharpness: float | None = None
    seam: float | None = None
    edge: float | None = None
    light: float | None = None
    identity: float | None = None
    plate_identity: float | None = None
    equal: float | None = None
    likeness: float | None = None
    held: float | None = None
    plate_held: float | None = None
    motion: float | None = None
    plate_motion: float | None = None
    missing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ShotLight:
    """How the result's light differs from the plate's through the whole shot, in stops.

    Two people's skins differ too, so only large numbers say something.

    Attributes:
        level: brighter (above 0) or darker, mean over the parts of the face.
        edge: the same along the matte's edge (``EdgeStep.level``), median of the frames; None where it was measured in
            no frame.
        across, down: the difference's rise from the left to the right of the picture, and from top to bottom.
    """

    level: float
    across: float
    down: float
    edge: float | None = None

    @property
    def exposure(self) -> float:
        """The mean of ``level`` and ``edge``: a gain moves both, a beard or a hairline mostly one."""
        return self.level if self.edge is None else (self.level + self.edge) / 2

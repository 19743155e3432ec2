"""How far each measure of a face may go, and what that depends on."""

from __future__ import annotations

from dataclasses import dataclass

LANDMARKS_FULL = 150.0
"""Height in pixels of a face from which its size no longer limits what landmarks tell (docs/measures.md, Limits)."""
SHARPNESS_NONE, SHARPNESS_FULL = 60.0, 85.0
"""Heights of a face: up to the first its fine detail cannot be told from grain, from the second it can."""
FLICKER_FULL = 250.0
"""The same for change over time, where grain is averaged over the face."""
_MOST = 2.0


@dataclass(frozen=True)
class Limits:
    """Thresholds of the checks of a face. A profile overrides single ones.

    Every measure compares the result with the plate, which is another person: what two people who do the same read
    against each other is the floor, and a limit lies above it. *Floor* below is the largest reading of single frames of
    clean comps: ground truth of two rendered takes blended in (faces 117 pixels high), and a comp of the example model
    (266 pixels high, softer and less steady than ground truth). Most limits were set on the takes talk and hardkey and
    on that comp; ground truth of the takes turn, profile and occluded (faces 122 to 132 pixels high), looked at
    afterwards, passes all of them: its largest readings stand as *later*. ``edge``, ``edge_shot``, ``likeness`` and
    ``still`` were set on all five takes and the comp.

    Attributes:
        identity: distance of descriptors, to the reference or the shot's middle frame. Floor 0.37; another person 0.4
            to 0.7. Only a face that changes much is told.
        lips, lids: openings, in eyes, of the median of three neighbouring frames; a single frame may have twice that.
            Floor 0.020 and 0.045 so taken; lower lip and chin lower by 12 % of the face's width read 0.06, on a face
            turned to the side no more than the floor. Later 0.036 and 0.023 in single frames.
        expression: landmarks, in eyes, taken alike. Floor 0.021; other moments of one person 0.02 to 0.03, so only a
            gross error is told.
        jitter: in eyes. Floor 0.014, later 0.018; shake by 1.5 % of the face's width 0.04 to 0.09.
        temporal: ACEScct. Floor 0.0043 at 117 pixels, later 0.0054 at 122, 0.0034 at 266; twice the grain 0.0063 at
            117; 5 % of flicker 0.007 to 0.0085.
        grain_least, grain_most: ratio. Floor 0.79 to 1.03, later 0.96 to 1.10; half the grain 0.48, twice the grain
            1.8 to 2.
        sharpness: the shot's median ratio, at least. Ground truth 1.03 to 1.23 (faces 106 to 263 pixels high), blurred
            by 0.5 pixels 0.85 to 0.93, by 0.8 pixels 0.59 to 0.71. The example model, which draws 128 pixels, reads
            0.14 on a face of 263 pixels: it is too soft there, and is told. On small faces grain hides what is
            measured: 66 pixels high, ground truth reads 0.53.
        sharpness_drop: share of the shot's median that a frame must keep, where it is also 0.2 below the median. Later
            no frame below 0.8 of the median.
        seam, seam_shot: ratio, of a frame and of the shot's median. Floor 7.7 and 4.9 (ground truth 2.8 and 2.3); a
            face pasted in without a blend 7 to 12, 2 to 4 where its outline is soft.
        edge, edge_shot: stops, of a frame and of the shot's median. Floor 0.39 and 0.30 (ground truth of five takes
            0.36 and 0.24); pasted in without a blend, medians of 0.41 to 1.1.
        light: stops by which a frame departs from the shot. Floor 0.12, later 0.18; a side light that comes on in one
            frame 0.4.
        light_bright, light_dark: stops, of the whole shot (``ShotLight.exposure``), above and below the plate's.
            Blended ground truth and the example model's comp read -0.33 (a beard on a shaven face) to 0.14; 20 % too
            bright is 0.26 more, whatever the face's size. Nothing natural was found that reads bright, so the first is
            the closer.
        light_tilt: stops, of the whole shot; the two people's skins are in it. The example model's comp reads 0.54,
            ground truth without any blend up to 1.5.
        equal: share of the face that may be the plate's, bit for bit. likeness: correlation with the plate's face.
            Floor 0 and 0.75; the plate's own face under other grain 0.98 and more, 0.90 where the grain is heavy.
        held: share of the face that may be the frame's before, bit for bit, where the plate moves. Floor 0.
        still: share of the plate's motion that the face must make, where the plate's is ``moving`` pixels or more
            (see ``FaceFacts.motion``). Floor 0.84; a held face under other grain 0.01 to 0.12.
        negative_share: of the pixels under the matte that may be below 0 where the plate is not; grain in blacks does
            that. Floor 0.013. negative_depth: the lowest value allowed. Floor -0.01.
        lossy_outside: share of the pixels outside the matte that may be far from the plate where a lossy compression
            was allowed.
    """

    identity: float = 0.5
    lips: float = 0.03
    lids: float = 0.06
    expression: float = 0.035
    jitter: float = 0.02
    temporal: float = 0.005
    grain_least: float = 0.7
    grain_most: float = 1.4
    sharpness: float = 0.75
    sharpness_drop: float = 0.7
    seam: float = 9.0
    seam_shot: float = 6.5
    edge: float = 0.5
    edge_shot: float = 0.36
    light: float = 0.3
    light_bright: float = 0.22
    light_dark: float = 0.45
    light_tilt: float = 1.5
    equal: float = 0.5
    likeness: float = 0.85
    held: float = 0.5
    still: float = 0.35
    moving: float = 0.6
    negative_share: float = 0.03
    negative_depth: float = -0.1
    lossy_outside: float = 0.01

    def of_landmarks(self, limit: float, height: float) -> float:
        """A limit of landmarks (lips, lids, expression, jitter) for a face that is ``height`` pixels high.

        Below 150 pixels the detector's own noise grows: ``limit * sqrt(150 / height)``, twice the limit at most.
        """
        return limit * min(_MOST, max(1.0, (LANDMARKS_FULL / height) ** 0.5))

    def of_sharpness(self, height: float) -> float:
        """``sharpness`` for a face that is ``height`` pixels high: whole from 85 pixels, falling to 0 at 60."""
        share = (height - SHARPNESS_NONE) / (SHARPNESS_FULL - SHARPNESS_NONE)
        return self.sharpness * min(1.0, max(0.0, share))

    def of_change(self, height: float) -> float:
        """``temporal`` for a face that is ``height`` pixels high: ``temporal * (250 / height) ** 0.35`` below 250."""
        return self.temporal * min(_MOST, max(1.0, (FLICKER_FULL / height) ** 0.35))

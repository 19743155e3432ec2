"""All that a Track node is told: how to track, where to look and where not, and what is set by hand afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from doublure.core.errors import DoublureError
from doublure.core.face.comp_track import CompTrack, head_rows, read_comp_track
from doublure.core.face.correct import corrected, switched_off
from doublure.core.face.guide import Guide
from doublure.core.face.occlusion import Matte
from doublure.core.face.regions import read_regions, regions_json
from doublure.core.face.sidecar import Track
from doublure.core.face.table import read_table
from doublure.core.face.track import TrackSettings
from doublure.core.frame import Frame
from doublure.core.window import Window
from doublure.nodes.digest import file_state
from doublure.nodes.keys import digest_of
from doublure.nodes.sidecar_key import read_key, save, state

FILL, OVERRIDE, HINT = "fill gaps", "override", "look there"
"""What a track from the comp is for: it places the head where no face is found; everywhere; or it only tells where to
look. Saved by label, so these are file format. The first two tell where to look as well."""

_FILES = ("ignore", "corrections", "comp_track")
_SETTINGS = ("face_index", "threshold", "smoothing")


@dataclass(frozen=True)
class TrackPlan:
    """What a Track node is told, files by path ("": none). ``channel`` names the channel of the occlusion matte;
    ``focal`` is the lens in plate y pixels, None where it is to be estimated."""

    settings: TrackSettings = field(default_factory=TrackSettings)
    ignore: str = ""
    corrections: str = ""
    comp_track: str = ""
    comp_use: str = FILL
    channel: str = ""
    focal: float | None = None

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> TrackPlan:
        """The plan in complete params of the node."""
        return cls(
            TrackSettings(**{name: params[name] for name in _SETTINGS}),
            **{name: str(params[name]) for name in (*_FILES, "comp_use")},
            channel=str(params["occlusion_channel"]),
            focal=params["focal"] or None,
        )

    def check(self) -> None:
        """Read every file once, so that a bad one is told before hours of tracking. Raises DoublureError."""
        if self.ignore:
            read_regions(Path(self.ignore))
        if self.corrections:
            read_table(Path(self.corrections))
        if self.comp_track:
            read_comp_track(Path(self.comp_track), 1)

    def analysis(self) -> dict[str, Any]:
        """What the tracking of a frame depends on besides its pixels, as plain data: for cache keys."""
        told = asdict(self.settings)
        if self.ignore:
            told["ignore"] = regions_json(read_regions(Path(self.ignore)))
        if self.comp_track:
            told["comp_track"] = _digest(self.comp_track)
        if self.channel:
            told["occlusion_channel"] = self.channel
        if self.focal is not None:
            told["focal"] = self.focal
        return told

    def by_hand(self, off: Sequence[int]) -> dict[str, Any]:
        """What is done to the track afterwards, as plain data: for cache keys. Empty where nothing is."""
        told: dict[str, Any] = {}
        if self.comp_track and self.comp_use != HINT:
            told["comp"] = [_digest(self.comp_track), self.comp_use]
        if self.corrections:
            told["corrections"] = _digest(self.corrections)
        if off:
            told["off"] = sorted(off)
        return told

    def guide(self, size: Callable[[], Frame], hidden: Callable[[int], Matte | None] | None) -> Guide:
        """What the tracker is told; ``size`` gives a frame of the plate, once one is there."""
        ignore = read_regions(Path(self.ignore)) if self.ignore else ()
        known: list[CompTrack] = []

        def look(number: int) -> Window | None:
            display = size().display
            if not known:
                known.append(read_comp_track(Path(self.comp_track), display.height))
            return known[0].look(number, display.width, display.height)

        return Guide(ignore, look if self.comp_track else None, hidden)

    def finished(self, track: Track, off: Sequence[int]) -> Track:
        """The track with all that was set by hand: the comp's, then keyframes, then frames that are off."""
        if self.comp_track and self.comp_use != HINT:
            comp = read_comp_track(Path(self.comp_track), track.height)
            track = corrected(track, head_rows(comp, track, lost_only=self.comp_use == FILL))
        if self.corrections:
            track = corrected(track, read_table(Path(self.corrections)))
        return switched_off(track, off)

    def key(self, tracked: str, off: Sequence[int]) -> str:
        """Key of the sidecar, for ``sidecar_key``; ``tracked`` is that of the tracking alone."""
        by_hand = self.by_hand(off)
        return digest_of({"tracked": tracked, "by_hand": by_hand}) if by_hand else tracked


def tracked_path(sidecar: Path) -> Path:
    """Where the track without what was set by hand is kept, so that a changed keyframe tracks nothing again."""
    return sidecar.with_name(f"{sidecar.stem}.tracked{sidecar.suffix}")


def store(
    track: Track,
    sidecar: Path,
    plan: TrackPlan,
    tracked: str,
    off: Sequence[int],
    failed: list[tuple[int, str]],
) -> None:
    """Write a track and, where something is set by hand, what came of it. Raises DoublureError."""
    if plan.by_hand(off):
        save(track, tracked_path(sidecar), tracked, failed)
        # Read back: what is set by hand then gives the same whether or not the plate was tracked in between.
        track = plan.finished(Track.load(tracked_path(sidecar)), off)
    save(track, sidecar, plan.key(tracked, off), failed)


def restore(sidecar: Path, plan: TrackPlan, tracked: str, off: Sequence[int]) -> bool:
    """Make the sidecar from a track that is there already; False where the plate must be tracked."""
    for path in (tracked_path(sidecar), sidecar):
        if state(path, tracked) == "current":
            made = read_key(path)
            store(
                Track.load(path), sidecar, plan, tracked, off, list(made.failed) if made is not None else []
            )
            return True
    return False


def refuse_by_hand(sidecar: Path, plan: TrackPlan, off: Sequence[int]) -> None:
    """Raise DoublureError where something is set by hand on the node, and the sidecar was edited by hand too."""
    told = plan.by_hand(off)
    if told:
        what = {"comp": "the comp track", "corrections": "the keyframes", "off": "the frames switched off"}
        raise DoublureError(
            f"this track was edited by hand, so {what[next(iter(told))]} of the node would not reach it",
            file=sidecar,
            remedy="empty the node's settings, or remove the sidecar to have the plate tracked",
        )


def _digest(path: str) -> str:
    file_state(Path(path))  # says what is wrong where it is missing
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()

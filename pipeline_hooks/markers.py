"""The flagged frames as markers of an OpenTimelineIO file, for editors and review tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError
from doublure.core.pattern import Sequence
from doublure.pipeline_hooks.publication import Publication


def write_markers(publication: Publication, path: Path) -> None:
    """Write a timeline with one clip, the shot with its handles, and a marker for every finding of a frame.

    Errors are red, warnings yellow; each marker's metadata has the validator and the remedy.

    Raises: DoublureError where the extra ``timeline`` is not installed, or the file cannot be written.
    """
    otio = _library()
    shot = publication.shot
    rate, numbers = float(shot.fps), shot.numbers

    def span(first: int, count: int) -> Any:
        return otio.opentime.TimeRange(
            otio.opentime.RationalTime(first, rate), otio.opentime.RationalTime(count, rate)
        )

    names = Sequence.parse(shot.result).path(numbers[0]).name
    before, _, after = names.rpartition(str(numbers[0]).zfill(publication.profile.digits))
    media = otio.schema.ImageSequenceReference(
        target_url_base="frames/",
        name_prefix=before,
        name_suffix=after,
        start_frame=numbers[0],
        frame_step=1,
        rate=rate,
        frame_zero_padding=publication.profile.digits,
        available_range=span(numbers[0], numbers[-1] - numbers[0] + 1),
    )
    clip = otio.schema.Clip(
        name=shot.title, media_reference=media, source_range=span(shot.cut[0], shot.cut[-1] - shot.cut[0] + 1)
    )
    for validator, findings in publication.findings.items():
        for one in findings:
            if one.frame is None:
                continue
            clip.markers.append(
                otio.schema.Marker(
                    name=one.what,
                    marked_range=span(one.frame, 1),
                    color=otio.schema.MarkerColor.RED
                    if one.level == "error"
                    else otio.schema.MarkerColor.YELLOW,
                    metadata={"doublure": {"validator": validator, "level": one.level, "remedy": one.remedy}},
                )
            )
    timeline = otio.schema.Timeline(name=shot.title)
    track = otio.schema.Track(name="result", kind=otio.schema.TrackKind.Video)
    track.append(clip)
    timeline.tracks.append(track)
    with atomic_file(path) as temporary:
        temporary.write_text(otio.adapters.write_to_string(timeline, "otio_json"), encoding="utf-8")


def _library() -> Any:
    try:
        import opentimelineio
    except ImportError as error:
        raise DoublureError(
            "markers need the package opentimelineio", remedy="pip install 'doublure[timeline]'"
        ) from error
    return opentimelineio

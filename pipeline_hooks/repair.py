"""Repairs that cannot do harm: no pixel changes, nothing is deleted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import OpenImageIO as oiio

from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError
from doublure.pipeline_hooks.publication import Publication

ASIDE = "unordered"
"""Folder beside the frames, where frames go that nobody ordered."""
_LOSSLESS = ("none", "rle", "zip", "zips", "piz")
_TIME = ("smpte:timecode", "framespersecond")


def move_unordered(publication: Publication) -> list[Path]:
    """Move the files of frames that were not ordered into a folder beside them; where they are now."""
    wanted, moved = set(publication.shot.numbers), []
    for number, path in publication.files:
        if number in wanted:
            continue
        target = path.parent / ASIDE / path.name
        if target.exists():
            raise DoublureError("there is such a file already", file=target, remedy="remove one of the two")
        target.parent.mkdir(exist_ok=True)
        os.rename(path, target)
        moved.append(target)
    return moved


def forward_time(publication: Publication, name: str) -> list[Path]:
    """Write the plate's time code and rate into the frames that the validator ``name`` has told; which."""
    plates = {frame.number: frame.plate_path for frame in publication.facts.readable}

    def change(spec: oiio.ImageSpec, number: int) -> None:
        source = _spec(plates[number])
        for item in list(spec.extra_attribs):
            if item.name.lower() in _TIME:
                spec.erase_attribute(item.name)
        for item in source.extra_attribs:
            if item.name.lower() in _TIME:
                spec.attribute(item.name, item.type, item.value)

    return _rewritten(publication, _told(publication, name), change)


def compress_again(publication: Publication, name: str) -> list[Path]:
    """Write the frames that the validator ``name`` has told with a compression that the profile allows; which.

    Frames of a lossy compression stay: their pixels are lost, and only a new render brings them back.
    """
    wanted = next((one for one in publication.profile.compressions if one in _LOSSLESS), None)
    if wanted is None:
        raise DoublureError("the profile allows no lossless compression", remedy="render the frames again")
    told = _told(publication, name)
    lossless = [
        frame.number
        for frame in publication.facts.readable
        if frame.number in told and frame.header is not None and frame.header.compression in _LOSSLESS
    ]
    return _rewritten(publication, lossless, lambda spec, _: spec.attribute("compression", wanted))


def _told(publication: Publication, name: str) -> set[int]:
    return {one.frame for one in publication.findings.get(name, ()) if one.frame is not None}


def _rewritten(
    publication: Publication, numbers: Iterable[int], change: Callable[[oiio.ImageSpec, int], None]
) -> list[Path]:
    paths = {frame.number: frame.path for frame in publication.facts.readable}
    done = []
    for number in sorted(set(numbers) & set(paths)):
        _rewrite(paths[number], number, change)
        done.append(paths[number])
    return done


def _rewrite(path: Path, number: int, change: Callable[[oiio.ImageSpec, int], None]) -> None:
    """Write the file anew with another header; where a pixel would change, the old file stays and this raises."""
    spec, before = _read(path, number)
    change(spec, number)
    with atomic_file(path, frame=number) as temporary:
        out = oiio.ImageOutput.create(str(temporary))
        if (
            out is None
            or not out.open(str(temporary), spec)
            or not out.write_image(before)
            or not out.close()
        ):
            reason = oiio.geterror() if out is None else out.geterror()
            raise DoublureError(f"the file cannot be written ({reason})", file=path, frame=number)
        if not _same(before, _read(temporary, number)[1]):
            raise DoublureError(
                "the repair would change pixels", file=path, frame=number, remedy="render the frame again"
            )


def _read(path: Path, number: int) -> tuple[oiio.ImageSpec, np.ndarray]:
    source = oiio.ImageInput.open(str(path))
    if source is None:
        raise DoublureError("the file cannot be read", file=path, frame=number, remedy="render it again")
    try:
        spec = source.spec().copy()
        formats = {str(spec.channelformat(index)) for index in range(spec.nchannels)}
        kind = oiio.HALF if formats == {"half"} else oiio.FLOAT
        pixels = source.read_image(0, 0, 0, spec.nchannels, kind)
    finally:
        source.close()
    if pixels is None:
        raise DoublureError("the pixels cannot be read", file=path, frame=number, remedy="render it again")
    return spec, pixels


def _same(before: np.ndarray, after: np.ndarray) -> bool:
    return before.dtype == after.dtype and before.shape == after.shape and before.tobytes() == after.tobytes()


def _spec(path: Path) -> oiio.ImageSpec:
    source = oiio.ImageInput.open(str(path))
    if source is None:
        raise DoublureError("the plate cannot be read", file=path, remedy="check the plate")
    try:
        return source.spec().copy()
    finally:
        source.close()


def failed(context: object, validator: type) -> Sequence[Publication]:
    """The publications that a validator did not let pass, for its repair actions."""
    found = [one.data.get("doublure") for one in context]  # type: ignore[attr-defined]
    return [
        one
        for one in found
        if isinstance(one, Publication)
        and validator.__name__ in one.findings
        and validator.__name__ not in one.passed
    ]

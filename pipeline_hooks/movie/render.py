"""The review movie of a publication."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from doublure.core.cancel import carried, check
from doublure.core.exr import read_exr
from doublure.core.frame import Frame
from doublure.core.look import look
from doublure.core.movie import write_movie
from doublure.core.scan.facts import FrameFacts
from doublure.core.scan.file_header import FileHeader
from doublure.pipeline_hooks.movie.picture import LABEL, Captions, review_picture
from doublure.pipeline_hooks.publication import Publication

_THREADS = 2
"""Each holds a frame and its plate."""


def render_movie(publication: Publication, frames: Path, path: Path) -> None:
    """Write every ordered frame as a picture of the movie.

    Args:
        frames: folder of the result's frames, as they will be published. path: ends with .mp4.

    Raises:
        DoublureError: a frame cannot be read, the profile's view does not exist, or the movie cannot be written.
    """
    write_movie(path, _pictures(publication, frames), float(publication.shot.fps))


def label_of(publication: Publication) -> str | None:
    """The visible label, where a likeness record asks for one: at the opening, in the credits or on screen, a review
    shows it throughout."""
    asked = any(grant.disclosure.get("label", "none") != "none" for grant in publication.grants)
    return LABEL if asked else None


def _pictures(publication: Publication, frames: Path) -> Iterator[np.ndarray]:
    shot, profile, told = publication.shot, publication.profile, publication.progress
    label, cut, listed = label_of(publication), set(shot.cut), publication.facts.frames

    def view(rgb: torch.Tensor) -> np.ndarray:
        return look(rgb, profile.movie.display, profile.movie.view)

    def picture(one: FrameFacts) -> np.ndarray:
        check()
        result = _read(frames / one.path.name, one, one.header, shot.space)
        plate = _read(one.plate_path, one, one.plate_header, shot.space)
        note = "" if one.number in cut else "handle"
        return review_picture(result, plate, Captions(shot.title, one.number, note, label), view)

    # The codec has one thread; the pictures are made beside it.
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="movie")
    try:
        waiting: deque[Future[np.ndarray]] = deque()
        coming, work = iter(listed), carried(picture)
        for done in range(1, len(listed) + 1):
            waiting.extend(pool.submit(work, one) for one in islice(coming, _THREADS + 1 - len(waiting)))
            yield waiting.popleft().result()
            if told is not None:
                told("movie", done, len(listed))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _read(path: Path, one: FrameFacts, header: FileHeader | None, space: str | None) -> Frame:
    return read_exr(path, number=one.number, space=(header.space if header is not None else None) or space)

"""A small movie for looking at: VP9 in MP4, which browsers play and nobody has to license."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError


def can_write_movies() -> bool:
    """Whether this OpenCV comes with what ``write_movie`` needs."""
    return bool(cv2.videoio_registry.hasBackend(cv2.CAP_FFMPEG))


def write_movie(path: str | os.PathLike[str], pictures: Iterable[np.ndarray], fps: float) -> int:
    """Write pictures as a movie that appears whole or not at all.

    Args:
        path: ends with ``.mp4``; its folder must exist.
        pictures: uint8 (H, W, 3), R G B, as ``display_view`` gives them, all of one size. An odd last row or column
            is left out: the codec halves its colours.
        fps: frames a second, above 0.

    Returns:
        The number of pictures written.

    Raises:
        DoublureError: no pictures, several sizes, another suffix, or the file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() != ".mp4":
        raise DoublureError("a review movie is an .mp4", file=path, remedy="name it so")
    if not fps > 0:
        raise DoublureError(f"{fps} is no frame rate", file=path, remedy="give frames a second, such as 24")
    source = iter(pictures)
    first = next(source, None)
    if first is None or min(first.shape[:2]) < 2:
        raise DoublureError(
            "there are no pictures for the movie", file=path, remedy="name the frames to show"
        )
    height, width = first.shape[0] // 2 * 2, first.shape[1] // 2 * 2
    with atomic_file(path) as temporary:
        codec = cv2.VideoWriter.fourcc(*"vp09")
        writer = cv2.VideoWriter(str(temporary), cv2.CAP_FFMPEG, codec, float(fps), (width, height))
        if not writer.isOpened():
            raise DoublureError(
                "this OpenCV cannot write VP9 movies", file=path, remedy="install opencv-python-headless"
            )
        count = 0
        try:
            picture: np.ndarray | None = first
            while picture is not None:
                if picture.shape != first.shape:
                    raise DoublureError(
                        f"a picture is {picture.shape[1]} x {picture.shape[0]}, "
                        f"the first was {first.shape[1]} x {first.shape[0]}",
                        file=path,
                        remedy="give pictures of one size",
                    )
                writer.write(np.ascontiguousarray(picture[:height, :width, ::-1]))
                count += 1
                picture = next(source, None)
        finally:
            writer.release()
    return count

"""Files read some rows at a time give what they hold, however they are stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest

from doublure.core.pixel_bands import pixel_bands

WIDTH = 9


def _file(path: Path, height: int, *, compression: str = "zip", y: int = 0, tile: int = 0) -> np.ndarray:
    values = np.random.default_rng(height).random((height, WIDTH, 3)).astype(np.float16)
    spec = oiio.ImageSpec(WIDTH, height, 3, oiio.HALF)
    spec.y = y
    spec.attribute("compression", compression)
    if tile:
        spec.tile_width = spec.tile_height = tile
    out = oiio.ImageOutput.create(str(path))
    assert out.open(str(path), spec)
    assert out.write_image(values)
    out.close()
    return values


def _read(path: Path, kind: str = "half") -> list[tuple[int, np.ndarray | None]]:
    source = oiio.ImageInput.open(str(path))
    try:
        return [(top, None if band is None else np.array(band)) for top, band in pixel_bands(source, kind)]
    finally:
        source.close()


@pytest.mark.parametrize("height", [1, 127, 128, 129, 300])
def test_the_bands_together_are_the_picture(tmp_path: Path, height: int) -> None:
    values = _file(tmp_path / "a.exr", height)
    found = _read(tmp_path / "a.exr")
    assert np.array_equal(np.concatenate([band for _, band in found]), values)
    assert [top for top, _ in found] == list(range(0, height, 128))


@pytest.mark.parametrize("y", [-40, 500])
def test_rows_count_from_the_top_of_the_data_window(tmp_path: Path, y: int) -> None:
    values = _file(tmp_path / "a.exr", 200, y=y)
    (first, upper), (second, lower) = _read(tmp_path / "a.exr")
    assert (first, second) == (0, 128)
    assert np.array_equal(np.concatenate([upper, lower]), values)


@pytest.mark.parametrize("compression", ["none", "rle", "zips", "piz", "dwaa", "dwab", "b44"])
def test_every_compression_reads_as_the_whole_does(tmp_path: Path, compression: str) -> None:
    _file(tmp_path / "a.exr", 600, compression=compression)
    source = oiio.ImageInput.open(str(tmp_path / "a.exr"))
    whole = source.read_image(0, 0, 0, 3, oiio.HALF)
    source.close()
    bands = [band for _, band in _read(tmp_path / "a.exr")]
    assert np.array_equal(np.concatenate(bands), whole.reshape(600, WIDTH, 3))


def test_a_tiled_file_comes_in_one(tmp_path: Path) -> None:
    values = _file(tmp_path / "a.exr", 200, tile=64)
    ((top, band),) = _read(tmp_path / "a.exr")
    assert top == 0
    assert np.array_equal(band, values)


def test_halves_can_be_asked_for_as_floats(tmp_path: Path) -> None:
    values = _file(tmp_path / "a.exr", 3)
    ((_, band),) = _read(tmp_path / "a.exr", "float")
    assert band.dtype == np.float32
    assert np.array_equal(band, values.astype(np.float32))


def test_a_file_cut_short_ends_with_none(tmp_path: Path) -> None:
    _file(tmp_path / "a.exr", 400, compression="none")
    whole = (tmp_path / "a.exr").read_bytes()
    (tmp_path / "a.exr").write_bytes(whole[: len(whole) // 2])
    found = _read(tmp_path / "a.exr")
    assert found[-1][1] is None
    assert all(band is not None for _, band in found[:-1])

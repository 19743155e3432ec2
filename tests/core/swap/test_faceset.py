from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.exr import read_exr, write_exr
from doublure.core.frame import Frame
from doublure.core.sequence import Sequence
from doublure.core.swap.faceset import Faceset, build_faceset, stored_side

FACE = Path(__file__).resolve().parents[2] / "data" / "face.exr"
SIZE = 32


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Frames 1-12 of one face, each a little brighter; frame 4 shows nothing."""
    folder = tmp_path_factory.mktemp("footage")
    face = read_exr(FACE)
    for number in range(1, 13):
        rgb = torch.full_like(face.rgb, 0.18) if number == 4 else face.rgb * (1 + number / 20)
        write_exr(folder / f"hero.{number:04d}.exr", Frame.from_rgb(rgb, face.space, number=number))
    return folder


@pytest.fixture(scope="module")
def faces(footage: Path) -> Faceset:
    return build_faceset("ada", "hero", [Sequence.parse(footage / "hero.####.exr")], size=SIZE)


def test_every_frame_with_a_face_becomes_a_crop(faces: Faceset) -> None:
    side = stored_side(SIZE)
    assert faces.detail.shape == (11, 3, side, side)
    assert faces.moments.tolist() == [1, 2, 3, *range(5, 13)]


def test_a_frame_without_a_face_is_listed_with_its_file(faces: Faceset) -> None:
    assert len(faces.faceless) == 1
    assert "hero.0004.exr (frame 4): no face" in faces.faceless[0]


def test_only_the_last_block_is_held_out(faces: Faceset) -> None:
    assert faces.moments[faces.held_out].tolist() == [12]


def test_exposure_does_not_change_what_the_network_sees(faces: Faceset) -> None:
    inside = faces.mask[0] > 200
    first, last = faces.detail[0].float(), faces.detail[-1].float()
    assert (first - last)[:, inside].abs().mean() < 0.01


def test_detail_is_centred_on_the_face(faces: Faceset) -> None:
    inside = (faces.mask.float() / 255)[:, None]
    mean = (faces.detail.float() * inside).sum((2, 3)) / inside.sum((2, 3))
    assert mean.abs().max() < 0.05


def test_other_pictures_have_another_hash(footage: Path, faces: Faceset) -> None:
    some = build_faceset("ada", "hero", [Sequence.parse(footage / "hero.####.exr", "1-3,5-9")], size=SIZE)
    assert some.sha256 != faces.sha256


def test_too_little_footage_is_refused_with_a_remedy(footage: Path) -> None:
    with pytest.raises(DoublureError, match="only 2 frames of ada show a face; give footage"):
        build_faceset("ada", "hero", [Sequence.parse(footage / "hero.####.exr", "1-2,4")], size=SIZE)


def test_a_missing_frame_is_named(footage: Path) -> None:
    with pytest.raises(DoublureError, match="frame 13"):
        build_faceset("ada", "hero", [Sequence.parse(footage / "hero.####.exr", "1-13")], size=SIZE)


def test_progress_reaches_the_end(footage: Path) -> None:
    seen: list[tuple[int, int]] = []
    sequence = Sequence.parse(footage / "hero.####.exr", "1-3,5-9")
    build_faceset(
        "ada", "hero", [sequence], size=SIZE, progress=lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (16, 16)
    assert np.all(np.diff([done for done, _ in seen]) >= 0)

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from bench import baselines
from doublure.core.errors import DoublureError
from doublure.core.exr import read_exr, write_exr
from doublure.core.frame import Frame
from doublure.core.measure.landmarks import Tracked, track_points
from doublure.core.measure.masked_blur import masked_blur

FACE = Path(__file__).parents[1] / "data" / "face.exr"


@pytest.fixture(scope="module")
def face() -> Frame:
    torch.set_num_threads(1)
    return read_exr(FACE, number=1)


@pytest.fixture(scope="module")
def folder(face: Frame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A take's folder with two hero frames: the second one is upside down, where no face is found."""
    root = tmp_path_factory.mktemp("take")
    (root / "hero").mkdir()
    write_exr(root / "hero" / "hero.0001.exr", face)
    write_exr(root / "hero" / "hero.0002.exr", replace(face, pixels=0 * face.pixels + 0.1))
    return root


@pytest.fixture(scope="module")
def still(folder: Path) -> baselines.Still:
    return baselines.choose_still(folder)


@pytest.fixture(scope="module")
def plate(face: Frame) -> Frame:
    """The face moved by (24, 10) on a larger grey plate, twice as bright and redder."""
    rgb = torch.full((3, 240, 280), 0.12)
    rgb[:, 10:202, 24:216] = face.rgb * torch.tensor([2.4, 2.0, 1.8])[:, None, None]
    return Frame.from_rgb(rgb, "ACEScg", number=1001)


@pytest.fixture(scope="module")
def faces(plate: Frame) -> list[Tracked | None]:
    return track_points([plate])


def test_the_still_is_a_frame_with_a_face(still: baselines.Still) -> None:
    assert still.number == 1
    assert 0 < float(still.matte.mean()) < 1


def test_an_unlit_still_has_no_low_frequencies_left(face: Frame, still: baselines.Still) -> None:
    width = float(np.ptp(still.face.points[:, 0]))
    inside = still.matte > 0.5
    spread = {}
    for name, picture in (("lit", face.rgb), ("unlit", still.picture)):
        low = masked_blur(picture.clamp_min(1e-4).log2(), still.matte, 0.2 * width)
        spread[name] = float(low[:, inside].std(1).mean())
    assert spread["unlit"] < 0.3 * spread["lit"]


def test_the_still_lands_on_the_drivers_landmarks(plate, faces, still) -> None:
    (pasted,) = baselines.paste([plate], faces, still)
    (again,) = track_points([pasted])
    assert again is not None
    assert faces[0] is not None
    apart = np.linalg.norm(again.points[:, :2] - faces[0].points[:, :2], axis=1)
    assert float(np.median(apart)) < 2.0


def test_outside_the_face_the_plate_stays_bit_for_bit(plate, faces, still) -> None:
    for made in (baselines.paste([plate], faces, still)[0], baselines.transfer([plate], faces, still)[0]):
        outside = made.channel("matte") == 0
        assert 0.4 < float(outside.float().mean()) < 0.95
        assert torch.equal(made.rgb[:, outside], plate.rgb[:, outside])


def test_the_grade_is_one_for_the_shot(plate, faces, still) -> None:
    dark = plate.with_rgb(plate.rgb * 0.5)
    frames = baselines.paste([plate, plate, dark], [faces[0]] * 3, still)
    core = frames[0].channel("matte") > 0.999
    assert torch.allclose(frames[0].rgb[:, core], frames[2].rgb[:, core], atol=2e-3)


def test_transfer_follows_the_plate_from_frame_to_frame(plate, faces, still) -> None:
    dark = plate.with_rgb(plate.rgb * 0.5)
    frames = baselines.transfer([plate, dark], [faces[0]] * 2, still)
    core = frames[0].channel("matte") > 0.999
    medians = [frame.rgb[:, core].median(1).values for frame in frames]
    assert torch.allclose(medians[1] / medians[0], torch.full((3,), 0.5), atol=0.1)


def test_a_frame_without_a_face_is_the_plate_itself(plate, faces, still) -> None:
    assert baselines.paste([plate], [None], still) == [plate]
    assert baselines.transfer([plate], [None], still) == [plate]


def test_no_footage_is_told(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="the take has no hero footage"):
        baselines.choose_still(tmp_path)


def test_footage_without_a_face_is_told(tmp_path: Path) -> None:
    (tmp_path / "hero").mkdir()
    write_exr(tmp_path / "hero" / "hero.0001.exr", Frame.from_rgb(torch.full((3, 64, 64), 0.2), "ACEScg"))
    with pytest.raises(DoublureError, match="no face was found in the hero footage"):
        baselines.choose_still(tmp_path)

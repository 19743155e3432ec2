from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.exr import read_exr, write_exr
from doublure.core.faceset.finish import finish
from doublure.core.faceset.folder import SetFolder
from doublure.core.faceset.select import SelectSettings
from doublure.core.sequence import Sequence
from doublure.core.swap.faceset import build_faceset, stored_side
from doublure.core.swap.faceset_folder import load_faceset, set_sha256
from doublure.core.swap.marks import acted
from doublure.core.swap.pairs import Pairs
from tests.conftest import HERO

SIZE = 32


@pytest.fixture
def folder(hero_set: SetFolder, tmp_path: Path) -> SetFolder:
    """A copy that may be changed."""
    shutil.copytree(hero_set.path, tmp_path / "mara", ignore=shutil.ignore_patterns("cache"))
    return SetFolder(tmp_path / "mara")


def test_a_set_trains_as_its_footage_does(hero_set: SetFolder) -> None:
    stored = load_faceset(hero_set.path, "mara", "hero", size=SIZE)
    cut = build_faceset("mara", "hero", [Sequence.parse(HERO / "hero.1-10####.exr")], size=SIZE)
    assert stored.detail.shape == cut.detail.shape == (10, 3, stored_side(SIZE), stored_side(SIZE))
    assert stored.moments.tolist() == cut.moments.tolist()
    assert stored.held_out.tolist() == cut.held_out.tolist()
    inside = (cut.mask > 200) & (stored.mask > 200)
    apart = (stored.detail.float() - cut.detail.float()).abs().mean(1)[inside]
    assert apart.mean() < 0.01
    assert (stored.complexion - cut.complexion).abs().mean() < 0.003


def test_the_marks_of_a_set_are_those_of_its_footage(hero_set: SetFolder) -> None:
    stored = load_faceset(hero_set.path, "mara", "hero", size=SIZE).marks
    cut = build_faceset("mara", "hero", [Sequence.parse(HERO / "hero.1-10####.exr")], size=SIZE).marks
    assert stored is not None
    assert cut is not None
    apart = acted(stored, stored.rest) - acted(cut, cut.rest)
    # Half crops: the records' points are rounded, and the crops were laid anew.
    assert apart[:, :-2].abs().mean() < 0.01
    assert apart[:, -2:].abs().max() < 0.05


def test_where_the_footage_says_what_is_face_the_set_does_too(hero_set: SetFolder) -> None:
    stored = load_faceset(hero_set.path, "mara", "hero", size=SIZE).cover
    cut = build_faceset("mara", "hero", [Sequence.parse(HERO / "hero.1-10####.exr")], size=SIZE).cover
    assert stored is not None
    assert cut is not None
    assert 0.2 < cut.float().mean() / 255 < 0.8
    assert (stored.float() - cut.float()).abs().mean() / 255 < 0.01


def test_one_face_without_a_matte_leaves_the_matte_unlearned(folder: SetFolder) -> None:
    path = sorted((folder.path / "crops").rglob("*.exr"))[0]
    whole = read_exr(path)
    kept = tuple(name for name in whole.channels if name != "matte")
    planes = torch.stack([whole.channel(name) for name in kept])
    write_exr(path, replace(whole, pixels=planes, channels=kept))
    found = load_faceset(folder.path, "mara", "hero", size=SIZE)
    assert found.cover is None
    assert len(found) == 10


def test_the_rows_are_cut_once(folder: SetFolder) -> None:
    calls: list[int] = []
    first = load_faceset(folder.path, "mara", "hero", size=SIZE, progress=lambda done, _: calls.append(done))
    second = load_faceset(folder.path, "mara", "hero", size=SIZE, progress=lambda done, _: calls.append(done))
    assert calls == list(range(1, 11))
    assert torch.equal(first.detail, second.detail)


def test_what_was_chosen_anew_is_cut_anew(folder: SetFolder) -> None:
    load_faceset(folder.path, "mara", "hero", size=SIZE)
    finish(folder, SelectSettings(most=8))
    assert len(load_faceset(folder.path, "mara", "hero", size=SIZE)) == 8
    assert len(list(folder.cache.iterdir())) == 1


def test_batches_are_drawn_from_it(hero_set: SetFolder) -> None:
    faces = load_faceset(hero_set.path, "mara", "hero", size=SIZE)
    batch = Pairs([faces], SIZE).draw(4, torch.Generator().manual_seed(1))
    assert batch.source.shape == (4, 3, SIZE, SIZE)


def test_the_hash_is_what_the_record_names(hero_set: SetFolder) -> None:
    assert load_faceset(hero_set.path, "mara", "hero", size=SIZE).sha256 == set_sha256(hero_set.path)


def test_a_crop_that_was_exchanged_is_refused(folder: SetFolder) -> None:
    shutil.copy(folder.path / "crops/hero/0001.0.exr", folder.path / "crops/hero/0002.0.exr")
    with pytest.raises(DoublureError, match=r"0002\.0 is not the one that the set was made with"):
        load_faceset(folder.path, "mara", "hero", size=SIZE)
    assert not list(folder.cache.glob("*"))


def test_what_is_painted_out_is_not_learnt(folder: SetFolder) -> None:
    path = folder.path / "crops/hero/0001.0.exr"
    crop = read_exr(path)
    visible = crop.channel("visible").clone()
    visible[:, : visible.shape[1] // 2] = 0
    write_exr(path, crop.with_channel("visible", visible))
    faces = load_faceset(folder.path, "mara", "hero", size=SIZE)
    left = slice(0, stored_side(SIZE) // 2 - 3)
    assert int(faces.mask[0, :, left].max()) == int(faces.weight[0, :, left].max()) == 0
    assert int(faces.mask[1, :, left].max()) == 255


def test_a_crop_that_is_gone_is_named(folder: SetFolder) -> None:
    (folder.path / "crops/hero/0005.0.exr").unlink()
    with pytest.raises(DoublureError, match=r"hero/0005\.0 is in the set's index and its crop is not there"):
        load_faceset(folder.path, "mara", "hero", size=SIZE)


def test_a_small_set_is_refused(folder: SetFolder) -> None:
    header, lines = folder.read_index()
    folder.write_index(header, [{**line, "used": row < 3} for row, line in enumerate(lines)])
    with pytest.raises(DoublureError, match="only 3 faces of the set can be used"):
        load_faceset(folder.path, "mara", "hero", size=SIZE)


def test_stills_are_nobody_elses_moment(folder: SetFolder) -> None:
    header, lines = folder.read_index()
    folder.write_index(header, [{**line, "frame": None} for line in lines])
    moments = load_faceset(folder.path, "mara", "hero", size=SIZE).moments
    assert len(np.unique(moments)) == 10
    assert moments.max() < 0


def test_the_last_block_is_the_last_by_number(folder: SetFolder) -> None:
    header, lines = folder.read_index()
    folder.write_index(header, [{**line, "frame": 9995 + row} for row, line in enumerate(lines[::-1])])
    faces = load_faceset(folder.path, "mara", "hero", size=SIZE)
    assert faces.moments[faces.held_out].tolist() == [10004]

"""Backups of a training: whole, few, and there when the state is not."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from doublure.core.errors import DoublureError
from doublure.core.swap import training_files
from doublure.core.swap.checkpoint import STATE_SCHEMA, write_tensors
from doublure.core.swap.training_files import back_up, backups, read_state, state_path


def _training(folder: Path, step: int) -> Path:
    out = folder / "m.safetensors"
    write_tensors(out, {"a": torch.full((3,), float(step))}, {})
    write_tensors(state_path(out), {"a": torch.zeros(2)}, {"schema": STATE_SCHEMA, "step": step})
    return out


def test_a_backup_keeps_its_bytes_when_the_checkpoint_is_replaced(tmp_path: Path) -> None:
    out = _training(tmp_path, 1)
    first = out.read_bytes()
    kept = back_up(out, 1, keep=3)
    _training(tmp_path, 2)
    assert (kept / out.name).read_bytes() == first != out.read_bytes()


def test_a_backup_can_be_resumed_from(tmp_path: Path) -> None:
    out = _training(tmp_path, 7)
    kept = back_up(out, 7, keep=3)
    assert read_state(kept / out.name)[1]["step"] == 7


def test_only_the_newest_stay(tmp_path: Path) -> None:
    out = _training(tmp_path, 1)
    for step in (5, 100, 20, 3000):
        back_up(out, step, keep=2)
    assert [int(one.name) for one in backups(out)] == [100, 3000]


def test_the_same_step_again_takes_the_place_of_the_first(tmp_path: Path) -> None:
    back_up(_training(tmp_path, 1), 4, keep=2)
    again = back_up(_training(tmp_path, 2), 4, keep=2)
    assert (again / "m.safetensors").read_bytes() == (tmp_path / "m.safetensors").read_bytes()
    assert len(backups(tmp_path / "m.safetensors")) == 1


def test_a_disk_without_links_gets_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(training_files.os, "link", no_links)
    out = _training(tmp_path, 1)
    assert (back_up(out, 1, keep=1) / out.name).read_bytes() == out.read_bytes()


def test_a_disk_that_refuses_leaves_the_earlier_backups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = _training(tmp_path, 1)
    back_up(out, 1, keep=1)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(training_files, "_link", full)
    with pytest.raises(DoublureError, match="No space left on device"):
        back_up(out, 2, keep=1)
    assert [one.name for one in (tmp_path / "m.backups").iterdir()] == ["0000000001"]


def test_a_broken_state_names_the_newest_backup(tmp_path: Path) -> None:
    out = _training(tmp_path, 1)
    back_up(out, 1, keep=2)
    newest = back_up(out, 2, keep=2)
    state_path(out).write_bytes(b"cut off")
    with pytest.raises(DoublureError, match=str(newest)):
        read_state(out)


def test_a_broken_state_without_a_backup_is_told_all_the_same(tmp_path: Path) -> None:
    out = _training(tmp_path, 1)
    state_path(out).write_bytes(b"cut off")
    with pytest.raises(DoublureError, match="not a readable model"):
        read_state(out)

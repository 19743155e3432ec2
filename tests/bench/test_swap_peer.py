from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from bench import standard_set, swap_peer
from bench.swap_peer import classic, ours, race_classic, race_ours
from bench.swap_peer_score import Complexions, cut_plates, put_back
from doublure.core.errors import DoublureError
from doublure.core.measure.take import PLATE, Take, read_take
from doublure.core.swap.plate_face import PlateFace
from tests.core.swap.conftest import make_faceset

TALK = standard_set.SMALL_ROOT / "talk"
PEOPLE = Complexions(torch.zeros(3, 16, 16), torch.zeros(3, 16, 16))


@pytest.fixture(scope="module")
def take() -> Take:
    torch.set_num_threads(1)
    return read_take(str(TALK / PLATE), TALK, "1001-1002")


@pytest.fixture(scope="module")
def cuts(take: Take) -> list[PlateFace]:
    return cut_plates(take, 64)


class Same(nn.Module):
    """Gives back what it sees, as a classic network is asked."""

    def forward(self, seen: Tensor, people: Tensor) -> Tensor:
        return seen


class SameByCode(nn.Module):
    """Gives back what it sees and a matte, as ours is asked."""

    def code(self, people: Tensor) -> Tensor:
        return people[:, None].float()

    def forward(self, seen: Tensor, code: Tensor) -> tuple[Tensor, Tensor]:
        return seen, seen[:, :1] * code[:, :1, None, None]


def test_both_sides_put_the_same_answer_back_alike(take: Take, cuts: list[PlateFace]) -> None:
    one = put_back(take, cuts, ours(SameByCode(), 0), PEOPLE)  # type: ignore[arg-type]
    other = put_back(take, cuts, classic(Same(), 0), PEOPLE)
    assert all(torch.equal(a.pixels, b.pixels) for a, b in zip(one, other, strict=True))


def test_a_network_that_changes_nothing_leaves_the_face_nearly_as_it_is(
    take: Take, cuts: list[PlateFace]
) -> None:
    for plate, result in zip(take.plates, put_back(take, cuts, classic(Same(), 0), PEOPLE), strict=True):
        assert torch.equal(result.rgb[:, :8], plate.rgb[:, :8])
        assert float((result.rgb - plate.rgb).abs().mean()) < 0.04 * float(plate.rgb.mean())


def test_another_complexion_shows(take: Take, cuts: list[PlateFace]) -> None:
    other = Complexions(PEOPLE.own, PEOPLE.own + 0.05)
    one, two = (put_back(take, cuts, classic(Same(), 0), who)[0] for who in (PEOPLE, other))
    assert float((two.rgb - one.rgb).max()) > 0.01


def test_a_take_without_a_face_is_refused(take: Take) -> None:
    black = take.plates[0].with_pixels(take.plates[0].pixels * 0)
    with pytest.raises(DoublureError, match="frame"):
        cut_plates(Take([1001], [black], [black], [black], [take.mattes[0]]), 64)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap_peer, "SIZE", 32)
    monkeypatch.setattr(swap_peer, "BATCH", 4)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("race", [race_ours, race_classic])
def test_who_has_finished_is_kept_and_answers_the_same(race, tmp_path: Path) -> None:
    sets = [make_faceset("ada", "hero", seed=1), make_faceset("ben", "driver", seed=2)]
    seen = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 0.1
    first = race(sets, 1e-4, tmp_path / "one.safetensors")
    again = race(sets, 1e-4, tmp_path / "one.safetensors")
    assert first.pictures == again.pictures > 0
    assert torch.equal(first.answer(seen), again.answer(seen))


@pytest.mark.usefixtures("small")
def test_a_race_of_other_pictures_is_run_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for seed in (1, 3):
        sets = [make_faceset("ada", "hero", seed=seed), make_faceset("ben", "driver", seed=2)]
        race_ours(sets, 1e-4, tmp_path / "one.safetensors")
    assert "trained already" not in capsys.readouterr().err

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from bench import standard_set, swap_peer
from bench.swap_peer import Answer, classic, ours, race_classic, race_ours
from bench.swap_peer_score import Complexions, Seen, cut_plates, put_back
from doublure.core.errors import DoublureError
from doublure.core.measure.take import PLATE, Take, read_take
from doublure.core.swap.marks import POINTS
from tests.core.swap.conftest import make_faceset, make_marks

TALK = standard_set.SMALL_ROOT / "talk"
PEOPLE = Complexions(torch.zeros(3, 16, 16), torch.zeros(3, 16, 16))


@pytest.fixture(scope="module")
def take() -> Take:
    torch.set_num_threads(1)
    return read_take(str(TALK / PLATE), TALK, "1001-1002")


@pytest.fixture(scope="module")
def shown(take: Take) -> Seen:
    return cut_plates(take, 64)


class Same(nn.Module):
    """Gives back what it sees, as a classic network is asked."""

    def forward(self, seen: Tensor, people: Tensor) -> Tensor:
        return seen


class SameByCode(nn.Module):
    """Gives back what it sees and a matte, as ours is asked."""

    def __init__(self, logit: float) -> None:
        super().__init__()
        self.logit = logit

    def code(self, people: Tensor) -> Tensor:
        return people[:, None].float()

    def forward(self, seen: Tensor, code: Tensor, guide: Tensor) -> tuple[Tensor, Tensor]:
        return seen, torch.full_like(seen[:, :1], self.logit)


def _ours(logit: float) -> Answer:
    return ours(SameByCode(logit), 0, torch.zeros(len(POINTS), 3))  # type: ignore[arg-type]


def test_both_sides_put_the_same_answer_back_alike_inside_the_face(take: Take, shown: Seen) -> None:
    one, other = (put_back(take, shown, answer, PEOPLE) for answer in (_ours(40.0), classic(Same(), 0)))
    for a, b, cut in zip(one, other, shown.cuts, strict=True):
        middle = (cut.matrix @ [32, 32, 1]).astype(int)
        inside = slice(middle[1] - 8, middle[1] + 8), slice(middle[0] - 8, middle[0] + 8)
        assert torch.equal(a.rgb[:, inside[0], inside[1]], b.rgb[:, inside[0], inside[1]])


def test_a_network_with_a_matte_is_shown_in_it(take: Take, shown: Seen) -> None:
    hidden = put_back(take, shown, _ours(-40.0), PEOPLE)
    assert all(torch.equal(a.rgb, b.rgb) for a, b in zip(hidden, take.plates, strict=True))


def test_a_network_that_changes_nothing_leaves_the_face_nearly_as_it_is(take: Take, shown: Seen) -> None:
    for plate, result in zip(take.plates, put_back(take, shown, classic(Same(), 0), PEOPLE), strict=True):
        assert torch.equal(result.rgb[:, :8], plate.rgb[:, :8])
        assert float((result.rgb - plate.rgb).abs().mean()) < 0.04 * float(plate.rgb.mean())


def test_another_complexion_shows(take: Take, shown: Seen) -> None:
    other = Complexions(PEOPLE.own, PEOPLE.own + 0.05)
    one, two = (put_back(take, shown, classic(Same(), 0), who)[0] for who in (PEOPLE, other))
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
    marks = make_marks(2, torch.Generator().manual_seed(0))
    assert torch.equal(first.answer(seen, marks)[0], again.answer(seen, marks)[0])


@pytest.mark.usefixtures("small")
def test_a_race_of_other_pictures_is_run_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for seed in (1, 3):
        sets = [make_faceset("ada", "hero", seed=seed), make_faceset("ben", "driver", seed=2)]
        race_ours(sets, 1e-4, tmp_path / "one.safetensors")
    assert "trained already" not in capsys.readouterr().err

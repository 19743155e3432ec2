from __future__ import annotations

import pytest

from bench.swap_rows import PEER_IDS, WARM, WARM_IDS, peer_rows, warm_rows

FIGURES: dict[str, float | None] = dict.fromkeys(WARM, 1.0)
TRAINING = {"trained": 9.0, "held_out": 5.0}


def raced(detail: float | None, identity: float | None) -> dict[str, float | None]:
    return {"detail": detail, "psnr": 20.0, "light": 0.01, "identity_hero": identity}


def test_rows_are_means_over_takes_and_each_takes_own_without_target() -> None:
    takes = {"talk": FIGURES, "turn": {**FIGURES, "detail": 3.0}}
    rows = {row.id: row for row in warm_rows(takes, takes, TRAINING, 160)}
    assert (rows["swap.detail"].value, rows["swap.detail"].target) == (2.0, 7.0)
    assert (rows["swap.turn.detail"].value, rows["swap.turn.detail"].target) == (3.0, None)
    assert rows["swap.generalisation_gap"].value == 4.0
    assert rows["swap.pictures"].value == 160
    assert set(WARM_IDS) <= set(rows)


def test_a_measure_that_no_take_has_is_left_out_aloud(capsys: pytest.CaptureFixture[str]) -> None:
    takes = {"talk": {**FIGURES, "lip_correlation": None}}
    rows = {row.id for row in warm_rows(takes, takes, {}, 160)}
    assert not {"swap.lip_correlation", "swap.talk.lip_correlation", "swap.generalisation_gap"} & rows
    assert "swap.lip_correlation" in capsys.readouterr().err


def test_the_gain_is_ours_over_the_peers_whichever_way_is_better() -> None:
    rows = peer_rows({"talk": raced(5.0, 0.3)}, {"talk": raced(1.5, 0.5)}, {"scratch": 96, "peer": 16})
    found = {row.id: row.value for row in rows}
    assert found["swap.detail_gain"] == 3.5
    assert found["swap.identity_gain"] == pytest.approx(0.2)
    assert (found["swap.peer.detail"], found["swap.scratch.pictures"]) == (1.5, 96)
    assert found["swap.talk.peer.detail"] == 1.5
    assert set(PEER_IDS) <= set(found)


def test_without_the_identity_extra_its_gain_is_left_out() -> None:
    takes = {"talk": raced(5.0, None)}
    rows = {row.id for row in peer_rows(takes, takes, {"scratch": 96, "peer": 16})}
    assert "swap.detail_gain" in rows
    assert not any("identity" in row for row in rows)

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

from bench import swap, swap_footage, swap_speed
from bench.report import Row
from doublure.core.errors import DoublureError

SPEED = [Row("swap.throughput_ratio", 6.0, "x", 6.0, "higher")]


def given(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    swap.options(parser)
    return parser.parse_args(words)


@pytest.fixture(autouse=True)
def instantly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap_speed, "measure", lambda arguments: list(SPEED))
    monkeypatch.setattr(swap_footage, "render", lambda pair: pytest.fail("nothing is rendered here"))


def test_quick_gives_the_rows_of_speed_and_names_those_left_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert swap.measure(given("--quick", "--cache", str(tmp_path))) == SPEED
    said = capsys.readouterr().err
    for row in ("detail_gain", "detail_over_plate", "lip_correlation", "generalisation_gap"):
        assert f"swap.{row}" in said
    assert not list(tmp_path.iterdir())


def test_no_minutes_leave_out_as_quick_does(tmp_path: Path) -> None:
    words = ["--minutes", "0", "--peer-minutes", "0", "--cache", str(tmp_path)]
    assert swap.measure(given(*words)) == SPEED


def test_quick_renders_nothing() -> None:
    with pytest.raises(DoublureError, match="--quick renders nothing"):
        swap.measure(given("--quick", "--render"))


def test_a_cache_without_footage_is_told_before_anything_is_measured(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(swap_speed, "measure", lambda arguments: pytest.fail("too late"))
    with pytest.raises(DoublureError, match=r"footage of the hero 481, .* not rendered; add --render"):
        swap.measure(given("--cache", str(tmp_path)))


@pytest.mark.parametrize("minutes", ["-1", "nan", "inf", "long"])
def test_impossible_minutes_are_refused(minutes: str) -> None:
    with pytest.raises(SystemExit):
        given("--minutes", minutes)


@pytest.mark.parametrize(("option", "seed"), [("--hero-seed", "30"), ("--driver-seed", "105")])
def test_a_person_whom_the_model_knows_ends_the_bench_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, option: str, seed: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["swap", "--quick", option, seed])
    with pytest.raises(SystemExit, match="on whom the shipped model was trained; choose a person"):
        swap.main()

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bench import scoreboard, standard_set
from doublure.core.errors import DoublureError
from doublure.core.measure.card import Card
from doublure.core.measure.catalogue import MEASURES
from doublure.core.measure.shot_fit import ShotFit


def card(**values: float) -> Card:
    summary = {measure.key: values.get(measure.key) for measure in MEASURES}
    missing = {key: "not here" for key, value in summary.items() if value is None}
    return Card(summary, missing, {}, [{"frame": 1001}], ShotFit())


TAKES = {
    "talk": {"plate": card(psnr=18.0), "result": card(psnr=22.0, flip=0.3), "truth": card(psnr=100.0)},
    "turn": {"plate": card(psnr=16.0), "result": card(psnr=20.0), "truth": card(psnr=100.0)},
}


def test_rows_are_means_over_the_takes_that_have_the_number() -> None:
    found = {row.id: row.value for row in scoreboard.mean_rows(TAKES)}
    assert found["plate.psnr"] == 17.0
    assert found["result.psnr"] == 21.0
    assert found["result.flip"] == 0.3
    assert "plate.flip" not in found


def test_every_take_has_its_own_rows_too() -> None:
    found = {row.id: row.value for row in scoreboard.take_rows(TAKES)}
    assert found["result.turn.psnr"] == 20.0
    assert found["plate.talk.psnr"] == 18.0


def test_rows_have_no_targets() -> None:
    assert all(row.target is None for row in scoreboard.mean_rows(TAKES))


def test_the_object_names_machine_commit_date_and_reasons() -> None:
    said = json.loads(json.dumps(scoreboard.as_json(TAKES, {"talk": {"still": "no footage"}})))
    assert said["bench"] == "scoreboard"
    assert {"commit", "machine", "date", "rows", "take_rows"} <= said.keys()
    assert said["takes"]["talk"]["missing"]["still"] == {"*": "no footage"}


def test_the_table_has_measures_down_and_entries_across() -> None:
    lines = scoreboard.table(scoreboard.mean_rows(TAKES)).splitlines()
    assert lines[0].split() == ["plate", "result", "truth"]
    assert lines[1].split() == ["psnr", "dB", "17", "21", "100"]


def test_a_cache_without_takes_is_told_with_its_remedy(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(sys, "argv", ["scoreboard", "--takes", str(tmp_path)])
    with pytest.raises(SystemExit, match=r"there are no takes here; render the standard set with .*\.$"):
        scoreboard.main()


def test_the_standard_set_has_every_kind_once_and_distinct_drivers() -> None:
    kinds = [take.kind for take in standard_set.STANDARD]
    assert sorted(kinds) == ["hardkey", "occluded", "profile", "talk", "turn"]
    drivers = [take.driver for take in standard_set.STANDARD]
    assert len(set(drivers)) == len(drivers)
    assert standard_set.HERO not in drivers


def test_the_stages_own_parser_takes_the_arguments() -> None:
    words = standard_set.STANDARD[0].arguments(Path("cache"), workers=2)
    pairs = dict(zip(words[::2], words[1::2], strict=True))
    assert pairs["--out"] == str(Path("cache/talk"))
    assert pairs["--hero-seed"] == "23"
    assert pairs["--workers"] == "2"


def test_a_failed_rendering_stops_the_scoreboard(monkeypatch, tmp_path: Path) -> None:
    from bench.stage import __main__ as stage

    monkeypatch.setattr(stage, "main", lambda words: 1)
    with pytest.raises(DoublureError, match="the take talk was not rendered"):
        standard_set.render(standard_set.STANDARD[:1], tmp_path)

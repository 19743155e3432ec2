"""The table of a training on a terminal, and its figures for TensorBoard."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console

from doublure.cli.train_scalars import TrainScalars
from doublure.cli.train_view import TrainView, clock, sparkline
from doublure.core.errors import DoublureError
from doublure.core.swap.detector import Verdict
from doublure.core.swap.train import Progress

LINE = Progress(step=1200, share=0.25, seconds=900.0, images_per_second=146.0, loss=0.1234)
MEASURED = Progress(1200, 0.25, 900.0, 146.0, 0.1234, trained=9.5, held_out=4.25)
JUDGED = Progress(1300, 0.3, 950.0, 146.0, 0.12, detector=Verdict(0.55, 0.41, 0.68, 120, 48.0))
FULL = Progress(1400, 0.35, 990.0, 146.0, 0.12, unsaved="m.safetensors: the disk is full.")


def _drawn(*lines: Progress) -> str:
    out = io.StringIO()
    with TrainView(Console(file=out, width=160, force_terminal=True, color_system=None)) as view:
        for line in lines:
            view(line)
    return out.getvalue()


def test_it_shows_speed_and_the_time_that_is_left() -> None:
    assert "146 images/s" in _drawn(LINE)
    assert "0:45:00 left" in _drawn(LINE)


def test_trained_and_held_out_detail_stand_side_by_side() -> None:
    shown = _drawn(MEASURED)
    assert "held out 4.25 dB" in shown
    assert "trained 9.50 dB, gap 5.25 dB" in shown


def test_the_best_is_named_once_it_is_past() -> None:
    worse = Progress(2400, 0.5, 1800.0, 146.0, 0.1, trained=11.0, held_out=4.0)
    assert "best 4.25 dB at step 1200" in _drawn(MEASURED, worse)


def test_the_detectors_last_word_stays() -> None:
    last = _drawn(JUDGED, LINE).rsplit("1200   146 images/s", 1)[1]
    assert "55 % [41-68] of 120 faces held out: it cannot tell (step 1300)" in last


def test_a_checkpoint_that_was_not_written_is_told_until_one_is() -> None:
    assert "the disk is full" in _drawn(FULL)
    assert "the disk is full" not in _drawn(FULL, MEASURED).rsplit("held out", 1)[1]


def test_a_training_that_has_not_begun_has_no_time_left_to_tell() -> None:
    assert "- left" in _drawn(Progress(0, 0.0, 0.0, 0.0, 1.0))


def test_a_sparkline_reaches_from_the_least_to_the_most() -> None:
    assert sparkline([1.0, 2.0, 8.0]) == "▁▂█"
    assert sparkline([3.0, 3.0]) == "▁▁"


def test_a_clock_counts_hours() -> None:
    assert clock(3723.9) == "1:02:03"


def test_figures_reach_tensorboard(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    with TrainScalars(tmp_path) as scalars:
        for line in (LINE, MEASURED, JUDGED):
            scalars(line)
    found = EventAccumulator(str(tmp_path)).Reload()
    assert [(event.step, event.value) for event in found.Scalars("detail/held_out")] == [(1200, 4.25)]
    assert len(found.Scalars("loss")) == 3


def test_without_the_extra_a_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(DoublureError, match=r"doublure\[tensorboard\]"):
        TrainScalars(tmp_path)

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from bench import chart

MEANS = {
    "plate": {"psnr": 18.0, "detail": 0.0, "flip": 0.4, "sharpness": 0.8, "temporal": 0.0},
    "result": {"psnr": 24.0, "detail": 6.0, "flip": 0.2, "sharpness": 1.25, "temporal": 0.0},
    "truth": {"psnr": 100.0, "detail": 100.0, "flip": 0.0, "sharpness": 1.0, "temporal": 0.0},
}


def test_decibels_become_amplitudes_and_ratios_doublings() -> None:
    assert chart.error("psnr", 20.0) == pytest.approx(0.1)
    assert chart.error("sharpness", 0.5) == chart.error("sharpness", 2.0) == 1.0
    assert chart.error("flip", 0.3) == 0.3
    assert chart.error("flip", None) == 0.0


def test_the_picture_is_written_dark_on_light(tmp_path: Path) -> None:
    file = tmp_path / "chart.png"
    chart.draw(file, MEANS, "Two takes.")
    picture = cv2.imread(str(file))
    assert picture is not None
    assert picture.mean() > 220
    assert picture.min() < 60


def test_a_measure_that_nobody_misses_has_no_panel(tmp_path: Path) -> None:
    chart.draw(tmp_path / "a.png", MEANS, "")
    chart.draw(tmp_path / "b.png", {k: {"psnr": row["psnr"]} for k, row in MEANS.items()}, "")
    tall, short = (cv2.imread(str(tmp_path / name)).shape[0] for name in ("a.png", "b.png"))
    assert tall > short


def test_a_longer_error_draws_a_longer_bar(tmp_path: Path) -> None:
    file = tmp_path / "chart.png"
    chart.draw(file, {k: {"psnr": MEANS[k]["psnr"]} for k in MEANS}, "")
    picture = cv2.imread(str(file))[..., ::-1]
    lengths = {
        entry: int((picture == chart.COLOURS[entry]).all(-1).sum(1).max()) for entry in ("plate", "result")
    }
    assert lengths["result"] == pytest.approx(lengths["plate"] / 2, rel=0.05)


def test_every_shown_measure_has_a_title() -> None:
    assert set(chart.SHOWN) <= chart.TITLES.keys()

"""The shipped graph, model and frames together: a face is found, replaced, and nearer to the truth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from doublure.core.exr import read_exr, read_header
from doublure.core.measure.take import read_take, score_take
from doublure.core.swap.checkpoint import load_model
from doublure.nodes import load_graph, override, render_graph

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
FRAMES = "1001,1025,1045"
NUMBERS = [1001, 1025, 1045]


@pytest.fixture(scope="module")
def comp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("comp")
    graph = load_graph(EXAMPLES / "graph.json")
    for setting in (
        f"plate.frames={FRAMES}",
        f"track.sidecar={out / 'track.json'}",
        f"write.pattern={out / 'comp.####.exr'}",
    ):
        override(graph, setting)
    report = render_graph(graph, NUMBERS)
    assert report.rendered == NUMBERS
    assert not report.faceless
    return out


def test_the_result_is_nearer_to_the_truth_than_the_plate(comp: Path) -> None:
    scored = score_take(read_take(str(comp / "comp.####.exr"), EXAMPLES, FRAMES))
    assert scored.nothing is not None
    assert scored.result.shot.psnr > scored.nothing.shot.psnr + 0.5
    assert scored.result.shot.detail > scored.nothing.shot.detail + 0.5


@pytest.mark.parametrize("number", NUMBERS)
def test_outside_the_matte_the_plate_stays_bit_for_bit(comp: Path, number: int) -> None:
    plate, result = (
        read_exr(p / f"{n}.{number}.exr") for p, n in ((EXAMPLES / "plate", "plate"), (comp, "comp"))
    )
    outside = result.channel("matte") == 0
    assert 0.5 < outside.float().mean() < 0.99
    assert torch.equal(plate.rgb[:, outside], result.rgb[:, outside])


def test_windows_colour_and_header_are_the_plates(comp: Path) -> None:
    plate, result = (
        read_header(p / f"{n}.1025.exr") for p, n in ((EXAMPLES / "plate", "plate"), (comp, "comp"))
    )
    assert (result.data, result.display, result.interop_id) == (plate.data, plate.display, plate.interop_id)
    assert result.metadata["smpte:TimeCode"] == plate.metadata["smpte:TimeCode"]


def test_the_face_sits_where_the_truth_has_it(comp: Path) -> None:
    for number in NUMBERS:
        ours = read_exr(comp / f"comp.{number}.exr").channel("matte").numpy() > 0.5
        truth = read_exr(EXAMPLES / "truth" / f"truth.{number}.exr").channel("matte").numpy() > 0.5
        middle, wanted = (np.argwhere(m).mean(0) for m in (ours, truth))
        assert np.abs(middle - wanted).max() < 0.1 * np.sqrt(truth.sum())


def test_the_shipped_model_is_small_and_names_its_hero() -> None:
    path = EXAMPLES / "hero.safetensors"
    assert path.stat().st_size < 20e6
    assert load_model(path).heroes == ["hero"]

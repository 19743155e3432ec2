"""The shipped graph, model and frames together: a face is found, replaced, and nearer to the truth."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import torch

from bench.stage_consent import CONTACT
from doublure.cli.main import main
from doublure.core.consent.training import TrainingConsent
from doublure.core.exr import read_exr, read_header
from doublure.core.measure.take import read_take, score_take
from doublure.core.swap.checkpoint import load_model
from doublure.nodes import load_graph, override, render_graph

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
CONSENT = EXAMPLES / "consent"
FRAMES = "1001,1025,1045"
NUMBERS = [1001, 1025, 1045]


@pytest.fixture(scope="module", autouse=True)
def unpinned() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DOUBLURE_TRUST_ROOT", raising=False)
        yield


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


def test_everybody_whom_the_shipped_model_knows_consents_to_the_pictures_that_taught_it() -> None:
    people = load_model(EXAMPLES / "hero.safetensors").people
    records = tuple(CONSENT / f"{person['name']}.consent.json" for person in people)
    consent = TrainingConsent(records, CONSENT / "trust.json", "demo")
    names = [(person["role"], person["name"]) for person in people]
    grants = consent.require(names, {person["name"]: [person["sha256"]] for person in people})
    assert {grant.kind for grant in grants} == {"synthetic"}
    assert len(grants) == len(people) == len(list(CONSENT.glob("*.consent.json")))
    assert min(grant.until for grant in grants) > datetime(2090, 1, 1, tzinfo=UTC)


def test_no_private_key_is_shipped() -> None:
    for path in CONSENT.iterdir():
        assert path.suffix == ".json"
        assert b"PRIVATE" not in path.read_bytes()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """The examples with a consent folder that may be spoilt."""
    for name in ("plate", "truth", "hero.safetensors", "graph.json"):
        (tmp_path / "examples").mkdir(exist_ok=True)
        target = tmp_path / "examples" / name
        shutil.copy(EXAMPLES / name, target) if name == "graph.json" else target.symlink_to(EXAMPLES / name)
    shutil.copytree(CONSENT, tmp_path / "examples/consent")
    return tmp_path


def test_the_demo_tells_whose_faces_and_which_records_before_it_renders(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "doublure.nodes.render_graph", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt)
    )
    main(["demo", "--examples", str(elsewhere / "examples"), "-o", str(elsewhere / "out")])
    told = capsys.readouterr().err.splitlines()[0]
    assert told.startswith("doublure: consent: driver 'driver', an invented person (")
    for person in ("driver", "hero"):
        record = CONSENT / f"{person}.consent.json"
        assert f"{record.name}, {json.loads(record.read_text())['id']})" in told


@pytest.mark.parametrize("name", ["hero.consent.json", "driver.consent.json", "trust.json"])
def test_the_demo_without_a_record_exits_1_and_renders_nothing(
    name: str, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = elsewhere / "examples/consent" / name
    path.write_bytes(path.read_bytes().replace(b"2099", b"2098", 1))
    assert main(["demo", "--examples", str(elsewhere / "examples"), "-o", str(elsewhere / "out")]) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "no consent (the" in told[0]
    assert told[0].endswith((f"ask {CONTACT}.", "ask whoever keeps the studio's trust file."))
    assert not (elsewhere / "out").exists()

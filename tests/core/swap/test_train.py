from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch

from doublure.core.consent.denial import ConsentDenied
from doublure.core.consent.document import read_document
from doublure.core.errors import DoublureError
from doublure.core.face.topology import canonical_shape
from doublure.core.swap import keeper
from doublure.core.swap.augment import Batch
from doublure.core.swap.checkpoint import Model, load_model, save_model, write_tensors
from doublure.core.swap.detector import FEWEST, Verdict
from doublure.core.swap.faceset import Faceset
from doublure.core.swap.guide import CHANNELS
from doublure.core.swap.learner import Learner
from doublure.core.swap.marks import at_rest
from doublure.core.swap.meter import verdict
from doublure.core.swap.network import SwapNetwork
from doublure.core.swap.same_path import SIDE
from doublure.core.swap.train import Progress, TrainSettings, best_path, model_digest, state_path, train
from doublure.core.swap.training_files import backups, read_state

from .conftest import SIZE, agreed, make_faceset, pictures_of

TINY = TrainSettings(steps=6, batch=4, size=SIZE, width=4, bottleneck=16, precision="float32")


def _weights(path: Path) -> torch.Tensor:
    return torch.cat([p.flatten() for p in load_model(path).network.parameters()])


def test_training_learns_to_return_the_hero(cast: list[Faceset], tmp_path: Path) -> None:
    settings = replace(TINY, steps=150, width=8, batch=8, rate=3e-3)
    sets = [make_faceset("ada", "hero", seed=1, count=4), make_faceset("ben", "driver", seed=2, count=4)]
    model = train(sets, tmp_path / "m.safetensors", settings, consent=agreed(tmp_path, sets))
    assert model.training["trained"] > 0.5


def test_a_resumed_run_equals_an_unbroken_one(cast: list[Faceset], tmp_path: Path) -> None:
    consent = agreed(tmp_path, cast)
    train(cast, tmp_path / "whole.safetensors", TINY, consent=consent)
    lines: list[int] = []
    stop = iter([False, False, False, True])
    broken = tmp_path / "broken.safetensors"
    train(cast, broken, TINY, consent=consent, cancelled=lambda: next(stop))
    train(cast, broken, TINY, consent=consent, resume=True, progress=lambda p: lines.append(p.step))
    assert lines[-1] == 6
    assert torch.equal(_weights(tmp_path / "whole.safetensors"), _weights(tmp_path / "broken.safetensors"))


def test_the_model_names_its_people_and_their_footage(cast: list[Faceset], tmp_path: Path) -> None:
    model = train(cast, tmp_path / "m.safetensors", replace(TINY, steps=1), consent=agreed(tmp_path, cast))
    assert [(p["name"], p["role"]) for p in model.people][:2] == [("ada", "hero"), ("ben", "driver")]
    assert model.people[0]["sha256"] == pictures_of(1)


def test_training_and_held_out_detail_are_both_reported(cast: list[Faceset], tmp_path: Path) -> None:
    lines: list[Progress] = []
    train(
        cast,
        tmp_path / "m.safetensors",
        replace(TINY, steps=1),
        consent=agreed(tmp_path, cast),
        progress=lines.append,
    )
    assert lines[-1].trained is not None
    assert lines[-1].held_out is not None


def test_a_preview_picture_is_written(cast: list[Faceset], tmp_path: Path) -> None:
    train(cast, tmp_path / "m.safetensors", replace(TINY, steps=1), consent=agreed(tmp_path, cast))
    assert (tmp_path / "m.preview.png").stat().st_size > 100


def test_resuming_with_other_people_is_refused(cast: list[Faceset], tmp_path: Path) -> None:
    train(cast, tmp_path / "m.safetensors", replace(TINY, steps=1), consent=agreed(tmp_path, cast))
    with pytest.raises(DoublureError, match="other people"):
        train(cast[:2], tmp_path / "m.safetensors", TINY, consent=agreed(tmp_path, cast[:2]), resume=True)


def test_resuming_nothing_is_refused(cast: list[Faceset], tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="no training to resume"):
        train(cast, tmp_path / "m.safetensors", TINY, consent=agreed(tmp_path, cast), resume=True)


def test_a_broken_state_is_refused_and_the_model_kept(cast: list[Faceset], tmp_path: Path) -> None:
    out = tmp_path / "m.safetensors"
    train(cast, out, replace(TINY, steps=1), consent=agreed(tmp_path, cast))
    before = out.read_bytes()
    state_path(out).write_bytes(b"broken")
    with pytest.raises(DoublureError, match="not a readable model"):
        train(cast, out, TINY, consent=agreed(tmp_path, cast), resume=True)
    assert out.read_bytes() == before


def test_a_warm_start_keeps_the_code_of_a_known_person(cast: list[Faceset], tmp_path: Path) -> None:
    start = tmp_path / "a.safetensors"
    known = train(cast, start, TINY, consent=agreed(tmp_path, cast))
    later = [make_faceset("eve", "hero", seed=9), cast[1]]
    consent = agreed(tmp_path, later, models=[model_digest(start)])
    warm = train(later, tmp_path / "b.safetensors", replace(TINY, steps=0), consent=consent, start=start)
    assert torch.equal(warm.network.codes.weight[1], known.network.codes.weight[1])


def unguided(model: Model) -> Model:
    """The model as one of before the guide."""
    weights = {k: v for k, v in model.network.state_dict().items() if not k.startswith("guides")}
    network = SwapNetwork(replace(model.network.shape, guide=0))
    network.load_state_dict(weights)
    return replace(model, network=network, rests=None)


def test_a_model_from_before_the_guide_is_gone_on_from(cast: list[Faceset], tmp_path: Path) -> None:
    start = tmp_path / "a.safetensors"
    save_model(start, unguided(train(cast, start, TINY, consent=agreed(tmp_path, cast))))
    known = load_model(start)
    consent = agreed(tmp_path, cast, models=[model_digest(start)])
    warm = train(cast, tmp_path / "b.safetensors", replace(TINY, steps=0), consent=consent, start=start)
    face, code = torch.randn(1, 3, SIZE, SIZE) * 0.1, torch.tensor([0])
    guide = torch.rand(1, CHANNELS, SIZE // 2, SIZE // 2)
    asked = [model.network(face, model.network.code(code), guide)[0] for model in (known, warm)]
    assert torch.equal(*asked)


def test_a_state_from_before_the_guide_is_not_resumed(cast: list[Faceset], tmp_path: Path) -> None:
    out = tmp_path / "m.safetensors"
    train(cast, out, TINY, consent=agreed(tmp_path, cast))
    tensors, header = read_state(out)
    header["shape"].pop("guide")
    write_tensors(state_path(out), tensors, header)
    with pytest.raises(DoublureError, match=r"before landmarks guided the network; begin anew, .*--from"):
        train(cast, out, TINY, consent=agreed(tmp_path, cast), resume=True)


def test_a_trained_model_knows_everybodys_face_at_rest(cast: list[Faceset], tmp_path: Path) -> None:
    sets = [replace(cast[0], marks=None), *cast[1:]]
    model = train(sets, tmp_path / "m.safetensors", replace(TINY, steps=1), consent=agreed(tmp_path, cast))
    assert model.rests is not None
    assert torch.equal(model.rests[1], cast[1].marks.rest)
    assert torch.equal(model.rests[0], at_rest(canonical_shape()))


def test_a_set_whose_person_did_not_agree_is_not_learnt_from(cast: list[Faceset], tmp_path: Path) -> None:
    out = tmp_path / "m.safetensors"
    with pytest.raises(ConsentDenied, match=r"no record of the cast 'di' is given\); ask the maint"):
        train(cast, out, TINY, consent=agreed(tmp_path, cast[:3]))
    assert not out.exists()
    assert not state_path(out).exists()


def test_pictures_that_nobody_agreed_to_are_not_learnt_from(cast: list[Faceset], tmp_path: Path) -> None:
    consent = agreed(tmp_path, cast)
    others = [make_faceset("ada", "hero", seed=7), *cast[1:]]
    with pytest.raises(ConsentDenied, match="of ada are not a set that the record consents to"):
        train(
            others,
            tmp_path / "m.safetensors",
            TINY,
            consent=consent,
            cancelled=lambda: pytest.fail("it began"),
        )


def test_the_model_names_its_records_and_what_it_was_started_from(
    cast: list[Faceset], tmp_path: Path
) -> None:
    start, out = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    train(cast, start, replace(TINY, steps=0), consent=agreed(tmp_path, cast))
    digest = model_digest(start)
    consent = agreed(tmp_path, cast, models=[digest])
    train(cast, out, replace(TINY, steps=0), consent=consent, start=start)
    model = load_model(out)
    assert [each["person"] for each in model.consent] == ["ada", "ben", "cy", "di"]
    assert [each["sha256"] for each in model.consent] == [model_digest(each) for each in consent.records]
    assert model.consent[0]["record"] == read_document(consent.records[0]).data["id"]
    assert (model.start, load_model(start).start) == (digest, None)


def test_a_model_that_nobody_agreed_to_is_not_gone_on_from(cast: list[Faceset], tmp_path: Path) -> None:
    start = tmp_path / "a.safetensors"
    consent = agreed(tmp_path, cast)
    train(cast, start, replace(TINY, steps=0), consent=consent)
    with pytest.raises(ConsentDenied, match="is not one that the record consents to"):
        train(cast, tmp_path / "b.safetensors", TINY, consent=consent, start=start)


def test_a_resume_asks_again_about_people_and_about_the_model_at_the_beginning(
    cast: list[Faceset], tmp_path: Path
) -> None:
    start, out = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    train(cast, start, replace(TINY, steps=0), consent=agreed(tmp_path, cast))
    consent = agreed(tmp_path, cast, models=[model_digest(start)])
    train(cast, out, replace(TINY, steps=1), consent=consent, start=start)
    before = out.read_bytes()
    with pytest.raises(ConsentDenied, match="is not one that the record consents to"):
        train(cast, out, TINY, consent=agreed(tmp_path, cast), resume=True)
    with pytest.raises(ConsentDenied, match="no record"):
        train(cast, out, TINY, consent=replace(consent, records=()), resume=True)
    assert out.read_bytes() == before


def test_what_is_revoked_while_it_trains_is_not_saved(cast: list[Faceset], tmp_path: Path) -> None:
    out, consent = tmp_path / "m.safetensors", agreed(tmp_path, cast)

    def withdraw() -> bool:
        consent.records[3].unlink()
        return True

    with pytest.raises(ConsentDenied, match="there is no such file"):
        train(cast, out, TINY, consent=consent, cancelled=withdraw)
    assert not out.exists()


@pytest.fixture
def long_sets() -> list[Faceset]:
    """As many frames as the detector wants, of crops as large as it looks at."""
    return [
        make_faceset(name, role, seed=seed, count=FEWEST, size=SIDE)
        for name, role, seed in (("ada", "hero", 1), ("ben", "driver", 2))
    ]


def test_the_detector_is_asked_beside_it_and_changes_nothing(
    long_sets: list[Faceset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doublure.core.swap.train.verdict", partial(verdict, steps=4))
    lines: list[Progress] = []
    consent = agreed(tmp_path, long_sets)
    settings = replace(TINY, steps=2, size=SIDE)
    train(long_sets, tmp_path / "a.safetensors", settings, consent=consent)
    model = train(
        long_sets,
        tmp_path / "b.safetensors",
        replace(settings, detect_every=1e-9),
        consent=consent,
        progress=lines.append,
    )
    assert sum(line.detector is not None for line in lines) == 2
    assert 0 <= model.training["detector"][0] <= 1
    assert torch.equal(_weights(tmp_path / "a.safetensors"), _weights(tmp_path / "b.safetensors"))


def test_training_stops_where_the_detector_cannot_tell_twice(
    long_sets: list[Faceset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdicts = iter(
        [Verdict(0.5, 0.4, 0.6, 80, 80), Verdict(0.9, 0.8, 0.95, 80, 80)]
        + [Verdict(0.5, 0.4, 0.6, 80, 80)] * 9
    )
    monkeypatch.setattr("doublure.core.swap.train.verdict", lambda *_, **__: next(verdicts))
    settings = replace(TINY, steps=50, size=SIDE, detect_every=1e-9, until_undetected=True)
    model = train(long_sets, tmp_path / "a.safetensors", settings, consent=agreed(tmp_path, long_sets))
    assert model.training["steps"] == 4


def test_until_undetected_needs_a_detector() -> None:
    with pytest.raises(DoublureError, match="--detect"):
        TrainSettings(steps=1, until_undetected=True)


def test_training_without_a_length_is_refused() -> None:
    with pytest.raises(DoublureError, match="--steps or --minutes"):
        TrainSettings()


def test_the_best_model_lies_beside_the_last(cast: list[Faceset], tmp_path: Path) -> None:
    out = tmp_path / "m.safetensors"
    train(cast, out, TINY, consent=agreed(tmp_path, cast))
    best = load_model(best_path(out)).training["held_out"]
    assert best >= load_model(out).training["held_out"]
    # A later checkpoint that is worse leaves it alone.
    kept = best_path(out).read_bytes()
    train(cast, out, replace(TINY, steps=12, rate=10.0), consent=agreed(tmp_path, cast), resume=True)
    assert load_model(out).training["held_out"] < best
    assert best_path(out).read_bytes() == kept


def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(DoublureError, match="no device to train on; choose one of auto, cpu, cuda"):
        replace(TINY, device="tpu")


def test_a_full_disk_does_not_end_a_training_that_goes_on(
    cast: list[Faceset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, refused = keeper.save_model, iter([True, False, False, False, False, False, False, False])

    def sometimes(path: Path, model: Model) -> None:
        if next(refused, False):
            raise DoublureError("it is full", file=path) from OSError(28, "No space left on device")
        written(path, model)

    monkeypatch.setattr(keeper, "save_model", sometimes)
    lines: list[Progress] = []
    consent = agreed(tmp_path, cast)
    settings = replace(TINY, save_every=0.0)
    train(cast, tmp_path / "m.safetensors", settings, consent=consent, progress=lines.append)
    assert [line.unsaved for line in lines if line.unsaved] == [f"{tmp_path / 'm.safetensors'}: it is full."]
    assert load_model(tmp_path / "m.safetensors").training["steps"] == 6


def test_a_disk_that_is_full_at_the_end_leaves_the_last_checkpoint_whole(
    cast: list[Faceset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    consent, out = agreed(tmp_path, cast), tmp_path / "m.safetensors"
    train(cast, out, replace(TINY, steps=2), consent=consent)
    before = out.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("doublure.core.atomic.os.fsync", full)
    with pytest.raises(DoublureError, match="No space left on device"):
        train(cast, out, TINY, consent=consent, resume=True)
    assert out.read_bytes() == before
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".m")]


def test_backups_are_made_in_their_time_and_few_stay(cast: list[Faceset], tmp_path: Path) -> None:
    settings = replace(TINY, save_every=0.0, back_up_every=1e-6, backups=2)
    train(cast, tmp_path / "m.safetensors", settings, consent=agreed(tmp_path, cast))
    assert [int(one.name) for one in backups(tmp_path / "m.safetensors")] == [5, 6]


def test_where_memory_runs_out_the_batch_that_fits_is_named(
    cast: list[Faceset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Learner._gradients

    def small(self: Learner, batch: Batch) -> torch.Tensor:
        if len(batch.person) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return whole(self, batch)

    monkeypatch.setattr(Learner, "_gradients", small)
    with pytest.raises(DoublureError, match=r"16 pictures a step .* --batch 2"):
        train(cast, tmp_path / "m.safetensors", replace(TINY, batch=16), consent=agreed(tmp_path, cast))


@pytest.mark.parametrize("size", [100, 16, 2048])
def test_a_size_that_no_network_has_is_refused(size: int) -> None:
    with pytest.raises(DoublureError, match="a multiple of 16 from 32 to 1024"):
        TrainSettings(steps=1, size=size)


def test_a_best_model_that_could_not_be_written_is_written_next_time(
    cast: list[Faceset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, tried = keeper.save_model, []
    out = tmp_path / "m.safetensors"

    def best_refused_once(path: Path, model: Model) -> None:
        if Path(path) == best_path(out):
            tried.append(path)
            if len(tried) == 1:
                raise DoublureError("it is full", file=path) from OSError(28, "No space left on device")
        written(path, model)

    monkeypatch.setattr(keeper, "save_model", best_refused_once)
    # What is reached never rises, so only a best one that is still owed is written.
    monkeypatch.setattr(keeper, "reconstruction", lambda *_: {"trained": 1.0, "held_out": 1.0})
    train(cast, out, replace(TINY, save_every=0.0), consent=agreed(tmp_path, cast))
    assert len(tried) == 2
    assert load_model(best_path(out)).training["steps"] == 2

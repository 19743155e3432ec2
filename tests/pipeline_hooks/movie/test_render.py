"""The movie of a published version."""

from __future__ import annotations

import shutil
from typing import Any

import cv2
import numpy as np
import pytest

from doublure.core.provenance.signature import Trust
from doublure.core.provenance.verify import verify_movie, verify_provenance
from doublure.pipeline_hooks.gate import run_gate
from doublure.pipeline_hooks.movie.picture import LABEL
from doublure.pipeline_hooks.movie.render import label_of
from tests.pipeline_hooks.faults import profile
from tests.pipeline_hooks.people import People
from tests.pipeline_hooks.shots import NUMBERS, Shot

TRUST = Trust(None, allow_test=True)
MOVIE = "provenance/sq010_sh0100_v003_review.mp4"


def pictures(shot: Shot) -> list[np.ndarray]:
    movie = cv2.VideoCapture(str(shot.published / MOVIE))
    assert movie.get(cv2.CAP_PROP_FPS) == 24
    out = []
    while True:
        there, picture = movie.read()
        if not there:
            return out
        out.append(picture)


def test_a_published_version_has_a_signed_movie_of_every_frame(shot: Shot) -> None:
    assert run_gate(shot.file).ok
    seen = pictures(shot)
    assert len(seen) == len(NUMBERS)
    assert verify_movie(shot.published / MOVIE, TRUST).ok
    assert verify_provenance(shot.published / "provenance", TRUST, complete=True).findings == ()


def test_a_movie_without_its_manifest_or_with_another_byte_does_not_verify(shot: Shot) -> None:
    assert run_gate(shot.file).ok
    path = shot.published / MOVIE
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    (finding,) = verify_provenance(shot.published / "provenance", TRUST).findings
    assert path.name in str(finding)


def unlabelled(people: People) -> None:
    for body in (people.hero, people.driver):
        body["disclosure"].update(label="none")


@pytest.mark.parametrize("asked", ["end-credit", "opening", "on-screen"])
def test_where_a_record_asks_for_a_label_the_movie_bears_it(shot: Shot, asked: str) -> None:
    shot.people(unlabelled)
    assert label_of(run_gate(shot.file, dry_run=True).publications[0]) is None
    shot.people(lambda people: [unlabelled(people), people.driver["disclosure"].update(label=asked)])
    assert label_of(run_gate(shot.file, dry_run=True).publications[0]) == LABEL


def test_the_label_is_in_the_pictures_of_the_result(shot: Shot) -> None:
    assert run_gate(shot.file).ok
    labelled = pictures(shot)[3]
    shutil.rmtree(shot.published)
    shot.people(unlabelled)
    assert run_gate(shot.file).ok
    plain = pictures(shot)[3]
    apart = np.abs(labelled.astype(int) - plain).max((0, 2))
    assert apart[210:418].max() > 100
    # The codec's noise.
    assert max(apart[:206].max(), apart[424:].max()) < 60


def test_a_profile_may_want_none(shot: Shot) -> None:
    profile('[movie]\nrender = "none"')(shot, None)  # type: ignore[arg-type]
    assert run_gate(shot.file).ok
    assert not list(shot.published.rglob("*.mp4"))


@pytest.mark.parametrize(("wanted", "published"), [("if-possible", True), ("required", False)])
def test_without_a_writer_it_is_noted_or_fails_as_the_profile_says(
    shot: Shot, monkeypatch: pytest.MonkeyPatch, wanted: str, published: bool
) -> None:
    def none(*_: Any) -> bool:
        return False

    monkeypatch.setattr(cv2.videoio_registry, "hasBackend", none)
    monkeypatch.setattr(cv2.VideoWriter, "isOpened", none, raising=False)
    profile(f'[movie]\nrender = "{wanted}"')(shot, None)  # type: ignore[arg-type]
    outcome = run_gate(shot.file)
    assert outcome.ok is published
    if published:
        assert "no review movie" in outcome.publications[0].notes[0]
    else:
        assert outcome.blocked_by == ["ExtractMovie"]
        assert not shot.published.exists()


def test_a_view_that_does_not_exist_publishes_nothing(shot: Shot) -> None:
    profile('[movie]\nrender = "required"\nview = "Nice"')(shot, None)  # type: ignore[arg-type]
    outcome = run_gate(shot.file)
    assert outcome.blocked_by == ["ExtractMovie"]
    assert not shot.published.exists()

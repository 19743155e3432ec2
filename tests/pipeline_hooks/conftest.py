from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from doublure.core.face.sidecar import Track
from doublure.core.scan import scan
from tests.core.check.damages import Comp
from tests.pipeline_hooks.shots import TAKE, Shot, clone, make_clean


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _nobody_elses_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the machine's own studio has set must not decide a test."""
    for name in (
        "DOUBLURE_SIGN_CHAIN",
        "DOUBLURE_SIGN_KEY",
        "DOUBLURE_TRUST_ANCHORS",
        "DOUBLURE_TRUST_ROOT",
        "DOUBLURE_SHOT",
        "DOUBLURE_KITSU_TOKEN",
        "PYBLISHPLUGINPATH",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session", autouse=True)
def _faces_measured_once() -> Any:
    """A face whose pixels were measured in another test is not measured again, nor is a track of the same bytes checked
    against its schema again: most faults are elsewhere.
    """
    patch = pytest.MonkeyPatch()
    for name in ("face_reading", "pair_reading"):
        patch.setattr(scan, name, _remembered(getattr(scan, name)))
    patch.setattr(Track, "load", _read_once(Track.load))
    yield
    patch.undo()


def _remembered(measure: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[str, Any] = {}

    def measured(*arguments: Any) -> Any:
        digest = hashlib.sha256()
        for one in arguments:
            parts = (
                [one.points, one.bits, one.plate_bits, one.solid]
                + [
                    getattr(cut, name)
                    for cut in (one.whole, one.close)
                    for name in ("result", "plate", "matte")
                ]
                if hasattr(one, "plate_bits")
                else [np.array(one)]
            )
            for part in parts:
                digest.update(np.ascontiguousarray(np.asarray(part)).tobytes())
            digest.update(str(getattr(one, "number", "")).encode())
        key = digest.hexdigest()
        if key not in known:
            known[key] = measure(*arguments)
        return known[key]

    return measured


def _read_once(load: Callable[[Path], Track]) -> Callable[[Path], Track]:
    known: dict[bytes, Track] = {}

    def read(path: Path) -> Track:
        content = Path(path).read_bytes() if Path(path).is_file() else b""
        if content not in known:
            known[content] = load(path)
        return replace(known[content], frames=dict(known[content].frames))

    return read


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shot, Comp]:
    if not (TAKE / "take.json").is_file():
        pytest.skip("the small take is not here: python -m bench.scoreboard --render-small makes it")
    return make_clean(tmp_path_factory.mktemp("clean") / "shot")


@pytest.fixture(scope="session")
def comp(clean: tuple[Shot, Comp]) -> Comp:
    return clean[1]


@pytest.fixture
def shot(clean: tuple[Shot, Comp], tmp_path: Path) -> Shot:
    """The clean shot, to be broken."""
    return clone(clean[0], tmp_path / "shot")

"""take.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from bench.stage.camera.grain import Grain
from bench.stage.camera.lens import Lens
from bench.stage.light.light import Key, Light
from bench.stage.settings import TakeSettings
from bench.stage.take_file import check, describe_light, header, read_take, schema, widened, write_take
from doublure.core.errors import DoublureError

CAMERA = {
    "fov": 16.0,
    "distance": 120.0,
    "aim": [0.0, 1.0, 4.0],
    "width": 64,
    "height": 64,
    "focal_pixels": 227.7,
}


def _settings(**change: Any) -> TakeSettings:
    values: dict[str, Any] = {
        "kind": "talk", "driver": 31, "hero": 23, "performance": 5, "frames": (1001, 1002),
        "hero_frames": (1,), "size": 64, "samples": 8,
    }  # fmt: skip
    return TakeSettings(**{**values, **change})


def _shot(frame: int) -> dict[str, Any]:
    key = Key(np.array([0.0, 0.6, 0.8]), 12.0, np.ones(3), 1.0)
    return {
        "frame": frame,
        "pose": [1.0, 2.0, 3.0],
        "expression": {"jawOpen": 0.25},
        "light": describe_light(Light("studio", 12.0, (0.0, 0.0), 0.0, key), 0.5),
        "landmarks": {"plate": [[1.0, 2.0, 1]] * 68, "truth": [[1.0, 2.0, 0]] * 68},
        "pupils": {"plate": [[1.0, 2.0], [3.0, 2.0]], "truth": [[1.0, 2.0], [3.0, 2.0]]},
    }


def _take(**change: Any) -> dict[str, Any]:
    return {**header(_settings(**change), CAMERA, Grain(), Lens()), "shots": [_shot(1001)], "hero_shots": []}


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_a_take_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_take(tmp_path, _take())
    assert read_take(tmp_path) == json.loads(json.dumps(_take()))
    assert [p.name for p in tmp_path.iterdir()] == ["take.json"]


def test_a_take_without_layers_is_one_too(tmp_path: Path) -> None:
    write_take(tmp_path, _take(layers=False))
    assert read_take(tmp_path)["sequences"]["layers"] == {}


def test_no_hero_frames_are_an_empty_string(tmp_path: Path) -> None:
    write_take(tmp_path, _take(hero_frames=()))
    assert read_take(tmp_path)["hero_frames"] == ""


@pytest.mark.parametrize(
    ("place", "value"),
    [("schema", "doublure.take/9"), ("frames", "all"), ("shutter", 3), ("colour", "sRGB"), ("extra", 1)],
)
def test_what_is_not_a_take_is_told(place: str, value: object) -> None:
    with pytest.raises(DoublureError, match="not a take file"):
        check({**_take(), place: value}, Path("take.json"))


def test_a_missing_landmark_is_told() -> None:
    take = _take()
    take["shots"][0]["landmarks"]["plate"] = [[1.0, 2.0, 1]] * 67
    with pytest.raises(DoublureError, match="shots/0/landmarks/plate"):
        check(take, Path("take.json"))


def test_a_folder_without_a_take_is_told(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match=r"no take\.json"):
        read_take(tmp_path)


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "take.json").write_text('{"schema": "doubl')
    with pytest.raises(DoublureError, match="not JSON"):
        read_take(tmp_path)


def test_a_new_folder_starts_without_shots(tmp_path: Path) -> None:
    assert widened(tmp_path, header(_settings(), CAMERA, Grain(), Lens()))["shots"] == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"driver": 32}, "driver_seed 31, not 32"),
        ({"samples": 9}, "samples 8, not 9"),
        ({"kind": "turn"}, "take talk"),
    ],
)
def test_frames_of_different_takes_never_mix(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    write_take(tmp_path, _take())
    with pytest.raises(DoublureError, match=message):
        widened(tmp_path, header(_settings(**change), CAMERA, Grain(), Lens()))


def test_more_frames_are_added_to_the_same_take(tmp_path: Path) -> None:
    write_take(tmp_path, _take())
    content = widened(tmp_path, header(_settings(frames=(1005, 1006)), CAMERA, Grain(), Lens()))
    assert content["frames"] == "1001-1002,1005-1006"
    assert [shot["frame"] for shot in content["shots"]] == [1001]


def test_frames_of_an_unknown_take_are_not_added_to(tmp_path: Path) -> None:
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "truth.1001.exr").touch()
    with pytest.raises(DoublureError, match="of which take"):
        widened(tmp_path, header(_settings(), CAMERA, Grain(), Lens()))

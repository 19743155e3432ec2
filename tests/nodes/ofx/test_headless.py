"""What a host gets and what ``doublure render`` and ``doublure track`` write, from the same files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from doublure.cli.main import main
from doublure.core.exr import read_exr, write_exr
from doublure.core.face.track import Track as FaceTrack
from doublure.core.face.track import TrackSettings, track_frames
from doublure.core.frame import Frame
from doublure.core.window import Window
from doublure.nodes.service.server import Server
from tests.nodes.ofx.conftest import MakeHost
from tests.nodes.ofx.driver import OK, Box, Host, Pixels
from tests.nodes.ofx.test_real_service import (
    HEIGHT,
    NUMBER,
    connect,
    files,
    model,
    plate,
    rows,
    service,
    started_host,
    track,
)

__all__ = ["model", "plate", "service", "track"]

RELIGHT = {"amount": 0.6, "level": 0.3}
BLEND = {"feather": 3.0, "erode": 1.0, "leak": 0.1, "seed": 5}
EXAMPLES = Path(__file__).parents[3] / "examples"


def graph(folder: Path, swap: dict[str, str]) -> Path:
    """The comp of the plate in ``folder``, and what comes before it, as 32-bit float."""

    def write(name: str) -> dict[str, object]:
        params = {"pattern": f"{name}.####.exr", "pixel_type": "float"}
        return {"type": "org.doublure.write", "inputs": {"image": name}, "params": params}

    nodes: dict[str, object] = {
        "plate": {"type": "org.doublure.read", "params": {"pattern": "plate.####.exr"}},
        "swap": {"type": "org.doublure.swap", "inputs": {"plate": "plate"}, "params": swap},
        "relight": {
            "type": "org.doublure.relight",
            "inputs": {"face": "swap", "plate": "plate"},
            "params": {"track": swap["track"], **RELIGHT},
        },
        "blend": {
            "type": "org.doublure.blend",
            "inputs": {"plate": "plate", "face": "relight"},
            "params": BLEND,
        },
    }
    nodes |= {f"write_{name}": write(name) for name in ("swap", "relight", "blend")}
    path = folder / "graph.json"
    path.write_text(json.dumps({"schema": "doublure.graph/1", "nodes": nodes}))
    return path


def node(
    started: Host, name: str, clips: dict[str, Frame | Pixels], box: Box, params: dict[str, object]
) -> Pixels:
    """A node's result in the host; clips are frames, or results of nodes before."""
    instance = started.create(name)
    for clip, picture in clips.items():
        if isinstance(picture, Frame):
            connect(started, instance, clip, picture, "".join(picture.channels))
        else:
            started.connect(instance, clip, picture, box[:2])
    for param, value in params.items():
        started.param(instance, param, value)
    status, result = started.render(instance, box, time=NUMBER)
    assert started.report()["messages"] == ""
    assert status == OK
    return result


def test_the_comp_in_a_host_is_that_of_the_command_bit_for_bit(
    host: MakeHost, service: Server, plate: Frame, model: Path, track: Path, tmp_path: Path
) -> None:
    write_exr(tmp_path / f"plate.{NUMBER:04d}.exr", plate.with_pixels(plate.rgb, ("R", "G", "B")), half=False)
    swap = files(model, track)
    assert main(["render", str(graph(tmp_path, swap)), "--frames", str(NUMBER)]) == 0
    source = read_exr(tmp_path / f"plate.{NUMBER:04d}.exr")
    box = (
        source.data.x0,
        HEIGHT - source.data.y1,
        source.data.x1,
        HEIGHT - source.data.y0,
    )
    started = started_host(host)
    made: dict[str, Pixels] = {}
    made["swap"] = node(started, "swap", {"Source": source}, box, dict(swap))
    light: dict[str, object] = {"track": track, **RELIGHT}
    made["relight"] = node(started, "relight", {"Source": made["swap"], "Plate": source}, box, light)
    comp: dict[str, object] = {**BLEND, "alpha": 1}
    made["blend"] = node(started, "blend", {"Source": source, "Face": made["relight"]}, box, comp)
    for name, result in made.items():
        written = read_exr(tmp_path / f"{name}.{NUMBER:04d}.exr")
        assert written.data == plate.data
        expected = rows(written, "RGB")
        alpha = written.channel("matte" if name == "blend" else "A").numpy()
        assert np.abs(result[..., :3] - expected).max() == 0
        assert np.abs(result[..., 3] - alpha).max() == 0
        assert alpha.max() > 0.5
    assert (made["blend"][..., :3] != rows(source, "RGB")).any()


def test_the_button_track_writes_the_track_of_the_command(
    host: MakeHost, service: Server, tmp_path: Path
) -> None:
    """A still of a face, three frames long."""
    large = read_exr(EXAMPLES / "plate" / "plate.1001.exr")
    left, top = large.display.x0 - large.data.x0, large.display.y0 - large.data.y0
    inside = large.rgb[:, top : top + large.display.height, left : left + large.display.width]
    pixels = torch.nn.functional.avg_pool2d(inside[None], 3)[0]
    window = Window.of_size(pixels.shape[2], pixels.shape[1])
    still = Frame(pixels, ("R", "G", "B"), window, window, "ACEScg", number=1)
    started = host(width=window.width, height=window.height)
    instance = started.create("track")
    started.connect(instance, "Source", rows(still, "RGB"))
    sidecar = tmp_path / "track.json"
    started.param(instance, "sidecar", sidecar)
    answer = started.command("press", instance, "analyse", "OfxChangeUserEdited", "-")
    assert "A face was found in 3 of 3 frames" in started.report()["messages"]
    assert answer["status"] == OK
    expected = track_frames([replace(still, number=number) for number in (1, 2, 3)], TrackSettings())
    expected.save(tmp_path / "expected.json")
    there, wanted = (FaceTrack.load(path) for path in (sidecar, tmp_path / "expected.json"))
    assert (there.width, there.height) == (window.width, window.height)
    np.testing.assert_array_equal(there.shape, wanted.shape)
    for face, other in zip(there, wanted, strict=True):
        assert face.found
        np.testing.assert_array_equal(face.points, other.points)

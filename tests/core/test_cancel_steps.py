"""Every long operation polls between its steps, gives up at any of them, and is not changed by being asked."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from threading import Lock

import numpy as np
import pytest
import torch

from doublure.core.blend.comp import blend
from doublure.core.blend.settings import BlendSettings
from doublure.core.cancel import Cancelled, cancellable
from doublure.core.color import convert
from doublure.core.exr import read_exr, write_exr
from doublure.core.face.pose import Pose
from doublure.core.face.topology import canonical_shape
from doublure.core.face.track import FaceFrame, TrackSettings, track_frames
from doublure.core.frame import Frame
from doublure.core.relight.relight import relight
from doublure.core.relight.settings import RelightSettings
from doublure.core.sequence import FrameReader, FrameWriter, Sequence
from doublure.core.swap.checkpoint import Model
from doublure.core.swap.infer import Swapper, SwapSettings
from doublure.core.swap.network import NetworkShape, SwapNetwork

FACE = Path(__file__).parents[1] / "data" / "face.exr"
PEOPLE = ({"name": "ada", "role": "hero"}, {"name": "ben", "role": "driver"})
EVERYTHING = BlendSettings(
    erode=2.5, feather=6, fade_top=0.2, colour_match="full", light_wrap=0.5, sharpness=1.0, edge_extend=3
)
STEPS = {
    "swap": {"infer"},
    "relight": {"relight", "normals", "sh", "ratio", "filters"},
    "blend": {
        *("comp", "matte", "edge", "filters", "grain_model", "sharpness", "colour_match", "membrane"),
        *("light_wrap", "grain"),
    },
    "track": {"track", "view", "nets", "pose", "smooth"},
    "convert": {"color"},
}


class Asked:
    """A stop that answers True from its ``last`` question on, and remembers which modules asked."""

    def __init__(self, last: int | None = None) -> None:
        self.last, self.count = last, 0
        self.modules: set[str] = set()
        self._one_at_a_time = Lock()

    def __call__(self) -> bool:
        caller = sys._getframe(2).f_globals["__name__"]
        with self._one_at_a_time:
            self.count += 1
            self.modules.add(caller.rpartition(".")[2])
            return self.last is not None and self.count >= self.last


@pytest.fixture(scope="module")
def works() -> dict[str, Callable[[], Frame]]:
    """The operations on one small plate, each repeatable and each ending in a frame."""
    x = np.broadcast_to(np.arange(180, dtype=np.float32), (150, 180))
    rng = np.random.default_rng(1)
    skin = 0.2 * (1 + 0.5 * x / 180) * (1 + 0.05 * rng.standard_normal((150, 180)))
    rgb = torch.from_numpy(np.stack([skin * c for c in (1.2, 0.8, 0.6)]).astype(np.float32))
    plate = Frame.from_rgb(rgb, "ACEScg", number=1)
    pose = Pose(np.eye(3), 28.0, np.array([90.0, 62.0]))
    points = (canonical_shape() * 28.0 + (90.0, 62.0, 0.0)).astype(np.float32)
    face = FaceFrame(1, True, None, 0.9, points, pose)
    torch.manual_seed(3)
    network = SwapNetwork(NetworkShape(size=32, width=4, bottleneck=16)).eval()
    torch.nn.init.normal_(network.codes.weight, 0, 0.3)
    swapper = Swapper(Model(network, torch.zeros(2, 3, 16, 16), PEOPLE, {}))
    swapped = swapper.render(plate, face)
    picture = read_exr(FACE, number=1)

    def track() -> Frame:
        tracked = track_frames([picture], TrackSettings()).at(1)
        assert tracked.points is not None
        return Frame.from_rgb(torch.from_numpy(tracked.points.T[:, None].copy()), "ACEScg")

    return {
        "swap": lambda: swapper.render(plate, face, SwapSettings(mix=0.5, sharpness=0.5)),
        "relight": lambda: relight(swapped, plate, face, RelightSettings()),
        "blend": lambda: blend(plate, swapped, EVERYTHING),
        "track": track,
        "convert": lambda: convert(plate, "Linear Rec.709 (sRGB)"),
    }


@pytest.mark.parametrize("name", STEPS)
def test_every_stage_polls(works: dict[str, Callable[[], Frame]], name: str) -> None:
    asked = Asked()
    with cancellable(asked):
        works[name]()
    assert asked.modules >= STEPS[name]


@pytest.mark.parametrize("name", STEPS)
def test_it_gives_up_at_whichever_poll_stops_it(works: dict[str, Callable[[], Frame]], name: str) -> None:
    asked = Asked()
    with cancellable(asked):
        works[name]()
    for last in sorted({*np.linspace(1, asked.count, 12).astype(int).tolist()}):
        stop = Asked(last)
        with pytest.raises(Cancelled), cancellable(stop):
            works[name]()
        # Track looks with two networks side by side: the other one may ask once more before it hears of it.
        assert last <= stop.count <= last + (name == "track")


@pytest.mark.parametrize("name", STEPS)
def test_a_cancelled_attempt_leaves_nothing_behind(works: dict[str, Callable[[], Frame]], name: str) -> None:
    before = works[name]()
    with pytest.raises(Cancelled), cancellable(Asked(2)):
        works[name]()
    torch.testing.assert_close(works[name]().pixels, before.pixels, rtol=1e-5, atol=1e-5)


def test_a_reader_stops_between_frames(tmp_path: Path) -> None:
    frame = read_exr(FACE)
    for number in range(1, 9):
        write_exr(tmp_path / f"p.{number:04d}.exr", frame)
    reader, seen = FrameReader(Sequence.parse(str(tmp_path / "p.####.exr")), ahead=2), []

    def read_all() -> None:
        with cancellable(lambda: 3 in seen):
            seen.extend(frame.number for frame in reader)

    with pytest.raises(Cancelled):
        read_all()
    # What lay ready when the stop came may still be handed out; no more than was read ahead.
    assert seen[:3] == [1, 2, 3]
    assert len(seen) <= 5


def test_a_writer_stops_between_frames_and_its_files_are_whole(tmp_path: Path) -> None:
    frame = read_exr(FACE)
    handed: list[int] = []

    def write_all() -> None:
        files = Sequence.parse(str(tmp_path / "p.1-8####.exr"))
        with cancellable(lambda: 3 in handed), FrameWriter(files) as writer:
            for number in range(1, 9):
                writer.write(Frame.from_rgb(frame.rgb, "ACEScg", number=number))
                handed.append(number)

    with pytest.raises(Cancelled):
        write_all()
    assert handed == [1, 2, 3]
    written = sorted(tmp_path.iterdir())
    assert len(written) <= 3
    for path in written:
        assert read_exr(path).data == frame.data


def test_a_cancelled_write_leaves_no_file(tmp_path: Path) -> None:
    frame = read_exr(FACE)
    with pytest.raises(Cancelled), cancellable(lambda: True):
        write_exr(tmp_path / "a.exr", frame)
    assert list(tmp_path.iterdir()) == []

"""Tracks through the service, with a tracker without networks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import torch

from doublure.core.cancel import Cancelled, check
from doublure.core.errors import DoublureError
from doublure.core.face.guide import Guide
from doublure.core.face.track import FaceFrame, TrackSettings
from doublure.core.face.track import Track as FaceTrack
from doublure.core.frame import Frame
from doublure.nodes.service import tracks
from doublure.nodes.service.client import Client, ServiceError
from doublure.nodes.service.limits import Limits
from doublure.nodes.sidecar_key import read_key, state
from tests.nodes.fake_tracker import SHAPE, found
from tests.nodes.service.comps import picture
from tests.nodes.service.conftest import Serve, wait_until

NUMBERS = (1001, 1002, 1003, 1004)
MATTES: dict[int, float] = {}


@pytest.fixture(autouse=True)
def tracker(monkeypatch: pytest.MonkeyPatch) -> list[tuple[TrackSettings, str, float]]:
    """A face on every frame but 1003; frame 666 is a fault and 777 takes for ever."""
    seen: list[tuple[TrackSettings, str, float]] = []

    def track_frames(
        frames: Iterable[Frame],
        settings: TrackSettings,
        progress: Callable[[FaceFrame], None],
        *,
        source: str,
        guide: Guide,
    ) -> FaceTrack:
        made: dict[int, FaceFrame] = {}
        for frame in frames:
            assert frame.space == "ACEScg"
            if frame.number == 666:
                raise frame.error("the frame is cursed", "burn it")
            while frame.number == 777:
                check()
            assert guide.hidden is not None
            matte = guide.hidden(frame.number)
            if matte is not None:
                MATTES[frame.number] = float(matte.values.mean())
            seen.append((settings, source, float(frame.pixels.sum())))
            lost = frame.number == 1003
            made[frame.number] = FaceFrame.lost(1003, "lost") if lost else found(frame.number)
            progress(made[frame.number])
        if not made:
            raise DoublureError("there are no frames to track", remedy="name at least one frame")
        return FaceTrack(source, 64, 48, 1.0, SHAPE, made)

    monkeypatch.setattr(tracks, "track_frames", track_frames)
    return seen


@pytest.fixture
def client(serve: Serve) -> Client:
    serve(limits=Limits(tracks=2))
    made = Client.connect("test", start=False)
    yield made
    made.close()


def shot(numbers: Iterable[int] = NUMBERS) -> list[tuple[int, Frame]]:
    return [(number, picture(number)) for number in numbers]


def test_a_sidecar_is_written_at_the_end(
    client: Client, tmp_path: Path, tracker: list[tuple[TrackSettings, str, float]]
) -> None:
    path = tmp_path / "new/folder/track.json"
    settings = {"face_index": 1, "threshold": 0.7, "smoothing": 3}
    frames = shot()
    assert client.track(frames, path, settings, source="plate in Nuke", total=4) == (3, 4)
    made = FaceTrack.load(path)
    assert (made.source, list(made.frames), made.at(1003).found) == ("plate in Nuke", list(NUMBERS), False)
    assert tracker[0][:2] == (TrackSettings(1, 0.7, 3), "plate in Nuke")
    assert [total for *_, total in tracker] == [float(frame.pixels.sum()) for _, frame in frames]


def test_the_sidecar_counts_as_ours_and_may_be_tracked_again(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "track.json"
    client.track(shot(), path)
    first = read_key(path)
    assert first is not None
    assert state(path, first.key) == "current"
    client.track(shot(), path)
    assert read_key(path) == first
    client.track(shot(), path, {"smoothing": 0})
    assert read_key(path) != first


def test_a_track_corrected_by_hand_is_never_overwritten(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "track.json"
    client.track(shot(), path)
    path.write_text(json.dumps({**json.loads(path.read_text()), "source": "by hand"}))
    before = path.read_bytes()
    with pytest.raises(ServiceError, match="edited by hand"):
        client.track(shot(), path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("place", ["relative.json", "/dev/null/track.json", "/dev/zero"])
def test_a_bad_place_is_told_before_any_frame(client: Client, place: str) -> None:
    with pytest.raises(ServiceError) as fault:
        client._link.ask("track.begin", sidecar=place)
    assert fault.value.code == "node"


def test_a_fault_ends_the_track_and_writes_nothing(client: Client, tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match=r"frame 666: the frame is cursed; burn it\."):
        client.track(shot((1001, 666)), tmp_path / "track.json")
    assert list(tmp_path.glob("track*")) == []
    assert client.track(shot(), tmp_path / "track.json") == (3, 4)


def test_no_frames_is_one_sentence(client: Client, tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="no frames to track"):
        client.track([], tmp_path / "track.json")


def test_a_cancel_ends_the_track_and_writes_nothing(client: Client, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        client.track(shot((1001, 777)), tmp_path / "track.json", cancel=lambda: True)
    assert list(tmp_path.glob("track*")) == []
    assert client.track(shot(), tmp_path / "track.json") == (3, 4)


def test_a_frame_given_twice_or_without_colour_fails_alone(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "track.json"
    session = client._link.ask("track.begin", sidecar=str(path))["session"]

    def add(number: int, frame: Frame) -> bool:
        laid = client._lay("plate", frame, 2)
        answer = client._link.ask("track.frame", session=session, frame=number, space=frame.space, input=laid)
        return bool(answer["found"])

    assert add(1001, picture(1))
    assert not add(1003, picture(3))
    with pytest.raises(ServiceError, match="came twice"):
        add(1001, picture(1))
    with pytest.raises(ServiceError, match="no channel G"):
        add(1004, picture(4, ("R", "A")))
    done = client._link.ask("track.finish", session=session)
    assert (done["found"], done["total"]) == (1, 3)
    made = read_key(path)
    assert made is not None
    assert [number for number, _ in made.failed] == [1004]
    with pytest.raises(ServiceError, match="no track session"):
        client._link.ask("track.finish", session=session)


def test_frames_in_another_space_are_tracked_in_the_working_space(client: Client, tmp_path: Path) -> None:
    frames = [(1001, picture(1, space="ACES2065-1"))]
    assert client.track(frames, tmp_path / "track.json") == (1, 1)


def test_tracks_are_limited_and_end_with_their_connection(client: Client, tmp_path: Path) -> None:
    import threading

    for number in range(2):
        client._link.ask("track.begin", sidecar=str(tmp_path / f"{number}.json"))
    with pytest.raises(ServiceError, match="at most 2 tracks"):
        client._link.ask("track.begin", sidecar=str(tmp_path / "2.json"))
    assert client._link.ask("track.abort", session=1)["type"] == "done"
    client._link.ask("track.begin", sidecar=str(tmp_path / "2.json"))
    client.close()
    wait_until(lambda: not any(thread.name == "doublure-track" for thread in threading.enumerate()))


def test_a_client_that_dies_in_the_middle_leaves_no_sidecar(serve: Serve, tmp_path: Path) -> None:
    serve()
    client = Client.connect("test", start=False)
    session = client._link.ask("track.begin", sidecar=str(tmp_path / "track.json"))["session"]
    laid = client._lay("plate", picture(1), 2)
    client._link.ask("track.frame", session=session, frame=1, space="ACEScg", input=laid)
    client.close()
    with Client.connect("test", start=False) as other:
        assert other.status()["ready"]
    assert list(tmp_path.glob("track*")) == []


def test_pixels_are_read_where_they_lie(client: Client, tmp_path: Path) -> None:
    session = client._link.ask("track.begin", sidecar=str(tmp_path / "t.json"))["session"]
    laid = client._lay("plate", picture(1), 2)
    with pytest.raises(ServiceError, match="ends before the pixels do"):
        client._link.ask("track.frame", session=session, frame=1, input={**laid, "offset": 64})
    left = client._planes(client._memories[2], 0, tuple(picture(1).pixels.shape)).clone()
    client._link.ask("track.frame", session=session, frame=1, input=laid)
    assert torch.equal(client._planes(client._memories[2], 0, tuple(left.shape)), left)


def lay(client: Client, name: str, frame: Frame, slot: int) -> dict[str, object]:
    return client._lay(name, frame, slot)


def test_a_matte_and_a_frame_switched_off_reach_the_track(client: Client, tmp_path: Path) -> None:
    MATTES.clear()
    path = tmp_path / "track.json"
    begun = client._link.ask("track.begin", sidecar=str(path), settings={"occlusion_channel": "A"})
    for number in (1001, 1002):
        plate = picture(number)
        window = plate.data
        matte = Frame(
            torch.full((1, window.height, window.width), 0.25), ("A",), window, plate.display, "Raw"
        )
        told = {"occlusion": lay(client, "occlusion", matte, 3), "enabled": number != 1002}
        client._link.ask(
            "track.frame",
            session=begun["session"],
            frame=number,
            space=plate.space,
            input=lay(client, "plate", plate, 2),
            **told,
        )
    ended = client._link.ask("track.finish", session=begun["session"])
    assert (ended["found"], ended["total"]) == (1, 2)
    assert MATTES == {1001: 0.25, 1002: 0.25}
    assert FaceTrack.load(path).at(1002).reason == "switched off by hand"


def test_keyframes_reach_the_track(client: Client, tmp_path: Path) -> None:
    (tmp_path / "keys.csv").write_text("frame,found,x,y,size,yaw,pitch,roll\n1002,1,50,24,8,0,0,0\n")
    path = tmp_path / "track.json"
    client.track(shot(), path, {"corrections": str(tmp_path / "keys.csv")})
    assert FaceTrack.load(path).at(1002).pose.translation[0] == pytest.approx(50)
    assert state(tmp_path / "track.tracked.json", "") == "stale"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"corrections": "keys.csv"}, "relative path"),
        ({"ignore": "/none/ignore.json"}, "cannot be read"),
        ({"comp_use": "sometimes"}, "the use of the comp track is 'sometimes'"),
    ],
)
def test_bad_settings_are_told_before_a_frame_is_sent(
    client: Client, tmp_path: Path, settings: dict[str, str], said: str
) -> None:
    with pytest.raises(DoublureError, match=said):
        client.track(shot(), tmp_path / "track.json", settings)

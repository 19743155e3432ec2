"""What a client may ask, each field checked when the message comes in (``docs/service.md``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from doublure.core.window import Window
from doublure.nodes.service import fields as f
from doublure.nodes.service.faults import BadRequest
from doublure.nodes.service.limits import ALIGNMENT, NAME, PARAMS, SIDE, WHOLE

Priority = Literal["interactive", "batch"]
INTERACTIVE: Priority = "interactive"
BATCH: Priority = "batch"
_BYTES = 4  # of a float32
_INPUTS = 16


@dataclass(frozen=True)
class Hello:
    protocol: int
    client: str
    ocio: str | None = None


@dataclass(frozen=True)
class NewSegment:
    id: int
    segment: int
    bytes: int


@dataclass(frozen=True)
class Release:
    id: int
    segment: int


@dataclass(frozen=True)
class Picture:
    """Pixels of an input: one plane of ``data`` for each channel, at ``offset`` of a segment."""

    name: str
    segment: int
    offset: int
    channels: tuple[str, ...]
    data: Window
    display: Window
    pixel_aspect: float
    premultiplied: bool

    @property
    def bytes(self) -> int:
        return len(self.channels) * self.data.width * self.data.height * _BYTES


@dataclass(frozen=True)
class Output:
    """Where the result goes, and which of its channels over which window."""

    segment: int
    offset: int
    channels: tuple[str, ...]
    window: Window

    @property
    def bytes(self) -> int:
        return len(self.channels) * self.window.width * self.window.height * _BYTES


@dataclass(frozen=True)
class Render:
    id: int
    node: str
    frame: int
    scale: float
    priority: Priority
    params: Mapping[str, Any]
    space: str
    inputs: tuple[Picture, ...]
    output: Output


@dataclass(frozen=True)
class Cancel:
    id: int
    request: int


@dataclass(frozen=True)
class TrackBegin:
    id: int
    sidecar: str
    face_index: int
    threshold: float
    smoothing: int
    ignore: str
    corrections: str
    comp_track: str
    comp_use: str
    channel: str
    source: str
    total: int


@dataclass(frozen=True)
class TrackFrame:
    id: int
    session: int
    frame: int
    space: str
    input: Picture
    occlusion: Picture | None = None
    enabled: bool = True


@dataclass(frozen=True)
class TrackFinish:
    id: int
    session: int


@dataclass(frozen=True)
class TrackAbort:
    id: int
    session: int


@dataclass(frozen=True)
class Status:
    id: int


@dataclass(frozen=True)
class Stop:
    id: int


Message = (
    Hello | NewSegment | Release | Render | Cancel
    | TrackBegin | TrackFrame | TrackFinish | TrackAbort | Status | Stop
)  # fmt: skip


def id_of(message: Mapping[str, Any]) -> int:
    """The id of a message that may be wrong, 0 where it has none that can be answered to."""
    found = message.get("id")
    return found if type(found) is int and 1 <= found <= WHOLE else 0


def parse(message: Mapping[str, Any]) -> Message:
    """A message with every field checked. Raises BadRequest, with one clause."""
    reader = _READERS.get(message["type"])
    if reader is None:
        raise BadRequest("there is no message of that type")
    return reader(message)


def _hello(m: f.Fields) -> Hello:
    ocio = f.text(m, "ocio") if "ocio" in m else None
    return Hello(f.whole(m, "protocol", 0), f.text(m, "client", NAME), ocio)


def _segment(m: f.Fields) -> NewSegment:
    return NewSegment(_id(m), f.whole(m, "segment", 1), f.whole(m, "bytes", 1))


def _release(m: f.Fields) -> Release:
    return Release(_id(m), f.whole(m, "segment", 1))


def _render(m: f.Fields) -> Render:
    inputs = tuple(_picture(each) for each in f.items(m, "inputs", _INPUTS))
    if len({picture.name for picture in inputs}) != len(inputs):
        raise BadRequest("inputs names one twice")
    priority: Priority = (
        INTERACTIVE if f.choice(m, "priority", (INTERACTIVE, BATCH)) == INTERACTIVE else BATCH
    )
    scale = f.number(m, "scale", 0.0, 1.0, 1.0)
    if scale < 1 / SIDE:
        raise BadRequest("scale is 0, or next to it")
    return Render(
        id=_id(m),
        node=f.text(m, "node", NAME),
        frame=f.whole(m, "frame", -WHOLE),
        scale=scale,
        priority=priority,
        params=f.values(m, "params", PARAMS),
        space=f.text(m, "space", default="ACEScg"),
        inputs=inputs,
        output=_output(f.mapping(m, "output", PARAMS)),
    )


def _picture(m: Any) -> Picture:
    if not isinstance(m, dict):
        raise BadRequest("an input is no object")
    return Picture(
        name=f.text(m, "name", NAME),
        segment=f.whole(m, "segment", 1),
        offset=_offset(m),
        channels=f.channels(m),
        data=f.window(m, "data"),
        display=f.window(m, "display"),
        pixel_aspect=f.number(m, "pixel_aspect", 0.01, 100.0, 1.0),
        premultiplied=f.truth(m, "premultiplied", True),
    )


def _output(m: f.Fields) -> Output:
    output = Output(f.whole(m, "segment", 1), _offset(m), f.channels(m), f.window(m, "window"))
    if f.whole(m, "bytes", 1) != output.bytes:
        raise BadRequest(f"output.bytes is not the {output.bytes} that its channels and window have")
    return output


def _offset(m: f.Fields) -> int:
    offset = f.whole(m, "offset", 0)
    if offset % ALIGNMENT:
        raise BadRequest(f"offset is no multiple of {ALIGNMENT}")
    return offset


def _cancel(m: f.Fields) -> Cancel:
    return Cancel(_id(m), f.whole(m, "request", 1))


def _track_begin(m: f.Fields) -> TrackBegin:
    settings = f.mapping(m, "settings", PARAMS, {})
    return TrackBegin(
        id=_id(m),
        sidecar=f.text(m, "sidecar"),
        face_index=f.whole(settings, "face_index", 0, 1000, 0),
        threshold=f.number(settings, "threshold", 0.01, 0.99, 0.5),
        smoothing=f.whole(settings, "smoothing", 0, 1000, 2),
        ignore=f.text(settings, "ignore", default=""),
        corrections=f.text(settings, "corrections", default=""),
        comp_track=f.text(settings, "comp_track", default=""),
        comp_use=f.text(settings, "comp_use", default=""),
        channel=f.text(settings, "occlusion_channel", default=""),
        source=f.text(m, "source", default=""),
        total=f.whole(m, "total", 0, default=0),
    )


def _track_frame(m: f.Fields) -> TrackFrame:
    picture = _picture({"name": "plate", **f.mapping(m, "input", PARAMS)})
    matte = _picture({"name": "occlusion", **f.mapping(m, "occlusion", PARAMS)}) if "occlusion" in m else None
    return TrackFrame(
        _id(m),
        f.whole(m, "session", 1),
        f.whole(m, "frame", -WHOLE),
        f.text(m, "space", default="ACEScg"),
        picture,
        matte,
        f.truth(m, "enabled", True),
    )


def _track_finish(m: f.Fields) -> TrackFinish:
    return TrackFinish(_id(m), f.whole(m, "session", 1))


def _track_abort(m: f.Fields) -> TrackAbort:
    return TrackAbort(_id(m), f.whole(m, "session", 1))


def _status(m: f.Fields) -> Status:
    return Status(_id(m))


def _stop(m: f.Fields) -> Stop:
    return Stop(_id(m))


def _id(m: f.Fields) -> int:
    return f.whole(m, "id", 1)


_READERS: dict[str, Callable[[f.Fields], Message]] = {
    "hello": _hello,
    "segment": _segment,
    "release": _release,
    "render": _render,
    "cancel": _cancel,
    "track.begin": _track_begin,
    "track.frame": _track_frame,
    "track.finish": _track_finish,
    "track.abort": _track_abort,
    "status": _status,
    "stop": _stop,
}

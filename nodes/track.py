"""Track: follows one face through the whole plate, once, and keeps it in a sidecar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from doublure.core.errors import DoublureError
from doublure.core.face.track import TrackSettings, track_frames
from doublure.core.frame import Frame
from doublure.nodes.context import Context, Setup
from doublure.nodes.folders import ensure_writable
from doublure.nodes.keys import digest_of
from doublure.nodes.schema import Identity, Input, Inputs, Node, Param, Params
from doublure.nodes.sidecar_key import save, state
from doublure.nodes.track_overlay import draw_landmarks
from doublure.nodes.tracks import face_at, face_digest, load_track

_DEFAULTS = TrackSettings()


def _prepare(params: Params, setup: Setup) -> None:
    """Analyse every frame of the plate, whatever is rendered, so that the frames of a chunk do not decide."""
    sidecar = Path(params["sidecar"])
    numbers = setup.input_numbers("plate")
    frames: dict[str, str] = {}
    for number in numbers:
        try:
            frames[str(number)] = setup.input_key("plate", number)
        except DoublureError as error:
            frames[str(number)] = str(error)
    settings = {name: params[name] for name in ("face_index", "threshold", "smoothing")}
    key = analysis_key(settings, frames)
    if state(sidecar, key) in ("absent", "stale"):
        ensure_writable(sidecar.parent)
        _analyse(sidecar, TrackSettings(**settings), key, numbers, setup)
    load_track(sidecar, setup.shared)


def analysis_key(settings: Params, frames: Mapping[str, str]) -> str:
    """Key of an analysis, for ``sidecar_key``: the settings of ``TrackSettings``, and by frame number what changes
    when that frame's pixels do."""
    return digest_of(
        {"node": Track.id, "version": Track.version, "params": dict(settings), "frames": dict(frames)}
    )


def _analyse(sidecar: Path, settings: TrackSettings, key: str, numbers: list[int], setup: Setup) -> None:
    failures: list[tuple[int, DoublureError]] = []
    label = f"tracking {setup.name}"

    def frames() -> Iterator[Frame]:
        for done, (number, found) in enumerate(setup.input_frames("plate", numbers)):
            setup.report(label, done, len(numbers))
            fault = found if isinstance(found, DoublureError) else _untrackable(found)
            if fault is not None:
                # A bad frame fails where it is rendered; the others are tracked.
                failures.append((number, fault))
            else:
                assert isinstance(found, Frame)
                yield found
        if len(failures) == len(numbers) and failures:
            raise failures[0][1]

    track = track_frames(frames(), settings, source=setup.input_source("plate"))
    setup.report(label, len(numbers), len(numbers))
    save(track, sidecar, key, [(number, str(error)) for number, error in failures])


def _untrackable(frame: Frame) -> DoublureError | None:
    """Why a frame that was read cannot be tracked: it lacks R, G or B."""
    try:
        _ = frame.rgb
    except DoublureError as error:
        return error
    return None


def _render(inputs: Inputs, params: Params, ctx: Context) -> Frame:
    plate = inputs["plate"]
    fault = _untrackable(plate)
    if fault is not None:
        raise fault
    return draw_landmarks(plate, face_at(params["sidecar"], ctx, plate)) if params["overlay"] else plate


def _content(params: Params, ctx: Context) -> dict[str, str]:
    return {"track": face_digest(params["sidecar"], ctx)} if params["overlay"] else {}


Track = Node(
    id="org.doublure.track",
    label="Track",
    version=2,
    help="Finds and follows one face through the whole plate and keeps its landmarks and head pose in a sidecar file, "
    "which Swap and Relight read. The plate is analysed again when it, or a setting here, has changed; a sidecar "
    "corrected by hand is used as it is. The picture passes through.",
    inputs=(Input("plate", "the plate with the face"),),
    params=(
        Param(
            "sidecar",
            "file",
            "",
            "Sidecar",
            "Where the track is kept, such as track.json.",
            animatable=False,
            required=True,
        ),
        Param(
            "face_index",
            "int",
            _DEFAULTS.face_index,
            "Face",
            "Which face to follow, by size: 0 is the largest.",
            minimum=0,
            soft_maximum=8,
            animatable=False,
            keyed=False,
        ),
        Param(
            "threshold",
            "float",
            _DEFAULTS.threshold,
            "Threshold",
            "How sure the detector must be that it sees a face. Lower finds more and errs more.",
            minimum=0.01,
            maximum=0.99,
            animatable=False,
            keyed=False,
        ),
        Param(
            "smoothing",
            "int",
            _DEFAULTS.smoothing,
            "Smoothing",
            "Frames before and after the current one over which jitter is smoothed away. 0 is off.",
            minimum=0,
            soft_maximum=8,
            unit="frames",
            animatable=False,
            keyed=False,
        ),
        Param(
            "overlay",
            "bool",
            False,
            "Overlay",
            "Draws the landmarks over the picture, to judge the track.",
            group="View",
        ),
    ),
    render=_render,
    identity=(Identity("plate", (("overlay", False),)),),
    prepare=_prepare,
    content=_content,
    reads=lambda params, number: [Path(params["sidecar"])],
)

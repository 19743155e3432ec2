"""Track: follows one face through the whole plate, once, and keeps it in a sidecar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from doublure.core.errors import DoublureError
from doublure.core.face.correct import SWITCHED_OFF
from doublure.core.face.heads import with_heads
from doublure.core.face.occlusion import Matte, matte_of
from doublure.core.face.track import FaceFrame, TrackSettings, track_frames
from doublure.core.frame import Frame
from doublure.nodes.context import Context, Setup
from doublure.nodes.folders import ensure_writable
from doublure.nodes.keys import digest_of
from doublure.nodes.schema import Identity, Input, Inputs, Node, Param, Params
from doublure.nodes.sidecar_key import state
from doublure.nodes.track_overlay import SHOWN, describe_face, overlay
from doublure.nodes.track_plan import FILL, HINT, OVERRIDE, TrackPlan, refuse_by_hand, restore, store
from doublure.nodes.tracks import face_at, face_digest, load_track

_DEFAULTS = TrackSettings()


def _prepare(params: Params, setup: Setup) -> None:
    """Analyse every frame of the plate, whatever is rendered, so that the frames of a chunk do not decide."""
    sidecar, plan = Path(params["sidecar"]), TrackPlan.of(params)
    plan.check()
    numbers = setup.input_numbers("plate")
    off = [number for number in numbers if not setup.params_at(number)["enabled"]]
    inputs = ["plate", *(["occlusion"] if setup.connected("occlusion") else [])]
    frames = {str(number): _key_at(setup, inputs, number) for number in numbers}
    key = analysis_key(plan.analysis(), frames)
    found = state(sidecar, plan.key(key, off))
    if found == "foreign":
        refuse_by_hand(sidecar, plan, off)
    elif found != "current":
        ensure_writable(sidecar.parent)
        if not restore(sidecar, plan, key, off):
            _analyse(sidecar, plan, key, numbers, off, inputs, setup)
    load_track(sidecar, setup.shared)


def _key_at(setup: Setup, inputs: list[str], number: int) -> str:
    """What changes when the pixels of a frame do; a fault where they cannot be read."""
    try:
        keys = [setup.input_key(name, number) for name in inputs]
    except DoublureError as error:
        return str(error)
    return keys[0] if len(keys) == 1 else digest_of(keys)


def analysis_key(settings: Params, frames: Mapping[str, str]) -> str:
    """Key of an analysis, for ``sidecar_key``: ``TrackPlan.analysis``, and by frame number what changes when that
    frame's pixels do."""
    return digest_of(
        {"node": Track.id, "version": Track.version, "params": dict(settings), "frames": dict(frames)}
    )


def _analyse(
    sidecar: Path,
    plan: TrackPlan,
    key: str,
    numbers: list[int],
    off: list[int],
    inputs: list[str],
    setup: Setup,
) -> None:
    failures: list[tuple[int, DoublureError]] = []
    label = f"tracking {setup.name}"
    now: dict[str, Frame] = {}
    mattes: dict[int, Matte] = {}

    def frames() -> Iterator[Frame]:
        streams = [setup.input_frames(name, numbers) for name in inputs]
        for done, pictures in enumerate(zip(*streams, strict=True)):
            number = pictures[0][0]
            setup.report(label, done, len(numbers))
            fault = next((found for _, found in pictures if isinstance(found, DoublureError)), None)
            plate = pictures[0][1]
            if fault is None and isinstance(plate, Frame):
                fault = _untrackable(plate)
            if fault is not None or not isinstance(plate, Frame):
                assert fault is not None
                # A bad frame fails where it is rendered; the others are tracked.
                failures.append((number, fault))
                continue
            for _, matte in pictures[1:]:
                # A matte of another format, or without the channel, is a fault of the set-up.
                assert isinstance(matte, Frame)
                mattes[number] = matte_of(matte, plate, plan.channel)
            now["plate"] = plate
            yield plate
        if len(failures) == len(numbers) and failures:
            raise failures[0][1]

    guide = plan.guide(lambda: now["plate"], lambda number: mattes.pop(number, None))
    tracked = track_frames(frames(), plan.settings, source=setup.input_source("plate"), guide=guide)
    track = with_heads(tracked, plan.focal)
    setup.report(label, len(numbers), len(numbers))
    store(track, sidecar, plan, key, off, [(number, str(error)) for number, error in failures])


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
    if not params["overlay"]:
        return plate
    face = face_at(params["sidecar"], ctx, plate)
    if not params["enabled"] and face.found:
        # The sidecar is older than the switch.
        ctx.no_face(SWITCHED_OFF)
        face = FaceFrame.lost(face.number, SWITCHED_OFF, by_hand=True)
    track = load_track(params["sidecar"], ctx.shared)
    return overlay(plate, face, params["show"], describe_face(face, track.face, track.label))


def _content(params: Params, ctx: Context) -> dict[str, str]:
    return {"track": face_digest(params["sidecar"], ctx)} if params["overlay"] else {}


Track = Node(
    id="org.doublure.track",
    label="Track",
    version=3,
    help="Finds and follows one face through the whole plate and keeps its landmarks and head pose in a sidecar file, "
    "which Swap and Relight read. The plate is analysed again when it, or a setting here, has changed; a sidecar "
    "corrected by hand is used as it is. Keyframes, frames switched off and a track from the comp are laid over it "
    "without tracking again. The picture passes through.",
    inputs=(
        Input("plate", "the plate with the face"),
        Input(
            "occlusion",
            "a matte of what stands in front of the face; its points there are not believed",
            optional=True,
            mask=True,
        ),
    ),
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
            "focal",
            "float",
            0.0,
            "Focal length",
            "The lens in plate pixels: millimetres over those of the sensor's height, times the picture's height. The "
            "head's distance and normals follow from it. 0 estimates it from the face, roughly.",
            minimum=0.0,
            soft_maximum=10000.0,
            unit="pixels",
            animatable=False,
            keyed=False,
        ),
        Param(
            "enabled",
            "bool",
            True,
            "Enabled",
            "Off: the frame counts as one without the face, and the plate is kept there. In a host, press Analyse "
            "after a change.",
            group="By hand",
        ),
        Param(
            "corrections",
            "file",
            "",
            "Keyframes",
            "A table of the head's keyframes (CSV, as doublure track --export writes it): each overrides the track, "
            "and what it changes is interpolated in between.",
            animatable=False,
            group="By hand",
        ),
        Param(
            "comp_track",
            "file",
            "",
            "Comp track",
            "A track made in the comp: Nuke's CornerPin2D or Tracker as text (.nk), or a table (.csv). It tells where "
            "to look, and what Use says.",
            animatable=False,
            group="By hand",
        ),
        Param(
            "comp_use",
            "choice",
            FILL,
            "Use",
            "fill gaps: the comp track places the head where no face is found. override: everywhere. look there: it "
            "only tells where to look.",
            choices=(FILL, OVERRIDE, HINT),
            animatable=False,
            keyed=False,
            group="By hand",
        ),
        Param(
            "ignore",
            "file",
            "",
            "Ignore",
            "Regions in which no face is looked for, such as a painting on the wall: rectangles and polygons in plate "
            "pixels, with a range of frames where wanted (JSON or CSV).",
            animatable=False,
            group="Search",
        ),
        Param(
            "occlusion_channel",
            "string",
            "",
            "Occlusion channel",
            "The channel of the occlusion matte, by name. Empty: A, or the only one.",
            animatable=False,
            keyed=False,
            group="Search",
        ),
        Param(
            "overlay",
            "bool",
            False,
            "Overlay",
            "Draws the tracked face over the picture, to judge the track.",
            group="View",
        ),
        Param(
            "show",
            "choice",
            SHOWN[0],
            "Show",
            "What the overlay draws. Green is sure, yellow and red are less so, magenta is hidden; the axes are the "
            "head's.",
            choices=SHOWN,
            group="View",
        ),
    ),
    render=_render,
    identity=(Identity("plate", (("overlay", False),)),),
    prepare=_prepare,
    content=_content,
    reads=lambda params, number: [
        Path(params[name]) for name in ("sidecar", "corrections", "comp_track", "ignore") if params[name]
    ],
)

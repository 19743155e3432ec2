"""Shots with one fault each: how it is made, the one validator that must block it, and the frames that it must name."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import cv2
import numpy as np
import OpenImageIO as oiio

from doublure.core.consent.timestamp import format_time
from doublure.core.face.sidecar import Track
from doublure.core.provenance.signer import Signer
from doublure.core.provenance.write import Material, write_provenance
from tests.core.check import damages
from tests.core.check.damages import Comp
from tests.core.consent.studio import ID, OTHER
from tests.pipeline_hooks.people import People
from tests.pipeline_hooks.shots import NAME, NUMBERS, Shot, place, read, write

Break = Callable[[Shot, Comp], object]


@dataclass(frozen=True)
class Fault:
    """``frames`` must be named, one and all; () where the fault is the whole shot's."""

    make: Break
    validator: str
    frames: tuple[int, ...] = ()


def _rename(old: str, new: str) -> Break:
    def make(shot: Shot, _: Comp) -> None:
        for number in NUMBERS:
            path = shot.comp(number)
            path.rename(path.with_name(path.name.replace(old, new)))
        shot.edit(f"comp/{NAME}.####.exr", f"comp/{NAME}.####.exr".replace(old, new))

    return make


def _content(name: str, change: Callable[[bytes], bytes]) -> Break:
    def make(shot: Shot, _: Comp) -> None:
        shot.write(name, change((shot.folder / name).read_bytes()))

    return make


def _gone(name: str) -> Break:
    return lambda shot, _: (shot.folder / name).unlink()


def _text(old: str, new: str) -> Break:
    return lambda shot, _: shot.edit(old, new)


def _people(spoil: Callable[[People], object]) -> Break:
    return lambda shot, _: shot.people(spoil)


def _header(spec: Callable[[oiio.ImageSpec], object], *numbers: int) -> Break:
    return lambda shot, _: shot.rewrite(numbers or NUMBERS, spec=spec)


def _pixels(change: Callable[[np.ndarray, tuple[str, ...]], Any], *numbers: int) -> Break:
    return lambda shot, _: shot.rewrite(numbers or NUMBERS, pixels=change)


def _comp(name: str) -> Break:
    damage, _ = damages.DAMAGES[name]
    return lambda shot, comp: place(comp, damage(comp), shot)


def _matte(names: tuple[str, ...]) -> int:
    return names.index("matte")


def _inside(values: np.ndarray, names: tuple[str, ...]) -> tuple[int, int]:
    """(row, column) of a pixel that is all face."""
    return tuple(np.argwhere(values[..., _matte(names)] > 0.99)[0])  # type: ignore[return-value]


def _rim(values: np.ndarray, names: tuple[str, ...]) -> tuple[int, int]:
    """(row, column) of a pixel that is hardly face at all."""
    matte = values[..., _matte(names)]
    return tuple(np.argwhere((matte > 0) & (matte < 0.05))[0])  # type: ignore[return-value]


def _set(where: Callable[..., tuple[int, int]], channels: slice, value: float) -> Callable[..., None]:
    def change(values: np.ndarray, names: tuple[str, ...]) -> None:
        values[(*where(values, names), channels)] = value

    return change


def _corner(*_: Any) -> tuple[int, int]:
    return 0, 0


def _matte_alone(value: float) -> Callable[..., None]:
    def change(values: np.ndarray, names: tuple[str, ...]) -> None:
        values[(*_inside(values, names), _matte(names))] = value

    return change


def _channel(name: str, numbers: tuple[int, ...], kind: float = 1.0) -> Break:
    """Frames with one channel more."""

    def make(shot: Shot, _: Comp) -> None:
        for number in numbers:
            _with_channel(shot.comp(number), name, kind)

    return make


def _with_channel(path: Any, name: str, value: float) -> None:
    spec, values = read(path)
    more = np.full((*values.shape[:2], 1), value, np.float16)
    names = [*spec.channelnames, name]
    spec.nchannels = len(names)
    spec.channelnames = tuple(names)
    if name == "A":
        spec.alpha_channel = len(names) - 1
    write(path, spec, np.concatenate([values, more], 2))


def _other_alpha(shot: Shot, _: Comp) -> None:
    """The plate has an alpha, and one frame's is another."""
    for number in NUMBERS:
        _with_channel(shot.plate(number), "A", 1.0)
        _with_channel(shot.comp(number), "A", 0.5 if number == 1004 else 1.0)


def _no_matte(shot: Shot, _: Comp) -> None:
    for number in NUMBERS:
        spec, values = read(shot.comp(number))
        index = tuple(spec.channelnames).index("matte")
        names = [name for name in spec.channelnames if name != "matte"]
        spec.nchannels, spec.channelnames = len(names), tuple(names)
        write(shot.comp(number), spec, np.delete(values, index, 2))


def _not_rendered(shot: Shot, _: Comp) -> None:
    """The plate, with an empty matte."""
    _, plate = read(shot.plate(1004))

    def change(values: np.ndarray, names: tuple[str, ...]) -> None:
        values[:] = 0
        values[..., [names.index(name) for name in "RGB"]] = plate[..., :3]

    shot.rewrite([1004], pixels=change)


def _crop(shot: Shot, _: Comp) -> None:
    spec, values = read(shot.comp(1004))
    spec.width -= 8
    write(shot.comp(1004), spec, np.ascontiguousarray(values[:, :-8]))


def _no_space(header: oiio.ImageSpec) -> None:
    # OpenImageIO writes the id anew from its own name of the space.
    for name in ("colorInteropID", "oiio:ColorSpace"):
        header.erase_attribute(name)


def _float(shot: Shot, _: Comp) -> None:
    spec, values = read(shot.comp(1004))
    spec.set_format(oiio.FLOAT)
    write(shot.comp(1004), spec, values.astype(np.float32))


def _png(shot: Shot, _: Comp) -> None:
    done, data = cv2.imencode(".png", np.zeros((208, 208, 3), np.uint8))
    assert done
    shot.write(f"comp/{NAME}.1004.exr", data.tobytes())


def _time(change: Callable[[str], str]) -> Callable[[oiio.ImageSpec], None]:
    def spec(header: oiio.ImageSpec) -> None:
        code = change(header.get_string_attribute("smpte:TimeCode"))
        header.erase_attribute("smpte:TimeCode")
        if code:
            hours, minutes, seconds, frames = (int(part) for part in code.split(":"))
            bits = sum(
                (value // 10 << shift + 4) | (value % 10 << shift)
                for value, shift in ((frames, 0), (seconds, 8), (minutes, 16), (hours, 24))
            )
            header.attribute("smpte:TimeCode", oiio.TypeDesc("timecode"), (bits, 0))

    return spec


def _graph_of_another(shot: Shot, _: Comp) -> None:
    shot.write("other.safetensors", b"another model")
    text = (shot.folder / "graph.json").read_text()
    shot.write("graph.json", text.replace("hero.safetensors", "other.safetensors"))


def _track_astray(shot: Shot, _: Comp) -> None:
    """The track has the face beside the picture."""
    track = Track.load(shot.folder / "track.json")
    face = track.frames[1004]
    assert face.points is not None
    track.frames[1004] = replace(face, points=face.points + np.float32([900, 0, 0]))
    (shot.folder / "track.json").unlink()
    track.save(shot.folder / "track.json")


def _review(flagged: list[int], **decisions: Any) -> Break:
    """Decisions as ``f1004="accept"``; the files are those that lie there, or ``stale`` ones."""

    def make(shot: Shot, _: Comp) -> None:
        listed = []
        for name, decision in decisions.items():
            number = int(name[1:])
            digest = hashlib.sha256(shot.comp(number).read_bytes()).hexdigest()
            if decision == "stale":
                decision, digest = "accept", OTHER
            listed.append({"frame": number, "decision": decision, "sha256": digest})
        review = {
            "schema": "doublure.review/1",
            "shot": "sq010_sh0100",
            "version": "v003",
            "reviewer": "ana",
            "flagged": flagged,
            "decisions": listed,
        }
        shot.write("review.json", json.dumps(review))
        shot.edit("[publish]", '[review]\ndecisions = "review.json"\n[publish]')

    return make


def profile(text: str) -> Break:
    """Another profile, over the demo's."""

    def make(shot: Shot, _: Comp) -> None:
        shot.write("own.toml", f'base = "demo"\ntitle = "Own"\n{text}\n')
        shot.edit('profile = "demo"', 'profile = "own.toml"')

    return make


def both(*breaks: Break) -> Break:
    def make(shot: Shot, comp: Comp) -> None:
        for one in breaks:
            one(shot, comp)

    return make


def _provenance(version: str = "v003", name: str = "", change: Callable[[bytes], bytes] = bytes) -> Break:
    """A provenance written before, true but for what is changed."""

    def make(shot: Shot, _: Comp) -> None:
        now = datetime.now(UTC)
        material = Material(
            "demo",
            "sq010_sh0100",
            version,
            [(n, shot.comp(n)) for n in NUMBERS],
            [(n, shot.plate(n)) for n in NUMBERS],
            [("model", shot.folder / "hero.safetensors"), ("consent", shot.folder / "mara.consent.json")],
        )
        folder = shot.folder / "provenance"
        write_provenance(folder, material, Signer.for_test(now), now)
        if name:
            (folder / name).write_bytes(change((folder / name).read_bytes()))

    return make


def _stale(people: People) -> None:
    people.list |= {"issued": format_time(people.now - timedelta(days=20))}


FAULTS: dict[str, Fault] = {
    # Frames
    "a frame is missing": Fault(_gone(f"comp/{NAME}.1004.exr"), "ValidateFrames", (1004,)),
    "a handle is missing": Fault(_gone(f"comp/{NAME}.1001.exr"), "ValidateFrames", (1001,)),
    "a frame too many": Fault(
        lambda s, _: shutil.copyfile(s.comp(1008), s.comp(1009)), "ValidateFrames", (1009,)
    ),
    # Naming
    "five digits": Fault(
        lambda s, _: s.comp(1004).rename(s.folder / f"comp/{NAME}.01004.exr"), "ValidateNaming", (1004,)
    ),
    "another version in the names": Fault(_rename("v003", "v002"), "ValidateNaming", tuple(NUMBERS)),
    "a blank in the names": Fault(_rename("_comp_", "_co mp_"), "ValidateNaming", tuple(NUMBERS)),
    "the names lack the shot": Fault(_rename("sq010_sh0100_", ""), "ValidateNaming", tuple(NUMBERS)),
    "a version that is none": Fault(_text('version = "v003"', 'version = "final"'), "ValidateNaming"),
    # Readable
    "a truncated frame": Fault(
        _content(f"comp/{NAME}.1004.exr", lambda b: b[: len(b) // 2]), "ValidateReadable", (1004,)
    ),
    "an empty file": Fault(_content(f"comp/{NAME}.1004.exr", lambda _: b""), "ValidateReadable", (1004,)),
    "a text file": Fault(_content(f"comp/{NAME}.1004.exr", lambda _: b"no"), "ValidateReadable", (1004,)),
    "a PNG named EXR": Fault(_png, "ValidateReadable", (1004,)),
    "a plate frame is missing": Fault(_gone("plate/plate.1005.exr"), "ValidateReadable", (1005,)),
    "a truncated plate": Fault(
        _content("plate/plate.1005.exr", lambda b: b[:2000]), "ValidateReadable", (1005,)
    ),
    "no track": Fault(_gone("track.json"), "ValidateReadable"),
    "half a track": Fault(_content("track.json", lambda b: b[:5000]), "ValidateReadable"),
    # Model
    "no model": Fault(_gone("hero.safetensors"), "ValidateModel"),
    "another model": Fault(_content("hero.safetensors", lambda b: b + b"!"), "ValidateModel"),
    "a model nobody agreed to": Fault(
        _people(lambda p: p.driver["replica"].update(models=[{"name": "x", "sha256": OTHER}])),
        "ValidateModel",
    ),
    "a graph with another model": Fault(_graph_of_another, "ValidateModel"),
    "a graph that swaps nothing": Fault(
        _content("graph.json", lambda b: b.replace(b"org.doublure.swap", b"org.doublure.track")),
        "ValidateModel",
    ),
    "half a graph": Fault(_content("graph.json", lambda b: b[: len(b) // 2]), "ValidateModel"),
    # Consent
    "no record of the hero": Fault(_gone("mara.consent.json"), "ValidateConsent"),
    "a record changed after it was signed": Fault(
        _content("mara.consent.json", lambda b: b.replace(b"The Demo", b"The Dome")), "ValidateConsent"
    ),
    "a revoked record": Fault(_people(lambda p: p.revoke(ID)), "ValidateConsent"),
    "an expired record": Fault(
        _people(lambda p: p.hero["validity"].update(until=format_time(p.now - timedelta(days=1)))),
        "ValidateConsent",
    ),
    "a strike": Fault(
        _people(
            lambda p: p.list["strikes"].append(
                {"union": "sag-aftra", "from": format_time(p.now - timedelta(days=3)), "until": None}
            )
        ),
        "ValidateConsent",
    ),
    "a record for other shots": Fault(
        _people(lambda p: p.hero["project"].update(shots=["sq020_*"])), "ValidateConsent"
    ),
    "a record that permits no publish": Fault(
        _people(lambda p: p.driver["permissions"].update(actions=["train", "render"])), "ValidateConsent"
    ),
    "no signature of the producer": Fault(
        _people(lambda p: p.signers["hero"].pop("producer")), "ValidateConsent"
    ),
    "a medium that is prohibited": Fault(
        _text('media = ["theatrical"]', 'media = ["gaming"]'), "ValidateConsent"
    ),
    "a missing approval": Fault(_text('approvals = ["final-look"]', "approvals = []"), "ValidateConsent"),
    "content that is not stated": Fault(_text("content = [], ", ""), "ValidateConsent"),
    "the double's record is not named": Fault(_text(', "double.consent.json"', ""), "ValidateConsent"),
    "no trust file": Fault(_gone("trust.json"), "ValidateConsent"),
    "a stale revocation list": Fault(_people(_stale), "ValidateConsent"),
    "another double": Fault(_text('driver = "double"', 'driver = "stranger"'), "ValidateConsent"),
    # Headers
    "a channel too many": Fault(_channel("mask", (1004,)), "ValidateHeaders", (1004,)),
    "a lost attribute": Fault(
        _header(lambda h: h.erase_attribute("doublure/take"), 1004), "ValidateHeaders", (1004,)
    ),
    # Windows
    "a cropped frame": Fault(_crop, "ValidateWindows", (1004,)),
    "another display window": Fault(
        _header(lambda h: setattr(h, "full_width", 200), 1004), "ValidateWindows", (1004,)
    ),
    "another pixel aspect": Fault(
        _header(lambda h: h.attribute("PixelAspectRatio", 2.0), 1004), "ValidateWindows", (1004,)
    ),
    # Encoding
    "another compression": Fault(
        _header(lambda h: h.attribute("compression", "rle"), 1004), "ValidateEncoding", (1004,)
    ),
    "a float frame": Fault(_float, "ValidateEncoding", (1004,)),
    # Finite
    "a NaN in the face": Fault(_pixels(_set(_inside, slice(0, 1), np.nan), 1004), "ValidateFinite", (1004,)),
    "an infinity outside": Fault(
        _pixels(_set(_corner, slice(1, 2), np.inf), 1004), "ValidateFinite", (1004,)
    ),
    "a NaN in the matte": Fault(_pixels(_matte_alone(np.nan), 1004), "ValidateFinite", (1004,)),
    # Range
    "a deep negative": Fault(_pixels(_set(_rim, slice(2, 3), -0.5), 1004), "ValidateRange", (1004,)),
    # Colour
    "no colour space": Fault(_header(_no_space, 1004), "ValidateColour", (1004,)),
    "another colour space": Fault(
        _header(lambda h: h.attribute("colorInteropID", "lin_rec709_scene"), 1004), "ValidateColour", (1004,)
    ),
    "a delivery in another space": Fault(
        profile('[colour]\ninterop_id = "lin_ap0_scene"'), "ValidateColour", tuple(NUMBERS)
    ),
    "no ACES container": Fault(profile("[colour]\naces_container = true"), "ValidateColour", tuple(NUMBERS)),
    # Outside
    "one pixel outside": Fault(_pixels(_set(_corner, slice(0, 1), 0.5), 1004), "ValidateOutside", (1004,)),
    "a frame graded outside": Fault(
        _pixels(lambda v, n: np.where(v[..., [_matte(n)]] == 0, v * np.float16(1.1), v), 1004),
        "ValidateOutside",
        (1004,),
    ),
    # Alpha
    "an alpha made up": Fault(_channel("A", tuple(NUMBERS)), "ValidateAlpha", tuple(NUMBERS)),
    "another alpha": Fault(_other_alpha, "ValidateAlpha", (1004,)),
    # Matte
    "no matte": Fault(_no_matte, "ValidateMatte", tuple(NUMBERS)),
    "a matte above 1": Fault(_pixels(_matte_alone(1.5), 1004), "ValidateMatte", (1004,)),
    "a frame that was not rendered": Fault(_not_rendered, "ValidateMatte", (1004,)),
    # Time
    "another rate in a header": Fault(
        _header(lambda h: h.attribute("framesPerSecond", oiio.TypeDesc("rational"), (25, 1)), 1004),
        "ValidateTime",
        (1004,),
    ),
    "another rate in the shot": Fault(
        _text("fps = 24", 'fps = "24000/1001"'), "ValidateTime", tuple(NUMBERS)
    ),
    "a lost time code": Fault(_header(_time(lambda _: ""), 1004), "ValidateTime", (1004,)),
    "another time code": Fault(_header(_time(lambda _: "09:00:00:00"), 1004), "ValidateTime", (1004,)),
    # The face
    "a soft stretch": Fault(_comp("blurred"), "ValidateSharpness", (1006, 1007, 1008)),
    "a soft shot": Fault(_comp("soft"), "ValidateSharpness"),
    "a face 20 % too bright": Fault(_comp("too bright"), "ValidateLight"),
    "a dark line round the face": Fault(_comp("fringed"), "ValidateSeam"),
    "twice the grain": Fault(_comp("grain doubled"), "ValidateGrain"),
    "no grain": Fault(_comp("grain gone"), "ValidateGrain"),
    "flicker": Fault(_comp("flickering"), "ValidateTemporal"),
    "a face that shakes": Fault(_comp("shaking"), "ValidateJitter"),
    "a frozen face": Fault(_comp("frozen"), "ValidateFrozen", (1005,)),
    "the plate's own face": Fault(_comp("reverted"), "ValidateReverted", (1005,)),
    "light of its own": Fault(_comp("lit otherwise"), "ValidateLight"),
    "a wrong mouth": Fault(_comp("mouth wrong"), "ValidateAperture"),
    "a face out of the picture": Fault(_track_astray, "ValidateIdentity", (1004,)),
    "too much drift of identity": Fault(profile("[limits]\nidentity = 0.01"), "ValidateIdentity"),
    # Review
    "a rejected frame": Fault(_review([1004], f1004="reject"), "ValidateReview", (1004,)),
    "an undecided frame": Fault(_review([1004, 1006], f1004="accept"), "ValidateReview", (1006,)),
    "a review of older frames": Fault(_review([1004], f1004="stale"), "ValidateReview", (1004,)),
    "no review though it is asked for": Fault(profile('[review]\ndecisions = "required"'), "ValidateReview"),
    "half a review": Fault(both(_review([]), _content("review.json", lambda b: b[:40])), "ValidateReview"),
    # Provenance
    "nobody can sign": Fault(_text('profile = "demo"', 'profile = "default"'), "ValidateProvenance"),
    "a provenance of another version": Fault(_provenance("v002"), "ValidateProvenance"),
    "a provenance that was altered": Fault(
        _provenance(name="frames.json", change=lambda b: b.replace(b'"size"', b'"size" ', 1)),
        "ValidateProvenance",
    ),
    "a broken signature": Fault(
        _provenance(name="frames.c2pa", change=lambda b: b[:900] + bytes([b[900] ^ 1]) + b[901:]),
        "ValidateProvenance",
    ),
}
"""By name."""

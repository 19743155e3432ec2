"""take.json: what a take is, where its files are, and what is known about each frame."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np

from bench.stage.camera.grain import Grain
from bench.stage.camera.lens import Lens
from bench.stage.light.light import Light
from bench.stage.settings import ROLES, TakeSettings, format_span, parse_span
from bench.stage.write import COLOR_SPACE, write_text
from doublure.core.errors import DoublureError

SCHEMA = "doublure.take/1"
STAGE_VERSION = 2
NAME = "take.json"
MEANINGS = {
    "clean": "scene-linear colour without grain, performer over backdrop",
    "albedo": "colour of the surface, premultiplied by alpha",
    "diffuse": "light that entered the surface and left it, premultiplied by alpha",
    "specular": "light that bounced off the surface, premultiplied by alpha; clean = diffuse + specular + backdrop",
    "normal": "unit normal at the pixel's centre, x right, y up, z towards the camera; 0 where no surface",
    "position": "centimetres, world axes as the light's; 0 where no surface",
    "uv": "skin atlas coordinates 0-1, v up; 0 where there is no skin",
    "matte": "coverage by the visible face, the occluder cut out",
    "occlusion": "coverage by the occluder in front of the head",
    "alpha": "coverage by the performer and the occluder",
    "flow": "pixels to the right and down, where the point seen at the pixel's centre is in the next frame; "
    "0 where no surface; hair is carried by the skin beneath it",
}
CREDITS = (
    "Face model: ICT-FaceKit, USC Institute for Creative Technologies (MIT)",
    "Skin: Infinite, 3D Head Scan by Lee Perry-Smith (CC BY 3.0)",
    "Skins and hand: MakeHuman (CC0)",
    "HDRIs: Poly Haven (CC0)",
)


@cache
def schema() -> dict[str, Any]:
    """The JSON schema of take.json."""
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("take.schema.json").read_text())
    return loaded


def check(take: dict[str, Any], file: Path) -> dict[str, Any]:
    """The take itself if it follows the schema, else a DoublureError that names the first place where not."""
    error = next(iter(jsonschema.Draft202012Validator(schema()).iter_errors(take)), None)
    if error is not None:
        place = "/".join(str(p) for p in error.path) or "the whole"
        raise DoublureError(
            f"it is not a take file at {place}: {error.message[:120]}",
            file=file,
            remedy="render the take again into an empty folder",
        )
    return take


def read_take(folder: Path) -> dict[str, Any]:
    """The checked content of a folder's take.json."""
    file = folder / NAME
    try:
        content = json.loads(file.read_text())
    except FileNotFoundError as error:
        raise DoublureError("there is no take.json", file=folder, remedy="render a take there") from error
    except ValueError as error:
        raise DoublureError("it is not JSON", file=file, remedy="render the take again") from error
    return check(content, file)


def write_take(folder: Path, take: dict[str, Any]) -> None:
    """Checks and writes take.json, whole or not at all."""
    write_text(folder / NAME, json.dumps(check(take, folder / NAME)) + "\n")


def describe_light(light: Light, gain: float) -> dict[str, Any]:
    """A frame's light: HDRI, its turn and tilt in degrees, exposure gain, and the key."""
    key = None
    if light.key is not None:
        key = {
            "direction": rounded(light.key.direction, 4),
            "width": round(light.key.width, 3),
            "colour": rounded(light.key.colour, 4),
            "strength": round(light.key.strength, 3),
        }
    return {
        "hdri": light.hdri,
        "turn": round(light.turn, 3),
        "tilt": rounded(light.tilt, 3),
        "gain": round(gain, 6),
        "key": key,
    }


def rounded(values: Any, digits: int) -> list[float]:
    """Numbers as a JSON list."""
    return [round(float(v), digits) for v in np.ravel(values)]


def header(settings: TakeSettings, camera: dict[str, Any], grain: Grain, lens: Lens) -> dict[str, Any]:
    """take.json without its shots."""
    layers = {role: f"layers/{role}/{role}.####.exr" for role in ROLES} if settings.layers else {}
    return {
        "schema": SCHEMA,
        "stage": STAGE_VERSION,
        "take": settings.kind,
        "driver_seed": settings.driver,
        "hero_seed": settings.hero,
        "performance_seed": settings.performance,
        "frames": format_span(settings.frames),
        "hero_frames": format_span(settings.hero_frames),
        "size": settings.size,
        "samples": settings.samples,
        "fps": 24,
        "shutter": settings.shutter,
        "colour": COLOR_SPACE,
        "camera": camera,
        "lens": {"unit": "sigma in pixels", "centre": lens.centre, "corner": lens.corner},
        "grain": {
            "law": "variance = slope * max(value, 0) + floor, per channel, scene-linear",
            "slope": list(grain.slope),
            "floor": list(grain.floor),
            "softness": grain.softness,
            "shared": grain.shared,
        },
        "sequences": {
            **{role: f"{role}/{role}.####.exr" for role in ROLES},
            "layers": layers,
            "light": {
                "plate": "light/light.####.exr",
                "truth": "light/light.####.exr",
                "hero": "light/hero.####.exr",
            },
        },
        "layers": MEANINGS if settings.layers else {},
        "credits": list(CREDITS),
    }


FREE = ("frames", "hero_frames", "credits", "layers")


def widened(folder: Path, new: dict[str, Any]) -> dict[str, Any]:
    """The header new, with the frames of a take that is already in the folder added.

    Raises a DoublureError when that take has other settings, or nobody knows which: frames must not mix.
    """
    if not (folder / NAME).exists():
        if any(next((folder / role).glob("*.exr"), None) for role in ROLES):
            raise DoublureError(
                "the folder holds frames but no take.json that says of which take",
                file=folder,
                remedy="choose another --out, or remove the frames",
            )
        return {**new, "shots": [], "hero_shots": []}
    old = read_take(folder)
    for name, value in new.items():
        if name not in FREE and old.get(name) != value:
            known = name not in ("sequences", "camera", "lens", "grain")
            what = f"{name} {old.get(name)}, not {value}" if known else f"another {name}"
            raise DoublureError(
                f"the folder holds a take with {what}",
                file=folder / NAME,
                remedy="choose another --out, or remove the folder",
            )
    both = {
        name: format_span(n for text in (old[name], new[name]) if text for n in parse_span(text))
        for name in ("frames", "hero_frames")
    }
    return {**new, **both, "shots": old["shots"], "hero_shots": old["hero_shots"]}

"""Renders one frame of a take with all that is known about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from bench.stage.acting.occluder import Occluder, draw_occluder
from bench.stage.acting.takes import (
    FIRST_FRAME,
    Kind,
    Script,
    hero_script,
    take_camera,
    take_kind,
    take_script,
)
from bench.stage.base.assets import SKIN_VERTICES
from bench.stage.base.color import rec709_to_acescg
from bench.stage.base.geometry import part_triangles
from bench.stage.camera.camera import Camera
from bench.stage.camera.grain import Grain, add_grain
from bench.stage.camera.lens import Lens, soften
from bench.stage.face.transfer import SKIN, atlas_uv
from bench.stage.layers.matte import face_triangles, mattes
from bench.stage.layers.pupils import pupil_weights
from bench.stage.layers.surface import Solid, Surface, look
from bench.stage.light.backdrop import backdrop
from bench.stage.light.light import ENV_HEIGHT, ENV_WIDTH, load_hdri, rotation, shrink
from bench.stage.light.lighting import Exposed
from bench.stage.people.body import shirt
from bench.stage.people.person import Casting, Person
from bench.stage.settings import TakeSettings, beauty_file, layers_file, light_file
from bench.stage.shading.rig import Rig
from bench.stage.write import is_complete, timecode, write_exr

FPS = 24
GRAIN, LENS = Grain(), Lens()
BLUR_STEPS = 5
HERO_GRAIN = 1 << 20
COLOURS = ("clean", "albedo", "diffuse", "specular")
CHANNELS = (
    *(f"{name}.{c}" for name in COLOURS for c in "RGB"),
    *(f"{name}.{c}" for name in ("normal", "position") for c in "XYZ"),
    *("uv.U", "uv.V", "matte", "occlusion", "alpha", "flow.X", "flow.Y"),
)
FULL = tuple(c for c in CHANNELS if c.split(".")[0] in ("position", "uv", "flow"))


@dataclass(frozen=True)
class Moment:
    """Who does what where: the script, the time in frames, and the light's exposure."""

    script: Script
    time: float
    exposed: Exposed


@dataclass(frozen=True)
class Shot:
    """Pictures of one frame, linear Rec.709, without grain: clean, diffuse, specular, albedo (H, W, 3); alpha, matte
    and occlusion (H, W); what the pixel centres see; and the environment (128, 256, 3) at the frame's time."""

    clean: np.ndarray
    diffuse: np.ndarray
    specular: np.ndarray
    albedo: np.ndarray
    alpha: np.ndarray
    matte: np.ndarray
    occlusion: np.ndarray
    surface: Surface
    light: np.ndarray


class Stage:
    """Renders the frames of one take; people, lights and the occluder are made once."""

    def __init__(self, settings: TakeSettings, casting: Casting) -> None:
        self.settings, self.casting = settings, casting
        self.kind: Kind = take_kind(settings.kind)
        self.camera: Camera = take_camera(settings.performance, settings.size)
        self.names = casting.model.expression_names
        self._rigs: dict[str, Rig] = {}
        self._on_stage: set[str] = set()
        self._person = cache(casting.person)
        self._hdri = cache(lambda name: load_hdri(casting.assets, name))
        self._small = cache(lambda name: shrink(self._hdri(name)))

    @cached_property
    def occluder(self) -> Occluder | None:
        """What crosses the picture in plate and truth."""
        return draw_occluder(self.settings.performance, self.casting.assets) if self.kind.occluded else None

    @cached_property
    def skin_uv(self) -> np.ndarray:
        """Atlas coordinates of the corners of the skin's triangles, (F, 3, 2)."""
        return atlas_uv(self.casting.model)[part_triangles(self.casting.model, SKIN)[1]]

    @cached_property
    def pupils(self) -> np.ndarray:
        """Which model vertices make the pupils' middles, (2, V)."""
        return pupil_weights(self.casting.model)

    def person(self, role: str) -> Person:
        """Who plays a role."""
        return self._person(self.settings.person(role))

    def moment(self, role: str, frame: int) -> Moment:
        """What happens in a frame of a role."""
        seed = self.settings.performance
        if role == "hero":
            script, time = hero_script(seed, frame, self.names), float(frame)
        else:
            script, time = take_script(self.kind, seed, self.names), float(frame - FIRST_FRAME)
        return Moment(script, time, Exposed(self._small(script.light(time).hdri), script.light))

    def solids(self, role: str, moment: Moment) -> list[Solid]:
        """The scene's pieces now and in the next frame: the head, the shirt, and what crosses them."""
        rig, occluder = self.rig(role), self.crossing(role)
        now, later = (rig.vertices(moment.script.act(moment.time + k)) for k in (0, 1))
        # The skin is the first of the rig's parts; the others have no place in the atlas.
        uv = np.zeros((len(rig.whole), 3, 2))
        uv[: len(self.skin_uv)] = self.skin_uv
        cloth, cloth_triangles = shirt()
        pieces = [Solid(rig.whole, now, later, uv), Solid(cloth_triangles, cloth, cloth)]
        if occluder is not None:
            a, b = (occluder.at(moment.time + k) for k in (0, 1))
            pieces.append(Solid(occluder.rest.triangles, a, b))
        return pieces

    def rig(self, role: str) -> Rig:
        """The rig of a role; its person is known but not yet before the camera."""
        if role not in self._rigs:
            self._rigs[role] = Rig(self.casting.model)
            self._rigs[role].person = self.person(role)
        return self._rigs[role]

    def enter(self, role: str) -> Rig:
        """The rig of a role with its person, and the occluder, before the camera."""
        rig = self.rig(role)
        if role not in self._on_stage:
            occluder = self.crossing(role)
            rig.cast(self.person(role), (ENV_HEIGHT, ENV_WIDTH), None if occluder is None else occluder.rest)
            self._on_stage.add(role)
        return rig

    def crossing(self, role: str) -> Occluder | None:
        """What crosses the picture of a role."""
        return None if role == "hero" else self.occluder

    def _times(self, moment: Moment) -> list[float]:
        shutter = self.settings.shutter
        if shutter == 0:
            return [moment.time]
        return [moment.time + shutter * ((k + 0.5) / BLUR_STEPS - 0.5) for k in range(BLUR_STEPS)]

    def _instant(self, role: str, moment: Moment, time: float, samples: int, seed: int) -> np.ndarray:
        rig, camera, occluder = self.enter(role), self.camera, self.crossing(role)
        vertices = rig.pose(moment.script.act(time))
        blocker = None
        if occluder is not None:
            points = occluder.at(time)
            rig.move_prop(points)
            blocker = (points, occluder.rest.triangles)
        rig.light(moment.exposed.environment(time))
        light = moment.script.light(time)
        behind = backdrop(
            self._hdri(light.hdri),
            rotation(light.turn, *light.tilt),
            moment.exposed.metered[1],
            camera,
        )
        x, y, w, h = crop = _performer_box(vertices, blocker, camera)
        shading = rig.shade(replace(camera, crop=crop), samples, seed)
        picture = np.zeros((camera.height, camera.width, 15), np.float32)
        part = picture[y : y + h, x : x + w]
        part[..., 3:6], part[..., 6:9] = shading.diffuse, shading.specular
        part[..., 9:12], part[..., 12] = shading.albedo, shading.alpha
        picture[..., :3] = picture[..., 3:6] + picture[..., 6:9] + (1 - picture[..., 12:13]) * behind
        face = face_triangles(rig.whole)
        picture[..., 13], picture[..., 14] = mattes(vertices, rig.whole, camera, blocker, face)
        return picture

    def shoot(self, role: str, frame: int) -> Shot:
        """Renders one frame."""
        moment = self.moment(role, frame)
        times = self._times(moment)
        samples = max(2, self.settings.samples // len(times))
        # Plate and truth must not share their noise.
        seed = ((frame * 3 + ("plate", "truth", "hero").index(role)) * BLUR_STEPS) * 2
        picture = np.mean(
            [self._instant(role, moment, t, samples, seed + 2 * k) for k, t in enumerate(times)],
            0,
            dtype=np.float32,
        )
        p = soften(np.asarray(picture), LENS)
        return Shot(
            p[..., :3],
            p[..., 3:6],
            p[..., 6:9],
            p[..., 9:12],
            np.clip(p[..., 12], 0, 1),
            np.clip(p[..., 13], 0, 1),
            np.clip(p[..., 14], 0, 1),
            look(self.solids(role, moment), self.camera),
            moment.exposed.environment(moment.time),
        )

    def render(self, role: str, frame: int, out: Path) -> None:
        """Renders one frame and writes all its files below out."""
        shot = self.shoot(role, frame)
        s = self.settings
        attributes: dict[str, object] = {
            "smpte:TimeCode": timecode(frame, FPS),
            "framesPerSecond": (FPS, 1),
            "PixelAspectRatio": 1.0,
            "doublure/take": s.kind,
        }
        clean = rec709_to_acescg(shot.clean)
        grain_seed = (s.performance, frame + (HERO_GRAIN if role == "hero" else 0))
        pixels, channels = add_grain(clean, GRAIN, grain_seed), ("R", "G", "B")
        if role != "plate":
            pixels = np.concatenate([pixels, shot.matte[..., None]], 2)
            channels = (*channels, "matte")  # type: ignore[assignment]
        if s.layers:
            write_exr(
                layers_file(out, role, frame),
                _layers(shot, clean),
                channels=CHANNELS,
                full=FULL,
                attributes=attributes,
            )
        light = light_file(out, role, frame)
        if not is_complete(light):
            write_exr(light, rec709_to_acescg(shot.light), attributes=attributes)
        write_exr(beauty_file(out, role, frame), pixels, channels=channels, attributes=attributes)


def _layers(shot: Shot, clean: np.ndarray) -> np.ndarray:
    colours = [clean, *(rec709_to_acescg(x) for x in (shot.albedo, shot.diffuse, shot.specular))]
    single = [shot.matte, shot.occlusion, shot.alpha]
    return np.concatenate(
        [
            *colours,
            shot.surface.normal,
            shot.surface.position,
            shot.surface.uv,
            *(x[..., None] for x in single),
            shot.surface.flow,
        ],
        2,
    ).astype(np.float32)


def frame_files(settings: TakeSettings, out: Path, role: str, frame: int) -> list[Path]:
    """Every file of a frame."""
    files = [beauty_file(out, role, frame), light_file(out, role, frame)]
    return [*files, layers_file(out, role, frame)] if settings.layers else files


def _performer_box(
    vertices: np.ndarray, blocker: tuple[np.ndarray, np.ndarray] | None, camera: Camera, margin: int = 4
) -> tuple[int, int, int, int]:
    """The part of the picture (x, y, width, height) that the performer and what crosses him can touch.

    Hair stands off the head by a few centimetres.
    """
    head = vertices[:SKIN_VERTICES]
    hair = 5.0 * np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0]])
    points = [head, shirt()[0], *(head + h for h in hair), *([blocker[0]] if blocker is not None else [])]
    seen = camera.project(np.concatenate(points))
    size = [camera.width, camera.height]
    x0, y0 = np.clip(np.floor(seen.min(0)).astype(int) - margin, 0, size)
    x1, y1 = np.clip(np.ceil(seen.max(0)).astype(int) + margin, 0, size)
    return int(x0), int(y0), int(x1 - x0), int(y1 - y0)

"""A clean shot made of the small take, and copies of it that a test may break."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio

from bench.spoilt import read_scene
from doublure.core.face.track import track_frames
from tests.core.check.damages import Comp
from tests.pipeline_hooks.people import People

ROOT = Path(__file__).resolve().parents[2]
TAKE = ROOT / "examples" / "takes" / "talk"
NUMBERS = range(1001, 1009)
NAME = "sq010_sh0100_comp_v003"
MODEL = b"a model"

TOML = f"""\
[shot]
project = "demo"
name = "sq010_sh0100"
version = "v003"
frames = "1003-1006"
handles = [2, 2]
fps = 24
profile = "demo"
[plate]
pattern = "plate/plate.####.exr"
[result]
pattern = "comp/{NAME}.####.exr"
[track]
sidecar = "track.json"
[swap]
model = "hero.safetensors"
hero = "mara"
driver = "double"
graph = "graph.json"
[consent]
records = ["mara.consent.json", "double.consent.json"]
trust = "trust.json"
use = {{ media = ["theatrical"], territory = ["DE"], content = [], approvals = ["final-look"] }}
[publish]
folder = "publish/{{project}}/{{shot}}/{{version}}"
"""


GRAPH = """\
{
  "schema": "doublure.graph/1",
  "nodes": {
    "plate": {"type": "org.doublure.read", "params": {"pattern": "plate/plate.####.exr"}},
    "swap": {
      "type": "org.doublure.swap",
      "inputs": {"plate": "plate"},
      "params": {"model": "hero.safetensors", "track": "track.json"}
    }
  }
}
"""


class Shot:
    """A folder with a shot file."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "shot.toml"

    @property
    def published(self) -> Path:
        return self.folder / "publish/demo/sq010_sh0100/v003"

    def comp(self, number: int) -> Path:
        return self.folder / f"comp/{NAME}.{number}.exr"

    def plate(self, number: int) -> Path:
        return self.folder / f"plate/plate.{number}.exr"

    def edit(self, old: str, new: str) -> None:
        """Replace a text in the shot file."""
        text = self.file.read_text()
        assert old in text
        self.write("shot.toml", text.replace(old, new))

    def write(self, name: str, text: str | bytes) -> Path:
        """A file of the shot, anew: the clean shot's may be the same file on the disk."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def people(self, spoil: Callable[[People], object]) -> None:
        """Sign everything again after ``spoil``."""
        people = People(hashlib.sha256(MODEL).hexdigest())
        spoil(people)
        people.write(self.folder)

    def rewrite(
        self,
        numbers: Any = NUMBERS,
        pixels: Callable[[np.ndarray, tuple[str, ...]], np.ndarray | None] | None = None,
        spec: Callable[[oiio.ImageSpec], object] | None = None,
        of: Callable[[int], Path] | None = None,
    ) -> None:
        """Change pixels (a copy is handed over) or headers of frames, past every care that Doublure takes."""
        for number in numbers:
            path = (of or self.comp)(number)
            header, values = read(path)
            if pixels is not None:
                changed = pixels(values, tuple(header.channelnames))
                values = values if changed is None else changed
            if spec is not None:
                spec(header)
            write(path, header, values)


def read(path: Path) -> tuple[oiio.ImageSpec, np.ndarray]:
    source = oiio.ImageInput.open(str(path))
    assert source is not None, oiio.geterror()
    spec = source.spec().copy()
    values = source.read_image(0, 0, 0, spec.nchannels, oiio.HALF)
    source.close()
    return spec, values.reshape(spec.height, spec.width, spec.nchannels).copy()


def write(path: Path, spec: oiio.ImageSpec, values: np.ndarray) -> None:
    path.unlink(missing_ok=True)
    sink = oiio.ImageOutput.create(str(path))
    assert sink is not None
    assert sink.open(str(path), spec), sink.geterror()
    assert sink.write_image(values), sink.geterror()
    assert sink.close()


def make_clean(folder: Path) -> tuple[Shot, Comp]:
    """The clean shot: eight frames of 208 x 208, a face in each."""
    scene = read_scene(TAKE, "1001-1008")
    comp = Comp(scene)
    (folder / "plate").mkdir(parents=True)
    for number in NUMBERS:
        shutil.copyfile(TAKE / f"plate/plate.{number}.exr", folder / f"plate/plate.{number}.exr")
    shot = Shot(folder)
    place(comp, comp.clean, shot)
    track_frames(scene.take.plates).save(folder / "track.json")
    shot.write("hero.safetensors", MODEL)
    shot.write("graph.json", GRAPH)
    shot.write("shot.toml", TOML)
    shot.people(lambda _: None)
    return shot, comp


def place(comp: Comp, pictures: list[Any], shot: Shot) -> None:
    """Write pictures as the shot's result."""
    target = shot.folder / "comp"
    if target.is_dir():
        shutil.rmtree(target)
    for number, path in comp.write(pictures, target, list(NUMBERS)):
        path.rename(shot.comp(number))


def clone(clean: Shot, folder: Path) -> Shot:
    """The same files under other names, not copied: what is broken must be written anew."""
    shutil.copytree(clean.folder, folder, copy_function=os.link)
    return Shot(folder)

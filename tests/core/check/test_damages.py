"""A comp spoilt in one known way is told by the check that is there to tell it, and by no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.spoilt import read_scene
from doublure.core.check.limits import Limits
from doublure.core.face.sidecar import Track
from doublure.core.face.track import track_frames
from doublure.core.scan.facts import ShotFacts
from doublure.core.scan.scan import scan_shot
from doublure.core.sequence import Sequence
from tests.core.check.damages import DAMAGES, Comp, pasted
from tests.core.check.test_clean import told

TAKES = Path(__file__).resolve().parents[3] / "examples" / "takes"
TAKE, DARK = TAKES / "talk", TAKES / "hardkey"
FRAMES = "1001-1008"


class Stand:
    """Everything that a damaged comp needs to be scanned."""

    def __init__(self, folder: Path, take: Path = TAKE, frames: str = FRAMES) -> None:
        self.plate = Sequence.parse(take / "plate" / "plate.####.exr")
        self.scene = read_scene(take, frames)
        self.comp = Comp(self.scene)
        self.track: Track = track_frames(self.scene.take.plates)
        self.folder = folder

    def scan(self, pictures: list, name: str, comp: Comp | None = None) -> ShotFacts:  # type: ignore[type-arg]
        files = (comp or self.comp).write(pictures, self.folder / name, self.scene.take.numbers)
        return scan_shot(files, self.plate, self.track, identities=0)


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Stand:
    if not (TAKE / "take.json").is_file():
        pytest.skip("the small take is not here: python -m bench.scoreboard --render-small makes it")
    return Stand(tmp_path_factory.mktemp("damages"))


def test_a_clean_comp_passes_every_check_and_so_it_does_with_other_grain(stand: Stand) -> None:
    assert told(stand.scan(stand.comp.clean, "clean")) == {}
    other = Comp(stand.scene, roll=61)
    assert told(stand.scan(other.clean, "other", other)) == {}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damage_is_told_by_its_own_check_alone(stand: Stand, name: str) -> None:
    damage, check = DAMAGES[name]
    assert list(told(stand.scan(damage(stand.comp), name.replace(" ", "_")))) == [check]


def test_a_face_pasted_in_without_a_blend_shows_its_seam(stand: Stand) -> None:
    facts = stand.scan(pasted(stand.comp, stand.scene), "pasted")
    # The two people's skins are a stop apart: that is the light's to tell.
    assert list(told(facts, Limits(light_bright=2.0, light_dark=2.0))) == ["seam"]


def test_so_it_does_where_dark_surroundings_hide_most_of_the_seam(tmp_path: Path) -> None:
    if not (DARK / "take.json").is_file():
        pytest.skip("the small take is not here: python -m bench.scoreboard --render-small makes it")
    dark = Stand(tmp_path, DARK, "1001-1003")
    assert told(dark.scan(dark.comp.clean, "clean")) == {}
    facts = dark.scan(pasted(dark.comp, dark.scene), "pasted")
    assert list(told(facts, Limits(light_bright=2.0, light_dark=2.0))) == ["seam"]
    bright = [p * (1 + 0.2 * m) for p, m in zip(dark.comp.clean, dark.comp.mattes, strict=True)]
    assert list(told(dark.scan(bright, "bright"))) == ["light"]

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.stage.__main__ import take_parser
from bench.swap_cache import trained_path
from bench.swap_footage import Pair, commands, known_seeds, missing, require, require_strangers
from doublure.core.errors import DoublureError
from tests.nodes.service.comps import model


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path, hero_frames=3, driver_frames=2, takes=("talk",), take_frames="1001-1002")


def test_everybody_in_the_shipped_model_is_known_by_seed() -> None:
    assert known_seeds() == {23: "hero", 30: "driver", **{n: f"p{n}" for n in range(100, 122)}}


def test_a_model_of_people_without_seeds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="nothing tells which of the stage's people 'double' is"):
        known_seeds(model(tmp_path / "m.safetensors"), tmp_path)


def test_the_defaults_are_strangers(tmp_path: Path) -> None:
    require_strangers(Pair(tmp_path), known_seeds())


def test_a_known_hero_and_a_known_driver_are_refused(pair: Pair) -> None:
    for role in ("hero", "driver"):
        with pytest.raises(DoublureError, match=f"the {role} 7 is 'ann'"):
            require_strangers(replace(pair, **{role: 7}), {7: "ann"})


def test_one_person_is_no_pair(pair: Pair) -> None:
    with pytest.raises(DoublureError, match="both person 481"):
        require_strangers(replace(pair, driver=pair.hero), {})


def test_what_is_missing_is_told_until_it_is_there(pair: Pair) -> None:
    assert missing(pair) == ["footage of the hero 481", "footage of the driver 482", "the take talk"]
    for role in ("hero", "driver"):
        pair.footage(role).parent.mkdir(parents=True)
    for number in (1, 2, 3):
        Path(str(pair.footage("hero")).replace("####", f"{number:04d}")).touch()
    Path(str(pair.footage("driver")).replace("####", "0001")).touch()
    with pytest.raises(DoublureError, match="footage of the driver 482, the take talk are not rendered"):
        require(pair)


def test_hero_and_driver_never_share_a_performance(pair: Pair) -> None:
    hero, driver = (words[words.index("--performance-seed") + 1] for words in commands(pair)[:2])
    assert hero != driver


def test_the_stages_own_parser_takes_the_takes(pair: Pair) -> None:
    args = take_parser().parse_args(commands(replace(pair, assets=Path("assets")))[2])
    assert (args.hero_seed, args.driver_seed, args.take, args.hero_frames) == (481, 482, "talk", "0")
    assert args.assets.is_absolute()


def test_networks_of_other_pairs_lengths_and_footage_have_other_names(pair: Pair) -> None:
    made = {
        trained_path(one, what, minutes)
        for one in (pair, replace(pair, hero=9), replace(pair, hero_frames=4))
        for what in ("warm", "peer")
        for minutes in (0, 0.5, 60)
    }
    assert len(made) == 18

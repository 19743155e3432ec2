from __future__ import annotations

from pathlib import Path

import pytest

from doublure.core.check.limits import Limits
from doublure.core.errors import DoublureError
from doublure.pipeline_hooks.profile import Profile, load_profile, profile_names
from doublure.pipeline_hooks.required import ABSOLUTE


def own(folder: Path, text: str) -> Profile:
    (folder / "own.toml").write_text(text)
    return load_profile("own.toml", folder)


def test_the_profiles_that_come_along_are_sound() -> None:
    assert profile_names() == ["aces", "default", "demo", "streaming"]
    for name in profile_names():
        found = load_profile(name, Path("/"))
        assert found.title
        assert not found.warnings & ABSOLUTE
        assert found.kitsu is None


def test_only_the_demo_allows_a_test_signer() -> None:
    assert [name for name in profile_names() if load_profile(name, Path("/")).test_signer] == ["demo"]


def test_an_aces_delivery_is_uncompressed_and_flagged() -> None:
    found = load_profile("aces", Path("/"))
    assert (found.compressions, found.pixel_type, found.aces) == (("none",), "half", True)


def test_a_studio_overrides_single_values_of_a_base(tmp_path: Path) -> None:
    found = own(
        tmp_path, 'base = "streaming"\ntitle = "Ours"\n[limits]\nsharpness = 0.75\n[files]\ndigits = 6\n'
    )
    assert found.limits == Limits(sharpness=0.75)
    assert (found.digits, found.interop_id, found.review) == (6, "lin_ap1_scene", "required")


def test_folders_of_plugins_are_relative_to_the_profile(tmp_path: Path) -> None:
    found = own(tmp_path, 'base = "demo"\n[plugins]\nfolders = ["ours"]\n')
    assert found.plugin_folders == (tmp_path / "ours",)


def test_kitsu_needs_all_that_it_needs(tmp_path: Path) -> None:
    text = 'base = "demo"\n[kitsu]\nhost = "https://kitsu.example/api"\ntask_type = "Comp"\n'
    with pytest.raises(DoublureError, match=r"kitsu\.status is missing"):
        own(tmp_path, text)
    found = own(tmp_path, text + 'status = "wfa"\n')
    assert found.kitsu is not None
    assert found.kitsu.task_type == "Comp"


@pytest.mark.parametrize("name", sorted(ABSOLUTE))
def test_what_must_hold_cannot_be_turned_into_a_warning(tmp_path: Path, name: str) -> None:
    with pytest.raises(DoublureError, match="always count"):
        own(tmp_path, f'base = "demo"\n[levels]\nwarnings = ["{name}"]\n')


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[limits]\nshake = 1\n", "limits.shake is not a limit"),
        ("[limits]\njitter = true\n", "limits.jitter is not a number"),
        ("[limits]\njitter = nan\n", "limits.jitter is not a number"),
        ('[levels]\nwarnings = ["ValidateAll"]\n', "not a validator"),
        ('[review]\ndecisions = "maybe"\n', "not one of none, if-named, required"),
        ("[provenance]\ntest_signer = 1\n", "not true or false"),
        ("[files]\ndigits = 4.5\n", "not a whole number"),
        ("[colors]\n", "colors is not a known key"),
        ('[colour]\ninterop = "x"\n', "colour.interop is not a known key"),
    ],
)
def test_a_fault_is_told_with_its_key(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(DoublureError, match=r"own\.toml") as error:
        own(tmp_path, f'base = "demo"\ntitle = "x"\n{text}')
    assert told in str(error.value)


def test_an_unknown_profile_is_told_with_those_that_there_are() -> None:
    with pytest.raises(DoublureError, match="aces, default, demo, streaming"):
        load_profile("netflux", Path("/"))
    with pytest.raises(DoublureError, match="there is no profile"):
        load_profile("../default", Path("/"))


def test_a_profile_that_is_its_own_base_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="its own base"):
        own(tmp_path, 'base = "own.toml"\ntitle = "x"\n')
    with pytest.raises(DoublureError, match="base is not a text"):
        own(tmp_path, 'base = 3\ntitle = "x"\n')

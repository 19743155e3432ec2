from __future__ import annotations

from pathlib import Path

import pytest

from doublure.core.check.naming import check_naming


def files(name: str = "sq010_sh0100_comp_v003", count: int = 3) -> list[tuple[int, Path]]:
    return [(n, Path("comp") / f"{name}.{n}.exr") for n in range(1001, 1001 + count)]


def test_names_after_the_house_rules_pass() -> None:
    assert check_naming(files(), "sq010_sh0100", "v003") == []


def test_negative_and_long_frame_numbers_pass() -> None:
    wide = [(-5, Path("sh_comp_v003.-0005.exr")), (100001, Path("sh_comp_v003.100001.exr"))]
    assert check_naming(wide, "sh", "v003") == []


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("sq010_sh0100 comp_v003.1002.exr", "characters"),
        ("sq010_sh0100_cömp_v003.1002.exr", "characters"),
        ("sq010_sh0100_comp_v003_1002.exr", "frame number"),
        ("sq010_sh0100_comp_v003.1002.tif", "frame number"),
        ("sq010_sh0100_comp_v003.01002.exr", "4 digits"),
        ("sq010_sh0100_comp_v003.1009.exr", "4 digits"),
        ("sq010_sh0101_comp_v003.1002.exr", "shot's name"),
        ("sq010_sh01000_comp_v003.1002.exr", "shot's name"),
        ("sq010_sh0100_comp_v002.1002.exr", "version"),
        ("sq010_sh0100_comp.1002.exr", "version"),
        ("sq010_sh0100_v002_comp_v003.1002.exr", "version"),
        ("sq010_sh0100_plate_v003.1002.exr", "changes"),
    ],
)
def test_one_wrong_name_is_told_with_its_frame(name: str, part: str) -> None:
    wrong = [(n, Path(name) if n == 1002 else path) for n, path in files()]
    (finding,) = check_naming(wrong, "sq010_sh0100", "v003")
    assert finding.frame == 1002
    assert part in finding.what


def test_a_version_that_is_none_is_told() -> None:
    (finding,) = check_naming([], "sh", "final")
    assert finding.frame is None

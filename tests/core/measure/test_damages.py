"""A truth damaged in one known way moves the measures that are there to see it, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.damages import (
    DAMAGES,
    MARKS,
    departure,
    faults,
    fit_size,
    markdown,
    read_scene,
    readings,
    write_table,
)
from doublure.core.errors import DoublureError
from doublure.core.measure.card import Card
from doublure.core.measure.catalogue import BY_KEY, MEASURES

TAKE = Path(__file__).resolve().parents[3] / "examples" / "takes" / "talk"
FRAMES = "1001-1006"


@pytest.fixture(scope="module")
def cards() -> dict[str, Card]:
    if not (TAKE / "take.json").is_file():
        pytest.skip("the small take is not here: python -m bench.scoreboard --render-small makes it")
    return readings(read_scene(TAKE, FRAMES))


@pytest.fixture(scope="module")
def found(cards: dict[str, Card]) -> dict[str, list[str]]:
    """The sentences of ``faults``, by damage."""
    out: dict[str, list[str]] = {damage.key: [] for damage in DAMAGES}
    for sentence in faults(cards):
        out[sentence.partition(":")[0]].append(sentence)
    return out


@pytest.mark.parametrize("damage", [damage.key for damage in DAMAGES])
def test_a_damage_moves_the_right_measures_and_no_other(found: dict[str, list[str]], damage: str) -> None:
    assert found[damage] == []


def test_the_truth_against_itself_is_exactly_perfect(cards: dict[str, Card]) -> None:
    for key, value in cards["none"].summary.items():
        if value is not None and BY_KEY[key].perfect is not None:
            assert value == BY_KEY[key].perfect, key
    assert fit_size(cards["none"]) == 0


def test_every_measure_but_those_of_layers_a_picture_lacks_has_a_number(cards: dict[str, Card]) -> None:
    optional = {"albedo", "normal", "identity_hero", "identity_driver"}
    assert cards["none"].missing.keys() <= optional


def test_every_frame_has_its_own_numbers(cards: dict[str, Card]) -> None:
    for row in cards["blur"].frames:
        assert row["psnr"] is not None
        assert row["sharpness"] is not None


def test_a_shift_of_the_whole_shot_is_taken_off_and_told(cards: dict[str, Card]) -> None:
    assert cards["shift"].summary["psnr"] == pytest.approx(100, abs=50)
    assert cards["shift"].fit.similarity.shift_x < -0.006


def test_departures_of_ratios_are_doublings() -> None:
    assert departure("sharpness", 0.5) == 1.0
    assert departure("sharpness", 2.0) == 1.0
    assert departure("psnr", 40.0) == 60.0


def test_every_damage_names_measures_that_exist() -> None:
    keys = {measure.key for measure in MEASURES} | {"fit"}
    for damage in DAMAGES:
        assert damage.moves.keys() <= keys
        assert damage.may <= keys


def test_the_table_has_a_row_for_every_measure_with_a_number(cards: dict[str, Card]) -> None:
    rows = markdown(cards).splitlines()
    assert rows[0].count("|") == len(DAMAGES) + 2
    measured = [key for key, value in cards["none"].summary.items() if value is not None]
    assert [row.split("`")[1] for row in rows if row.startswith("| `")] == measured


def test_the_table_goes_between_the_marks(tmp_path: Path) -> None:
    file = tmp_path / "measures.md"
    file.write_text(f"before\n{MARKS[0]}\nold\n{MARKS[1]}\nafter\n")
    write_table(file, "new")
    assert file.read_text() == f"before\n{MARKS[0]}\nnew\n{MARKS[1]}\nafter\n"


def test_a_file_without_marks_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "measures.md"
    file.write_text("nothing")
    with pytest.raises(DoublureError, match="are not there"):
        write_table(file, "new")

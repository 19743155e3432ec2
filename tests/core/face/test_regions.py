from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from doublure.core.errors import DoublureError
from doublure.core.face.guide import Guide
from doublure.core.face.regions import Region, read_regions
from doublure.core.face.track import TrackSettings, track_frames
from doublure.core.face.view import Mapping, View
from doublure.core.window import Window


def write(folder: Path, text: str, name: str = "ignore.json") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_rectangles_and_polygons_come_from_json(tmp_path: Path) -> None:
    data = {
        "regions": [
            {"rectangle": [0, 0, 10, 20], "last": 5},
            {"polygon": [[0, 0], [9, 0], [0, 9]], "name": "a"},
        ]
    }
    one, two = read_regions(write(tmp_path, json.dumps(data)))
    assert [one.counts(5), one.counts(6), two.counts(6)] == [True, False, True]
    assert [one.holds(np.array(place)) for place in ((5, 15), (11, 5))] == [True, False]
    assert [two.holds(np.array(place)) for place in ((2, 2), (8, 8))] == [True, False]


def test_rectangles_come_from_a_table(tmp_path: Path) -> None:
    (one,) = read_regions(write(tmp_path, "x0,y0,x1,y1,first,last\n1,2,3,4,1001,\n", "ignore.csv"))
    assert (one.first, one.last) == (1001, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[]", "write it like"),
        ('{"regions": [{}]}', "either a rectangle or a polygon"),
        ('{"regions": [{"rectangle": [5, 0, 1, 9]}]}', "x0 below x1"),
        ('{"regions": [{"rectangle": [0, 0, "a", 9]}]}', "places are numbers"),
        ('{"regions": [{"polygon": [[0, 0], [1, 1]]}]}', "at least three points"),
        ('{"regions": [{"polygon": [[0, 0], [1], [2, 2]]}]}', "places are numbers"),
        ('{"regions": [{"rectangle": [0, 0, 1e999, 9]}]}', "finite"),
        ('{"regions": [{"rectangle": [0, 0, 1, 9], "first": 9, "last": 2}]}', "ends before it begins"),
        ('{"regions": [{"rectangle": [0, 0, 1, 9], "frist": 9}]}', "unknown field 'frist'"),
    ],
)
def test_what_is_no_region_is_told(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DoublureError, match=rf"ignore\.json: .*{said}"):
        read_regions(write(tmp_path, text))


def test_a_table_without_a_number_is_told(tmp_path: Path) -> None:
    with pytest.raises(DoublureError, match="line 2"):
        read_regions(write(tmp_path, "x0,y0,x1,y1\n1,2,3,\n", "ignore.csv"))


def test_masking_hides_the_region_and_nothing_else() -> None:
    pixels = np.arange(40 * 60 * 3, dtype=np.uint8).reshape(40, 60, 3)
    guide = Guide((Region(np.array([[10, 5], [20, 5], [20, 15], [10, 15]], float), 3, 3),))
    view = View(pixels, Mapping((0.0, 0.0), (2.0, 1.0)))
    masked = guide.masked(view, 3).pixels
    rows, columns = np.nonzero((masked != pixels).any(2))
    # OpenCV fills the pixels that its outline touches too.
    assert (columns.min(), columns.max(), rows.min(), rows.max()) == (20, 40, 5, 15)
    assert guide.masked(view, 4) is view


def test_a_face_in_an_ignored_region_is_not_found(on_plate) -> None:
    plate = on_plate(60, 30, number=7)
    painting = Guide((Region(np.array([[40, 10], [310, 10], [310, 250], [40, 250]], float)),))
    assert (
        track_frames([plate], TrackSettings(smoothing=0), guide=painting).at(7).reason == "no face was found"
    )
    later = Guide((Region(painting.ignore[0].polygon, first=8),))
    assert track_frames([plate], TrackSettings(smoothing=0), guide=later).at(7).found


def test_a_hint_is_searched_before_the_plate(on_plate) -> None:
    asked = []

    def look(number: int) -> Window:
        asked.append(number)
        return Window(40, 10, 300, 250)

    made = track_frames([on_plate(60, 30, number=7)], TrackSettings(smoothing=0), guide=Guide(look=look))
    assert (asked, made.at(7).found) == ([7], True)


def test_a_hint_that_is_wrong_costs_only_time(on_plate) -> None:
    guide = Guide(look=lambda number: Window(0, 0, 40, 40))
    assert track_frames([on_plate(60, 30, number=7)], TrackSettings(smoothing=0), guide=guide).at(7).found

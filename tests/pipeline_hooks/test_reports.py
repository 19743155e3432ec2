from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from doublure.pipeline_hooks.gate import run_gate
from doublure.pipeline_hooks.measures import Line, Point, lines, told_frames, worst_frames
from doublure.pipeline_hooks.outcome import Outcome
from doublure.pipeline_hooks.overrides import Override
from doublure.pipeline_hooks.report import write_reports
from doublure.pipeline_hooks.report_html.chart import chart
from doublure.pipeline_hooks.report_html.page import page
from tests.core.check.damages import Comp
from tests.pipeline_hooks.faults import FAULTS
from tests.pipeline_hooks.shots import NUMBERS, Shot

VOID = {"meta", "br"}


class Reader(HTMLParser):
    """Every tag is closed in its order; what the page would fetch is gathered."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [
            str(value) for name, value in attributes if name in ("src", "href", "data", "action")
        ]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


def test_what_is_told_of_the_whole_shot_is_red_in_its_chart_and_no_frames_own(shot: Shot, comp: Comp) -> None:
    FAULTS["a soft shot"].make(shot, comp)
    reason = Override("ValidateSharpness", "a soft lens", "Ana")
    outcome = run_gate(shot.file, dry_run=True, overrides=[reason])
    (publication,) = outcome.publications
    (line,) = [one for one in lines(publication) if one.name == "sharpness"]
    assert told_frames(publication, line) == set(NUMBERS)
    assert not any("sharpness" in word for _, words in worst_frames(publication) for word in words)
    assert "none blocked; accepted all the same: ValidateSharpness" in page(outcome)


@pytest.fixture
def flagged(shot: Shot, comp: Comp) -> Outcome:
    FAULTS["a soft stretch"].make(shot, comp)
    return run_gate(shot.file, dry_run=True)


def test_the_page_is_one_file_that_fetches_nothing(flagged: Outcome) -> None:
    text = page(flagged)
    reader = parsed(text)
    assert reader.fetched == []
    assert not {"script", "link", "img", "iframe", "object"} & set(reader.tags)
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text


def test_the_page_shows_the_verdict_the_findings_and_a_chart_for_every_measure(flagged: Outcome) -> None:
    text = page(flagged)
    assert "blocked" in text
    assert "ValidateSharpness" in text
    assert "1006-1008" in text or "1006" in text
    drawn = lines(flagged.publications[0])
    assert parsed(text).tags.count("svg") == len(drawn) >= 11
    assert {"sharpness", "grain", "seam", "jitter", "temporal", "light"} <= {line.name for line in drawn}


def test_the_worst_frames_come_first(flagged: Outcome) -> None:
    worst = worst_frames(flagged.publications[0])
    assert {number for number, _ in worst[:3]} == {1006, 1007, 1008}
    assert "soft" in worst[0][1][0]
    assert len(worst) == len(NUMBERS)


def test_names_from_outside_cannot_write_html(shot: Shot) -> None:
    shot.edit('hero = "mara"', 'hero = "<script>alert(1)</script>"')
    text = page(run_gate(shot.file, dry_run=True))
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_a_gate_that_never_began_has_a_page_too() -> None:
    text = page(Outcome(faults=["the plug-in ValidateGrain was not loaded"]))
    parsed(text)
    assert "blocked" in text
    assert "ValidateGrain was not loaded" in text


def test_the_json_has_every_step_every_finding_and_every_measure(flagged: Outcome, tmp_path: Path) -> None:
    path, html = write_reports(flagged, tmp_path / "deep/report")
    data = json.loads(path.read_text())
    assert html.is_file()
    assert (data["schema"], data["ok"], data["dry_run"]) == ("doublure.publish/1", False, True)
    assert data["blocked_by"] == ["ValidateSharpness"]
    (step,) = [one for one in data["steps"] if not one["ok"]]
    assert {one["frame"] for one in step["findings"]} == {1006, 1007, 1008}
    assert all(one["level"] == "warning" and one["remedy"] for one in step["findings"])
    (shot,) = data["shots"]
    assert [frame for frame, *_ in shot["measures"]["grain"]["frames"]] == list(NUMBERS)
    assert shot["consent"][0]["person"] == "mara"
    assert shot["consent"][0]["disclosure"]["label"] == "end-credit"


def line(*values: tuple[int, float], low: float | None = None, high: float | None = 1.0) -> Line:
    points = tuple(Point(number, value, low, high) for number, value in values)
    return Line("grain", "Grain", "x", "ValidateGrain", points)


def test_a_chart_is_sound_xml_and_marks_what_lies_outside_its_band() -> None:
    svg = ElementTree.fromstring(chart(line((1, 0.5), (2, 1.5), (3, 0.7))))
    assert [one.get("class") for one in svg.iter("circle")] == ["in", "out", "in"]
    below = ElementTree.fromstring(chart(line((1, 0.5), (2, 0.1), low=0.4, high=None)))
    assert [one.get("class") for one in below.iter("circle")] == ["in", "out"]


def test_a_frame_that_its_validator_told_is_marked_inside_the_band_too() -> None:
    svg = ElementTree.fromstring(chart(line((1, 0.5), (2, 0.4)), told={2}))
    assert [one.get("class") for one in svg.iter("circle")] == ["in", "told"]


def test_a_line_is_broken_where_frames_are_missing_but_not_by_a_step() -> None:
    assert chart(line((1, 0.1), (2, 0.1), (5, 0.1), (6, 0.1))).count("<polyline") == 2
    assert chart(line((1, 0.1), (3, 0.1), (5, 0.1))).count("<polyline") == 1


def test_one_frame_zeros_and_huge_values_are_drawn_inside_the_picture() -> None:
    for one in (line((7, 0.0), high=None), line((7, 1e9)), line((1, -3.0), (2, 0.0))):
        text = chart(one)
        ElementTree.fromstring(text)
        heights = [float(value) for value in re.findall(r'cy="([-\d.]+)"', text)]
        assert all(0 <= value <= 120 for value in heights)
        assert "nan" not in text
        assert "inf" not in text

from __future__ import annotations

import argparse
import json
import sys

import pytest

from bench.report import Row, run

ROWS = [Row("demo.psnr", 28.4, "dB", 28.0, "higher"), Row("demo.time", 12.5, "ms", None, "lower")]


def chatty(arguments: argparse.Namespace) -> list[Row]:
    """A bench that talks while it works."""
    print("working, quick" if arguments.quick else "working")
    return ROWS


def test_standard_output_is_one_json_object_whatever_the_bench_prints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["demo", "--json", "--quick"])
    run("demo", chatty)
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert set(told) == {"bench", "commit", "machine", "rows"}
    assert told["bench"] == "demo"
    assert told["rows"][0] == {
        "id": "demo.psnr", "value": 28.4, "unit": "dB", "target": 28.0, "better": "higher",
    }  # fmt: skip
    assert "working, quick" in err


def test_without_json_every_row_is_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["demo"])
    run("demo", chatty)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert "met" in lines[0]
    assert "target" not in lines[1]


@pytest.mark.parametrize(
    ("value", "target", "better", "met"),
    [
        (1.0, 1.1, "lower", True),
        (1.2, 1.1, "lower", False),
        (1.1, 1.1, "higher", True),
        (1.0, None, "lower", None),
    ],
)
def test_a_target_is_met_on_its_better_side(
    value: float, target: float | None, better: str, met: object
) -> None:
    assert Row("a", value, "x", target, better).met is met

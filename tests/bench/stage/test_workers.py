"""How the stage tells of its progress."""

from __future__ import annotations

from bench.stage.workers import report_progress


def test_progress_is_told_once_per_percent() -> None:
    lines: list[str] = []
    tell = report_progress(400, lines.append)
    for done in range(401):
        tell(done)
    assert lines[0] == "Progress: 0%\n"
    assert lines[-1] == "Progress: 100%\n"
    assert len(lines) == 101

"""Renders a take into a folder: the frames that are not there yet, and take.json."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.stage.acting.takes import take_camera, take_kind
from bench.stage.people.person import Casting
from bench.stage.settings import TakeSettings
from bench.stage.shots import describe_camera
from bench.stage.take import GRAIN, LENS, frame_files
from bench.stage.take_file import header, widened, write_take
from bench.stage.workers import Job, Place, report_progress, results
from bench.stage.write import is_complete, remove_partials


def jobs_of(settings: TakeSettings, out: Path) -> list[Job]:
    """The frames that still have to be rendered, one role after another."""
    return [
        Job((role,), frame)
        for role in ("plate", "truth", "hero")
        for frame in settings.numbers(role)
        if not all(is_complete(file) for file in frame_files(settings, out, role, frame))
    ]


def _merged(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_frame = {shot["frame"]: shot for shot in (*old, *new)}
    return [by_frame[n] for n in sorted(by_frame)]


def render_take(settings: TakeSettings, assets: Path, cache: Path, out: Path, workers: int) -> int:
    """Renders what is missing of a take below out; returns how many pictures that were.

    take.json is written first, so that a take that was cut short says what it will be and goes on where it stopped.
    """
    take_kind(settings.kind)
    camera = take_camera(settings.performance, settings.size)
    content = widened(out, header(settings, describe_camera(camera), GRAIN, LENS))
    # The transferred skins are made once, before the workers would each make them.
    _ = Casting(assets, cache).bases
    remove_partials(out)
    known = {name: {shot["frame"] for shot in content[name]} for name in ("shots", "hero_shots")}
    describe = [Job(("plate", "truth"), f, True) for f in settings.frames if f not in known["shots"]]
    describe += [Job(("hero",), f, True) for f in settings.hero_frames if f not in known["hero_shots"]]
    work = jobs_of(settings, out)
    place = Place(settings, assets, cache, out)
    # A description takes about a fiftieth of a picture.
    progress = report_progress(50 * len(work) + len(describe))
    done, left = 0, len(describe)
    described: dict[str, list[dict[str, Any]]] = {"shots": [], "hero_shots": []}
    write_take(out, content)
    for job, result in results(place, [*describe, *work], workers):
        if not job.describe:
            done += 50
        else:
            done, left = done + 1, left - 1
            described["hero_shots" if job.roles == ("hero",) else "shots"].append(result)
            if left == 0:
                merged = {name: _merged(content[name], shots) for name, shots in described.items()}
                write_take(out, {**content, **merged})
        progress(done)
    if not work and not describe:
        progress(0)
    return len(work)

"""Delivery profiles: what a client or a studio wants of the files, in TOML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from doublure.core.check.limits import Limits
from doublure.core.errors import DoublureError
from doublure.pipeline_hooks.required import ABSOLUTE, VALIDATORS
from doublure.pipeline_hooks.table import Table, read_toml

FOLDER = Path(__file__).with_name("profiles")
_REMEDY = "name one of the profiles in docs/publish.md, or a file"
_REVIEWS = ("none", "if-named", "required")
_MOVIES = ("none", "if-possible", "required")


@dataclass(frozen=True)
class Kitsu:
    """Where a version is reported to.

    Attributes:
        host: the server's API, such as "https://kitsu.studio.example/api".
        task_type: name of the shot's task. status: short name of the status that the task gets.
    """

    host: str
    task_type: str
    status: str


@dataclass(frozen=True)
class Movie:
    """The review movie that is made where the shot names none.

    Attributes:
        render: "none", "if-possible" (where OpenCV can write one) or "required".
        display, view: of the OCIO configuration; None: its defaults.
    """

    render: str
    display: str | None
    view: str | None


@dataclass(frozen=True)
class Profile:
    """A delivery profile.

    Attributes:
        name, title, file: of the profile.
        digits: of a frame number in a file's name.
        compressions, pixel_type: as ``core.check.encoding.check_encoding``.
        interop_id, aces: as ``core.check.colour.check_colour``.
        limits: thresholds of the measures.
        warnings: validators whose errors count as warnings, which somebody may accept.
        review: "none", "if-named" or "required".
        movie: the review movie.
        test_signer: whether a test certificate may sign where the studio has none.
        markers: whether the flagged frames are written as an OpenTimelineIO file.
        plugin_folders: folders of the studio's own plug-ins. plugins_required: names of those that must be there.
        kitsu: None where nothing is reported.
    """

    name: str
    title: str
    file: Path
    digits: int
    compressions: tuple[str, ...]
    pixel_type: str
    interop_id: str | None
    aces: bool
    limits: Limits
    warnings: frozenset[str]
    review: str
    movie: Movie
    test_signer: bool
    markers: bool
    plugin_folders: tuple[Path, ...]
    plugins_required: tuple[str, ...]
    kitsu: Kitsu | None


def profile_names() -> list[str]:
    """The profiles that come with Doublure."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load_profile(name: str, beside: Path) -> Profile:
    """Read a profile.

    Args:
        name: one of Doublure's, or a file (it ends in .toml), relative to ``beside``. beside: folder of the shot file.

    Raises:
        DoublureError: there is none, it is not sound, or it relaxes what must not be relaxed.
    """
    file, data = _read(name, beside, ())
    whole = Table(data, file)
    files, colour, review, movie, provenance, levels, markers, plugins, limits = (
        whole.table(key, required=False)
        for key in (
            "files",
            "colour",
            "review",
            "movie",
            "provenance",
            "levels",
            "markers",
            "plugins",
            "limits",
        )
    )
    found = Profile(
        name=file.stem,
        title=whole.text("title"),
        file=file,
        digits=files.whole("digits", 4),
        compressions=files.texts("compressions"),
        pixel_type=_one_of(files, "pixel_type", ("half", "float")),
        interop_id=colour.text_or("interop_id", None),
        aces=colour.flag("aces_container", False),
        limits=_limits(limits),
        warnings=_warnings(levels),
        review=_one_of(review, "decisions", _REVIEWS),
        movie=Movie(
            _one_of(movie, "render", _MOVIES), movie.text_or("display", None), movie.text_or("view", None)
        ),
        test_signer=provenance.flag("test_signer", False),
        markers=markers.flag("otio", False),
        plugin_folders=tuple(file.parent / folder for folder in plugins.texts_or("folders", ()) or ()),
        plugins_required=plugins.texts_or("required", ()) or (),
        kitsu=_kitsu(whole),
    )
    for table in (files, colour, review, movie, provenance, levels, markers, plugins, limits, whole):
        table.refuse_unknown()
    return found


def _read(name: str, beside: Path, seen: tuple[Path, ...]) -> tuple[Path, dict[str, Any]]:
    """A profile's file, and its content over that of its base."""
    file = beside / name if name.endswith(".toml") else FOLDER / f"{name}.toml"
    if not name.endswith(".toml") and name not in profile_names():
        raise DoublureError(
            f"there is no profile {name!r}", remedy=f"use one of {', '.join(profile_names())}, or a file"
        )
    if file in seen:
        raise DoublureError("the profile is its own base", file=file, remedy="name another base")
    data = read_toml(file, _REMEDY)
    base = data.pop("base", None)
    if base is None:
        return file, data
    if not isinstance(base, str):
        raise DoublureError("base is not a text", file=file, remedy=_REMEDY)
    return file, _merged(_read(base, file.parent, (*seen, file))[1], data)


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(base)
    for key, value in over.items():
        old = out.get(key)
        out[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return out


def _one_of(table: Table, key: str, allowed: tuple[str, ...]) -> str:
    value = table.text(key)
    if value not in allowed:
        raise table.error(f"{key} is {value!r}, not one of {', '.join(allowed)}")
    return value


def _limits(table: Table) -> Limits:
    known = {field.name for field in fields(Limits)}
    values: dict[str, float] = {}
    for key in table.names:
        value = table.any(key)
        if key not in known:
            raise table.error(f"limits.{key} is not a limit (there are {', '.join(sorted(known))})")
        if isinstance(value, bool) or not isinstance(value, int | float) or not -1e9 < value < 1e9:
            raise table.error(f"limits.{key} is not a number")
        values[key] = float(value)
    return Limits(**values)


def _warnings(table: Table) -> frozenset[str]:
    names = frozenset(table.texts_or("warnings", ()) or ())
    unknown, fixed = sorted(names - set(VALIDATORS)), sorted(names & ABSOLUTE)
    if unknown:
        raise table.error(f"levels.warnings names {unknown[0]}, which is not a validator")
    if fixed:
        raise table.error(f"levels.warnings names {fixed[0]}, whose errors always count")
    return names


def _kitsu(whole: Table) -> Kitsu | None:
    if "kitsu" not in whole:
        return None
    table = whole.table("kitsu")
    found = Kitsu(table.text("host"), table.text("task_type"), table.text("status"))
    table.refuse_unknown()
    return found

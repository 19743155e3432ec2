"""The shot file: what is to be published, and from what, in TOML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from doublure.core.errors import DoublureError
from doublure.core.pattern import Sequence
from doublure.pipeline_hooks.table import Table, read_toml

_WORD = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_REMEDY = "write a shot file (see docs/publish.md)"
_PATH_WORDS = ("project", "shot", "version")


@dataclass(frozen=True)
class Shot:
    """A shot file. Paths in it are relative to it; here they are whole.

    Attributes:
        file: the shot file.
        project, name, version: of the shot; letters, digits, dot, underscore and hyphen.
        cut: frame numbers that are seen. handles: how many more must be there before and after.
        fps: frames a second, exact.
        profile: a delivery profile's name, or its file.
        plate, result: patterns.
        space: OCIO colour space of files that name none; None: they are not measured.
        track, model, graph: files; graph may be None.
        hero, driver: ids of the two people.
        records, trust, revocations: of the consent; revocations may be None (the trust file names its own).
        media, territory, content: of the use, as ``core.consent.use.Use``; None where not stated.
        approvals: given.
        decisions: of the review, or None.
        provenance: folder of a provenance that was written before publishing; it need not exist.
        movie: the review movie, or None.
        folder: where the version is published.
    """

    file: Path
    project: str
    name: str
    version: str
    cut: tuple[int, ...]
    handles: tuple[int, int]
    fps: Fraction
    profile: str
    plate: str
    result: str
    space: str | None
    track: Path
    model: Path
    graph: Path | None
    hero: str
    driver: str
    records: tuple[Path, ...]
    trust: Path
    revocations: Path | None
    media: tuple[str, ...] | None
    territory: tuple[str, ...] | None
    content: tuple[str, ...] | None
    approvals: tuple[str, ...]
    decisions: Path | None
    provenance: Path
    movie: Path | None
    folder: Path

    @property
    def numbers(self) -> tuple[int, ...]:
        """Every frame that must be there: the cut and its handles."""
        before, after = self.handles
        first, last = self.cut[0], self.cut[-1]
        return (*range(first - before, first), *self.cut, *range(last + 1, last + after + 1))

    @property
    def seconds(self) -> float:
        """Screen time of the cut, without its handles."""
        return float(len(self.cut) / self.fps)

    @property
    def title(self) -> str:
        """Project, shot and version, for people."""
        return f"{self.project} {self.name} {self.version}"


def load_shot(path: Path) -> Shot:
    """Read a shot file.

    Raises:
        DoublureError: missing, not TOML, a key missing, unknown or of another type, frames that cannot be understood,
            a name that cannot be part of a path.
    """
    path = Path(path).absolute()
    whole = Table(read_toml(path, _REMEDY), path)
    base = path.parent
    shot, plate, result = (whole.table(name) for name in ("shot", "plate", "result"))
    track, swap, consent, publish = (whole.table(name) for name in ("track", "swap", "consent", "publish"))
    review, provenance = (whole.table(name, required=False) for name in ("review", "provenance"))
    use = consent.table("use", required=False)
    words = {"project": shot.text("project"), "shot": shot.text("name"), "version": shot.text("version")}
    for key, word in words.items():
        if not _WORD.fullmatch(word):
            raise shot.error(
                f"the {key} {word!r} holds other characters than letters, digits, dot, underscore, hyphen"
            )

    def optional(table: Table, key: str) -> Path | None:
        text = table.text_or(key, None)
        return None if text is None else base / text

    found = Shot(
        file=path,
        project=words["project"],
        name=words["shot"],
        version=words["version"],
        cut=_cut(shot.text("frames"), path),
        handles=_handles(shot),
        fps=_rate(shot),
        profile=shot.text_or("profile", None) or "default",
        plate=str(base / plate.text("pattern")),
        result=str(base / result.text("pattern")),
        space=result.text_or("space", None),
        track=base / track.text("sidecar"),
        model=base / swap.text("model"),
        graph=optional(swap, "graph"),
        hero=swap.text("hero"),
        driver=swap.text("driver"),
        records=tuple(base / record for record in consent.texts("records")),
        trust=base / consent.text("trust"),
        revocations=optional(consent, "revocations"),
        media=use.texts_or("media", None),
        territory=use.texts_or("territory", None),
        content=use.texts_or("content", None),
        approvals=use.texts_or("approvals", ()) or (),
        decisions=optional(review, "decisions"),
        provenance=base / (provenance.text_or("folder", None) or "provenance"),
        movie=optional(review, "movie"),
        folder=base / _filled(publish.text("folder"), words, publish),
    )
    for table in (shot, plate, result, track, swap, consent, use, review, provenance, publish, whole):
        table.refuse_unknown()
    return found


def _cut(text: str, path: Path) -> tuple[int, ...]:
    try:
        return tuple(Sequence.parse("frames.####.exr", text).numbers)
    except DoublureError as error:
        raise DoublureError(
            f"the frames {text!r} cannot be understood", file=path, remedy="write them like 1009-1040"
        ) from error


def _handles(shot: Table) -> tuple[int, int]:
    value = shot.any("handles")
    if value is None:
        return 0, 0
    sound = isinstance(value, list) and len(value) == 2
    if not sound or not all(type(count) is int and 0 <= count <= 10_000 for count in value):
        raise shot.error("shot.handles is not two numbers of frames, such as [8, 8]")
    return value[0], value[1]


def _rate(shot: Table) -> Fraction:
    value = shot.any("fps")
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
        rate = _exact(value) if isinstance(value, float) else Fraction(value)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise shot.error("shot.fps is not a rate, such as 24 or '24000/1001'") from error
    if not 1 <= rate <= 1000:
        raise shot.error("shot.fps is not a rate, such as 24 or '24000/1001'")
    return rate


def _exact(value: float) -> Fraction:
    """23.976 is written for 24000/1001."""
    near = Fraction(round(value * 1.001) * 1000, 1001)
    return near if abs(float(near) - value) < 1e-3 else Fraction(value).limit_denominator(1001)


def _filled(pattern: str, words: dict[str, str], table: Table) -> str:
    """The pattern with its words put in. Not ``str.format``: that would reach into Python's objects."""
    out = pattern
    for key in _PATH_WORDS:
        out = out.replace(f"{{{key}}}", words[key])
    if "{" in out or "}" in out:
        raise table.error(f"publish.folder holds another word in braces than {', '.join(_PATH_WORDS)}")
    return out

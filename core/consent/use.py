"""What somebody is about to do with a likeness; what the check is asked about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from doublure.core.errors import DoublureError

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Role(StrEnum):
    """The step of the work."""

    TRAIN = "train"
    RENDER = "render"
    PUBLISH = "publish"


@dataclass(frozen=True)
class Use:
    """One use. None means "not stated", which is denied wherever the record limits it and the role must state it.

    Attributes:
        role: train, render or publish.
        project: the project's id as the tracker writes it.
        hero, driver: ids of the two people: whose face is put on, and who performs.
        cast: ids of the others whose pictures training learns from.
        shot: the shot's name; only training may leave it out.
        model: SHA-256 of the model file's bytes, 64 hex digits; in training, of the model that it goes on from, if any.
        references: person -> SHA-256 of each set of their pictures that training learns from (``FaceSet.sha256``).
            Training must name at least one of every person whose record is checked.
        media, territory: where it will be shown. Publishing must state them.
        content: what the scene shows of the list of content exclusions; ``()`` states that it shows none of them.
            Publishing must state it.
        seconds: total screen time in seconds. Publishing must state it.
        approvals: approvals that were given.

    Raises:
        DoublureError: a hash is not 64 lower-case hex digits, or the screen time is not a positive number.
    """

    role: Role
    project: str
    hero: str
    driver: str | None = None
    cast: tuple[str, ...] = ()
    shot: str | None = None
    model: str | None = None
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    media: tuple[str, ...] | None = None
    territory: tuple[str, ...] | None = None
    content: tuple[str, ...] | None = None
    seconds: float | None = None
    approvals: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        sets = [digest for digests in self.references.values() for digest in digests]
        for digest in [*sets, *([] if self.model is None else [self.model])]:
            if not _SHA256.fullmatch(digest):
                raise DoublureError(
                    f"{digest!r:.80} is not a SHA-256", remedy="give 64 lower-case hex digits"
                )
        if self.seconds is not None and not 0 < self.seconds < float("inf"):
            raise DoublureError(f"{self.seconds} is not a screen time", remedy="give seconds above 0")

"""Consent as the nodes ask for it: before the first frame and at each one, until a file or the time changes."""

from __future__ import annotations

import os
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from doublure.core.consent.check import evaluate, require_all
from doublure.core.consent.denial import ConsentDenied, Reason
from doublure.core.consent.grant import Grant
from doublure.core.consent.schema import LIKENESS
from doublure.core.consent.trust import ROOT, FaultError, load_trust, open_document
from doublure.core.consent.use import Role, Use
from doublure.nodes.context import Shared
from doublure.nodes.schema import Param, Params

HERO = Param(
    "consent",
    "file",
    "",
    "Hero's consent",
    "The hero's signed likeness record. Without one that permits this shot nothing is rendered.",
    animatable=False,
    group="Consent",
)
DRIVER = Param(
    "driver_consent",
    "file",
    "",
    "Driver's consent",
    "The signed likeness record of the double in this plate; it also says who that is. Nothing is rendered without it.",
    animatable=False,
    group="Consent",
)
TRUST = Param(
    "trust",
    "file",
    "",
    "Trust file",
    "The studio's signed trust file: whose signatures count. Nothing is rendered without it.",
    animatable=False,
    group="Consent",
)
PROJECT = Param(
    "project",
    "string",
    "",
    "Project",
    "The project's id, as the records write it.",
    animatable=False,
    group="Consent",
    keyed=False,
)
SHOT = Param(
    "shot",
    "string",
    "",
    "Shot",
    "The shot's name, as the records write it.",
    animatable=False,
    group="Consent",
    keyed=False,
)
CONSENT = (HERO, DRIVER, TRUST, PROJECT, SHOT)
"""The params of a node that puts somebody's face on somebody else. None of them changes a pixel."""


def require_consent(
    params: Params, hero: str, model: str, shared: Shared, now: datetime | None = None
) -> tuple[Grant, ...]:
    """The grants of hero and driver for a render.

    They are remembered in ``shared`` while every file that was read stays as it is and until time alone may end one
    of them; a denial never is.

    Args:
        params: complete, with those of ``CONSENT``.
        hero: whose face is put on, as the model names them.
        model: SHA-256 of the model file.
        shared: outlives the frame.
        now: UTC; by default this moment.

    Raises:
        ConsentDenied: not both of them permit it; the sentence has the reason and whom to ask.
    """
    now = now or datetime.now(UTC)
    # The driver's first: where it cannot be read, the hero's would be denied for want of a driver's name.
    files = tuple(Path(params[param.name]) if params[param.name] else None for param in (DRIVER, HERO, TRUST))
    stated = (hero, params[PROJECT.name], params[SHOT.name], model, os.environ.get(ROOT))
    memo = shared.get(("consent", stated, *map(_state, files)), _Memo)
    if memo.held is None or not memo.held.holds(now):
        memo.held = _ask(params, hero, model, now)
    return memo.held.grants


@dataclass(frozen=True)
class _Held:
    """Grants, with when they were given and the revocation lists as they were then."""

    grants: tuple[Grant, ...]
    since: datetime
    lists: tuple[tuple[Path, Hashable], ...]

    def holds(self, now: datetime) -> bool:
        # A clock that was set back makes a record's beginning count again.
        in_time = self.since <= now < min(grant.until for grant in self.grants)
        return in_time and all(_state(path) == state for path, state in self.lists)


class _Memo:
    held: _Held | None = None


def _ask(params: Params, hero: str, model: str, now: datetime) -> _Held:
    driver, trust = params[DRIVER.name], params[TRUST.name]
    use = Use(
        Role.RENDER,
        project=params[PROJECT.name],
        hero=hero,
        driver=_subject(driver) if driver else None,
        shot=params[SHOT.name] or None,
        model=model,
    )
    _refuse_absent(use, params, now)
    records = [driver, params[HERO.name]]
    require_all(use, records, trust, now)
    lists = tuple((path, _state(path)) for path in load_trust(trust, now).lists.values())
    # Asked once more: a list that was written between the first answer and the look at its state counts too.
    return _Held(require_all(use, records, trust, now), now, lists)


def _refuse_absent(use: Use, params: Params, now: datetime) -> None:
    """Deny in the words of the panel where a record is not given, or no trust file."""
    for param, whose in ((DRIVER, "the driver"), (HERO, f"the hero {use.hero!r}")):
        if not params[param.name] or not params[TRUST.name]:
            denial = evaluate(use, None, params[TRUST.name] or None, now).denials[0]
            if denial.reason is Reason.RECORD_MISSING:
                denial = replace(denial, what=f"no likeness record of {whose} is given under {param.label!r}")
            raise ConsentDenied((denial,))


def _subject(path: str) -> str | None:
    """Whom a record is about, not yet believed; None where it cannot be read, which the check tells."""
    try:
        record = open_document(Path(path), LIKENESS, Reason.RECORD_MISSING, Reason.RECORD_UNSOUND)
    except FaultError:
        return None
    return str(record.data["subject"]["id"])


def _state(path: Path | None) -> Hashable:
    """Changes when a file is written anew, even by a program that sets its time back; None where there is none."""
    try:
        stat = path.stat() if path is not None else None
    except (OSError, ValueError):
        stat = None
    if stat is None:
        return None if path is None else str(path)
    return str(path), stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns

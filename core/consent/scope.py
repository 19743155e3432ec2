"""Whether a record is about this use at all: these people, this project, shot, model and these pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from doublure.core.consent.denial import Reason
from doublure.core.consent.glob import fits
from doublure.core.consent.use import Role, Use

Ground = tuple[Reason, str]
"""A reason and its clause."""


def scope_grounds(record: Mapping[str, Any], use: Use) -> Iterator[Ground]:
    """Every ground in the record's scope on which ``use`` is denied."""
    yield from _people(record, use)
    project = record["project"]
    if use.project != project["id"]:
        yield Reason.PROJECT, f"the record is for project {project['id']}, not for {use.project!r}"
    if use.shot is not None:
        if not fits(use.shot, project["shots"]):
            yield (
                Reason.SHOT,
                f"the record is not for shot {use.shot!r} but for {', '.join(project['shots'])}",
            )
    elif use.role is not Role.TRAIN:
        yield Reason.UNSTATED, f"the shot is not stated, which {use.role} must"
    yield from _files(record, use)


def _people(record: Mapping[str, Any], use: Use) -> Iterator[Ground]:
    person, part = record["subject"]["id"], record["subject"]["part"]
    if part == "cast":
        if person not in use.cast:
            yield Reason.PERSON, f"the record is for {person} as cast, who has no part in this"
        return
    other_part, allowed = ("driver", record["drivers"]) if part == "hero" else ("hero", record["heroes"])
    asked = {"hero": use.hero, "driver": use.driver}
    if asked[part] is None:
        yield Reason.UNSTATED, f"the {part} is not stated"
    elif asked[part] != person:
        yield Reason.PERSON, f"the record is for {person} as {part}, not for {asked[part]!r}"
    other = asked[other_part]
    if other is None:
        yield Reason.UNSTATED, f"the {other_part} is not stated"
    elif not fits(other, allowed):
        yield Reason.PERSON, f"the record does not allow {other!r} as the {other_part}"


def _files(record: Mapping[str, Any], use: Use) -> Iterator[Ground]:
    replica = record["replica"]
    if use.model is not None:
        if use.model not in {entry["sha256"] for entry in replica["models"]}:
            yield Reason.MODEL, f"the model {use.model[:12]}… is not one that the record consents to"
    elif use.role is not Role.TRAIN:
        yield Reason.UNSTATED, f"the model is not stated, which {use.role} must"
    person = record["subject"]["id"]
    consented = {entry["sha256"] for entry in replica["reference_sets"]}
    used = use.references.get(person, ())
    for digest in used:
        if digest not in consented:
            yield (
                Reason.REFERENCE,
                f"the pictures {digest[:12]}… of {person} are not a set that the record consents to",
            )
    if use.role is Role.TRAIN and not used:
        yield Reason.UNSTATED, f"the pictures of {person} are not stated, which train must"

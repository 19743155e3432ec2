"""Whether a record permits what a use does: what it does not name is not permitted, and what it prohibits wins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from doublure.core.consent.denial import Reason
from doublure.core.consent.scope import Ground
from doublure.core.consent.use import Role, Use

ANY_MEDIA, WORLD = "any", "world"


def permission_grounds(record: Mapping[str, Any], use: Use) -> Iterator[Ground]:
    """Every ground in the record's permissions and prohibitions on which ``use`` is denied."""
    permitted, prohibited = record["permissions"], record["prohibitions"]
    if use.role in prohibited["actions"]:
        yield Reason.PROHIBITED, f"the record prohibits to {use.role}"
    elif use.role not in permitted["actions"]:
        yield Reason.ROLE, f"the record does not permit to {use.role}"
    yield from _where(use, "media", use.media, permitted, prohibited, ANY_MEDIA)
    yield from _where(use, "territory", use.territory, permitted, prohibited, WORLD)
    yield from _content(use, prohibited["content"])
    limit = permitted["max_screen_seconds"]
    if use.seconds is not None and limit is not None and use.seconds > limit:
        yield Reason.SCREEN_TIME, f"{use.seconds:g} seconds are more than the {limit} that the record permits"
    if use.role is Role.PUBLISH:
        if use.seconds is None:
            yield Reason.UNSTATED, "the screen time is not stated, which publish must"
        for approval in permitted["approvals"]:
            if approval not in use.approvals:
                yield Reason.APPROVAL, f"the approval {approval} is missing"


def _where(
    use: Use,
    field: str,
    stated: tuple[str, ...] | None,
    permitted: Mapping[str, Any],
    prohibited: Mapping[str, Any],
    everything: str,
) -> Iterator[Ground]:
    """Grounds of media or territory. ``everything`` covers each value, and is itself hit by any prohibition."""
    reason = Reason(field)
    if not stated:
        # An empty statement is none: a picture that is shown is shown somewhere.
        if stated is not None or use.role is Role.PUBLISH:
            yield Reason.UNSTATED, f"the {field} is not stated, which {use.role} must"
        return
    for value in stated:
        hit = [ban for ban in prohibited[field] if everything in (value, ban) or value == ban]
        if hit:
            yield Reason.PROHIBITED, f"the record prohibits the {field} {', '.join(hit)}"
        elif value not in permitted[field] and everything not in permitted[field]:
            yield reason, f"the record does not permit the {field} {value!r}"


def _content(use: Use, excluded: list[str]) -> Iterator[Ground]:
    if use.content is None:
        if use.role is Role.PUBLISH:
            yield Reason.UNSTATED, "what the scene shows is not stated, which publish must"
        return
    for value in use.content:
        if value in excluded:
            yield Reason.CONTENT, f"the record excludes scenes with {value}"

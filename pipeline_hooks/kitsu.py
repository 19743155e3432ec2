"""A published version told to Kitsu: one comment on the shot's task, with its new status."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any

from doublure.core.errors import DoublureError
from doublure.pipeline_hooks.profile import Kitsu
from doublure.pipeline_hooks.publication import Publication

TOKEN = "DOUBLURE_KITSU_TOKEN"
"""Environment variable: the access token of a Kitsu bot. It is never written down."""
_SECONDS = 30


def report(publication: Publication, kitsu: Kitsu) -> str:
    """Comment on the task. Everything is looked up first; the comment is the one call that changes anything.

    Returns: a sentence for the report.

    Raises: DoublureError where the extra ``kitsu`` or the token is missing, the server does not answer or refuses, or
    it knows no such project, shot, task or status.
    """
    gazu = _library()
    token = os.environ.get(TOKEN)
    if not token:
        raise DoublureError("there is no token for Kitsu", remedy=f"set {TOKEN} to that of a bot")
    import requests

    client = gazu.client.create_client(kitsu.host, tokens={"access_token": token, "refresh_token": None})
    # Without it a server that hangs would hang the publish.
    client.session.request = functools.partial(client.session.request, timeout=_SECONDS)
    # gazu's errors have no base class of their own.
    known = [one for one in vars(gazu.exception).values() if isinstance(one, type)]
    faults: tuple[type[Exception], ...] = (
        requests.RequestException,
        KeyError,
        *(one for one in known if issubclass(one, Exception)),
    )
    try:
        return _report(gazu, client, publication, kitsu)
    except faults as error:
        raise DoublureError(
            f"Kitsu at {kitsu.host} refused or did not answer ({type(error).__name__}: {error})",
            remedy="check the server, the token and its rights",
        ) from error
    finally:
        client.session.close()


def _report(gazu: Any, client: Any, publication: Publication, kitsu: Kitsu) -> str:
    shot = publication.shot

    def known(what: str, ask: Callable[[], Any]) -> Any:
        found = ask()
        if not found:
            raise DoublureError(f"Kitsu knows no {what}", remedy="correct the shot file or the profile")
        return found

    project = known(
        f"project {shot.project}", lambda: gazu.project.get_project_by_name(shot.project, client=client)
    )
    entity = known(f"shot {shot.name}", lambda: _shot(gazu, client, project, shot.name))
    kind = known(
        f"task type {kitsu.task_type}",
        lambda: gazu.task.get_task_type_by_name(kitsu.task_type, client=client),
    )
    task = known(
        f"task {kitsu.task_type} of {shot.name}",
        lambda: gazu.task.get_task_by_entity(entity, kind, client=client),
    )
    status = known(
        f"status {kitsu.status}",
        lambda: gazu.task.get_task_status_by_short_name(kitsu.status, client=client),
    )
    made = gazu.task.add_comment(task, status, comment=comment(publication), client=client)
    return f"Kitsu: comment {made['id']} on {kitsu.task_type} of {shot.name}, status {kitsu.status}"


def _shot(gazu: Any, client: Any, project: Any, name: str) -> Any:
    """The shot of that name, alone or behind its sequence's ("sq010_sh0100"); None where there is not exactly one."""
    sequences = {
        one["id"]: one["name"] for one in gazu.shot.all_sequences_for_project(project, client=client)
    }
    found = [
        one
        for one in gazu.shot.all_shots_for_project(project, client=client)
        if name in (one["name"], f"{sequences.get(one.get('parent_id'))}_{one['name']}")
    ]
    return found[0] if len(found) == 1 else None


def comment(publication: Publication) -> str:
    """What the comment says: version, frames, profile, place, and who accepted what."""
    shot, numbers = publication.shot, publication.shot.numbers
    rows = [
        f"**{shot.version}** passed the publish gate ({publication.profile.name}), frames {numbers[0]}-{numbers[-1]}.",
        f"`{publication.published}`",
    ]
    rows += [
        f"- accepted by {one.override.user}: {one.finding.what} ({one.override.reason})"
        for one in publication.accepted
    ]
    return "\n\n".join(rows[:2]) + "".join(f"\n{row}" for row in rows[2:])


def _library() -> Any:
    try:
        import gazu
    except ImportError as error:
        raise DoublureError(
            "Kitsu needs the package gazu",
            remedy="pip install 'doublure[kitsu]', or take kitsu out of the profile",
        ) from error
    return gazu

"""The gate: pyblish's plug-ins run phase by phase, and whatever is not surely right fails.

Left to itself pyblish-base 1.8 exits with 0 after errors, extracts after a collector has failed, passes over plug-in
files that fail to import, and runs no validator where no instance matches. Here every phase must succeed as a whole
before the next begins, and every required plug-in must have run on every shot.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyblish.api
import pyblish.lib
import pyblish.logic
import pyblish.plugin

from doublure.core.errors import DoublureError
from doublure.pipeline_hooks.blocked import BlockedError, blocked_class
from doublure.pipeline_hooks.load import PLUGINS, Loaded, load_plugins
from doublure.pipeline_hooks.outcome import Outcome, Step
from doublure.pipeline_hooks.overrides import Override, refuse_unknown
from doublure.pipeline_hooks.profile import load_profile
from doublure.pipeline_hooks.publication import KEY, Publication
from doublure.pipeline_hooks.required import COLLECTORS, EXTRACTORS, FAMILY, INTEGRATORS, VALIDATORS
from doublure.pipeline_hooks.shot import load_shot

PHASES = (
    ("collect", pyblish.api.CollectorOrder, COLLECTORS),
    ("validate", pyblish.api.ValidatorOrder, VALIDATORS),
    ("extract", pyblish.api.ExtractorOrder, EXTRACTORS),
    ("integrate", pyblish.api.IntegratorOrder, INTEGRATORS),
)


def run_gate(
    shot_file: str | os.PathLike[str],
    *,
    overrides: Sequence[Override] = (),
    dry_run: bool = False,
    now: Callable[[], datetime] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    plugins: Path = PLUGINS,
) -> Outcome:
    """Publish a shot.

    Nothing is raised for what is wrong with the shot or with a plug-in: it is in the outcome.

    Args:
        shot_file: see ``shot.load_shot``.
        overrides: warnings that are accepted.
        dry_run: collect and validate only.
        now: the clock; by default the system's.
        progress: called with (phase, done, total) while frames are read and hashed.
        plugins: folder of our own plug-ins.
    """
    outcome = Outcome(dry=dry_run)
    try:
        shot = load_shot(Path(shot_file))
        profile = load_profile(shot.profile, shot.file.parent)
    except DoublureError as error:
        outcome.faults.append(str(error))
        return outcome
    loaded = load_plugins(profile.plugin_folders, profile.plugins_required, plugins)
    outcome.faults += loaded.faults
    try:
        refuse_unknown(overrides, [plugin.__name__ for plugin in loaded.plugins])
    except DoublureError as error:
        outcome.faults.append(str(error))
    if outcome.faults:
        return outcome
    context = pyblish.api.Context()
    context.data[KEY] = {
        "shot": str(shot_file), "overrides": tuple(overrides), "now": now, "progress": progress, "outcome": outcome
    }  # fmt: skip
    complete = False
    try:
        complete = _run(loaded, context, outcome, 2 if dry_run else 4)
    finally:
        # Interrupts pass here too.
        if not complete:
            for publication in _publications(context):
                publication.discard()
    return outcome


def _run(loaded: Loaded, context: Any, outcome: Outcome, phases: int) -> bool:
    for phase, order, required in PHASES[:phases]:
        members = [one for one in loaded.plugins if pyblish.lib.inrange(one.order, order)]
        for plugin in members:
            for instance in _instances(plugin, context):
                outcome.steps.append(_step(phase, plugin, context, instance))
            # Validators are asked one and all; elsewhere one builds on the other.
            if phase != "validate" and not all(step.ok for step in outcome.steps):
                break
        if phase == "collect":
            outcome.publications = _publications(context)
        if all(step.ok for step in outcome.steps):
            outcome.faults += _unfinished(phase, context, outcome, required)
        if not outcome.ok:
            return False
    return True


def _instances(plugin: Any, context: Any) -> list[Any]:
    """What a plug-in is run on: matching instances, or once on the context (None)."""
    if not plugin.active:
        return []
    if not plugin.__instanceEnabled__:
        return [None]
    return [
        one
        for one in pyblish.logic.instances_by_plugin(list(context), plugin)
        if one.data.get("publish") is not False
    ]


def _step(phase: str, plugin: Any, context: Any, instance: Any) -> Step:
    name = plugin.__name__
    # Its tracebacks are in the outcome; without a handler Python would print them.
    silent, logger = logging.NullHandler(), logging.getLogger("pyblish")
    logger.addHandler(silent)
    try:
        result = pyblish.plugin.process(plugin, context, instance)
        error, seconds = result["error"], float(result["duration"] or 0) / 1000
    except (Exception, SystemExit) as accident:
        error, seconds = accident, 0.0
    finally:
        logger.removeHandler(silent)
    publication = None if instance is None else instance.data.get(KEY)
    findings = publication.findings.get(name, ()) if isinstance(publication, Publication) else ()
    return Step(
        phase, name, str(plugin.label or name), _help(plugin), None if instance is None else str(instance.name),
        None if error is None else _told(name, error), _expected(error), findings, seconds,
    )  # fmt: skip


def _told(name: str, error: BaseException) -> str:
    if _expected(error):
        return str(getattr(error, "message", None) or error)
    return f"{name} failed unexpectedly ({type(error).__name__}: {error})"


def _expected(error: BaseException | None) -> bool:
    return isinstance(error, DoublureError | BlockedError | blocked_class())


def _help(plugin: Any) -> str:
    return " ".join((plugin.__doc__ or "").strip().split("\n\n")[0].split())


def _ours(context: Any) -> list[Any]:
    return [one for one in context if FAMILY in [one.data.get("family"), *(one.data.get("families") or [])]]


def _publications(context: Any) -> list[Publication]:
    found = [one.data.get(KEY) for one in context]
    return [one for one in found if isinstance(one, Publication)]


def _unfinished(phase: str, context: Any, outcome: Outcome, required: Sequence[str]) -> list[str]:
    """What a phase without an error has left undone."""
    ours = _ours(context)
    if not ours or len(ours) != len(_publications(context)):
        return ["no shot was collected" if not ours else "an instance was collected without its shot"]
    faults = []
    for instance in ours:
        for name in required:
            ran = [
                step
                for step in outcome.steps
                if step.plugin == name and step.instance in (None, str(instance.name))
            ]
            if len(ran) != 1:
                faults.append(f"{name} ran {len(ran)} times on {instance.name}, not once")
        publication = instance.data[KEY]
        if phase == "validate":
            faults += [
                f"{name} did not let {instance.name} pass"
                for name in required
                if name not in publication.passed
            ]
        if phase == "extract" and publication.staging is None:
            faults.append(f"nothing was extracted of {instance.name}")
        if phase == "integrate" and (publication.published is None or not publication.published.is_dir()):
            faults.append(f"{instance.name} was not published")
    return faults

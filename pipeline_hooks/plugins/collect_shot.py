"""The shot file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pyblish.api

from doublure.pipeline_hooks import plugin, publication
from doublure.pipeline_hooks.overrides import Override
from doublure.pipeline_hooks.profile import load_profile
from doublure.pipeline_hooks.required import FAMILY
from doublure.pipeline_hooks.shot import load_shot


class CollectShot(pyblish.api.ContextPlugin):  # type: ignore[misc]
    """Makes an instance of the shot file.

    The file is named by the gate, or in a host by DOUBLURE_SHOT. Without it there is no instance.
    """

    label = "Shot"
    order = plugin.COLLECT - 0.1
    families = ["*"]  # noqa: RUF012 (pyblish wants a plain list)
    hosts = ["*"]  # noqa: RUF012

    def process(self, context: Any) -> None:
        """Called by pyblish."""
        asked = context.data.get(publication.KEY) or {}
        file = asked.get("shot") or os.environ.get("DOUBLURE_SHOT")
        if not file:
            self.log.info("No shot file is named.")
            return
        shot = load_shot(Path(file))
        profile = load_profile(shot.profile, shot.file.parent)
        overrides: tuple[Override, ...] = tuple(asked.get("overrides") or ())
        made = publication.Publication(shot, profile, overrides, progress=asked.get("progress"))
        if asked.get("now") is not None:
            made.now = asked["now"]
        made.outcome = asked.get("outcome")
        instance = context.create_instance(f"{shot.name} {shot.version}")
        instance.data["family"] = FAMILY
        instance.data["families"] = [FAMILY]
        instance.data["label"] = shot.title
        instance.data[publication.KEY] = made

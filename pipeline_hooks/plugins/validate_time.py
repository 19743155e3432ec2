"""Do the frames know when they are."""

from __future__ import annotations

from typing import Any

import pyblish.api

from doublure.core.check.finding import Finding
from doublure.core.check.time import check_time
from doublure.pipeline_hooks import plugin, repair
from doublure.pipeline_hooks.publication import Publication


class ForwardTime(pyblish.api.Action):  # type: ignore[misc]
    """Writes the plate's time code and rate into the frames; pixels stay, bit for bit."""

    label = "Take time code and rate from the plate"
    on = "failed"

    def process(self, context: Any, plugin: Any) -> None:
        """Called by pyblish."""
        for publication in repair.failed(context, plugin):
            for path in repair.forward_time(publication, plugin.__name__):
                self.log.info("Written again: %s", path)


class ValidateTime(plugin.ShotValidator):
    """The time code is the plate's, or counts on with the frames; the frames a second are the shot's."""

    label = "Time code and rate"
    order = plugin.VALIDATE + 0.14
    actions = [ForwardTime]  # noqa: RUF012 (pyblish wants a plain list)

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_time(publication.facts, fps=publication.shot.fps)

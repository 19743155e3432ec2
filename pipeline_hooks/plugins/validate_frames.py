"""Are exactly the frames there that were ordered."""

from __future__ import annotations

from typing import Any

import pyblish.api

from doublure.core.check.finding import Finding
from doublure.core.check.frames import check_frames
from doublure.pipeline_hooks import plugin, repair
from doublure.pipeline_hooks.publication import Publication


class MoveUnordered(pyblish.api.Action):  # type: ignore[misc]
    """Moves files of frames that nobody ordered into a folder beside the others."""

    label = "Move unordered frames aside"
    on = "failed"

    def process(self, context: Any, plugin: Any) -> None:
        """Called by pyblish."""
        for publication in repair.failed(context, plugin):
            for path in repair.move_unordered(publication):
                self.log.info("Moved to %s", path)


class ValidateFrames(plugin.ShotValidator):
    """The cut with its handles is there, no frame less and none more, and the track knows every one of them."""

    label = "Frames"
    order = plugin.VALIDATE
    actions = [MoveUnordered]  # noqa: RUF012 (pyblish wants a plain list)

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        wanted = publication.shot.numbers
        found = check_frames(wanted, [number for number, _ in publication.files])
        if publication.track is not None:
            found += [
                Finding(
                    number, "the track does not cover the frame", "track the whole plate with its handles"
                )
                for number in wanted
                if number not in publication.track.frames
            ]
        return found

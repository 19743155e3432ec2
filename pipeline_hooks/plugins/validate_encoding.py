"""Are the files compressed, and their numbers stored, as the delivery wants it."""

from __future__ import annotations

from typing import Any

import pyblish.api

from doublure.core.check.encoding import check_encoding
from doublure.core.check.finding import Finding
from doublure.pipeline_hooks import plugin, repair
from doublure.pipeline_hooks.publication import Publication


class CompressAgain(pyblish.api.Action):  # type: ignore[misc]
    """Writes frames of another lossless compression anew with one that is allowed; pixels stay, bit for bit."""

    label = "Compress again"
    on = "failed"

    def process(self, context: Any, plugin: Any) -> None:
        """Called by pyblish."""
        for publication in repair.failed(context, plugin):
            for path in repair.compress_again(publication, plugin.__name__):
                self.log.info("Written again: %s", path)


class ValidateEncoding(plugin.ShotValidator):
    """Compression and number type (half or float) are the profile's."""

    label = "Compression and number type"
    order = plugin.VALIDATE + 0.07
    actions = [CompressAgain]  # noqa: RUF012 (pyblish wants a plain list)

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        profile = publication.profile
        return check_encoding(
            publication.facts, compressions=profile.compressions, pixel_type=profile.pixel_type
        )

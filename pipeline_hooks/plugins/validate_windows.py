"""Does the result cover the pixels that the plate covers."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.windows import check_windows
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateWindows(plugin.ShotValidator):
    """Data window, display window and pixel aspect are the plate's in every frame."""

    label = "Windows"
    order = plugin.VALIDATE + 0.06

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_windows(publication.facts)

"""Is the plate untouched where there is no face."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.outside import check_outside
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateOutside(plugin.ShotValidator):
    """Where the matte is 0 every pixel is the plate's, bit for bit."""

    label = "Outside the matte"
    order = plugin.VALIDATE + 0.11

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_outside(publication.facts, publication.profile.limits)

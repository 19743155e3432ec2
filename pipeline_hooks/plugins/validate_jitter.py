"""Does the face shake."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.jitter import check_jitter
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateJitter(plugin.ShotValidator):
    """The landmarks move as the plate's do."""

    label = "Jitter"
    order = plugin.VALIDATE + 0.16

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_jitter(publication.facts, publication.profile.limits)

"""Has a frame slipped through with the plate's own face."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.reverted import check_reverted
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateReverted(plugin.ShotValidator):
    """Under the matte the result is not the plate."""

    label = "Reverted frames"
    order = plugin.VALIDATE + 0.23

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_reverted(publication.facts, publication.profile.limits)

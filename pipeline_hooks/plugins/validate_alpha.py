"""Is the plate's alpha kept."""

from __future__ import annotations

from doublure.core.check.alpha import check_alpha
from doublure.core.check.finding import Finding
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateAlpha(plugin.ShotValidator):
    """Alpha is there exactly where the plate has it, and is the plate's, bit for bit."""

    label = "Alpha"
    order = plugin.VALIDATE + 0.12

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_alpha(publication.facts)

"""Do all frames say the same of themselves."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.headers import check_headers
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateHeaders(plugin.ShotValidator):
    """R, G and B are there, and every frame has the channels and attributes of the others."""

    label = "Headers"
    order = plugin.VALIDATE + 0.05

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_headers(publication.facts)

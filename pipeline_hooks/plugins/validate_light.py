"""Does the light on the face follow the plate's."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.light import check_light
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateLight(plugin.ShotValidator):
    """No frame's light departs from the shot's, and the shot's not far from the plate's."""

    label = "Light"
    order = plugin.VALIDATE + 0.22

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_light(publication.facts, publication.profile.limits)

"""Do the files say their colour space, and the right one."""

from __future__ import annotations

from doublure.core.check.colour import check_colour
from doublure.core.check.finding import Finding
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateColour(plugin.ShotValidator):
    """The colorInteropID is the profile's, or the plate's; for an ACES profile the container flag and the
    primaries of AP0.
    """

    label = "Colour space"
    order = plugin.VALIDATE + 0.1

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_colour(
            publication.facts, interop_id=publication.profile.interop_id, aces=publication.profile.aces
        )

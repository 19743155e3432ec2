"""Does a face stand still that should move."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.frozen import check_frozen
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateFrozen(plugin.ShotValidator):
    """The face is not the frame's before, unless the plate holds too."""

    label = "Frozen frames"
    order = plugin.VALIDATE + 0.24

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_frozen(publication.facts, publication.profile.limits)

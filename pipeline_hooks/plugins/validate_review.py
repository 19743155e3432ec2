"""Has somebody looked at it."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication
from doublure.pipeline_hooks.review import check_review


class ValidateReview(plugin.ShotValidator):
    """Where the profile asks for a review, or the shot names one: every flagged frame is accepted, as it is now."""

    label = "Review"
    order = plugin.VALIDATE + 0.25

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_review(publication.shot, publication.facts, publication.profile.review)

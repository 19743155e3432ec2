"""The version in the tracker."""

from __future__ import annotations

from doublure.core.errors import DoublureError
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.kitsu import report
from doublure.pipeline_hooks.publication import Publication


class IntegrateKitsu(plugin.ShotIntegrator):
    """Where the profile names a Kitsu server: a comment on the shot's task, with its new status. Where that fails the
    version disappears again.
    """

    label = "Kitsu"
    order = plugin.INTEGRATE + 0.1

    def integrate(self, publication: Publication) -> None:
        """See ``ShotIntegrator``."""
        if publication.profile.kitsu is None:
            return
        if publication.published is None:
            raise DoublureError("there is nothing to report", remedy="publish the folder first")
        publication.notes.append(report(publication, publication.profile.kitsu))

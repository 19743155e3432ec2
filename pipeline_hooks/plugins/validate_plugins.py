"""Did every validator run."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.pipeline_hooks import plugin, required
from doublure.pipeline_hooks.publication import Publication


class ValidatePlugins(plugin.ShotValidator):
    """Every other validator was loaded and asked about this shot. Hosts pass over plug-ins that fail to load."""

    label = "Plug-ins"
    order = plugin.VALIDATE + 0.49

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return [
            Finding(None, f"{name} did not run", "look in the host's log why it was not loaded")
            for name in required.VALIDATORS
            if name not in publication.findings and name != type(self).__name__
        ]

"""Can every file be read whole."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.readable import check_readable
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateReadable(plugin.ShotValidator):
    """Every frame and the plate's beside it can be read to the last pixel, and the track too; it has a face."""

    label = "Readable files"
    order = plugin.VALIDATE + 0.02

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        found = check_readable(publication.facts)
        if publication.track is None:
            fault = publication.track_fault or "there is no track"
            found.append(Finding(None, fault, "name the track that the shot was made with"))
        elif not publication.track.found:
            # Without a face nothing would be measured, and everything would pass.
            found.append(Finding(None, "the track has no face in any frame", "track the plate again"))
        return found

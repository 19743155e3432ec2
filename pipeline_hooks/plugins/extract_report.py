"""The report."""

from __future__ import annotations

from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.outcome import Outcome
from doublure.pipeline_hooks.publication import Publication
from doublure.pipeline_hooks.report import write_reports


class ExtractReport(plugin.ShotExtractor):
    """What was checked and found, as publish.json and publish.html."""

    label = "Report"
    order = plugin.EXTRACT + 0.2

    def extract(self, publication: Publication) -> None:
        """See ``ShotExtractor``."""
        outcome = publication.outcome
        write_reports(
            outcome if isinstance(outcome, Outcome) else Outcome(publications=[publication]),
            plugin.staged(publication).folder,
        )

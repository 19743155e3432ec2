"""Is it the model that was agreed to."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.pipeline_hooks import consent, plugin
from doublure.pipeline_hooks.graph_model import check_graph
from doublure.pipeline_hooks.publication import Publication


class ValidateModel(plugin.ShotValidator):
    """The model's file is there, every likeness record consents to its hash, and the graph, where one is named, swaps
    with it.
    """

    label = "Model"
    order = plugin.VALIDATE + 0.03

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        if publication.model is None:
            fault = publication.model_fault or "it is not known"
            place = publication.shot.model.name
            return [Finding(None, f"{place}: {fault}", "name the model that the shot was made with")]
        found = consent.findings(consent.ask(publication)[1], of_model=True)
        if publication.shot.graph is not None:
            found += check_graph(publication.shot.graph, publication.model, publication.shot.cut[0])
        return found

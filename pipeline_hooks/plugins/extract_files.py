"""The files of the version."""

from __future__ import annotations

from doublure.core.cancel import check
from doublure.core.errors import DoublureError
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication
from doublure.pipeline_hooks.staging import Staging


class ExtractFiles(plugin.ShotExtractor):
    """Copies frames, consent records, track, graph and review beside the place of the version. Every frame must still
    be the one that was checked.
    """

    label = "Files"
    order = plugin.EXTRACT

    def extract(self, publication: Publication) -> None:
        """See ``ShotExtractor``."""
        shot, told = publication.shot, publication.progress
        staging = publication.staging = Staging(shot.folder)
        frames = publication.facts.frames
        for done, frame in enumerate(frames, 1):
            check()
            if frame.sha256 is None:
                raise DoublureError("the frame was not read", file=frame.path, frame=frame.number)
            staging.copy(frame.path, f"frames/{frame.path.name}", frame.sha256, frame.number)
            if told is not None:
                told("copying", done, len(frames))
        for number, grant in enumerate(publication.grants, 1):
            # Two people's records may have one name in two folders.
            staging.copy(grant.path, f"consent/{number}_{grant.path.name}", grant.sha256)
        staging.copy(shot.track, f"made_from/{shot.track.name}")
        if shot.graph is not None:
            staging.copy(shot.graph, f"made_from/{shot.graph.name}")
        if shot.decisions is not None:
            staging.copy(shot.decisions, f"review/{shot.decisions.name}")

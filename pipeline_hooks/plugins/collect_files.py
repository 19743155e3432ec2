"""The files of the shot."""

from __future__ import annotations

from doublure.core.errors import DoublureError
from doublure.core.face.sidecar import Track
from doublure.core.pattern import Sequence
from doublure.core.provenance.hashes import hash_file
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.files import files_on_disk
from doublure.pipeline_hooks.publication import Publication


class CollectFiles(plugin.ShotCollector):
    """Lists the result's files, reads the track and hashes the model. What is missing is for the validators to tell."""

    label = "Files"
    order = plugin.COLLECT + 0.1

    def collect(self, publication: Publication) -> None:
        """See ``ShotCollector``."""
        shot = publication.shot
        publication.files = tuple(files_on_disk(Sequence.parse(shot.result)))
        try:
            publication.track = Track.load(shot.track)
        except DoublureError as error:
            publication.track_fault = f"{shot.track.name}: {error.what}"
        try:
            publication.model = hash_file(shot.model).sha256
        except DoublureError as error:
            publication.model_fault = error.what

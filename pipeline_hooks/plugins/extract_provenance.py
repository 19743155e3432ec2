"""The version's provenance."""

from __future__ import annotations

from doublure.core.errors import DoublureError
from doublure.core.pattern import Sequence
from doublure.core.provenance.write import Material, write_provenance
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ExtractProvenance(plugin.ShotExtractor):
    """Lists every frame, the plate, the model and the consent records by hash, and signs the list."""

    label = "Provenance"
    # Last: it lists what the others wrote.
    order = plugin.EXTRACT + 0.4

    def extract(self, publication: Publication) -> None:
        """See ``ShotExtractor``."""
        shot, staging, plate = (
            publication.shot,
            plugin.staged(publication),
            Sequence.parse(publication.shot.plate),
        )
        if publication.signer is None:
            raise DoublureError("nobody can sign the provenance", remedy="validate the shot again")
        folder, told = staging.folder, publication.progress
        files = [("model", shot.model)]
        files += [("consent", path) for path in sorted((folder / "consent").iterdir())]
        files.append(("track", folder / "made_from" / shot.track.name))
        if shot.graph is not None:
            files.append(("graph", folder / "made_from" / shot.graph.name))
        if shot.decisions is not None:
            files.append(("review", folder / "review" / shot.decisions.name))
        files += [("other", path) for path in sorted(folder.iterdir()) if path.is_file()]
        frames = publication.facts.frames
        material = Material(
            shot.project,
            shot.name,
            shot.version,
            [(frame.number, folder / "frames" / frame.path.name) for frame in frames],
            [(frame.number, plate.path(frame.number)) for frame in frames],
            files,
            publication.movie,
        )
        total = 2 * len(frames)
        write_provenance(
            folder / "provenance",
            material,
            publication.signer,
            publication.now(),
            progress=None if told is None else lambda done: told("hashing", done, total),
        )

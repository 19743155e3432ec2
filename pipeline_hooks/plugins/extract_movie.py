"""The version's review movie."""

from __future__ import annotations

from doublure.core.movie import can_write_movies
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.movie.render import render_movie
from doublure.pipeline_hooks.publication import Publication


class ExtractMovie(plugin.ShotExtractor):
    """Where the shot names no review movie and the profile wants one: plate, result and difference, with the frame's
    number and, where a record asks for it, the disclosure. It is signed with the rest.
    """

    label = "Review movie"
    order = plugin.EXTRACT + 0.15

    def extract(self, publication: Publication) -> None:
        """See ``ShotExtractor``."""
        shot, wanted = publication.shot, publication.profile.movie.render
        publication.movie = shot.movie
        if shot.movie is not None or wanted == "none":
            return
        if wanted == "if-possible" and not can_write_movies():
            publication.notes.append("there is no review movie: this OpenCV writes none")
            return
        folder = plugin.staged(publication).folder
        path = folder / "provenance" / f"{shot.name}_{shot.version}_review.mp4"
        path.parent.mkdir(exist_ok=True)
        render_movie(publication, folder / "frames", path)
        publication.movie = path

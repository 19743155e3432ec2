"""What stays warm between requests: models, tracks, digests and results."""

from __future__ import annotations

from doublure.nodes.context import Shared
from doublure.nodes.registry import NODES
from doublure.nodes.service.cache import Cache

__all__ = ["NODES", "Warm"]

_KEPT = 8
"""Models, tracks and digests kept, of each: one that is replaced on disk leaves its old state behind."""


class Warm:
    """Made once; importing this module is what takes the time, because it brings torch.

    Attributes:
        shared: see ``Shared``.
        cache: results.
        rendered: results made since the start.
        cached: results given from the cache.
    """

    def __init__(self, cache_bytes: int) -> None:
        self.shared = Shared(keep=_KEPT)
        self.cache = Cache(cache_bytes)
        self.rendered = 0
        self.cached = 0

"""Who is who: faces told apart by identity distance, and which of the people the set is of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

APART = 0.5
"""Identity distance to a person's mean descriptor from which on a face is somebody else's. Measured on the example
footage: a person's own faces lie within 0.41 of it (yaw to 48 degrees, eight lights), another's beyond 0.59."""
SAME = 0.45
"""Two groups whose means lie nearer than this are one person."""
FEW = 3
"""So few faces are a person of their own only beyond ``SURE``: one odd view of somebody is not somebody else."""
SURE = 0.6
_ROUNDS = 4


@dataclass(frozen=True)
class People:
    """``labels``: (N,) whose face each is, 0 the set's person, 1.. the others from the most frequent down, -1 unknown;
    ``distances``: (N,) to the set's person's mean descriptor, nan where unknown."""

    labels: np.ndarray
    distances: np.ndarray

    @property
    def others(self) -> int:
        """How many other people there are."""
        return int(self.labels.max(initial=0))


def tell_apart(descriptors: np.ndarray, likeness: np.ndarray | None = None) -> People:
    """Group faces by person.

    Args:
        descriptors: (N, 128) of ``measure.identity``; nan rows where it was not measured.
        likeness: (K, 128) of pictures of the person wanted; None: whoever has most faces.

    Leader clustering on distances to the groups' means, then rounds of assignment and merging: order matters little,
    and N by N distances are never held.
    """
    labels = np.full(len(descriptors), -1)
    distances = np.full(len(descriptors), np.nan)
    known = np.flatnonzero(~np.isnan(descriptors).any(1))
    if not known.size:
        return People(labels, distances)
    seen = descriptors[known]
    means = _merged(*_led(seen))
    for _ in range(_ROUNDS):
        nearest = _distances(seen, means).argmin(1)
        kept = [seen[nearest == k] for k in range(len(means)) if (nearest == k).any()]
        means = _merged(np.array([each.mean(0) for each in kept]), np.array([len(each) for each in kept]))
    apart = _distances(seen, means)
    nearest = apart.argmin(1)
    counts = np.bincount(nearest, minlength=len(means))
    wanted = means[counts.argmax()] if likeness is None else likeness.mean(0)
    # Nobody may be near the person wanted: then all are others.
    main = int(np.linalg.norm(means - wanted, axis=1).argmin())
    centre = means[main] if np.linalg.norm(means[main] - wanted) < SURE else wanted
    to_main = np.linalg.norm(seen - centre, axis=1)
    is_main = (nearest == main) & (to_main < SURE) | (counts[nearest] < FEW) & (to_main < SURE)
    own = np.zeros(len(seen), int)
    for place, k in enumerate(sorted(set(nearest[~is_main]), key=lambda k: -counts[k]), 1):
        own[~is_main & (nearest == k)] = place
    labels[known], distances[known] = own, to_main
    return People(labels, distances)


def _led(seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each face joins the nearest group so far, or begins one: (means (K, 128), counts (K,))."""
    sums: list[np.ndarray] = []
    counts: list[int] = []
    for one in seen:
        if sums:
            apart = np.linalg.norm(np.array(sums) / np.array(counts)[:, None] - one, axis=1)
            best = int(apart.argmin())
            if apart[best] < APART:
                sums[best] = sums[best] + one
                counts[best] += 1
                continue
        sums.append(one)
        counts.append(1)
    return np.array(sums) / np.array(counts)[:, None], np.array(counts)


def _merged(means: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Means (K, 128) with those nearer than ``SAME`` made one, weighted by their counts; the nearest pair first."""
    while len(means) > 1:
        apart = _distances(means, means)
        np.fill_diagonal(apart, np.inf)
        a, b = divmod(int(apart.argmin()), len(means))
        if apart[a, b] >= SAME:
            break
        means[a] = (means[a] * counts[a] + means[b] * counts[b]) / (counts[a] + counts[b])
        counts[a] += counts[b]
        means, counts = np.delete(means, b, 0), np.delete(counts, b)
    return means


def _distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(N, K) Euclidean distances of (N, 128) and (K, 128), a group at a time."""
    return np.stack([np.linalg.norm(a - one, axis=1) for one in b], 1)

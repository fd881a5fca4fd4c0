"""How sure a figure is: bootstrap intervals, and the paired test between two variants.

Questions on one passage succeed and fail together, so what is drawn and flipped in the paired
test are whole clusters of questions (Miller 2024, "Adding error bars to evals", arXiv 2411.00640,
on clustered errors and paired differences).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.evaluation.results import Figure

Sample = NDArray[np.float64]
_RESAMPLES = 2_000
_FLIPS = 9_999
_EXACT = 12  # clusters that differ, up to which every one of the 2^k flips is counted
_SEED = 20_190_524


class Paired(NamedTuple):
    """A paired difference with its 95 % interval and its two-sided p-value."""

    difference: float
    low: float
    high: float
    p: float


def bootstrap(values: Sequence[float]) -> Figure:
    """Return the mean with its percentile bootstrap interval over questions (Efron 1979)."""
    sample = np.asarray(values, np.float64)
    draws = np.random.default_rng(_SEED).integers(len(sample), size=(_RESAMPLES, len(sample)))
    low, high = np.quantile(sample[draws].mean(axis=1), [0.025, 0.975])
    return Figure(float(sample.mean()), float(low), float(high), len(sample))


def bootstrap_of(statistic: Callable[..., float], *groups: Sample) -> Figure:
    """Return a statistic of whole samples with its percentile bootstrap interval.

    Args:
        statistic: Takes the groups and returns a figure.
        groups: Each (n, …), rows are questions; each is drawn from by itself.
    """
    chance = np.random.default_rng(_SEED)
    drawn = [
        statistic(*(group[chance.integers(len(group), size=len(group))] for group in groups))
        for _ in range(_RESAMPLES // 2)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Figure(statistic(*groups), float(low), float(high), sum(len(group) for group in groups))


def paired(a: Sequence[float], b: Sequence[float], clusters: Sequence[str]) -> Paired:
    """Return how far `b` lies above `a` on the same questions, question by question.

    The interval is the percentile cluster bootstrap: clusters are drawn with replacement and
    keep all their questions (Davison and Hinkley 1997, "Bootstrap methods", 3.8). The p-value is
    a randomization test (Fisher 1935; for rankings Smucker, Allan and Carterette 2007): if both
    are alike, each cluster's difference might as well have the other sign. All flips are counted
    for few clusters; else a sample of them, counting the observed one (Phipson and Smyth 2010).

    Args:
        a: (n,) scores of the one.
        b: (n,) scores of the other.
        clusters: (n,) the name of each question's cluster.
    """
    _, numbers = np.unique(np.asarray(clusters), return_inverse=True)
    apart = np.asarray(b, np.float64) - np.asarray(a, np.float64)
    totals: Sample = np.bincount(numbers, apart).astype(np.float64)
    counts = np.bincount(numbers)
    chance = np.random.default_rng(_SEED)
    draws = chance.integers(len(totals), size=(_RESAMPLES, len(totals)))
    drawn = totals[draws].sum(axis=1) / counts[draws].sum(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Paired(float(apart.mean()), float(low), float(high), _p_value(totals, chance))


def _p_value(totals: Sample, chance: np.random.Generator) -> float:
    moving = totals[np.abs(totals) > 1e-12]  # a flip of nothing changes nothing
    seen = abs(moving.sum()) - 1e-9
    if len(moving) <= _EXACT:
        every = np.arange(2 ** len(moving))[:, None] >> np.arange(len(moving)) & 1
        return float((np.abs((1 - 2 * every) @ moving) >= seen).mean())
    signs = chance.choice([-1, 1], size=(_FLIPS, len(moving)))
    return float((1 + (np.abs(signs @ moving) >= seen).sum()) / (1 + _FLIPS))


def sign_test(differences: Sequence[float]) -> float:
    """Return the two-sided p-value that as many lie on one side of 0; zeros are left out.

    The exact binomial probability (Dixon and Mood 1946).
    """
    from math import comb

    signs = [d > 0 for d in differences if d]
    n, fewer = len(signs), min(sum(signs), len(signs) - sum(signs))
    return float(min(1.0, 2 * sum(comb(n, k) for k in range(fewer + 1)) / 2**n))

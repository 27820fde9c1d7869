"""Whether two numbers differ by more than chance would make them."""

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median, quantiles

from spotify_insights.insights.facts.intervals import Z_95, wilson

# Scales a median absolute deviation to a standard deviation, for normal noise.
_TO_SIGMA = 1.4826
_DECILES = 10


def newcombe(count: int, size: int, count_before: int, size_before: int) -> tuple[float, float]:
    """The 95 % interval (-1..1) of the difference between two shares, the earlier one taken off.

    Both sizes > 0. Wilson's intervals of the two shares, put together by method 10 of R. G.
    Newcombe, Interval estimation for the difference between independent proportions: comparison of
    eleven methods, Statistics in Medicine 17 (1998), 873-890.
    """
    now, before = count / size, count_before / size_before
    low, high = wilson(count, size)
    low_before, high_before = wilson(count_before, size_before)
    difference = now - before
    return (
        difference - math.hypot(now - low, high_before - before),
        difference + math.hypot(high - now, before - low_before),
    )


def z_of(count: int, size: int, count_before: int, size_before: int) -> float:
    """How many standard errors two shares are apart, by the test with a pooled share.

    Both sizes > 0; 0 where nothing or everything was counted in both.
    """
    pooled = (count + count_before) / (size + size_before)
    error = math.sqrt(pooled * (1 - pooled) * (1 / size + 1 / size_before))
    return (count / size - count_before / size_before) / error if error else 0.0


def ordinary_ratio(values: Sequence[float]) -> float:
    """By what factor a value lies from the one before it, at most, in 95 of 100 cases.

    From the median of the absolute log-ratios of neighbours, which a few unusual ones do not move:
    P. J. Rousseeuw and C. Croux, Alternatives to the median absolute deviation, Journal of the
    American Statistical Association 88 (1993), 1273-1283. Infinite where most neighbours have a 0
    among them; neighbours that are both 0 are passed over. At least two values > 0.
    """
    steps = [_step(one, other) for one, other in pairwise(values) if one or other]
    return math.exp(Z_95 * _TO_SIGMA * median(steps))


def _step(one: float, other: float) -> float:
    return abs(math.log(one / other)) if one and other else math.inf


def usual_range(values: Sequence[float]) -> tuple[float, float]:
    """The 10th and the 90th percentile of two values or more, those in between by interpolation.

    Definition 7 of R. J. Hyndman and Y. Fan, Sample quantiles in statistical packages, The American
    Statistician 50 (1996), 361-365.
    """
    deciles = quantiles(values, n=_DECILES, method="inclusive")
    return deciles[0], deciles[-1]


def far_fence(values: Sequence[float]) -> float:
    """Above this a value is far out: three times the middle half's breadth above that half.

    J. W. Tukey, Exploratory Data Analysis (1977), chapter 2. Two values or more.
    """
    low, _, high = quantiles(values, n=4, method="inclusive")
    return high + 3 * (high - low)


def pettitt(values: Sequence[float], margin: int) -> tuple[int, float] | None:
    """Where a series changes its level, and how probable as clear a change is by chance.

    The number of values before the change, of which at least `margin` lie on either side; None for
    too short a series. The test goes by ranks, so neither the distribution nor single large values
    matter: A. N. Pettitt, A non-parametric approach to the change-point problem, Applied Statistics
    28 (1979), 126-135, with its approximation of the probability.
    """
    length = len(values)
    if length < 2 * margin or not margin:
        return None
    ranks = _ranks(values)
    sums, total = [], 0.0
    for rank in ranks:
        total += rank
        sums.append(total)
    found = {n: 2 * sums[n - 1] - n * (length + 1) for n in range(margin, length - margin + 1)}
    place = max(found, key=lambda n: abs(found[n]))
    size = abs(found[place])
    return place, min(1.0, 2 * math.exp(-6 * size**2 / (length**3 + length**2)))


def _ranks(values: Sequence[float]) -> list[float]:
    """From 1 on; equal values share the middle of their ranks."""
    order = sorted(values)
    first = {value: place for place, value in reversed(list(enumerate(order, start=1)))}
    last = {value: place for place, value in enumerate(order, start=1)}
    return [(first[value] + last[value]) / 2 for value in values]

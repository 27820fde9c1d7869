"""How far a share counted in a sample may lie from the share behind it."""

import math

# The quantile of the normal distribution that leaves 2.5 % on either side.
Z_95 = 1.959963984540054


def wilson(count: int, size: int, z: float = Z_95) -> tuple[float, float]:
    """The score interval (0..1) of `count` among `size` > 0, at 95 % unless `z` says otherwise.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of
    the American Statistical Association 22 (1927), 209-212.
    """
    share = count / size
    middle = share + z * z / (2 * size)
    reach = z * math.sqrt(share * (1 - share) / size + (z / (2 * size)) ** 2)
    scale = 1 + z * z / size
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)

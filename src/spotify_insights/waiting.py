"""How long to wait where a server says so."""

import math

# Real values go up to 74,214 seconds.
LONGEST_PAUSE = 86_400.0


def seconds_to_wait(retry_after: str | None, default: float) -> float:
    """Read a Retry-After header: between a second and a day, `default` if it is no number."""
    try:
        wanted = float(retry_after or "")
    except ValueError:
        return default
    if not math.isfinite(wanted) or wanted < 0:
        return default
    return min(max(wanted, 1.0), LONGEST_PAUSE)

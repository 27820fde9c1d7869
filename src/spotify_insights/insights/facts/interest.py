"""How much a value deserves to be told: by how far it lies from what is ordinary.

0.2 is what anybody's listening says, 0.9 what a listener would tell a friend. In between and up to
1 it grows in proportion to the distance, and a distance seen in few plays counts less: `size` of
them let it count size / (size + 40). Which values are ordinary and which are striking stands beside
each kind of fact; they are chosen, not measured.
"""

ORDINARY, STRIKING = 0.2, 0.9
# With so many plays (or whatever was looked at) a distance counts half.
HALF_BELIEVED = 40


def rising(value: float, ordinary: float, striking: float, size: int | None = None) -> float:
    """0.2 at the ordinary value and on its other side, 0.9 at the striking one, at most 1.

    A striking value below the ordinary one makes small values the interesting ones.
    """
    distance = max(0.0, (value - ordinary) / (striking - ordinary))
    belief = 1.0 if size is None else size / (size + HALF_BELIEVED)
    return round(min(1.0, ORDINARY + (STRIKING - ORDINARY) * distance * belief), 3)


def either_way(
    value: float, low: float, ordinary: float, high: float, size: int | None = None
) -> float:
    """`rising` from the ordinary value down to the striking low one, and up to the high one."""
    return max(rising(value, ordinary, low, size), rising(value, ordinary, high, size))

"""Numbers in English words."""

from collections.abc import Mapping, Sequence

_SCALES = {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000}
_HUNDRED = 100


def spelled(words: Sequence[str], numbers: Mapping[str, int]) -> tuple[float, int]:
    """The number that the words begin with, and how many of them it takes; 0 for none."""
    whole, group, used = 0, -1, 0
    if words[0] in ("a", "an") and len(words) > 1 and words[1] in _SCALES:
        group, used = 1, 1
    if tuple(words[:3]) == ("half", "a", "dozen"):
        return 6, 3
    while used < len(words):
        is_joined = words[used] == "and" and used > 0 and (whole or group >= _HUNDRED)
        word = words[used + 1] if is_joined and used + 1 < len(words) else words[used]
        if word in _SCALES and not is_joined:
            whole, group = _scaled(whole, max(group, 1), _SCALES[word])
        elif word in numbers and _may_follow(group, numbers[word]):
            group = max(group, 0) + numbers[word]
        else:
            break
        used += 2 if is_joined else 1
    if not used:
        return 0, 0
    return _with_rest(whole + max(group, 0), used, words, numbers)


def _scaled(whole: int, group: int, scale: int) -> tuple[int, int]:
    if scale == _HUNDRED:
        return whole, group * scale
    return whole + group * scale, -1


def _may_follow(group: int, number: int) -> bool:
    """Whether a number goes on with the one before it: "twenty" with "three"."""
    tens, units = group % _HUNDRED, range(1, 10)
    return (
        group < 0
        or (group >= _HUNDRED and tens == 0)
        or (tens in range(20, _HUNDRED, 10) and number in units)
    )


def _with_rest(
    value: float, used: int, words: Sequence[str], numbers: Mapping[str, int]
) -> tuple[float, int]:
    """With "and a half" or "point eight"."""
    rest = tuple(words[used : used + 3])
    if rest == ("and", "a", "half"):
        return value + 0.5, used + 3
    if rest[:1] == ("point",) and len(rest) > 1 and numbers.get(rest[1], 10) in range(10):
        return value + numbers[rest[1]] / 10, used + 2
    return value, used

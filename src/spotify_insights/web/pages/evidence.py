"""Evidence in words: what a value is, and what was looked at for it (pure)."""

from collections.abc import Mapping
from typing import Any

from spotify_insights.insights.facts import measure
from spotify_insights.web.format import count

# What a sample consists of where it is not plays; facts of a ranking say so in their method.
_ALWAYS = {"genres": "artists", "moods": "tracks"}
_IN_A_RANKING = {"artists": "artists", "tracks": "tracks"}
_TRACKS_LOOKED_AT = "tracks.looked_at"


def value(evidence: Mapping[str, Any]) -> str:
    """The value with its unit; a name stands for itself."""
    given = evidence["value"]
    return given if isinstance(given, str) else measure(given, evidence["unit"])


def sample(evidence: Mapping[str, Any]) -> str:
    """The size of the sample, with what it consists of."""
    key = str(evidence["id"])
    noun = key.partition(".")[0]
    unit = _ALWAYS.get(noun, "plays")
    if noun in _IN_A_RANKING and (evidence.get("method") or key == _TRACKS_LOOKED_AT):
        unit = _IN_A_RANKING[noun]
    return count(evidence["sample_size"], unit)
